# %% [markdown]
# # Lab: learning from rewards alone
#
# This notebook takes your functions from `policy_gradients.py` or from `policy_gradients.ipynb`,
# and lets your policy learn. Cells
# that need something you have not written yet say so and wait; write it, save the file and run the
# cell again. Nothing here is handed in. All of it together takes a minute or two of computing.
#
# It holds the section's exercises 2 and 3, with a twist: what they are said to show is not what they
# show. Find out why.

# %%
import functools

import matplotlib.pyplot as plt
import numpy as np
import small_envs
import torch
from checks import kit
from torch.distributions import Categorical

work = kit.Lab("policy_gradients")  # your functions, from the .py file or from the notebook

try:
    import otter

    grader = otter.Notebook("lab.ipynb")
except ImportError:
    grader = None
    print("otter is not installed: the check cells do nothing; use pytest instead")

torch.set_num_threads(1)  # networks this small are faster in one thread
plt.rcParams.update({"figure.figsize": (8, 3.6), "axes.grid": True, "grid.alpha": 0.3})


def attempt(draw):
    """Make a drawing say which function it waits for instead of stopping the notebook."""

    @functools.wraps(draw)
    def drawn(*args, **kwargs):
        try:
            draw(*args, **kwargs)
        except NotImplementedError as unwritten:
            plt.close()
            print(f"Nothing to see yet. {unwritten}")

    return drawn


def show(title, xlabel, ylabel, legend=True):
    """Finish a drawing."""
    plt.title(title)
    plt.xlabel(xlabel)
    plt.ylabel(ylabel)
    if legend:
        plt.legend()
    plt.show()


# %% [markdown]
# ## 1. Which of them did better? `standardize_returns`
#
# An episode of ten steps. Every return is positive, so plain REINFORCE makes every action more
# probable, the poor ones too. Standardised, the same numbers say which did better than the others.

# %%
RETURNS = torch.tensor([5.2, 5.9, 4.8, 5.5, 6.4, 5.0, 5.3, 6.1, 4.6, 5.7], dtype=torch.float64)


@attempt
def better_or_worse():
    """Draw returns beside standardised returns."""
    _, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2))
    left.bar(range(10), RETURNS)
    left.set(title="returns", xlabel="step")
    right.bar(range(10), work.standardize_returns(RETURNS))
    right.set(title="standardised", xlabel="step")
    plt.show()
    print("one return alone:", work.standardize_returns(torch.tensor([5.2])))


better_or_worse()

# %% [markdown]
# May one just subtract the mean? Here is the reason why a *baseline* is allowed. The expected update
# of the logits is the average of `return * gradient of log-probability` over all actions, each as
# often as it is probable. Take the same number off all returns: the average stays, the noise does not.

# %%
probs = np.array([0.5, 0.3, 0.2])
action_returns = np.array([5.0, 6.0, 4.0])
slopes = np.eye(3) - probs  # row a: the gradient of log probs[a] for the logits
for baseline in (0.0, probs @ action_returns, 20.0):
    updates = (action_returns - baseline)[:, None] * slopes
    mean = probs @ updates
    noise = np.sqrt(probs @ ((updates - mean) ** 2).sum(axis=1))
    print(f"baseline {baseline:5.1f}: expected update {mean.round(3)}, its noise {noise:6.2f}")

# %%
grader and work.is_written("standardize_returns") and grader.check("standardize_returns", vars(work))

# %% [markdown]
# ## 2. Logits, not probabilities: `PolicyNetwork`
#
# Suppose a policy thinks little of an action: its logit lies far below the other one. Once in a while
# the action is sampled all the same, and it pays. How strong is the gradient that should raise it?
# The right answer is about 1, however improbable the action is. Through a softmax inside the network
# the log-probability is taken of a rounded number, and from some point on nothing is learnt.

# %%
gaps = np.linspace(0, 30, 121)
for name, color in (("logits", "tab:blue"), ("probs", "tab:red")):
    strengths = []
    for gap in gaps:
        logits = torch.tensor([0.0, -gap], dtype=torch.float32, requires_grad=True)
        given = logits if name == "logits" else logits.softmax(dim=-1)
        surprise = Categorical(**{name: given}).log_prob(torch.tensor(1))
        strengths.append(torch.autograd.grad(surprise, logits)[0][1].item())
    plt.plot(gaps, strengths, color=color, label=f"Categorical({name}=...)")
show("The gradient that should raise a rare action", "how far its logit lies below", "gradient")


# %%
@attempt
def first_look():
    """Print what an untrained network says about a few states."""
    torch.manual_seed(0)
    network = work.PolicyNetwork(2, 4)
    logits = network(torch.tensor([[0.1, 0.9], [0.5, 0.5], [0.9, 0.1]])).detach()
    print("logits\n", logits.numpy().round(3))
    print("probabilities: the sampler's business\n", logits.softmax(dim=-1).numpy().round(3))


first_look()

# %%
grader and work.is_written("PolicyNetwork") and grader.check("PolicyNetwork", vars(work))

# %% [markdown]
# ## 3. Exercise 3: trained against untrained, `train_bandit` and `action_rate`
#
# Four tokens, and a reward model that likes token 2. The section trains on this for 1000 episodes,
# prints how often token 2 is the *most probable* one (68, 89, 96, 99, 100 %), and asks you to compare
# that with the untrained policy. First the untrained one, or rather 200 of them.

# %%
STATES = torch.rand(100, 2, generator=torch.Generator().manual_seed(0))


def share_where_best(policy, action=2):
    """Return the share of states in which the action is the most probable one."""
    best = policy(STATES).detach().argmax(dim=-1)
    return np.mean(best.numpy() == action)


@attempt
def untrained():
    """Draw both measures for 200 untrained networks."""
    best, sampled = [], []
    for seed in range(200):
        torch.manual_seed(seed)
        network = work.PolicyNetwork(2, 4)
        best.append(share_where_best(network))
        sampled.append(work.action_rate(network, 2, 100, torch.Generator().manual_seed(seed)))
    plt.hist([best, sampled], bins=20, range=(0, 1), label=["most probable", "sampled"])
    show("Action 2 in 200 untrained policies", "rate", "policies")
    print(f"most probable: exactly 0 in {np.mean(np.array(best) == 0):.0%} of the policies")
    print(f"sampled: mean {np.mean(sampled):.3f}, standard deviation {np.std(sampled):.3f}")


untrained()

# %% [markdown]
# The most probable action of an untrained policy is an accident: in most of them the rate is exactly
# 0, in some exactly 1. A comparison "before and after" built on it compares with a coin toss. What
# the policy *does* is close to chance, 25 %, in all of them. Now train, and watch both.


# %%
@attempt
def learning():
    """Draw both measures while four policies learn."""
    for seed in range(4):
        torch.manual_seed(seed)
        network = work.PolicyNetwork(2, 4, hidden=32)
        optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
        generator = torch.Generator().manual_seed(seed)
        best, sampled = [], []
        for _ in range(60):
            best.append(share_where_best(network))
            sampled.append(work.action_rate(network, 2, 400, generator))
            work.train_bandit(network, 4, optimizer, generator)
        episodes = 4 * np.arange(60)
        plt.plot(episodes, best, "--", color=f"C{seed}", label="most probable" if not seed else None)
        plt.plot(episodes, sampled, color=f"C{seed}", label="sampled" if not seed else None)
    show("Four policies learn to say token 2", "episodes", "rate of action 2")


learning()

# %% [markdown]
# The dashed lines jump to 100 % within a few dozen episodes at most; after 200 episodes, where the
# section prints 68 %, nothing is left to gain on either measure. Its figures cannot come from its
# program. There is no ratio and no clip in it either: it is REINFORCE, not PPO.

# %%
grader and work.is_written("train_bandit") and grader.check("train_bandit", vars(work))

# %%
grader and work.is_written("action_rate") and grader.check("action_rate", vars(work))

# %% [markdown]
# ## 4. Longer episodes: `reinforce_episode`
#
# A little language task: a token is shown, and naming it pays. Six tokens an episode, each paid at
# once. Chance earns (1 - 0.5 - 0.5) / 3 * 6 = 0; the best possible is 6.


# %%
@attempt
def echo():
    """Draw the rewards while a network learns to repeat."""
    torch.manual_seed(1)
    network = work.PolicyNetwork(3, 3, hidden=16)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    world = small_envs.Echo(tokens=3, length=6)
    totals = [work.reinforce_episode(world, network, optimizer, gamma=0.2) for _ in range(300)]
    plt.plot(totals, ".", alpha=0.3)
    plt.plot(np.convolve(totals, np.ones(20) / 20, "valid"), label="mean of 20")
    show("Repeat the token that is shown", "episode", "sum of rewards")


echo()

# %%
grader and work.is_written("reinforce_episode") and grader.check("reinforce_episode", vars(work))

# %% [markdown]
# ## 5. Exercise 2: what does gamma do?
#
# The section asks you to change gamma from 0.99 to 0.5 and to 0.999 in its grid world and to watch
# the speed of learning: a lower gamma means a shorter planning horizon. Its program standardises the
# returns. The best path has six steps. Look at what its actions are weighed by.

# %%
PATH = np.array([-0.01, -0.01, -0.01, -0.01, -0.01, 1.0])


@attempt
def weights_on_the_path():
    """Draw plain and standardised returns of the best path for three gammas."""
    _, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4))
    for gamma in (0.5, 0.99, 0.999):
        returns = np.array([gamma ** np.arange(6 - t) @ PATH[t:] for t in range(6)])
        left.plot(returns, "o-", label=f"gamma {gamma:g}")
        right.plot(work.standardize_returns(torch.from_numpy(returns)), "o-", label=f"gamma {gamma:g}")
    left.set(title="returns", xlabel="step")
    right.set(title="standardised returns", xlabel="step")
    left.legend()
    plt.show()


weights_on_the_path()

# %% [markdown]
# Plain returns (left) differ: with 0.5 the first step hears next to nothing of the goal. Standardised
# (right), all three tell the same story, *later is better*, and 0.99 and 0.999 cannot be told apart.
# Now with your `reinforce_episode`, on the section's grid.


# %%
def steps_of(totals):
    """Return how long episodes were: n steps that arrive collect 1 - 0.01 (n - 1), 200 that do not, -2."""
    return np.where(np.array(totals) > -1.995, 101 - 100 * np.array(totals), 200)


@attempt
def gamma_on_the_grid(episodes=200, runs=3):
    """Draw the length of the episodes while the policy learns, for three gammas."""
    world = small_envs.Grid()
    for gamma in (0.5, 0.99, 0.999):
        lengths = []
        for seed in range(runs):
            torch.manual_seed(seed)
            network = work.PolicyNetwork(2, 4)
            optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
            totals = [work.reinforce_episode(world, network, optimizer, gamma) for _ in range(episodes)]
            lengths.append(steps_of(totals))
        smooth = np.convolve(np.mean(lengths, axis=0), np.ones(25) / 25, "valid")
        plt.plot(smooth, label=f"gamma {gamma:g}: {smooth[-1]:.1f} steps in the end")
    plt.yscale("log")
    show("Steps to the goal (6 is best), mean of 25 episodes", "episode", "steps")


gamma_on_the_grid()

# %% [markdown]
# Which of the two pictures is yours? Mean length of episodes 351 to 400, six runs each:
#
# | | gamma 0.5 | 0.99 | 0.999 |
# |---|---|---|---|
# | standardised returns, as the section prints it | 7.5 | 7.5 | 7.6 |
# | plain returns | 6.6 | 10.9 | 16.3 |
#
# Standardised, there is nothing to see: the exercise has no answer as printed. With plain returns the
# *lowest* gamma learns fastest. All rewards here but the last are small and alike, so with gamma near
# 1 every action of a successful episode gets nearly the same praise, detours included. A low gamma
# praises only the last few, which really led to the goal. Discounting lowers noise. It costs
# foresight only where there is something to foresee.
#
# ### The planning horizon
#
# So give it something to foresee. In a corridor, 0.2 lies two steps to the left, 1.0 lies five steps
# to the right. Left is worth `gamma * 0.2` at the start, right `gamma**4`. They break even where
# `gamma**3 = 0.2`, at 0.58: below, the near distractor *is* the best plan.


# %%
@attempt
def planning_horizon(episodes=250, runs=8):
    """Draw how often the policy ends up walking to the far reward, against gamma."""
    gammas, shares = (0.3, 0.5, 0.7, 0.9, 0.99), []
    for gamma in gammas:
        far = []
        for seed in range(runs):
            torch.manual_seed(seed)
            world = small_envs.Corridor(near=2, far=5, near_reward=0.2)
            network = work.PolicyNetwork(world.state_dim, 2, hidden=16)
            optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
            totals = [work.reinforce_episode(world, network, optimizer, gamma, 100) for _ in range(episodes)]
            far.append(np.mean(np.array(totals[-30:]) == 1.0))
        shares.append(np.mean(far))
    plt.plot(gammas, shares, "o-")
    plt.axvline(0.2 ** (1 / 3), color="gray", linestyle="--", label="break-even")
    show(f"Far reward chosen in the end, {runs} runs each", "gamma", "share")


planning_horizon()

# %% [markdown]
# With plain returns the choice turns from near to far around the break-even point. Not in every run:
# REINFORCE may fall in love with what it happened to find first. Does your `reinforce_episode`
# standardise? Then the picture is another one, and for a reason: inside one episode the standardised
# returns always say *later is better*; that this episode as a whole was a poor one got lost.
#
# ### Extension: REINFORCE against Q-learning on the same grid
#
# Q-learning keeps a value for each action in each cell and takes the best one, except in every tenth
# step. REINFORCE gets the same table, as preferences, in `torch.nn.Linear(16, 4)` on cells written as
# one-hot vectors; and once more your network, which sees only row and column.


# %%
def q_learning(episodes, seed):
    """Train a table of values; return the sum of rewards of each episode."""
    return small_envs.q_learning(small_envs.Grid(one_hot=True), episodes, np.random.default_rng(seed))


def reinforce_table(episodes, seed):
    """Train a table of preferences from 0."""
    torch.manual_seed(seed)
    world, table = small_envs.Grid(one_hot=True), torch.nn.Linear(16, 4, bias=False)
    torch.nn.init.zeros_(table.weight)
    optimizer = torch.optim.SGD(table.parameters(), lr=1.0)
    return [work.reinforce_episode(world, table, optimizer, 0.9) for _ in range(episodes)]


def reinforce_network(episodes, seed):
    """Train a PolicyNetwork."""
    torch.manual_seed(seed)
    world, network = small_envs.Grid(), work.PolicyNetwork(2, 4)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    return [work.reinforce_episode(world, network, optimizer, 0.5) for _ in range(episodes)]


@attempt
def two_ways_to_learn(episodes=150, runs=5):
    """Draw the length of the episodes for Q-learning and for REINFORCE."""
    ways = {"Q-learning": q_learning, "REINFORCE, table": reinforce_table}
    ways["REINFORCE, network"] = reinforce_network
    for name, learn in ways.items():
        lengths = np.mean([steps_of(learn(episodes, seed)) for seed in range(runs)], axis=0)
        smooth = np.convolve(lengths, np.ones(10) / 10, "valid")
        plt.plot(smooth, label=f"{name}: {lengths.sum():.0f} steps in all")
    plt.yscale("log")
    show("Steps to the goal (6 is best), mean of 10 episodes", "episode", "steps")


two_ways_to_learn()

# %% [markdown]
# Q-learning is ahead at first: every step teaches it something, and what one cell learns its
# neighbours can read. With plain returns the table of REINFORCE needs 22 steps an episode in the first
# 20 episodes, the network 33, Q-learning 12. In the end they meet: 6.3 and 6.4 steps in
# episodes 151 to 200, and 6.9 for Q-learning, which still takes every tenth step at random.
#
# Then why are language models not trained by Q-learning? There the order is turned round. A pretrained
# model *is* a good policy, so the slow beginning is over before it starts; a value for every token
# of the vocabulary in every context is not there, and would have to be right about all of them before
# its best one could be trusted.
#
# For a language model the reward sits behind hundreds of tokens: 0.99**279 = 0.06. That is why RLHF
# libraries set gamma to 1 and fight the noise by other means, the next one.
#
# ## 6. Praise for what? `gae_advantages`
#
# A response of 40 tokens, scored 1 after the last. A critic has guessed at each token how it will end.
# It rises from 0.3, and at token 15 it jumps: here the answer was found.

# %%
TOKENS = 40
guesses = 0.3 + 0.1 * np.arange(TOKENS) / TOKENS + 0.45 * (np.arange(TOKENS) > 15)
token_rewards = np.zeros(TOKENS)
token_rewards[-1] = 1.0
finished = np.arange(TOKENS) == TOKENS - 1


@attempt
def praise():
    """Draw the advantages of the tokens for several gae_lambda."""
    for gae_lambda in (0.0, 0.8, 0.95, 1.0):
        advantages = work.gae_advantages(token_rewards, guesses, 0.0, finished, 1.0, gae_lambda)
        plt.plot(advantages, label=f"gae_lambda {gae_lambda:g}")
    plt.plot(guesses, color="gray", linestyle=":", label="the critic's guess")
    show("Who deserves the praise?", "token", "advantage")


praise()

# %% [markdown]
# At `gae_lambda` 1 all tokens before the jump share the credit. At 0 only the one token before it gets
# any: right, if the critic is right. In between, the credit fades with the distance.

# %%
grader and work.is_written("gae_advantages") and grader.check("gae_advantages", vars(work))

# %% [markdown]
# ## 7. Not too far at once: `ppo_clip_loss`, `clip_fraction`
#
# One token, its ratio moved from 0.4 to 1.8. What does the loss say, and which way does its gradient
# push?


# %%
@attempt
def the_clip():
    """Draw loss and gradient of a single token against its ratio."""
    ratios = np.linspace(0.4, 1.8, 281)
    _, axes = plt.subplots(1, 2, figsize=(10, 3.6))
    for sign, name in ((1.0, "good token, A = +1"), (-1.0, "bad token, A = -1")):
        log_ratio = torch.tensor(np.log(ratios), requires_grad=True)
        advantage, zero = torch.tensor([sign]).double(), torch.zeros(1).double()
        losses = [work.ppo_clip_loss(one.reshape(1), zero, advantage) for one in log_ratio]
        (slope,) = torch.autograd.grad(torch.stack(losses).sum(), log_ratio)
        axes[0].plot(ratios, [loss.item() for loss in losses], label=name)
        axes[1].plot(ratios, slope, label=name)
    for axis, title in zip(axes, ("loss", "its gradient for the log-probability"), strict=True):
        axis.axvspan(0.8, 1.2, color="gray", alpha=0.15)
        axis.set(title=title, xlabel="ratio")
        axis.legend()
    plt.show()


the_clip()

# %% [markdown]
# "Outside 0.8 to 1.2 the gradient is clipped to zero": for the good token on the right side only, for
# the bad one on the left side only. On the other sides the gradient brings back what went astray.
#
# What is it for? Take one batch of 200 tokens from a vocabulary of ten and train on it 200 times, with
# the clip and without (a `clip_eps` of a million clips nothing). The advantages are pure noise: there
# is nothing to learn from them, only something to unlearn.


# %%
@attempt
def one_batch_too_often():
    """Draw how far a policy moves when it trains on one batch again and again."""
    generator = torch.Generator().manual_seed(3)
    tokens = torch.randint(10, (200,), generator=generator)
    advantages = torch.randn(200, generator=generator)
    _, axes = plt.subplots(1, 2, figsize=(10, 3.6))
    for clip_eps, name in ((0.2, "clip_eps 0.2"), (1e6, "no clip")):
        logits = torch.zeros(10, requires_grad=True)
        old = logits.detach().log_softmax(dim=-1)[tokens]
        optimizer = torch.optim.Adam([logits], lr=0.01)
        outside, largest = [], []
        for _ in range(200):
            new = logits.log_softmax(dim=-1)[tokens]
            outside.append(work.clip_fraction(new.detach(), old))
            largest.append(logits.detach().softmax(dim=-1).max().item())
            logits.grad = None
            work.ppo_clip_loss(new, old, advantages, clip_eps).backward()
            optimizer.step()
        axes[0].plot(outside, label=name)
        axes[1].plot(largest, label=name)
    axes[0].set(title="clip_fraction", xlabel="update")
    axes[1].set(title="probability of the favourite token", xlabel="update", ylim=(0, 1))
    axes[1].legend()
    plt.show()


one_batch_too_often()

# %% [markdown]
# With the clip the policy stays where the batch still means something. Without it, one batch of noise
# is enough to make the model say one word. `clip_fraction` is the warning: it is 0 for the first few
# updates, and that is how many a batch is good for.

# %%
grader and work.is_written("ppo_clip_loss") and grader.check("ppo_clip_loss", vars(work))

# %%
grader and work.is_written("clip_fraction") and grader.check("clip_fraction", vars(work))

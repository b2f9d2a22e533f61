# %% [markdown]
# # Lab: a grid world, from random walks to Q-learning
#
# About 45 minutes, best taken in steps: write a function in `gridworld.py`, run `pytest`, then come
# back and see what it is good for. The cells below call *your* functions. A cell that needs one you
# have not written yet says so and waits; nothing breaks.
#
# On the way you do exercise 1 of the section and the three extensions of its lab: walls, softmax
# exploration, and REINFORCE against Q-learning on the same grid.
#
# | here | in a language model |
# |---|---|
# | cell | the prompt and the tokens so far |
# | move | the next token |
# | walk from the start until it ends | one full response |
# | +1 at the goal | the score of the response |
# | -0.01 per step | a small price on every token |

# %% [markdown]
# Run this cell first, and again whenever you have changed `gridworld.py`.

# %%
# %matplotlib inline

import matplotlib.pyplot as plt
import numpy as np
from checks import kit
from gridworld_env import ACTION_NAMES, GridWorld
from IPython.display import display

mine = kit.Lab("gridworld")  # your functions, from the .py file or from the notebook


def attempt(experiment):
    """Run an experiment at once; if it needs a function that is not written yet, say which."""
    try:
        experiment()
    except NotImplementedError as missing:
        plt.close("all")
        print(f"This cell waits for you. {missing}")


def show(figure):
    """Show a figure once, however it was made."""
    display(figure)
    plt.close(figure)


# %% [markdown]
# ## 1. A timeline
#
# The section's own timeline puts labels at two heights in turn, so 2012 and 2014 share a height and
# their labels run into each other. Yours should cope with any years.

# %%
milestones = {
    1957: "Perceptron",
    1986: "Backpropagation",
    1997: "LSTM",
    2012: "AlexNet",
    2013: "Word2Vec",
    2014: "GANs",
    2017: "Transformer",
    2018: "BERT",
    2020: "GPT-3",
    2022: "InstructGPT\n(RLHF)",
    2023: "GPT-4",
}


@attempt
def timeline():
    show(mine.plot_timeline(milestones))


# %% [markdown]
# ## 2. Two grids, two alphabets
#
# The section has two grid worlds of the same size that number their actions differently. Action 2
# means "down" in both; every other number means something else. A policy learned in one is nonsense
# in the other, just as token ids of one tokenizer are nonsense to another model.


# %%
@attempt
def two_alphabets():
    env = GridWorld()
    print("from (1, 1)   SimpleGridWorld   GridWorld")
    for action in range(4):
        simple, _, _ = mine.grid_step((1, 1), action)
        print(f"  action {action}        {simple}          {env.move((1, 1), action)}")


# %% [markdown]
# ## 3. Acting at random, and exercise 1
#
# The section shows one random episode: 27 steps, total reward 0.74. Is that typical? One episode
# cannot tell. Two thousand can.


# %%
@attempt
def random_walks():
    rng = np.random.default_rng(0)
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.2))
    for step_reward, color in ((-0.01, "tab:blue"), (-0.1, "tab:orange")):
        env = GridWorld(step_reward=step_reward)
        totals, lengths = np.array([mine.run_random_episode(env, rng) for _ in range(2000)]).T
        right.hist(totals, bins=60, alpha=0.7, color=color, label=f"{step_reward} per step")
        print(
            f"{step_reward:5} per step: mean length {lengths.mean():.1f},"
            f" mean total {totals.mean():.2f}, negative in {np.mean(totals < 0):.0%},"
            f" at most 27 steps in {np.mean(lengths <= 27):.0%}"
        )
    left.hist(lengths, bins=np.arange(5, 102), color="gray")
    left.set(title="Length of a random episode", xlabel="steps (cut off at 100)", ylabel="episodes")
    right.set(title="Exercise 1: its total reward", xlabel="total reward", ylabel="episodes")
    right.legend()
    plt.show()


# %% [markdown]
# So 27 steps is a lucky run: fewer than a third of the episodes are as short, and about one in six
# does not arrive within 100 steps at all. The grid is small enough to compute the average length
# *without* a cap exactly: let h(s) be the expected number of steps from s, then
# h(s) = 1 + the mean of h over the four next cells, and h(goal) = 0. That is a linear system.

# %%
transition_probs, _ = GridWorld().model()
moves = transition_probs.mean(axis=1)[:15, :15]  # random policy, goal left out
expected_steps = np.linalg.solve(np.eye(15) - moves, np.ones(15))
print(f"expected steps from the start: {expected_steps[0]:.4f} (416/7 = {416 / 7:.4f})")

# %% [markdown]
# **Exercise 1.** With -0.1 per step the same walks nearly always end below zero, about -4.2 on
# average: a response that rambles costs more than its score can bring. A policy that *learns* under
# this price is pushed harder towards short walks, but the best walk is the same, since it was the
# shortest already. In a language model the price sits on every token. If stopping early costs
# nothing, a high price teaches the model to stop, whether or not the answer is complete: a price on
# length has to be weighed against the score, which is what `length_penalized_reward` does.

# %% [markdown]
# ## 4. Two ways to explore
#
# Epsilon-greedy looks only at which action is best; softmax looks at *how much* better it is. A
# language model samples its next token by softmax, with a temperature.


# %%
@attempt
def exploration():
    q_row = np.array([1.0, 0.9, 0.5, -1.0])
    rules = {f"epsilon {epsilon}": mine.epsilon_greedy_probs(q_row, epsilon) for epsilon in (0.1, 0.5)}
    rules |= {f"T = {t}": mine.boltzmann_probs(q_row, t) for t in (0.05, 0.5, 5.0)}
    _, panels = plt.subplots(1, 5, figsize=(12, 2.4), sharey=True)
    for axes, (name, probs) in zip(panels, rules.items(), strict=True):
        axes.bar(range(4), probs)
        axes.set(title=name, xticks=range(4), xticklabels=q_row, xlabel="value of the action")
    panels[0].set_ylabel("probability")
    plt.show()


# %% [markdown]
# ## 5. Q-learning
#
# One update moves one entry of the table a part `alpha` of the way to what the step has shown:
# the reward, plus `gamma` times the best value of the next cell. Repeated over episodes, the +1 at
# the goal trickles back, cell by cell.


# %%
def greedy_walk(q_values, env):
    """Return the cells that the greedy policy visits, as far as it gets."""
    policy, path = np.asarray(mine.greedy_policy(q_values)), [env.reset()]
    for _ in range(env.size**2):
        state, _, done = env.step(int(policy[path[-1]]))
        path.append(state)
        if done:
            break
    return path


@attempt
def learned():
    env = GridWorld()
    q_values = mine.train_q_learning(env, 500, 0.1, 0.99, 0.1, np.random.default_rng(0))
    path = greedy_walk(q_values, env)
    policy = np.asarray(mine.greedy_policy(q_values)).astype(int)
    print("\n".join(" ".join(f"{ACTION_NAMES[action]:6}" for action in row) for row in policy))
    print(f"\nthe greedy walk takes {len(path) - 1} steps; the shortest possible is 6")
    show(mine.plot_values(mine.state_values(q_values)))


# %% [markdown]
# The section says of this picture that cells closer to the goal have higher values. Look again.
#
# - The goal itself shows 0: nothing follows there, so nothing was ever learned there.
# - Cells off the beaten path are close to 0, however near the goal: they were hardly visited.
# - Only *along the greedy walk* do values rise towards the goal, up to 1 in the cell before it.
#
# Q-learning learns where it goes. A language model trained on its own samples has the same blind
# spots: responses it never writes are never scored.
#
# ### The truth, for comparison
#
# The grid's rules are known (`env.model()`), so its optimal values can be computed: d steps from
# the goal they are 2 * 0.99 ** (d - 1) - 1.


# %%
@attempt
def truth():
    env = GridWorld()
    values, _ = mine.value_iteration(*env.model(), 0.99)
    best = np.reshape(values, (4, 4))
    print(f"optimal value of the start: {best[0, 0]:.8f}")
    show(mine.plot_values(best))
    lowest = np.ones((4, 4))
    for seed in range(50):
        q_values = mine.train_q_learning(env, 500, 0.1, 0.99, 0.1, np.random.default_rng(seed))
        lowest = np.minimum(lowest, mine.state_values(q_values) / np.where(best > 0, best, 1.0))
        if len(greedy_walk(q_values, env)) != 7:
            print(f"seed {seed}: the greedy walk is not the shortest")
    print("learned value / optimal value, the worst of 50 runs in each cell:")
    print(lowest.round(2) + 0.0)


# %% [markdown]
# The walk is the best one in every run, while the values of some cells are not even begun: a policy
# can be right long before its values are.
#
# ### How fast value iteration converges
#
# Each sweep brings the values closer to the fixed point by a factor `gamma`, so when no value
# changes by `tol` any more, what is left is at most `tol * gamma / (1 - gamma)`. Make the grid
# slippery and watch the bound hold.


# %%
@attempt
def convergence():
    transition_probs, _ = GridWorld().model()
    slippery = 0.7 * transition_probs + 0.3 * transition_probs.mean(axis=1, keepdims=True)
    rewards = np.full((16, 4, 16), -0.01)
    rewards[:, :, 15] = 1.0
    rewards[15] = 0.0  # state 15 is the goal, where nothing follows
    exact = np.asarray(mine.value_iteration(slippery, rewards, 0.95, 1e-13)[0])
    tolerances = 10.0 ** np.arange(0, -9, -1)
    found = [mine.value_iteration(slippery, rewards, 0.95, tol)[0] for tol in tolerances]
    errors = np.abs(np.asarray(found) - exact).max(axis=1)
    _, axes = plt.subplots(figsize=(6, 3.5))
    axes.loglog(tolerances, tolerances * 0.95 / 0.05, "k--", label="bound: tol * gamma / (1 - gamma)")
    axes.loglog(tolerances, errors, "o-", label="largest error")
    axes.set(title="Value iteration keeps its promise", xlabel="tol", ylabel="error of the values")
    axes.legend()
    plt.show()


# %% [markdown]
# ## 6. Extension: walls
#
# Nothing in Q-learning knows about walls. It bumps into them and learns.


# %%
@attempt
def walls():
    layout = [(1, 0), (1, 1), (1, 2), (1, 3), (3, 1), (3, 2), (3, 3), (3, 4)]
    env = GridWorld(size=5, walls=layout)
    q_values = mine.train_q_learning(env, 500, 0.1, 0.99, 0.1, np.random.default_rng(0))
    rows, cols = np.array(greedy_walk(q_values, env)).T
    figure = mine.plot_values(mine.state_values(q_values))
    axes = figure.axes[0]
    axes.plot(cols, rows, color="white", linewidth=20, zorder=1)
    for row, col in layout:
        axes.text(col, row, "wall", ha="center", va="center", backgroundcolor="black", color="white")
    print(f"{len(rows) - 1} steps around the walls; 8 without them")
    show(figure)


# %% [markdown]
# ## 7. Extension: softmax exploration
#
# The same updates, but actions drawn by softmax. Which converges faster? It depends on the
# temperature, which has to suit the *differences* between values. Here they are small: a step back
# costs about 0.04.
#
# Epsilon-greedy first, with your `train_q_learning`; `env.lengths` is the learning curve.


# %%
def learning_curve(seed, count=300):
    """Return the length of each episode of your Q-learning at epsilon 0.1."""
    env = GridWorld()
    mine.train_q_learning(env, count, 0.1, 0.99, 0.1, np.random.default_rng(seed))
    return [length for length in env.lengths if length][:count]


def plot_lengths(curves, title):
    """Plot the mean episode length over seeds, with the spread between seeds."""
    _, axes = plt.subplots(figsize=(7, 3.5))
    for name, runs in curves.items():
        smooth = np.array([np.convolve(run, np.ones(10) / 10, mode="valid") for run in runs])
        mean, spread = smooth.mean(axis=0), smooth.std(axis=0)
        axes.plot(mean, label=f"{name}: {np.mean([run[-100:] for run in runs]):.1f} at the end")
        axes.fill_between(range(len(mean)), mean - spread, mean + spread, alpha=0.2)
    axes.set(title=title, xlabel="episode", ylabel="steps to the goal", ylim=(0, 70))
    axes.legend()
    plt.show()


@attempt
def epsilon_greedy():
    plot_lengths({"epsilon 0.1": [learning_curve(seed) for seed in range(5)]}, "Epsilon-greedy")


# %% [markdown]
# **Your turn.** Copy your `train_q_learning` into the cell below and change the one line that chooses
# the action: draw it with `boltzmann_probs` at this temperature. Then run the cell.


# %%
def train_softmax(env, episodes, alpha, gamma, temperature, rng):
    """Train as `train_q_learning` does, with actions drawn by softmax."""
    raise NotImplementedError("train_softmax: your copy of train_q_learning goes into this cell")


@attempt
def softmax():
    curves = {"epsilon 0.1": [learning_curve(seed) for seed in range(5)]}
    for temperature in (1.0, 0.1, 0.01):
        runs = []
        for seed in range(5):
            env = GridWorld()
            train_softmax(env, 300, 0.1, 0.99, temperature, np.random.default_rng(seed))
            runs.append([length for length in env.lengths if length][:300])
        curves[f"T = {temperature}"] = runs
    plot_lengths(curves, "Epsilon-greedy and softmax")


# %% [markdown]
# What you should see: T = 1 never stops wandering, since differences of 0.04 hardly show at that
# temperature. T = 0.1 starts slowly, but then settles on six steps, T = 0.01 sooner; epsilon 0.1 is
# quick but keeps paying for its random moves, about 6.6 steps at the end. The T = 1 curve even gets
# *worse* as it learns: the better all actions of a cell are known, the closer their values, and the
# less softmax can tell.
#
# One thing is special here. A new table holds zeros, and a step costs 0.01, so every untried action
# looks *better* than a tried one. That is exploration for free, and why even epsilon 0 learns on
# this grid. Where untried actions look worse, it fails: try `GridWorld(step_reward=0.01)`.

# %% [markdown]
# ## 8. Extension: REINFORCE against Q-learning
#
# REINFORCE keeps no values. It has a preference for each action in each cell, draws by softmax, and
# after an episode makes each action it took more probable, in proportion to the return that
# followed. With a table the gradient of log-softmax is simple: 1 for the action taken, minus the
# probabilities.


# %%
def reinforce(alpha, seed, count=300):
    """Train a tabular softmax policy by REINFORCE; return the length of each episode."""
    rng, env = np.random.default_rng(seed), GridWorld()
    preferences, lengths = np.zeros((4, 4, 4)), []
    for _ in range(count):
        state, done, path = env.reset(), False, []
        while not done and len(path) < 100:
            probs = np.asarray(mine.boltzmann_probs(preferences[state], 1.0))
            action = int(rng.choice(4, p=probs))
            after, reward, done = env.step(action)
            path.append((state, action, probs, reward))
            state = after
        following = 0.0
        for state, action, probs, reward in reversed(path):
            following = reward + 0.99 * following
            preferences[state] += alpha * following * (np.eye(4)[action] - probs)
        lengths.append(len(path))
    return lengths


@attempt
def comparison():
    curves = {"Q-learning": [learning_curve(seed) for seed in range(5)]}
    curves |= {
        f"REINFORCE, alpha {alpha}": [reinforce(alpha, seed) for seed in range(5)] for alpha in (0.1, 1.0)
    }
    plot_lengths(curves, "The same grid, two ways to learn")


# %% [markdown]
# Q-learning reuses every step: what one cell learns, its neighbours can read in the table.
# REINFORCE waits for the end of the episode and learns from its own return alone, so it needs
# many more episodes, and its runs differ more from each other.
#
# Then why are language models trained by policy gradients, REINFORCE and its descendant PPO, and
# not by Q-learning? One reason: values for every token in every context would have to be right
# about *all* tokens before their argmax could be trusted, while the policy is there already. It is
# the pretrained model, and a policy gradient improves it directly.
#
# ## What to take away
#
# 1. One episode proves nothing; look at many, or compute.
# 2. Q-learning finds the best walk here every time, and leaves cells off the walk unlearned.
# 3. A step that ends an episode has no future. On this grid you cannot see that mistake, because
#    the goal's row of the table stays 0. In other worlds you can.
# 4. A temperature is large or small only in comparison with the differences between values.

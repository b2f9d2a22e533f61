# %% [markdown]
# # Lab: what the five functions are good for
#
# This notebook takes your functions from `rl_foundations.py` or from `rl_foundations.ipynb`,
# and draws what they do to
# a language model. Cells that need a function you have not written yet say so and wait; write it,
# save the file and run the cell again. Nothing here is handed in.
#
# Each part is the same three steps: a question, your function, a picture that answers it.

# %%
import functools

import matplotlib.pyplot as plt
import numpy as np
import torch
from checks import kit

work = kit.Lab("rl_foundations")  # your functions, from the .py file or from the notebook

try:
    import otter

    grader = otter.Notebook("lab.ipynb")
except ImportError:
    grader = None
    print("otter is not installed: the check cells do nothing; use pytest instead")

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


def with_sliders(draw, **ranges):
    """Draw again whenever a slider moves; once, where there are no sliders."""
    try:
        from ipywidgets import interact
    except ImportError:
        draw()
    else:
        interact(draw, **ranges)


# %% [markdown]
# ## 1. Who gets the credit? `discounted_returns`
#
# A response of 280 tokens is read by a reward model, which gives one score, after the last token.
# The other 279 tokens get nothing themselves. Yet they wrote most of the answer.
#
# The return hands the score back. Walking from the last token to the first, each step multiplies it
# by `gamma` once more. How much is left at the first token?

# %%
TOKENS = 280
score_at_the_end = np.zeros(TOKENS)
score_at_the_end[-1] = 1.0


@attempt
def spread(*gammas):
    """Draw how much of the final score each token sees."""
    for gamma in gammas:
        returns = work.discounted_returns(score_at_the_end, gamma)
        plt.plot(returns, label=f"gamma {gamma:g}: the first token sees {returns[0]:.2g}")
    plt.xlabel("token")
    plt.ylabel("return")
    plt.title("One score after the last of 280 tokens")
    plt.legend()
    plt.show()


spread(1.0, 0.999, 0.99, 0.9)

# %% [markdown]
# With 0.9 the score reaches a few dozen tokens and no more: the beginning of the response would be
# trained on nothing. With 1 all tokens are praised or blamed alike. Move the slider: where does half
# of the score reach the first token?

# %%
with_sliders(attempt(lambda gamma=0.997: spread(gamma)), gamma=(0.98, 1.0, 0.0005))

# %% [markdown]
# The answer can be computed as well: half of it is left after k tokens when `gamma**k = 1/2`.

# %%
for gamma in (0.9, 0.99, 0.999):
    print(f"gamma {gamma:g}: half of the score is left {np.log(0.5) / np.log(gamma):.0f} tokens back")
print(f"half of the score reaches the first of {TOKENS} tokens at gamma {0.5 ** (1 / (TOKENS - 1)):.4f}")

# %%
grader and work.is_written("discounted_returns") and grader.check("discounted_returns", vars(work))

# %% [markdown]
# ## 2. What is half a response worth? `bellman_update`
#
# A return is known when the response is finished. A value is asked for earlier: what return is to be
# *expected* from here, when the model goes on as it does?
#
# Here is a toy of it. A response has eight places to be filled. At each the model either writes the
# next token (probability 0.8) or hesitates and stays. A token that is written is accepted nine times
# out of ten. Filling the last place pays 1, and then nothing happens any more.

# %%
PLACES, GAMMA = 8, 0.95
FINISHED = PLACES
WRITE, HESITATE = 0, 1

transition_probs = np.zeros((PLACES + 1, 2, PLACES + 1))
for place in range(PLACES):
    transition_probs[place, WRITE, place + 1] = 0.9
    transition_probs[place, WRITE, place] = 0.1
    transition_probs[place, HESITATE, place] = 1.0
transition_probs[FINISHED, :, FINISHED] = 1.0

rewards = np.zeros((PLACES + 1, 2, PLACES + 1))
rewards[PLACES - 1, WRITE, FINISHED] = 1.0
policy = np.tile([0.8, 0.2], (PLACES + 1, 1))


def sweeps(count):
    """Return the values after 0, 1, ..., count sweeps."""
    history = [np.zeros(PLACES + 1)]
    for _ in range(count):
        history.append(work.bellman_update(history[-1], policy, transition_probs, rewards, GAMMA))
    return np.array(history)


# %% [markdown]
# Start from knowing nothing: all values 0. The first sweep finds the reward one step ahead, so only
# the last place learns anything. The second sweep lets the place before it see what the last one is
# worth now. The news travels backwards, one place a sweep.


# %%
@attempt
def news_travels_backwards():
    """Draw the values after some sweeps, and all of them as a picture."""
    history = sweeps(40)
    _, (lines, picture) = plt.subplots(1, 2, figsize=(11, 3.8))
    for count in (0, 1, 2, 4, 8, 16, 40):
        lines.plot(history[count, :PLACES], "o-", label=f"after {count}")
    lines.set(xlabel="place", ylabel="value", title="Values after some sweeps")
    lines.set_ylim(-0.05, 1.5)
    lines.legend(loc="upper left", ncols=3)
    image = picture.imshow(history[:, :PLACES], aspect="auto", origin="lower", cmap="viridis")
    picture.set(xlabel="place", ylabel="sweep", title="The same, sweep by sweep")
    picture.grid(visible=False)
    plt.colorbar(image, ax=picture)
    plt.show()


news_travels_backwards()

# %% [markdown]
# Where does it end? In values that a further sweep no longer changes. For a toy they can be found
# without sweeping: average the transitions and the rewards over the policy, and solve
# `V = r + gamma * P V`. Each sweep brings every guess nearer to that, by a factor of at most gamma.


# %%
@attempt
def sweeps_close_in():
    """Draw the largest error after each sweep, beside the bound gamma**k."""
    history = sweeps(120)
    moves = np.einsum("sa,sat->st", policy, transition_probs)
    pay = np.einsum("sa,sat,sat->s", policy, transition_probs, rewards)
    solved = np.linalg.solve(np.eye(PLACES + 1) - GAMMA * moves, pay)
    error = np.abs(history - solved).max(axis=1)
    plt.semilogy(error, label="largest error")
    plt.semilogy(error[0] * GAMMA ** np.arange(121), "--", label=f"{GAMMA:g}**k")
    plt.xlabel("sweep k")
    plt.title("Each sweep takes a part of the error away")
    plt.legend()
    plt.show()
    print(f"worth at the first place: {history[-1, 0]:.4f} by sweeping, {solved[0]:.4f} solved")
    print(f"worth at the last place:  {history[-1, PLACES - 1]:.4f} and {solved[PLACES - 1]:.4f}")


sweeps_close_in()

# %% [markdown]
# A language model has as many states as there are texts, so nobody keeps a table. In PPO a second
# network guesses the value of a half-written response; the equation it is trained to satisfy is the
# one you just swept.

# %%
grader and work.is_written("bellman_update") and grader.check("bellman_update", vars(work))

# %% [markdown]
# ## 3. How does a model improve without being told the answer? `reinforce_loss`
#
# Suppose a reply can begin with one of four tokens, and what follows each of them is on average
# worth what the list says. The model does not see the list. It writes a token, is told the return of
# that one, and takes a step.

# %%
VOCABULARY = ("Sure", "First", "Well", "No")
WORTH = torch.tensor([0.5, 1.0, 0.1, -0.5], dtype=torch.float64)


@attempt
def one_step(written, returned, learning_rate=0.3):
    """Draw the probabilities before and after one update for one written token."""
    logits = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    log_probs = torch.log_softmax(logits, dim=0)
    returns = torch.tensor([returned], dtype=torch.float64)
    work.reinforce_loss(log_probs[written].reshape(1), returns).backward()
    after = torch.softmax(logits.detach() - learning_rate * logits.grad, dim=0)
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.2))
    left.bar(VOCABULARY, -logits.grad)
    left.set_title(f'"{VOCABULARY[written]}" returned {returned:g}: where the logits are pushed')
    places = np.arange(4)
    right.bar(places - 0.2, log_probs.detach().exp(), 0.4, label="before")
    right.bar(places + 0.2, after, 0.4, label="after")
    right.set_xticks(places, VOCABULARY)
    right.set(ylim=(0, 0.4), title="probabilities")
    right.legend()
    plt.show()


one_step(written=1, returned=1.0)
one_step(written=3, returned=-0.5)

# %% [markdown]
# The pushes add up to zero: what one token gains the others lose. A good return pulls the written
# token up; a bad one pushes it down, and all that were *not* written rise a little, without anyone
# having tried them.
#
# One step proves little. Many steps, each with tokens that the model itself draws:


# %%
@attempt
def learn(shift=0.0, updates=300, batch=4, learning_rate=0.1):
    """Draw how the probabilities of the tokens change, with `shift` added to every return."""
    generator = torch.Generator().manual_seed(0)
    logits = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    history, losses, got = [], [], []
    for _ in range(updates):
        log_probs = torch.log_softmax(logits, dim=0)
        history.append(log_probs.detach().exp().numpy())
        written = torch.multinomial(log_probs.detach().exp(), batch, True, generator=generator)
        noise = 0.3 * torch.randn(batch, generator=generator, dtype=torch.float64)
        returns = WORTH[written] + noise + shift
        loss = work.reinforce_loss(log_probs[written], returns) / batch
        (gradient,) = torch.autograd.grad(loss, logits)
        logits.data -= learning_rate * gradient
        losses.append(loss.item())
        got.append(returns.mean().item())
    smooth = np.ones(20) / 20
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
    left.plot(history, label=VOCABULARY)
    left.set(xlabel="update", title="probability of each token")
    left.legend()
    right.plot(np.convolve(got, smooth, "valid"), label="mean return")
    right.plot(np.convolve(losses, smooth, "valid"), label="loss")
    right.set(xlabel="update", title="the average of 20 updates")
    right.legend()
    plt.show()
    print(f'"First" went from {history[0][1]:.2f} to {history[-1][1]:.2f}')


learn()

# %% [markdown]
# The loss falls there, as if it were an error. It is none. Here is the same again with every return
# lower by 1, as if all readers were a little crosser:

# %%
learn(shift=-1.0)

# %% [markdown]
# Again the returns rise and the same token wins, but now the loss *rises* with them. Only its gradient
# means something. Progress is seen in the returns.

# %%
grader and work.is_written("reinforce_loss") and grader.check("reinforce_loss", vars(work))

# %% [markdown]
# ## 4. How far may one batch carry the model? `ppo_clip_ratio`
#
# Responses are expensive, so a batch serves for several updates. After the first, the model that
# learns is not the one that wrote. The ratio measures how far it has gone, for each token: 1 means
# no change, 2 means twice as probable. The clipped ratio stops counting at a limit.


# %%
@attempt
def two_ratios(clip_eps=0.2):
    """Draw both ratios, and the gradient that each of them passes on."""
    change = torch.linspace(-0.8, 0.8, 401, dtype=torch.float64)
    _, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6))
    for output, name in enumerate(("ratio", "clipped_ratio")):
        log_probs = (-2.0 + change).requires_grad_()
        both = work.ppo_clip_ratio(log_probs, torch.full_like(change, -2.0), clip_eps)
        (gradient,) = torch.autograd.grad(both[output].sum(), log_probs)
        style = "--" if output else "-"
        left.plot(change, both[output].detach(), style, label=name)
        right.plot(change, gradient, style, label=name)
    left.set(xlabel="change of the log-probability", title=f"value, clip_eps {clip_eps:g}")
    right.set(xlabel="change of the log-probability", title="gradient for the log-probability")
    left.legend()
    right.legend()
    plt.show()


two_ratios()

# %%
with_sliders(two_ratios, clip_eps=(0.05, 0.5, 0.05))

# %% [markdown]
# PPO's objective for a token with advantage A is `min(ratio * A, clipped_ratio * A)`. What matters is
# where it still has a slope, because only there the token is pushed. Guess before you run the cell:
# is it flat on both sides?


# %%
@attempt
def where_ppo_pushes(clip_eps=0.2):
    """Draw PPO's objective for a good and for a bad token, thick where its gradient lives."""
    change = torch.linspace(-0.8, 0.8, 401, dtype=torch.float64)
    _, panels = plt.subplots(1, 2, figsize=(11, 3.6))
    for panel, advantage in zip(panels, (1.0, -1.0), strict=True):
        log_probs = change.clone().requires_grad_()
        ratio, clipped_ratio = work.ppo_clip_ratio(log_probs, torch.zeros_like(change), clip_eps)
        objective = torch.minimum(ratio * advantage, clipped_ratio * advantage)
        (gradient,) = torch.autograd.grad(objective.sum(), log_probs)
        shown, value = ratio.detach().numpy(), objective.detach().numpy()
        alive = gradient.numpy() != 0
        panel.plot(shown, value, color="0.6", label="no gradient")
        panel.plot(shown, np.where(alive, value, np.nan), linewidth=4, label="gradient")
        panel.axvspan(1 - clip_eps, 1 + clip_eps, alpha=0.12)
        panel.set(xlabel="ratio", title=f"advantage {advantage:+g}")
        panel.legend()
    plt.show()


where_ppo_pushes()

# %% [markdown]
# A good token is pushed up until it is 1.2 times as probable, and pulled back without limit if it
# has become *less* probable by mistake. For a bad token it is the other way round. Clipping takes
# away the reason to go further; it takes away no way back.

# %%
grader and work.is_written("ppo_clip_ratio") and grader.check("ppo_clip_ratio", vars(work))

# %% [markdown]
# ## 5. What if the score itself is wrong? `length_penalized_reward`
#
# A policy does what is rewarded. If those who compared answers liked long ones a little, the reward
# model likes them too, and training finds that out. Here is a made-up reward model with this taste:
# its score is highest at 280 tokens. What people really gain is made up as well: after 130 tokens
# more words only cost their time.

# %%
lengths = np.arange(20.0, 401.0)
rm_score = 2.0 - (lengths - 280.0) ** 2 / 24_000.0
satisfaction = 1.5 - (lengths - 130.0) ** 2 / 24_000.0


@attempt
def price_on_length(penalty_per_token=0.01):
    """Draw the score, what is left of it, and the length that a policy would choose."""
    reward = work.length_penalized_reward(rm_score, lengths, penalty_per_token)
    for name, worth in (("reward model's score", rm_score), ("penalised reward", reward)):
        best = int(np.argmax(worth))
        (line,) = plt.plot(lengths, worth, label=f"{name}: best at {lengths[best]:.0f} tokens")
        plt.plot(lengths[best], worth[best], "o", color=line.get_color())
    plt.plot(lengths, satisfaction, ":", color="0.4", label="what people gain")
    plt.xlabel("tokens")
    plt.title(f"penalty_per_token {penalty_per_token:g}, the first 150 free")
    plt.legend()
    plt.show()
    before, after = np.argmax(rm_score), np.argmax(reward)
    print(f"people gain {satisfaction[before]:.2f} at {lengths[before]:.0f} tokens, "
          f"{satisfaction[after]:.2f} at {lengths[after]:.0f}")  # fmt: skip


price_on_length()

# %% [markdown]
# The price moves the best length from 280 to 160 tokens. It does not teach the reward model what
# people want: it makes one way of fooling it expensive. Try other prices. When does a higher one stop
# making answers shorter, and why there?

# %%
with_sliders(price_on_length, penalty_per_token=(0.0, 0.03, 0.001))

# %%
grader and work.is_written("length_penalized_reward") and grader.check("length_penalized_reward", vars(work))

# %% [markdown]
# ## What to take along
#
# - A score at the end reaches early tokens only through gamma (1); over many sweeps, through values (2).
# - A sampled token is pushed by its own return, and the loss is no measure of progress (3).
# - Clipping decides where a push ends, and never on the way back (4).
# - All of this makes the reward larger. Whether the reward is right is another question (5).

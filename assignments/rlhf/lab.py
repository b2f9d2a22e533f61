# %% [markdown]
# # Lab: RLHF in a toy world, hacked and cured
#
# About an hour, best taken in steps: write a function in `rlhf.py`, run `pytest`, then come back
# and see what it is good for. The cells below call *your* functions. A cell that needs one you
# have not written yet says so and waits; nothing breaks. All of it together computes for about
# half a minute on one core of a laptop, and every number comes from a seed: you will see what we
# saw, up to the rounding of another version of torch.
#
# The story is the section's: a telecom company's chatbot was trained by RLHF, its scores rose by
# 45 %, and its customers were less satisfied than before. The company then changed two things at
# once. Here you change one at a time.

# %% [markdown]
# Run this cell first, and again whenever you have changed `rlhf.py`.

# %%
import functools

import matplotlib.pyplot as plt
import numpy as np
import rlhf_lab as lab
import torch
from checks import kit

mine = kit.Lab("rlhf")  # your functions, from the .py file or from the notebook
torch.set_num_threads(1)  # the tensors are tiny
SEEDS = range(5)


def attempt(experiment):
    """Run an experiment at once; if it needs a function that is not written yet, say which."""
    try:
        experiment()
    except NotImplementedError as missing:
        plt.close("all")
        print(f"This cell waits for you. {missing}")


def ask(writer, count=1000):
    """Return answers of a model to prompts of all topics in turn."""
    prompts = torch.arange(count) % len(lab.FACTS)
    return writer.write(prompts, torch.Generator().manual_seed(2026))


# %% [markdown]
# ## 1. A chatbot of 18 words
#
# Customers ask about their bill, a refund, an outage or a plan. Each topic has two facts. The bot
# is a language model in the plainest sense: a table with the probability of each next word, given
# the topic and the word before. It was fine-tuned (SFT) on what average employees write: a fact
# is missing now and then, and polite words abound.
#
# In this world, and only here, we know what an answer is truly worth to a customer: one point for
# each fact of the topic, half a point off for a fact that belongs elsewhere, 0.05 off for every
# token beyond ten. No model below ever sees this number. It plays the part of the satisfaction
# survey.

# %%
sft = lab.fine_tune(seed=0)
answers = ask(sft)
for row in range(6):
    topic = list(lab.FACTS)[answers.topics[row]]
    print(f"{topic:7} quality {lab.quality(answers)[row]:5.2f}   {lab.as_text(answers, row)}")
mean_quality, mean_tokens = lab.quality(answers).mean(), lab.count_tokens(answers).mean()
print(f"\n1000 answers: quality {mean_quality:.2f}, {mean_tokens:.1f} tokens")

# %% [markdown]
# ## 2. A reward model, and its flaw
#
# Annotators see two answers to a prompt and choose the better one, 5,000 times. They look for
# facts, as customers do. But they do not have to live with the answer: they skim, and a long,
# polite one looks like good work. The bias is slight, 0.02 points per token and 0.05 per polite
# word, and nobody knows of it.
#
# `reward_model_loss` turns their choices into a reward model. It can weigh facts, length and
# polite words; the pairs decide how.


# %%
@functools.cache
def prepared(seed, judge=lab.appeal):
    """Return the SFT model of a seed, its ranked pairs, and a reward model fitted to them."""
    writer = lab.fine_tune(seed)
    pairs = lab.rank_pairs(writer, seed, judge)
    return writer, pairs, lab.train_reward_model(pairs, mine.reward_model_loss)


@attempt
def what_the_reward_model_learnt():
    writer, _, model = prepared(0)
    fresh = lab.rank_pairs(writer, seed=1000)
    agreement = (model(fresh.chosen) > model(fresh.rejected)).float().mean()
    print(f"agrees with annotators on {agreement:.0%} of new pairs")
    print(
        f"a right fact  {model.per_fact[0, :2].mean():+.2f}    a fact of another topic "
        f"{model.per_fact[0, 2:].mean():+.2f}"
    )
    print(
        f"one more token  {model.per_token.item():+.3f}    if it is polite, another "
        f"{model.per_polite_word.item():+.3f}"
    )

    words = ["the", "amount", "is", "now", "and", "the", "date", "is", "now"]
    thanks = range(30)
    scores, worth = [], []
    for extra in thanks:
        tokens = torch.tensor([[lab.WORDS.index(w) for w in words + ["thanks"] * extra] + [lab.END]])
        one = lab.Answers(torch.tensor([0]), tokens, tokens >= 0)
        scores.append(model(one).item())
        worth.append(lab.quality(one).item())
    _, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
    ax.plot(thanks, scores, label="score of the reward model")
    ax.plot(thanks, worth, label="true quality")
    ax.set(title="A perfect answer, and more and more thanks", xlabel="added words of thanks")
    ax.legend()
    plt.show()


# %% [markdown]
# Right in four cases of five: by the usual measure this is a good reward model. On the answers it
# was trained on, facts decide. But a policy can go where no pair has been, and the two lines
# drift apart for ever.
#
# ## 3. Two estimates of one divergence
#
# What keeps a policy near the SFT model is the KL divergence, estimated from sampled tokens. Take
# two models (fine-tuned on different demonstrations), one context, and 2,000 next words. The
# exact divergence needs the whole vocabulary: easy with 18 words, too dear with 100,000. `k1` and
# `k3` need the sampled word's two log-probabilities only.


# %%
@attempt
def two_estimators():
    one, other = (lab.fine_tune(seed, count=150) for seed in (0, 1))
    context = (0, lab.WORDS.index("and"))  # the word after "and" in answers on bills
    log_p, log_q = (model.table[context].detach().log_softmax(-1) for model in (one, other))
    exact = (log_p.exp() * (log_p - log_q)).sum().item()
    words = torch.multinomial(log_p.exp(), 2000, replacement=True, generator=torch.Generator().manual_seed(0))
    _, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
    for name, color in (("k1", "tab:blue"), ("k3", "tab:orange")):
        found = torch.as_tensor(mine.kl_penalty(log_p[words][None], log_q[words][None], name))
        print(
            f"{name}: mean {found.mean():.3f}, spread of a single token {found.std():.3f},"
            f" below zero in {(found < -1e-6).float().mean():.0%}"
        )
        ax.hist(found.flatten(), bins=40, alpha=0.6, color=color, label=name)
    print(f"exact {exact:.3f}")
    ax.axvline(exact, color="black", label="exact KL")
    ax.set(title="Estimates from single tokens", xlabel="estimate", ylabel="tokens")
    ax.legend()
    plt.show()


# %% [markdown]
# Both have the right mean. `k1` is often negative for a single token and scatters more; `k3` is
# never negative and lies closer.
#
# ## 4. What PPO is paid for
#
# `shaped_rewards` joins the two: each token of the answer pays for leaving the reference, the
# last one also brings the score. Below, an answer by one model, with the other as its reference.
# The tokens after `<end>` are padding: the mask is False there and the reward 0.


# %%
@attempt
def rewards_of_one_answer():
    writer, _, model = prepared(0)
    other = lab.fine_tune(seed=1, count=150)
    answers = ask(writer, count=9)
    scores, log_probs, ref_log_probs = (
        part.detach() for part in (model(answers), writer.log_probs(answers), other.log_probs(answers))
    )
    rewards = mine.shaped_rewards(scores, log_probs, ref_log_probs, answers.mask, 0.1)
    row = 8
    print(f"score {scores[row]:.2f}, kl_coef 0.1")
    for t in range(int(answers.mask[row].sum()) + 2):
        word = lab.WORDS[answers.tokens[row, t]] if answers.mask[row, t] else "(padding)"
        print(f"{word:10} reward {float(rewards[row][t]):+.3f}")


# %% [markdown]
# ## 5. The hack
#
# Now PPO, 100 steps from the SFT model on, with the section's first setting: `kl_coef` 0.02, no
# length penalty. Five seeds, each with demonstrations, annotators and a reward model of its own;
# the bands are one standard deviation over the seeds.


# %%
@functools.cache
def trained(seed, kl_coef, token_price=0.0, judge=lab.appeal):
    """Return the policy that PPO made of a seed's SFT model, and what was measured on the way."""
    writer, _, model = prepared(seed, judge)
    return lab.train_ppo(writer, model, mine.shaped_rewards, kl_coef, token_price, seed)


def runs(*setting):
    """Return what was measured with a setting: (seeds, steps, measures)."""
    return np.array([trained(seed, *setting)[1] for seed in SEEDS])


def end_of(*setting):
    """Return the mean of the last ten steps: (seeds, measures)."""
    return runs(*setting)[:, -10:].mean(axis=1)


def draw(ax, history, label=None):
    """Draw the mean over seeds and a band of one standard deviation: (seeds, steps)."""
    mean, spread = history.mean(axis=0), history.std(axis=0, ddof=1)
    ax.plot(mean, label=label)
    ax.fill_between(range(len(mean)), mean - spread, mean + spread, alpha=0.2)


@attempt
def the_hack():
    history = runs(0.02)
    _, panels = plt.subplots(1, 3, figsize=(12, 3.2), layout="constrained")
    titles = ("Score of the reward model", "True quality", "Tokens per answer")
    for column, (ax, title) in enumerate(zip(panels, titles, strict=True)):
        draw(ax, history[:, :, column])
        ax.set(title=title, xlabel="PPO step")
    plt.show()
    before, after = history[:, 0].mean(axis=0), end_of(0.02).mean(axis=0)
    best = history[:, :, 1].mean(axis=0)
    for name, old, new in zip(lab.MEASURES, before, after, strict=True):
        print(f"{name:8} {old:6.2f} -> {new:6.2f}")
    print(f"quality was best, {best.max():.2f}, at step {best.argmax()}")
    print("\nan answer now:", lab.as_text(ask(trained(0, 0.02)[0], count=4)))


# %% [markdown]
# Three curves tell the whole story. The score rises as long as you look. The quality rises first
# (the policy learns to state both facts, which everybody likes) and then falls below where it
# began, while answers grow towards the limit of 40 tokens. Who watches the score alone sees only
# success.
#
# **Question.** At which step would you have stopped, and what would you have had to measure to
# know?
#
# ## 6. Two cures, one at a time
#
# The company raised `kl_coef` from 0.02 to 0.1 *and* charged for every token beyond the free
# ones. Satisfaction rose, answers shrank. Which of the two did it? The story cannot tell. Four
# runs can.


# %%
@attempt
def the_cures():
    start = runs(0.02)[:, 0]
    print(f"{'':22}" + "".join(f"{name:>16}" for name in lab.MEASURES))
    print(f"{'SFT model':22}" + "".join(f"{value:16.2f}" for value in start.mean(axis=0)))
    ends = {name: end_of(*setting) for name, setting in lab.CURES.items()}
    for name, end in ends.items():
        cells = zip(end.mean(axis=0), end.std(axis=0, ddof=1), strict=True)
        print(f"{name:22}" + "".join(f"{mean:9.2f} ± {spread:4.2f}" for mean, spread in cells))

    _, panels = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
    titles = ("Score of the reward model", "True quality", "Tokens per answer")
    for column, (ax, title) in enumerate(zip(panels, titles, strict=True)):
        means = [end[:, column].mean() for end in ends.values()]
        spreads = [end[:, column].std(ddof=1) for end in ends.values()]
        ax.bar(list(ends), means, yerr=spreads, color=["C0", "C1", "C2", "C3"])
        ax.axhline(start[:, column].mean(), color="black", linestyle=":", label="SFT model")
        ax.set_title(title)
        ax.set_xticks(range(len(ends)), ends, rotation=25, ha="right")
        ax.legend()
    plt.show()


@attempt
def the_cures_on_the_way():
    _, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for name, setting in lab.CURES.items():
        draw(ax, runs(*setting)[:, :, 1], name)
    ax.set(title="True quality on the way", xlabel="PPO step")
    ax.legend()
    plt.show()


# %% [markdown]
# In this world the length penalty did the work. It names the flaw, and the flaw stops paying: a
# token beyond the free ones costs more than the reward model gives for it. The KL coefficient of
# 0.1 alone only slows the hack down: answers still grow to the limit. It keeps the policy closer
# to the SFT model, which with the penalty costs some quality and makes the runs resemble each
# other more.
#
# None of this says that KL penalties are useless. It says that a change of two things at once
# teaches nothing about either, and that "0.1" is not large or small by itself:
#
# ## 7. How short a leash?


# %%
@attempt
def leashes():
    coefficients = (0.02, 0.1, 0.3, 1.0)
    ends = np.array([end_of(kl_coef) for kl_coef in coefficients])
    _, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
    for column, name in enumerate(("score of the reward model", "true quality")):
        mean, spread = ends[:, :, column].mean(axis=1), ends[:, :, column].std(axis=1, ddof=1)
        ax.errorbar(coefficients, mean, yerr=spread, marker="o", capsize=3, label=name)
    ax.set(xscale="log", xlabel="kl_coef, no length penalty", title="KL alone")
    ax.set_xticks(coefficients, coefficients)
    ax.minorticks_off()
    ax.legend()
    plt.show()
    for kl_coef, end in zip(coefficients, ends.mean(axis=1), strict=True):
        print(
            f"kl_coef {kl_coef:4}: score {end[0]:.2f}, quality {end[1]:.2f}, {end[2]:.1f} tokens,"
            f" KL {end[3]:.2f}"
        )


# %% [markdown]
# A leash that is short enough does prevent the worst, at a price: what keeps the policy from
# hacking also keeps it from learning. No `kl_coef` alone reaches the quality of the length
# penalty, for KL cannot tell a good departure from a bad one.
#
# ## 8. The root of it
#
# Suppose the annotators judged as customers do. Nothing else changes: PPO, `kl_coef` 0.02, no
# penalty.


# %%
@attempt
def annotators_without_the_flaw():
    flawed, sound = end_of(0.02), end_of(0.02, 0.0, lab.quality)
    for name, end in (("with the flaw", flawed), ("without", sound)):
        print(
            f"{name:14} quality {end[:, 1].mean():.2f} ± {end[:, 1].std(ddof=1):.2f},"
            f" {end[:, 2].mean():.1f} tokens"
        )


# %% [markdown]
# The policy was never the problem: it does what it is paid for. Whoever can mend the preferences
# should, before mending anything else. (The section's team reckoned with three weeks and
# $15,000.)
#
# ## 9. DPO inherits the flaw
#
# DPO needs neither reward model nor sampling: your `dpo_loss` takes the ranked pairs as they are.
# Does that avoid reward hacking?


# %%
@attempt
def direct_preferences():
    ends = []
    for seed in SEEDS:
        writer, pairs, model = prepared(seed)
        policy = lab.train_dpo(writer, pairs, mine.dpo_loss)
        ends.append([lab.measure(one, writer, model, ask(one)) for one in (writer, policy)])
    before, after = np.array(ends).mean(axis=0)
    for name, old, new in zip(lab.MEASURES, before, after, strict=True):
        print(f"{name:8} {old:6.2f} -> {new:6.2f}")


# %% [markdown]
# Answers grow nearly threefold all the same: the taste for length is in the pairs, and DPO learns
# from the pairs. Quality gains a little, because both facts are stated more often. DPO sees no
# answers but those in the pairs, so it does not run away as far as PPO did; but there is no
# score, either, to which a length penalty could be applied.
#
# ## 10. Verifiable rewards, and how to fool a checker
#
# Sums of two numbers from 0 to 3. A response may scribble, but its answer follows `####`. Sixteen
# responses to each sum form a group; `grpo_advantages` compares them, and no critic is needed.
# Your `verifiable_reward` is the checker.
#
# The second and the third model are blind: they see a question mark in place of the sum, so
# nothing can be learnt but the commonest answer, 3, right in a quarter of the cases. One of them
# is checked by your function, the other by a lax checker that is content if the right number
# occurs anywhere.


# %%
def occurs_anywhere(response, answer):
    """Return 1.0 if the right number is one of the words of a response."""
    return float(answer in response.split())


@functools.cache
def reasoners(checker, blind):
    """Return what was earned (seeds, steps), how often answers are right (seeds), and responses."""
    earned, right = [], []
    for seed in SEEDS[:3]:
        policy, history = lab.train_on_sums(checker, mine.grpo_advantages, seed, blind)
        _, spoken = lab.answer_sums(policy, torch.Generator().manual_seed(seed))
        earned.append(history)
        right.append(np.mean([mine.verifiable_reward(*pair) for pair in spoken]))
    return np.array(earned), np.array(right), [said for said, _ in spoken]


@attempt
def checkers():
    _, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
    for label, checker, blind in (
        ("sees the sum, strict checker", mine.verifiable_reward, False),
        ("blind, strict checker", mine.verifiable_reward, True),
        ("blind, lax checker", occurs_anywhere, True),
    ):
        earned, right, said = reasoners(checker, blind)
        draw(ax, earned, label)
        paid = earned[:, -10:].mean(axis=1)
        print(f"{label}: reward {paid.mean():.2f} ± {paid.std(ddof=1):.2f},", end=" ")
        print(f"right in {right.mean():.0%} ± {right.std(ddof=1):.0%}; for instance: {said[0]}")
    ax.set(title="What the checker pays", xlabel="GRPO step", ylabel="mean reward", ylim=(0, 1.05))
    ax.legend()
    plt.show()


# %% [markdown]
# The lax checker pays a model that cannot even see the question nearly as well as the strict one
# pays a model that can add. Its trick is to list numbers. No reward model was involved: a checker
# is a specification, and what it fails to look at can be exploited. Yours looks at the final
# answer, so the final answer comes out right. It does not look at the scribbling before `####`,
# and there you will find nonsense, paid in full.
#
# ## What to take with you
#
# 1. Look at three curves, not at one: the score, a measure that the policy is not trained on, and
#    the length.
# 2. A score is a proxy. PPO will find where it differs from what you want, given enough steps.
# 3. KL limits how far a policy can go; it does not know in which direction. A penalty that names
#    the flaw can be exact, and says nothing about the next flaw.
# 4. Change one thing at a time, over several seeds, and show the spread.
#
# **Try.** Set `lab.TOKEN_PRICE` below what the reward model pays for a token (section 2), and run
# sections 5 and 6 again. Let annotators be harsh on polite words. Make `beta` of DPO ten times
# larger.

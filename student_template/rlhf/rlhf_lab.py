"""A toy of the whole RLHF pipeline. This module is provided: import it, do not change it.

A telecom company's chatbot answers questions on four topics. An answer is good if it states the
two facts of its topic and is short. The bot is a language model of 18 words: a table with the
probability of each next word, given the topic and the word before. Small as it is, it has what
RLHF needs: a policy over tokens that can be fine-tuned, scored, and pushed too far. Answers are
ten times shorter than at a real company: 40 tokens at most, 15 of them free of any penalty.

Your functions do the work: `train_reward_model`, `train_ppo`, `train_dpo` and `train_on_sums`
take them as arguments. All randomness comes from the seed: the same call, the same result.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

FACTS = {
    "bill": ("amount", "date"),
    "refund": ("sum", "days"),
    "outage": ("cause", "repair"),
    "plan": ("price", "speed"),
}
POLITE = ("sorry", "please", "thanks", "gladly")
OTHER = ("your", "the", "is", "now", "and")
WORDS = ("<end>", *(fact for pair in FACTS.values() for fact in pair), *POLITE, *OTHER)
END = 0  # the number of the word that ends an answer
MAX_TOKENS = 40
FREE_TOKENS = 15
TOKEN_PRICE = 0.1  # the length penalty: what each token beyond the free ones costs

# What a policy may be trained with: (kl_coef, price of a token beyond the free ones).
CURES = {
    "KL 0.02": (0.02, 0.0),
    "KL 0.1 alone": (0.1, 0.0),
    "length penalty alone": (0.02, TOKEN_PRICE),
    "both": (0.1, TOKEN_PRICE),
}
MEASURES = ("score", "quality", "tokens", "kl")
Function = Callable[..., Any]


class Answers(NamedTuple):
    """Answers to B prompts: topics (B,), tokens (B, T), and a mask (B, T), True up to `<end>`."""

    topics: torch.Tensor
    tokens: torch.Tensor
    mask: torch.Tensor


class Pairs(NamedTuple):
    """Pairs of answers to the same prompts, as the annotators ranked them."""

    chosen: Answers
    rejected: Answers


class Writer(nn.Module):
    """A language model: the logits of the next word, by prompt and previous word."""

    def __init__(
        self, prompts: int = len(FACTS), words: int = len(WORDS), max_tokens: int = MAX_TOKENS
    ) -> None:
        super().__init__()
        self.words, self.max_tokens = words, max_tokens
        self.table = nn.Parameter(torch.zeros(prompts, words + 1, words))  # last row: the start

    def log_probs(self, answers: Answers) -> torch.Tensor:
        """Return the log-probability of each token, (B, T)."""
        start = torch.full_like(answers.tokens[:, :1], self.words)
        previous = torch.cat([start, answers.tokens[:, :-1]], dim=1)
        return self.table.log_softmax(-1)[answers.topics[:, None], previous, answers.tokens]

    @torch.no_grad()
    def write(self, topics: torch.Tensor, generator: torch.Generator) -> Answers:
        """Sample an answer to each prompt."""
        cumulative = self.table.softmax(-1).cumsum(-1)
        draws = torch.rand(len(topics), self.max_tokens, generator=generator)
        word, written = torch.full_like(topics, self.words), []
        for t in range(self.max_tokens):
            below = (cumulative[topics, word] < draws[:, t : t + 1]).sum(-1)
            word = below.clamp(max=self.words - 1)
            written.append(word)
        tokens = torch.stack(written, dim=1)
        ended_before = (tokens == END).cumsum(1) - (tokens == END).long()
        return Answers(topics, tokens * (ended_before == 0), ended_before == 0)


def continue_from(reference: Writer) -> tuple[Writer, torch.optim.Optimizer]:
    """Return a policy that starts with the weights of the reference, and its optimizer."""
    policy = Writer()
    policy.load_state_dict(reference.state_dict())
    return policy, torch.optim.Adam(policy.parameters(), lr=0.05)


def as_text(answers: Answers, row: int = 0) -> str:
    """Return one answer as words."""
    return " ".join(WORDS[i] for i in answers.tokens[row][answers.mask[row]].tolist())


# What is in an answer, and who likes what


def count_words(answers: Answers) -> torch.Tensor:
    """Return how often each word occurs in each answer, (B, 18)."""
    counts = torch.zeros(len(answers.tokens), len(WORDS))
    return counts.scatter_add_(1, answers.tokens, answers.mask.float())


def count_tokens(answers: Answers) -> torch.Tensor:
    """Return the length of each answer, `<end>` included, (B,)."""
    return answers.mask.sum(1).float()


def facts_stated(answers: Answers) -> torch.Tensor:
    """Return how many facts of its topic an answer states, less 0.5 for each of another topic."""
    stated = (count_words(answers)[:, 1:9] > 0).float()
    right = torch.arange(8) // 2 == answers.topics[:, None]
    return torch.where(right, stated, -0.5 * stated).sum(1)


def quality(answers: Answers) -> torch.Tensor:
    """Return what an answer is worth to a customer: facts, less 0.05 per token beyond 10."""
    return facts_stated(answers) - 0.05 * (count_tokens(answers) - 10).clamp(min=0)


def appeal(answers: Answers) -> torch.Tensor:
    """Return how an answer strikes an annotator: facts, and a slight taste for long polite ones."""
    polite = count_words(answers)[:, 9:13].sum(1)
    return facts_stated(answers) + 0.02 * count_tokens(answers) + 0.05 * polite


# The pipeline


def fine_tune(seed: int, count: int = 1500) -> Writer:
    """Step 1, SFT: fit a language model to demonstrations by maximum likelihood."""
    rng = np.random.default_rng(seed)
    topics = torch.from_numpy(rng.integers(len(FACTS), size=count))
    tokens = torch.full((count, MAX_TOKENS), END)
    for row, topic in enumerate(topics.tolist()):
        words = demonstrate(list(FACTS.values())[topic], rng)[: MAX_TOKENS - 1]
        tokens[row, : len(words)] = torch.tensor([WORDS.index(word) for word in words])
    mask = torch.arange(MAX_TOKENS) <= (tokens != END).sum(1, keepdim=True)
    answers = Answers(topics, tokens, mask)
    model = Writer()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.2)
    for _ in range(60):
        descend(optimizer, -model.log_probs(answers)[mask].mean())
    return model


def demonstrate(facts: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Return what an average employee writes: often a fact is missing, often there are thanks."""
    words = list(rng.choice(POLITE, size=rng.integers(3)))
    for fact in rng.permutation(facts):
        if rng.random() < 0.65:
            words += [rng.choice(["your", "the"]), fact, "is", "now"]
        if rng.random() < 0.5:
            words += ["and"]
    return [*words, *rng.choice(POLITE, size=rng.geometric(0.5) - 1)]


def rank_pairs(
    model: Writer, seed: int, judge: Callable[[Answers], torch.Tensor] = appeal, count: int = 5000
) -> Pairs:
    """Step 2a: the model answers each prompt twice, and annotators choose, not quite surely.

    Args:
        model: writes the answers.
        seed: of all draws.
        judge: what the annotators go by.
        count: number of pairs.
    """
    generator = torch.Generator().manual_seed(seed)
    topics = torch.randint(len(FACTS), (count,), generator=generator)
    first, second = model.write(topics, generator), model.write(topics, generator)
    first_wins = torch.sigmoid(3 * (judge(first) - judge(second)))
    choose_first = (torch.rand(count, generator=generator) < first_wins)[:, None]

    def pick(which: torch.Tensor) -> Answers:
        tokens = torch.where(which, first.tokens, second.tokens)
        return Answers(topics, tokens, torch.where(which, first.mask, second.mask))

    return Pairs(pick(choose_first), pick(~choose_first))


class RewardModel(nn.Module):
    """Scores an answer by the facts that occur in it, its length and its polite words.

    It can learn what customers want as well as what annotators like: the pairs decide.
    """

    def __init__(self) -> None:
        super().__init__()
        self.per_fact = nn.Parameter(torch.zeros(len(FACTS), 8))  # by topic
        self.per_token = nn.Parameter(torch.zeros(()))
        self.per_polite_word = nn.Parameter(torch.zeros(()))

    def forward(self, answers: Answers) -> torch.Tensor:
        counts = count_words(answers)
        facts = (self.per_fact[answers.topics] * (counts[:, 1:9] > 0)).sum(1)
        manners = self.per_polite_word * counts[:, 9:13].sum(1)
        return facts + manners + self.per_token * count_tokens(answers)


def train_reward_model(pairs: Pairs, reward_model_loss: Function) -> RewardModel:
    """Step 2b: fit a reward model to the pairs with your loss, then set its unit.

    Ranking fixes neither zero nor unit of a score. The unit chosen here is the standard
    deviation over the answers of the SFT model.
    """
    model = RewardModel()
    optimizer = torch.optim.LBFGS(model.parameters(), line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = reward_model_loss(model(pairs.chosen), model(pairs.rejected))
        value.backward()
        return value

    optimizer.step(loss)
    with torch.no_grad():
        unit = torch.cat([model(side) for side in pairs]).std()
        for weights in model.parameters():
            weights /= unit
    return model


def train_ppo(
    reference: Writer,
    reward_model: RewardModel,
    shaped_rewards: Function,
    kl_coef: float,
    token_price: float,
    seed: int,
    steps: int = 100,
) -> tuple[Writer, np.ndarray]:
    """Step 3: PPO from the SFT model on, with your shaped rewards.

    Returns:
        The trained model, and the MEASURES of every step: (steps, 4).
    """
    generator = torch.Generator().manual_seed(seed)
    policy, optimizer = continue_from(reference)
    topics = torch.arange(128) % len(FACTS)
    history = []
    for _ in range(steps):
        answers = policy.write(topics, generator)
        history.append(measure(policy, reference, reward_model, answers))
        with torch.no_grad():
            old, ref = policy.log_probs(answers), reference.log_probs(answers)
            surplus = (count_tokens(answers) - FREE_TOKENS).clamp(min=0)
            scores = reward_model(answers) - token_price * surplus
            rewards = shaped_rewards(scores, old, ref, answers.mask, kl_coef)
            advantages = standardized_to_come(torch.as_tensor(rewards), answers.mask)
        for _ in range(2):
            ratio = torch.exp(policy.log_probs(answers) - old)
            limited = torch.where(advantages > 0, ratio.clamp(max=1.2), ratio.clamp(min=0.8))
            descend(optimizer, -(limited * advantages)[answers.mask].mean())
    return policy, np.array(history)


def standardized_to_come(rewards: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the rewards still to come (gamma is 1) against the mean at that position."""
    to_come = rewards.flip(1).cumsum(1).flip(1) * mask
    usual = to_come.sum(0) / mask.sum(0).clamp(min=1)
    relative = (to_come - usual) * mask
    return relative / (relative[mask].std() + 1e-8)


def train_dpo(reference: Writer, pairs: Pairs, dpo_loss: Function, beta: float = 0.1) -> Writer:
    """Instead of steps 2b and 3: DPO on the pairs with your loss."""
    policy, optimizer = continue_from(reference)
    with torch.no_grad():
        ref_chosen, ref_rejected = (of_whole(reference, side) for side in pairs)
    for _ in range(50):
        chosen, rejected = (of_whole(policy, side) for side in pairs)
        descend(optimizer, dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta))
    return policy


def of_whole(model: Writer, answers: Answers) -> torch.Tensor:
    """Return the log-probability of each whole answer, (B,)."""
    return (model.log_probs(answers) * answers.mask).sum(1)


@torch.no_grad()
def measure(
    policy: Writer, reference: Writer, reward_model: RewardModel, answers: Answers
) -> tuple[float, ...]:
    """Return the means of the MEASURES over answers that the policy wrote; KL per whole answer."""
    kl = of_whole(policy, answers) - of_whole(reference, answers)
    parts = (reward_model(answers), quality(answers), count_tokens(answers), kl)
    return tuple(part.mean().item() for part in parts)


def descend(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """Take one step against the gradient."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# Verifiable rewards: sums of two numbers from 0 to 3, answered with digits and the marker ####

SUMS = tuple((a, b) for a in range(4) for b in range(4))
SIGNS = ("<end>", "####", *"0123456789")


def train_on_sums(
    reward: Function, grpo_advantages: Function, seed: int, blind: bool = False, steps: int = 100
) -> tuple[Writer, np.ndarray]:
    """RLVR with your GRPO advantages: 16 responses to each sum, `reward(response, answer)` each.

    Args:
        reward: the checker.
        grpo_advantages: your function.
        seed: of all draws.
        blind: whether the model sees a question mark in place of every sum.
        steps: number of updates.

    Returns:
        The trained model, and the mean reward of every step.
    """
    generator = torch.Generator().manual_seed(seed)
    policy = Writer(1 if blind else len(SUMS), len(SIGNS), max_tokens=16)
    habits = torch.full((len(SIGNS) + 1, len(SIGNS)), 0.03)
    habits[2:12, :2] = 0.35  # after a digit: stop, or announce an answer
    habits[1, :2], habits[-1, END] = 1e-3, 1e-3  # after the marker a digit; no empty response
    policy.table.data += habits.log()
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.1)
    history = []
    for _ in range(steps):
        answers, spoken = answer_sums(policy, generator)
        rewards = torch.tensor([float(reward(said, right)) for said, right in spoken])
        history.append(rewards.mean().item())
        advantages = torch.as_tensor(grpo_advantages(rewards.reshape(len(SUMS), 16)))
        weighted = advantages.reshape(-1, 1) * policy.log_probs(answers)
        descend(optimizer, -weighted[answers.mask].mean())
    return policy, np.array(history)


def answer_sums(
    policy: Writer, generator: torch.Generator
) -> tuple[Answers, list[tuple[str, str]]]:
    """Return 16 responses to each sum, also as text, each with the right answer beside it."""
    sums = torch.arange(len(SUMS)).repeat_interleave(16)
    answers = policy.write(sums.clamp(max=len(policy.table) - 1), generator)
    spoken = []
    for which, row in zip(sums.tolist(), answers.tokens.tolist(), strict=True):
        said = " ".join(SIGNS[i] for i in row if i != END)
        spoken.append((said, str(sum(SUMS[which]))))
    return answers, spoken

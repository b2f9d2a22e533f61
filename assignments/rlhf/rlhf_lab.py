"""A toy of the whole RLHF pipeline. This module is provided: import it, do not change it.

A telecom company's chatbot answers questions on four topics. An answer is good if it states the
two facts of its topic and is short. The bot is a language model of 18 words: a table with the
probability of each next word, given the topic and the word before. Small as it is, it has what
RLHF needs: it is a policy over tokens, and it can be fine-tuned, scored and pushed too far.
Everything is ten times shorter than at the company: up to 40 tokens, of which 15 are free.

Your functions do the work: `train_reward_model`, `train_ppo`, `train_dpo` and `train_on_sums` take
them as arguments. Every random draw comes from the seed.
"""

from collections.abc import Callable, Iterable, Sequence
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
WORDS = ("<end>", *(fact for pair in FACTS.values() for fact in pair), *POLITE, "your", "the", "is", "now", "and")
MAX_TOKENS = 40
FREE_TOKENS = 15
TOKEN_PRICE = 0.1  # the length penalty, for each token beyond the free ones
END, START = 0, len(WORDS)  # START stands before the first word and is never written

# What a policy is trained with: (kl_coef, price of a token beyond the free ones).
CURES = {
    "KL 0.02": (0.02, 0.0),
    "KL 0.1 alone": (0.1, 0.0),
    "length penalty alone": (0.02, TOKEN_PRICE),
    "both": (0.1, TOKEN_PRICE),
}
MEASURES = ("score", "quality", "tokens", "kl")
Function = Callable[..., Any]


class Answers(NamedTuple):
    """Answers to prompts: topics (B,), tokens (B, T), and a mask (B, T), True up to `<end>`."""

    topics: torch.Tensor
    tokens: torch.Tensor
    mask: torch.Tensor


class Pairs(NamedTuple):
    """Pairs of answers to the same prompts, ranked by the annotators."""

    chosen: Answers
    rejected: Answers


class Writer(nn.Module):
    """A language model: logits of the next word by topic and previous word."""

    def __init__(self, prompts: int = len(FACTS), words: int = len(WORDS), max_tokens: int = MAX_TOKENS) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(prompts, words + 1, words))
        self.max_tokens = max_tokens

    def copy(self) -> "Writer":
        """Return a model with the same weights, to be trained on its own."""
        prompts, _, words = self.table.shape
        twin = Writer(prompts, words, self.max_tokens)
        twin.load_state_dict(self.state_dict())
        return twin

    def log_probs(self, answers: Answers) -> torch.Tensor:
        """Return the log-probability of each token, (B, T)."""
        start = torch.full_like(answers.tokens[:, :1], self.table.shape[2])
        previous = torch.cat([start, answers.tokens[:, :-1]], dim=1)
        return self.table.log_softmax(-1)[answers.topics[:, None], previous, answers.tokens]

    @torch.no_grad()
    def write(self, topics: torch.Tensor, generator: torch.Generator) -> Answers:
        """Sample an answer to each prompt."""
        cumulative = self.table.softmax(-1).cumsum(-1)
        draws = torch.rand(len(topics), self.max_tokens, generator=generator)
        word, words = torch.full_like(topics, self.table.shape[2]), []
        for t in range(self.max_tokens):
            below = cumulative[topics, word] < draws[:, t : t + 1]
            word = below.sum(-1).clamp(max=self.table.shape[2] - 1)
            words.append(word)
        tokens = torch.stack(words, dim=1)
        over = (tokens == END).cumsum(1) - (tokens == END).long()
        return Answers(topics, tokens * (over == 0), over == 0)


def text(answers: Answers, row: int = 0) -> str:
    """Return one answer as words."""
    return " ".join(WORDS[i] for i in answers.tokens[row][answers.mask[row]].tolist())


# What is in an answer, and who likes what


def count_words(answers: Answers) -> torch.Tensor:
    """Return how often each word occurs, (B, words)."""
    counts = torch.zeros(len(answers.tokens), len(WORDS))
    return counts.scatter_add_(1, answers.tokens, answers.mask.float())


def facts_stated(answers: Answers) -> torch.Tensor:
    """Return the facts of the right topic that occur, 0 to 2, less half of those of wrong topics."""
    named = (count_words(answers)[:, 1:9] > 0).float()
    right = torch.arange(8) // 2 == answers.topics[:, None]
    return torch.where(right, named, -0.5 * named).sum(1)


def lengths(answers: Answers) -> torch.Tensor:
    """Return the number of tokens of each answer, `<end>` included."""
    return answers.mask.sum(1).float()


def quality(answers: Answers) -> torch.Tensor:
    """Return what the answer is worth to a customer: facts, less 0.05 for each token beyond 10."""
    return facts_stated(answers) - 0.05 * (lengths(answers) - 10).clamp(min=0)


def appeal(answers: Answers, flaw: float = 1.0) -> torch.Tensor:
    """Return how an answer looks to an annotator: facts, and a slight taste for long polite ones.

    Args:
        answers: the answers.
        flaw: 1 for these annotators, 0 for annotators who judge as customers do.
    """
    polite = count_words(answers)[:, 9:13].sum(1)
    tempted = facts_stated(answers) + 0.02 * lengths(answers) + 0.05 * polite
    return flaw * tempted + (1 - flaw) * quality(answers)


# The pipeline


def fine_tune(seed: int, count: int = 1500) -> Writer:
    """Step 1, SFT: a model trained to continue demonstrations, by maximum likelihood."""
    rng = np.random.default_rng(seed)
    topics = torch.from_numpy(rng.integers(len(FACTS), size=count))
    tokens = torch.zeros(count, MAX_TOKENS, dtype=torch.long)
    for row, topic in enumerate(topics.tolist()):
        words = demonstrate(list(FACTS.values())[topic], rng)[: MAX_TOKENS - 1]
        tokens[row, : len(words)] = torch.tensor([WORDS.index(word) for word in words])
    written = lengths_of_rows(tokens)
    answers = Answers(topics, tokens, torch.arange(MAX_TOKENS) <= written[:, None])
    model = Writer()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.2)
    for _ in range(60):
        descend(optimizer, -model.log_probs(answers)[answers.mask].mean())
    return model


def demonstrate(facts: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Return what an average employee writes: often a fact is missing, and some thanks are added."""
    words = list(rng.choice(POLITE, size=rng.integers(3)))
    for fact in rng.permutation(facts):
        if rng.random() < 0.65:
            words += [*rng.choice(["your", "the"], size=1), fact, "is", "now"]
        if rng.random() < 0.5:
            words += ["and"]
    return [*words, *rng.choice(POLITE, size=rng.geometric(0.5) - 1)]


def lengths_of_rows(tokens: torch.Tensor) -> torch.Tensor:
    """Return the number of words in each row of demonstrations."""
    return (tokens != END).sum(1)


def rank_pairs(model: Writer, generator: torch.Generator, flaw: float = 1.0, count: int = 5000) -> Pairs:
    """Step 2a: annotators see two answers to each prompt and choose, with some noise."""
    topics = torch.randint(len(FACTS), (count,), generator=generator)
    first, second = model.write(topics, generator), model.write(topics, generator)
    preference = torch.sigmoid(3 * (appeal(first, flaw) - appeal(second, flaw)))
    prefer_first = (torch.rand(count, generator=generator) < preference)[:, None]

    def pick(take_first: torch.Tensor) -> Answers:
        tokens = torch.where(take_first, first.tokens, second.tokens)
        return Answers(topics, tokens, torch.where(take_first, first.mask, second.mask))

    return Pairs(pick(prefer_first), pick(~prefer_first))


class RewardModel(nn.Module):
    """A score for an answer: a weight for each fact that occurs, per topic; for length; for thanks.

    It can express what customers want as well as what annotators like: ranked pairs decide.
    """

    def __init__(self) -> None:
        super().__init__()
        self.facts = nn.Parameter(torch.zeros(len(FACTS), 8))
        self.per_token = nn.Parameter(torch.zeros(()))
        self.per_polite_word = nn.Parameter(torch.zeros(()))

    def forward(self, answers: Answers) -> torch.Tensor:
        counts = count_words(answers)
        named = (self.facts[answers.topics] * (counts[:, 1:9] > 0)).sum(1)
        polite = counts[:, 9:13].sum(1)
        return named + self.per_token * lengths(answers) + self.per_polite_word * polite


def train_reward_model(pairs: Pairs, reward_model_loss: Function, steps: int = 150) -> RewardModel:
    """Step 2b: fit a reward model to ranked pairs with your loss."""
    model = RewardModel()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(steps):
        descend(optimizer, reward_model_loss(model(pairs.chosen), model(pairs.rejected)))
    with torch.no_grad():
        spread = torch.cat([model(side) for side in pairs]).std()
        for weights in model.parameters():
            weights /= spread
    return model


def train_ppo(
    reference: Writer,
    reward_model: RewardModel,
    shaped_rewards: Function,
    kl_coef: float,
    token_price: float,
    generator: torch.Generator,
    steps: int = 120,
) -> tuple[Writer, np.ndarray]:
    """Step 3: PPO from the SFT model on, with your shaped rewards.

    Returns:
        The trained model, and what was measured at each step: (steps, 4), as in MEASURES.
    """
    policy = reference.copy()
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.05)
    topics = torch.arange(128) % len(FACTS)
    history = []
    for _ in range(steps):
        answers = policy.write(topics, generator)
        with torch.no_grad():
            history.append(measure(policy, reference, reward_model, answers))
            old, ref = policy.log_probs(answers), reference.log_probs(answers)
            extra = (lengths(answers) - FREE_TOKENS).clamp(min=0)
            scores = reward_model(answers) - token_price * extra
            rewards = shaped_rewards(scores, old, ref, answers.mask, kl_coef)
            advantages = advantages_of(rewards, answers.mask)
        for _ in range(2):
            ratio = torch.exp(policy.log_probs(answers) - old)
            limited = torch.where(advantages > 0, ratio.clamp(max=1.2), ratio.clamp(min=0.8))
            descend(optimizer, -(limited * advantages)[answers.mask].mean())
    return policy, np.array(history)


def advantages_of(rewards: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return rewards still to come (gamma = 1), less the mean at that position, standardised."""
    to_come = rewards.flip(1).cumsum(1).flip(1) * mask
    usual = to_come.sum(0) / mask.sum(0).clamp(min=1)
    relative = (to_come - usual) * mask
    return relative / (relative[mask].std() + 1e-8)


def train_dpo(
    reference: Writer, pairs: Pairs, dpo_loss: Function, beta: float = 0.1, steps: int = 100
) -> Writer:
    """Instead of steps 2b and 3: DPO on the ranked pairs, with your loss."""
    policy = reference.copy()
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.05)
    with torch.no_grad():
        ref_chosen, ref_rejected = (whole(reference, side) for side in pairs)
    for _ in range(steps):
        chosen, rejected = (whole(policy, side) for side in pairs)
        descend(optimizer, dpo_loss(chosen, rejected, ref_chosen, ref_rejected, beta))
    return policy


def whole(model: Writer, answers: Answers) -> torch.Tensor:
    """Return the log-probability of each whole answer, (B,)."""
    return (model.log_probs(answers) * answers.mask).sum(1)


def measure(
    policy: Writer, reference: Writer, reward_model: RewardModel, answers: Answers
) -> tuple[float, ...]:
    """Return the means of MEASURES over answers that `policy` wrote; KL is for whole answers."""
    with torch.no_grad():
        kl = whole(policy, answers) - whole(reference, answers)
        parts = (reward_model(answers), quality(answers), lengths(answers), kl)
        return tuple(part.mean().item() for part in parts)


def descend(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """Take one step of gradient descent."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# Verifiable rewards: sums of two numbers from 0 to 3, answered in digits and the marker ####

SUMS = tuple((a, b) for a in range(4) for b in range(4))
SIGNS = ("<end>", "####", *map(str, range(10)))


def train_on_sums(
    reward: Function, grpo_advantages: Function, generator: torch.Generator, steps: int = 150
) -> tuple[Writer, np.ndarray]:
    """RLVR with GRPO: 16 responses to each sum, rewarded by `reward(response, answer)`.

    Returns:
        The trained model, and for each step the mean reward and the mean number of tokens.
    """
    policy = Writer(len(SUMS), len(SIGNS), max_tokens=16)
    habits = torch.full((len(SIGNS) + 1, len(SIGNS)), 0.03)
    habits[2:12, :2] = 0.35  # after a digit: stop, or announce the answer
    habits[1, :2], habits[-1, 0] = 1e-3, 1e-3  # a digit follows the marker; nobody says nothing
    policy.table.data += habits.log()
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.1)
    prompts = torch.arange(len(SUMS)).repeat_interleave(16)
    history = []
    for _ in range(steps):
        answers = policy.write(prompts, generator)
        earned = [reward(said, right) for said, right in said_and_right(answers)]
        rewards = torch.tensor(earned, dtype=torch.float32)
        advantages = grpo_advantages(rewards.reshape(len(SUMS), 16)).reshape(-1, 1)
        history.append((rewards.mean().item(), lengths(answers).mean().item()))
        descend(optimizer, -(advantages * policy.log_probs(answers))[answers.mask].mean())
    return policy, np.array(history)


def said_and_right(answers: Answers) -> Iterable[tuple[str, str]]:
    """Yield each response to a sum as text, without `<end>`, and the right answer."""
    for prompt, row in zip(answers.topics.tolist(), answers.tokens.tolist(), strict=True):
        yield " ".join(SIGNS[i] for i in row if i != END), str(sum(SUMS[prompt]))

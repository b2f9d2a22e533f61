"""Right answers to rlhf, written in unusual ways. None of them may lose a point."""

import functools
import math
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

import numpy as np
import torch
from torch.nn import functional

from autograder.checks import alternative

# reward_model_loss


@alternative("reward_model_loss")
def softplus_of_the_opposite_margin(chosen_scores, rejected_scores):
    """-log sigmoid(m) is softplus(-m)."""
    return functional.softplus(rejected_scores - chosen_scores).mean()


@alternative("reward_model_loss")
def binary_cross_entropy(chosen_scores, rejected_scores):
    """A classifier whose label is always 1."""
    margin = chosen_scores - rejected_scores
    return functional.binary_cross_entropy_with_logits(margin, torch.ones_like(margin))


@alternative("reward_model_loss")
def choice_between_two(chosen_scores, rejected_scores):
    """Cross-entropy over the two responses; the first is the right class."""
    logits = torch.stack([chosen_scores, rejected_scores], dim=1)
    return functional.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))


@alternative("reward_model_loss")
def log_add_exp(chosen_scores, rejected_scores):
    """log(exp(0) + exp(-margin)), stably; comes in shape (1,)."""
    margin = chosen_scores - rejected_scores
    return torch.logaddexp(torch.zeros_like(margin), -margin).mean(dim=0, keepdim=True)


@alternative("reward_model_loss")
def pair_by_pair(chosen_scores, rejected_scores):
    """A loop over pairs with a stable branch each."""
    losses = []
    for chosen, rejected in zip(chosen_scores, rejected_scores, strict=True):
        margin = chosen - rejected
        tail = torch.log1p(torch.exp(-margin.abs()))
        losses.append(tail if margin > 0 else tail - margin)
    return sum(losses) / len(losses)


@alternative("reward_model_loss")
def in_single_precision(chosen_scores, rejected_scores):
    """Works in float32 whatever comes in."""
    return -functional.logsigmoid((chosen_scores - rejected_scores).float()).mean()


@alternative("reward_model_loss")
class LossModule:
    """A class that looks like a function; the mean by hand."""

    def __new__(cls, chosen_scores, rejected_scores):
        margin = torch.sub(chosen_scores, rejected_scores)
        return torch.nn.LogSigmoid()(margin).sum().neg().div(margin.numel())


# kl_penalty


@alternative("kl_penalty")
def dispatches_on_the_name(log_probs, ref_log_probs, estimator="k1"):
    """match instead of if; exp and not expm1."""
    ratio = torch.exp(ref_log_probs - log_probs)
    match estimator:
        case "k1":
            return log_probs - ref_log_probs
        case "k3":
            return ratio - 1 - (ref_log_probs - log_probs)
    raise ValueError(estimator)


class UnknownEstimator(ValueError):
    """A ValueError with a name of its own."""


@alternative("kl_penalty")
def raises_a_kind_of_value_error(log_probs, ref_log_probs, estimator="k1"):
    """A class of its own below ValueError, and expm1 of k1."""
    k1 = torch.sub(log_probs, ref_log_probs)
    if estimator not in ("k1", "k3"):
        raise UnknownEstimator(estimator)
    return k1 if estimator == "k1" else torch.expm1(-k1) + k1


@alternative("kl_penalty")
def in_numpy(log_probs, ref_log_probs, estimator="k1"):
    """NumPy arrays come out."""
    ours, theirs = np.asarray(log_probs), np.asarray(ref_log_probs)
    if estimator not in ("k1", "k3"):
        raise ValueError("estimator must be k1 or k3")
    return ours - theirs if estimator == "k1" else np.expm1(theirs - ours) + ours - theirs


def kl_from_table(log_probs, ref_log_probs, estimator="k1"):
    """A table of functions, with a ValueError for what is not in it."""
    table = {"k1": lambda d: -d, "k3": lambda d: d.exp().sub(1).sub(d)}
    try:
        return table[estimator](ref_log_probs - log_probs)
    except KeyError:
        raise ValueError(f"unknown estimator {estimator}") from None


@alternative("kl_penalty")
def wrapped_table(log_probs, ref_log_probs, estimator="k1"):
    """functools.partial on a table of functions."""
    return functools.partial(kl_from_table, log_probs)(ref_log_probs, estimator)


@alternative("kl_penalty")
def token_by_token(log_probs, ref_log_probs, estimator="k1"):
    """Nested lists of Python numbers come out."""
    if estimator != "k1" and estimator != "k3":
        raise ValueError("no such estimator")
    rows = []
    for ours, theirs in zip(log_probs.tolist(), ref_log_probs.tolist(), strict=True):
        gaps = [theirs[t] - ours[t] for t in range(len(ours))]
        rows.append([-d if estimator == "k1" else math.exp(d) - 1 - d for d in gaps])
    return rows


@alternative("kl_penalty")
def kl_in_single_precision(log_probs, ref_log_probs, estimator="k1"):
    """Works in float32 whatever comes in, and checks the name first."""
    if estimator not in {"k1", "k3"}:
        raise ValueError
    d = ref_log_probs.float() - log_probs.float()
    return -d if estimator == "k1" else torch.exp(d) - 1.0 - d


@alternative("kl_penalty")
def k3_as_k1_and_a_control_variate(log_probs, ref_log_probs, estimator="k1"):
    """k3 is k1 plus something of mean 0."""
    k1 = log_probs.sub(ref_log_probs)
    if estimator == "k3":
        return k1 + (torch.exp(-k1) - torch.ones_like(k1))
    if estimator != "k1":
        raise ValueError(f"expected k1 or k3, not {estimator!r}")
    return k1


# shaped_rewards


@alternative("shaped_rewards")
def row_by_row(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Loops over everything."""
    rewards = torch.zeros_like(log_probs)
    for b in range(len(rm_scores)):
        for t in range(log_probs.shape[1]):
            if mask[b, t]:
                rewards[b, t] = -kl_coef * (log_probs[b, t] - ref_log_probs[b, t])
        rewards[b, torch.nonzero(mask[b])[-1]] += rm_scores[b]
    return rewards


@alternative("shaped_rewards")
def finds_the_last_from_the_right(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """argmax of the flipped mask, and scatter."""
    last = mask.shape[1] - 1 - mask.flip(1).int().argmax(dim=1, keepdim=True)
    rewards = (-kl_coef * (log_probs - ref_log_probs)).where(mask, 0.0)
    return rewards.scatter_add(1, last, rm_scores[:, None].to(rewards.dtype))


@alternative("shaped_rewards")
def marks_the_last_by_counting(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The last counted token is the one with which the running count is complete."""
    count = mask.cumsum(dim=1)
    is_last = mask & (count == count[:, -1:])
    counted = (
        torch.nan_to_num(log_probs * mask, 0.0, 0.0, 0.0),
        torch.nan_to_num(ref_log_probs * mask, 0.0, 0.0, 0.0),
    )
    return (is_last * rm_scores.unsqueeze(1)).sub(kl_coef * (counted[0] - counted[1]))


@alternative("shaped_rewards")
def fills_what_does_not_count(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """masked_fill, advanced indexing, in single precision."""
    rewards = (ref_log_probs - log_probs).float().mul(kl_coef).masked_fill(~mask, 0.0)
    places = (mask * torch.arange(1, mask.shape[1] + 1)).max(dim=1).values - 1
    rewards[range(len(places)), places] = rewards[range(len(places)), places] + rm_scores.float()
    return rewards


@alternative("shaped_rewards")
def arrays_of_numpy(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """NumPy inside, NumPy out."""
    scores, ours, theirs, counts = (np.asarray(x) for x in (rm_scores, log_probs, ref_log_probs, mask))
    rewards = np.where(counts, kl_coef * (theirs - ours), 0.0)
    for row, score in zip(rewards, zip(counts, scores, strict=True), strict=True):
        row[np.flatnonzero(score[0])[-1]] += score[1]
    return rewards


@alternative("shaped_rewards")
def lists_of_rows(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """A list of tensors comes out, a row each."""
    rows = []
    for b, score in enumerate(rm_scores):
        row = torch.where(mask[b], kl_coef * (ref_log_probs[b] - log_probs[b]), 0.0)
        last = max(t for t, counts in enumerate(mask[b].tolist()) if counts)
        rows.append(row + score * functional.one_hot(torch.tensor(last), len(row)))
    return rows


# verifiable_reward


@alternative("verifiable_reward")
def walks_through_the_braces(response, answer):
    """Counts braces one by one; reads numbers as floats; returns whole numbers."""

    def boxed(text):
        start = text.rfind("\\boxed{")
        depth, inside = 0, ""
        for sign in text[start + 6 :] if start >= 0 else "":
            depth += {"{": 1, "}": -1}.get(sign, 0)
            if depth == 0:
                return inside[1:]
            inside += sign
        return None

    def read(text):
        text = text.replace(",", "").replace("$", "").strip()
        parts = re.fullmatch(r"\\frac\{(.+)\}\{(.+)\}", text)
        try:
            return float(parts[1]) / float(parts[2]) if parts else float(text)
        except (ValueError, ZeroDivisionError):
            return None

    final = response.split("####")[-1] if "####" in response else boxed(response)
    if final is None:
        return 0
    if read(final) is not None and read(answer) is not None:
        return int(read(final) == read(answer))
    return int(final.strip() == answer.strip())


@alternative("verifiable_reward")
def decimals_and_recursion(response, answer):
    """A recursive pattern is not to be had in re: nests it by hand, and compares Decimals."""
    level = r"[^{}]*"
    for _ in range(6):
        level = rf"(?:[^{{}}]|\{{{level}\}})*"
    boxes = re.findall(rf"\\boxed\{{({level})\}}", response)
    _, marker, after = response.rpartition("####")
    if not marker and not boxes:
        return 0.0

    def key(text):
        text = text.strip()
        bare = re.sub(r"[$,]", "", text)
        try:
            return Decimal(bare)
        except InvalidOperation:
            parts = re.fullmatch(r"\\frac\{(-?\d+)\}\{(-?\d*[1-9]\d*)\}", bare)
            return Fraction(int(parts[1]), int(parts[2])) if parts else text

    given, wanted = key(after if marker else boxes[-1]), key(answer)
    if isinstance(given, Fraction) or isinstance(wanted, Fraction):
        numbers = not isinstance(given, str) and not isinstance(wanted, str)
        return 1.0 if numbers and Fraction(given) == Fraction(wanted) else 0.0
    return 1.0 if given == wanted else 0.0


@alternative("verifiable_reward")
def tolerates_rounding(response, answer):
    """math.isclose with a tolerance far below any difference that matters."""
    if "####" in response:
        final = response[response.rindex("####") + 4 :]
    elif "\\boxed{" in response:
        start = end = response.rindex("\\boxed{") + len("\\boxed{")
        depth = 1
        while end < len(response) and depth:
            depth += (response[end] == "{") - (response[end] == "}")
            end += 1
        final = response[start : end - 1]
    else:
        return 0.0

    def number(text):
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", text.strip().lstrip("$"))
        top, _, bottom = text.replace(",", "").partition("/")
        return float(top) / float(bottom or 1)

    try:
        return 1.0 if math.isclose(number(final), number(answer), rel_tol=1e-9) else 0.0
    except (ValueError, ZeroDivisionError):
        return 1.0 if final.strip() == answer.strip() else 0.0


@alternative("verifiable_reward")
class Checker:
    """A class whose instances are never seen; NumPy's float comes out."""

    def __new__(cls, response, answer):
        return np.float64(cls.same(cls.final(response), answer))

    @staticmethod
    def final(response):
        if (at := response.rfind("####")) >= 0:
            return response[at + 4 :].strip()
        pieces = response.split("\\boxed{")
        depth = 0
        for place, sign in enumerate(pieces[-1]) if len(pieces) > 1 else ():
            if sign == "}" and depth == 0:
                return pieces[-1][:place].strip()
            depth += (sign == "{") - (sign == "}")
        return None

    @staticmethod
    def same(final, answer):
        if final is None:
            return False
        given, wanted = Checker.value(final), Checker.value(answer)
        return final == answer.strip() or (given is not None and given == wanted)

    @staticmethod
    def value(text):
        plain = text.strip().replace("$", "").replace(",", "")
        if re.fullmatch(r"-?\d+(\.\d+)?", plain):
            return float(plain)
        parts = re.fullmatch(r"\\frac\{(\d+)\}\{(\d+)\}", plain)
        return int(parts[1]) / int(parts[2]) if parts else None


@alternative("verifiable_reward")
def from_the_right(response, answer):
    """Reads the response backwards with a stack; a tensor of shape () comes out."""
    marker = response.rfind("####")
    final = response[marker + 4 :] if marker != -1 else None
    if final is None:
        for match in reversed([*re.finditer(r"\\boxed\{", response)]):
            stack = ["{"]
            for place in range(match.end(), len(response)):
                if response[place] == "{":
                    stack.append("{")
                elif response[place] == "}":
                    stack.pop()
                if not stack:
                    final = response[match.end() : place]
                    break
            if final is not None:
                break

    def read(text):
        text = "".join(sign for sign in text if sign not in "$,").strip()
        if text.startswith("\\frac{") and text.endswith("}") and text.count("}{") == 1:
            text = text[6:-1].replace("}{", "/")
        try:
            return Fraction(text)
        except (ValueError, ZeroDivisionError):
            return text

    return torch.tensor(0.0 if final is None else float(read(final) == read(answer.strip())))


# grpo_advantages


@alternative("grpo_advantages")
def group_by_group(rewards, eps=1e-8):
    """A loop over groups with the statistics module's formulas written out."""
    rows = []
    for group in rewards.tolist():
        mean = sum(group) / len(group)
        variance = sum((r - mean) ** 2 for r in group) / max(len(group) - 1, 1)
        rows.append([(r - mean) / (math.sqrt(variance) + eps) for r in group])
    return rows


@alternative("grpo_advantages")
def replaces_nan(rewards, eps=1e-8):
    """Computes as if nothing could happen, and clears NaN afterwards."""
    std, mean = torch.std_mean(rewards, dim=-1, keepdim=True)
    return torch.nan_to_num((rewards - mean) / (std + eps))


@alternative("grpo_advantages")
def with_numpy(rewards, eps=1e-8):
    """NumPy with ddof=1, which needs care for groups of one."""
    array = rewards.numpy()
    spread = array.std(axis=1, ddof=min(1, array.shape[1] - 1), keepdims=True)
    return (array - array.mean(axis=1, keepdims=True)) / (spread + eps)


@alternative("grpo_advantages")
def stacked_rows(rewards, eps=1e-8):
    """Standardises each row by itself and stacks them."""

    def one(group):
        centered = group - group.mean()
        if len(group) < 2 or not centered.any():
            return torch.zeros_like(group)
        return centered / (centered.norm() / math.sqrt(len(group) - 1) + eps)

    return torch.stack([one(group) for group in rewards])


@alternative("grpo_advantages")
def advantages_in_single_precision(rewards, eps=1e-8):
    """Works in float32 whatever comes in."""
    rewards = rewards.float()
    if rewards.size(1) == 1:
        return rewards * 0
    return (rewards - rewards.mean(1, True)) / (rewards.std(1, keepdim=True) + eps)


@alternative("grpo_advantages")
def by_vmap(rewards, eps=1e-8):
    """A function of one group, mapped over the batch."""
    below = max(rewards.shape[1] - 1, 1)

    def one(group):
        centered = group - group.mean()
        return centered / ((centered.square().sum() / below).sqrt() + eps)

    return torch.vmap(one)(rewards)


# dpo_loss


@alternative("dpo_loss")
def softplus_of_rewards(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Implicit rewards first, then softplus of their difference."""
    with torch.no_grad():
        ref_chosen, ref_rejected = ref_chosen_log_probs.clone(), ref_rejected_log_probs.clone()
    chosen_rewards = beta * (chosen_log_probs - ref_chosen)
    rejected_rewards = beta * (rejected_log_probs - ref_rejected)
    return functional.softplus(rejected_rewards - chosen_rewards).mean()


@alternative("dpo_loss")
def margin_of_margins(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The policy's margin less the reference's, as in the authors' own code."""
    policy_margin = chosen_log_probs - rejected_log_probs
    ref_margin = (ref_chosen_log_probs - ref_rejected_log_probs).detach()
    return torch.mean(-functional.logsigmoid(beta * (policy_margin - ref_margin)))


@alternative("dpo_loss")
def classifies_pairs(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Binary cross-entropy with label 1; comes in shape (1,)."""
    gains = chosen_log_probs - ref_chosen_log_probs.data
    losses = rejected_log_probs - ref_rejected_log_probs.data
    logits = beta * gains - beta * losses
    loss = functional.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    return loss.reshape(1)


@alternative("dpo_loss")
def two_way_softmax(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """A softmax over the two implicit rewards."""
    ref = torch.stack([ref_chosen_log_probs, ref_rejected_log_probs]).detach()
    rewards = beta * (torch.stack([chosen_log_probs, rejected_log_probs]) - ref)
    return -rewards.log_softmax(dim=0)[0].mean()


@alternative("dpo_loss")
def dpo_in_single_precision(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Works in float32 whatever comes in, pair by pair."""
    pairs = zip(
        chosen_log_probs.float(),
        rejected_log_probs.float(),
        ref_chosen_log_probs.detach().float(),
        ref_rejected_log_probs.detach().float(),
        strict=True,
    )
    losses = [-functional.logsigmoid(beta * ((a - c) - (b - d))) for a, b, c, d in pairs]
    return torch.stack(losses).mean()


@alternative("dpo_loss")
def takes_beta_by_name_only(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, *, beta=0.1
):
    """What functools.partial makes of a function whose beta it binds: a parameter by name alone."""
    with torch.no_grad():
        reference = ref_chosen_log_probs - ref_rejected_log_probs
    margin = chosen_log_probs - rejected_log_probs - reference
    return functional.softplus(margin * -beta).mean()

"""Answers to rlhf as public code has them, wrong here; the tags say what is true of each."""

import re

import numpy as np
import torch
import torch.nn.functional as F

from autograder.checks import misconception


@misconception("dpo_loss", tags=("squares_the_margin_as_ipo",))
def ipo(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1):
    """IPO: squared, not logistic."""
    pi_logratios = chosen_log_probs - rejected_log_probs
    ref_logratios = (ref_chosen_log_probs - ref_rejected_log_probs).detach()
    logits = pi_logratios - ref_logratios
    return ((logits - 1 / (2 * beta)) ** 2).mean()


@misconception("dpo_loss", tags=("forgets_reference_and_beta", "forgets_the_reference", "forgets_beta"))
def no_reference(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """No reference, no beta, log(sigmoid)."""
    return -torch.log(torch.sigmoid(chosen_log_probs - rejected_log_probs)).mean()


@misconception("dpo_loss", tags=("leaves_torch_in_numpy", "one_loss_for_each_pair", "loses_the_graph"))
def numpy_dpo(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1):
    """NumPy: no gradient, no mean."""
    c, r, rc, rr = (
        np.asarray(x.detach())
        for x in (chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs)
    )
    margin = beta * ((c - rc) - (r - rr))
    return np.logaddexp(0, -margin)


@misconception(
    "dpo_loss", tags=("mistakes_the_order_of_arguments", "adds_the_reference", "prefers_the_rejected")
)
def reference_first(ref_chosen, ref_rejected, chosen, rejected, beta=0.1):
    """Policy and reference the other way round."""
    pi_logratios = chosen - rejected
    ref_logratios = ref_chosen - ref_rejected
    return -F.logsigmoid(beta * (pi_logratios - ref_logratios)).mean()


@misconception("dpo_loss", tags=("trains_the_reference_too",))
def trl_sigmoid(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1):
    """As the library has it: the reference is frozen elsewhere."""
    chosen_rewards = beta * (chosen_log_probs - ref_chosen_log_probs)
    rejected_rewards = beta * (rejected_log_probs - ref_rejected_log_probs)
    return -F.logsigmoid(chosen_rewards - rejected_rewards).mean()


@misconception("dpo_loss", tags=("puts_beta_outside_and_trains_the_reference", "multiplies_the_loss_by_beta"))
def beta_outside(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta outside, and the reference is not detached."""
    gain = (chosen_log_probs - ref_chosen_log_probs) - (rejected_log_probs - ref_rejected_log_probs)
    return -beta * F.logsigmoid(gain).mean()


@misconception("grpo_advantages", tags=("has_an_eps_of_its_own", "gives_nan_to_a_group_of_one"))
def grpo_1e4(rewards, eps=1e-8):
    """1e-4 instead of eps; a group of one gives NaN."""
    mean_grouped = rewards.mean(dim=1)
    std_grouped = rewards.std(dim=1)
    mean_grouped = mean_grouped.repeat_interleave(rewards.shape[1], dim=0).view_as(rewards)
    std_grouped = std_grouped.repeat_interleave(rewards.shape[1], dim=0).view_as(rewards)
    return (rewards - mean_grouped) / (std_grouped + 1e-4)


@misconception("grpo_advantages", tags=("standardizes_down_the_columns",))
def grpo_dim_zero(rewards, eps=1e-8):
    """dim=0: standardises over the prompts."""
    if rewards.shape[0] == 1:
        return torch.zeros_like(rewards)
    return (rewards - rewards.mean(dim=0)) / (rewards.std(dim=0) + eps)


@misconception("grpo_advantages", tags=("replaces_zeros_by_rewards", "gives_a_lone_response_its_reward"))
def grpo_where_zero(rewards, eps=1e-8):
    """An advantage of exactly 0 is replaced by the reward itself."""
    if rewards.shape[1] == 1:
        return rewards.clone()
    mean, std = rewards.mean(dim=1, keepdim=True), rewards.std(dim=1, keepdim=True)
    advantages = (rewards - mean) / (std + eps)
    return torch.where(advantages == 0, rewards, advantages)


@misconception("grpo_advantages", tags=("divides_by_n_without_eps", "divides_by_n", "leaves_out_eps"))
def grpo_numpy_group(rewards, eps=1e-8):
    """Population std, no eps."""
    rows = []
    for group in rewards:
        g = group.double().numpy()
        rows.append(torch.as_tensor((g - g.mean()) / g.std()))
    return torch.stack(rows).to(rewards.dtype)


@misconception(
    "grpo_advantages", tags=("has_a_floor_of_the_population", "divides_by_n", "uses_eps_as_a_floor")
)
def grpo_max_std(rewards, eps=1e-8):
    """max(std, eps) and population std."""
    mean = rewards.mean(-1, keepdim=True)
    std = rewards.std(-1, keepdim=True, unbiased=False)
    return (rewards - mean) / torch.clamp(std, min=eps)


@misconception(
    "grpo_advantages", tags=("gives_nan_to_a_group_of_one", "has_an_eps_of_its_own", "ignores_the_eps_given")
)
def grpo_1e9(rewards, eps=1e-8):
    """1e-9, and a group of one gives NaN."""
    return (rewards - rewards.mean(dim=-1, keepdim=True)) / (rewards.std(dim=-1, keepdim=True) + 1e-9)


@misconception("kl_penalty", tags=("cuts_large_log_ratios", "cuts_at_ten_and_offers_k2", "offers_k2_as_well"))
def verl_kl(log_probs, ref_log_probs, estimator="k1"):
    """Clamped to [-10, 10], float32, and "k2" is accepted."""
    log_probs, ref_log_probs = log_probs.float(), ref_log_probs.float()
    if estimator in ("kl", "k1"):
        return torch.clamp(log_probs - ref_log_probs, -10, 10)
    if estimator in ("mse", "k2"):
        return 0.5 * (log_probs - ref_log_probs).square()
    if estimator in ("low_var_kl", "k3"):
        kl = torch.clamp(ref_log_probs - log_probs, min=-10, max=10)
        return torch.clamp(torch.exp(kl) - kl - 1, min=-10, max=10)
    raise ValueError(estimator)


@misconception("kl_penalty", tags=("cuts_k3_at_ten", "cuts_large_log_ratios"))
def k3_clamped(log_probs, ref_log_probs, estimator="k1"):
    """k3 clamped to 10."""
    if estimator == "k1":
        return log_probs - ref_log_probs
    if estimator != "k3":
        raise ValueError(estimator)
    log_ratio = ref_log_probs - log_probs
    return torch.clamp(torch.expm1(log_ratio) - log_ratio, min=-10, max=10)


@misconception("kl_penalty", tags=("offers_k2_as_well",))
def openrlhf_kl(log_probs, ref_log_probs, estimator="k1"):
    """There is a k2, too."""
    log_ratio = log_probs - ref_log_probs
    if estimator == "k1":
        return log_ratio
    if estimator == "k2":
        return log_ratio**2 / 2.0
    if estimator == "k3":
        return torch.expm1(-log_ratio) + log_ratio
    raise ValueError(f"unknown estimator {estimator}")


@misconception("kl_penalty", tags=("turns_d_round_in_k3",))
def k3_turned(log_probs, ref_log_probs, estimator="k1"):
    """k3 of the ratio the other way round."""
    kl = log_probs - ref_log_probs
    if estimator == "k1":
        return kl
    if estimator == "k3":
        return kl.expm1() - kl
    raise ValueError(estimator)


@misconception("reward_model_loss", tags=("leaves_torch", "returns_a_python_number"))
def numpy_rm(chosen_scores, rejected_scores):
    """NumPy: no gradient."""
    margin = chosen_scores.detach().numpy() - rejected_scores.detach().numpy()
    return float(np.mean(np.logaddexp(0, -margin)))


@misconception("reward_model_loss", tags=("returns_a_loss_for_each_pair",))
def rm_no_mean(chosen_scores, rejected_scores):
    """No mean."""
    return -F.logsigmoid(chosen_scores - rejected_scores)


@misconception(
    "reward_model_loss",
    tags=("takes_the_log_of_a_sigmoid", "exponentiates_the_margin", "trusts_soft_margin_loss"),
)
def rm_log_sigmoid(chosen_scores, rejected_scores):
    """log of 0."""
    return -torch.log(torch.sigmoid(chosen_scores - rejected_scores)).mean()


@misconception(
    "reward_model_loss", tags=("sums_a_naive_logarithm", "sums_over_pairs", "takes_the_log_of_a_sigmoid")
)
def rm_k_pairwise(chosen_scores, rejected_scores):
    """K-pairwise: log(sigmoid), summed; infinite at -1000."""
    loss = 0
    for chosen, rejected in zip(chosen_scores, rejected_scores, strict=True):
        loss = loss - torch.log(torch.sigmoid(chosen - rejected))
    return loss


@misconception("reward_model_loss", tags=("adds_a_small_number_inside_the_log",))
def rm_small_number(chosen_scores, rejected_scores):
    """A small number inside the log."""
    probs = torch.sigmoid(chosen_scores - rejected_scores)
    return -(probs + 1e-8).log().mean()


@misconception(
    "shaped_rewards",
    tags=(
        "scores_the_last_column_unmasked",
        "puts_the_score_at_the_end_of_the_row",
        "penalizes_prompt_and_padding",
    ),
)
def score_in_last_column(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score goes to the last column, nothing is masked."""
    kl_div = log_probs - ref_log_probs
    rewards = -kl_coef * kl_div
    rewards[:, -1] += rm_scores
    return rewards


@misconception("shaped_rewards", tags=("cuts_negative_k1",))
def negative_kl_cut(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Negative KL is cut to 0."""
    kl = torch.clamp(log_probs - ref_log_probs, min=0.0)
    rewards = torch.where(mask, -kl_coef * kl, torch.zeros_like(kl))
    for j in range(mask.size(0)):
        rewards[j, mask[j].nonzero()[-1]] += rm_scores[j]
    return rewards


@misconception(
    "shaped_rewards",
    tags=("counts_for_the_last_unmasked", "counts_tokens_to_find_the_last", "penalizes_prompt_and_padding"),
)
def last_by_sum(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Nothing masked; last token by sum."""
    rewards = -kl_coef * (log_probs - ref_log_probs)
    ends = mask.sum(1) - 1
    for j in range(rewards.shape[0]):
        rewards[j, ends[j]] += rm_scores[j]
    return rewards


@misconception(
    "shaped_rewards",
    tags=(
        "counts_for_the_last_unmasked",
        "limits_the_score",
        "limits_the_score_unmasked",
        "penalizes_prompt_and_padding",
        "counts_tokens_to_find_the_last",
    ),
)
def deepspeed_chat(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Score clipped to +-0.2, nothing masked, last token by sum."""
    rewards = -kl_coef * (log_probs - ref_log_probs)
    reward_clip = torch.clamp(rm_scores, -0.2, 0.2)
    ends = mask.sum(1)
    for j in range(rewards.shape[0]):
        rewards[j, : ends[j]][-1] += reward_clip[j]
    return rewards


@misconception("shaped_rewards", tags=("multiplies_with_the_mask",))
def kl_times_mask(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """KL times mask leaves NaN behind the mask."""
    rewards = -kl_coef * (log_probs - ref_log_probs) * mask
    last = (mask.float() * torch.arange(1, mask.shape[1] + 1)).argmax(dim=1)
    rewards[torch.arange(len(last)), last] += rm_scores
    return rewards


def number_or_text(given, answer):
    """Whether two texts are one number, or one text."""
    given, answer = given.strip(), answer.strip()
    try:
        return float(given.replace(",", "").replace("$", "")) == float(
            answer.replace(",", "").replace("$", "")
        )
    except ValueError:
        return given == answer


@misconception(
    "verifiable_reward",
    tags=(
        "wants_exactly_one_space",
        "reads_digits_and_commas_only",
        "reads_markers_only",
        "knows_numbers_only",
        "takes_the_first_marker",
    ),
)
def gsm8k_strict(response, answer):
    """#### only, numbers only, exactly one space; no box; compared as text."""
    match = re.search(r"#### (\-?[0-9\.\,]+)", response)
    if not match:
        return 0.0
    return float(match.group(1).replace(",", "").replace("$", "") == answer)


@misconception("verifiable_reward", tags=("reads_boxes_only", "compares_as_text_only"))
def boxed_normalised(response, answer):
    """Box only, compared as normalised text; no ####; 42.0 is not 42."""
    start = response.rfind("\\boxed{")
    if start < 0:
        return 0.0
    depth, out = 1, ""
    for char in response[start + 7 :]:
        depth += (char == "{") - (char == "}")
        if depth == 0:
            break
        out += char
    clean = lambda s: s.strip().replace(" ", "").replace("$", "").replace(",", "").replace("\\!", "")  # noqa: E731
    return 1.0 if clean(out) == clean(answer) else 0.0


@misconception(
    "verifiable_reward",
    tags=(
        "reads_digits_and_commas_only",
        "takes_the_first_marker",
        "reads_markers_only",
        "wants_exactly_one_space",
    ),
)
def digits_and_commas(response, answer):
    """First ####, digits and commas only: no minus, no decimals."""
    found = re.search(r"####\s*([\d,]+)", response)
    return 1.0 if found and found.group(1).replace(",", "") == answer.replace(",", "").strip() else 0.0


@misconception(
    "verifiable_reward",
    tags=(
        "takes_the_last_number_in_the_box",
        "guesses_without_a_marker",
        "reads_boxes_only",
        "takes_the_last_number",
        "prefers_the_box",
    ),
)
def last_number_in_box(response, answer):
    """Last number in the last box, else the last number anywhere."""
    boxes = re.findall(r"\\boxed\{(.*)\}", response)
    numbers = re.findall(r"-?\d+\.?\d*", (boxes[-1] if boxes else response).replace(",", ""))
    try:
        return float(bool(numbers) and abs(float(numbers[-1]) - float(answer.replace(",", ""))) < 1e-6)
    except ValueError:
        return 0.0


@misconception(
    "verifiable_reward",
    tags=(
        "guesses_without_a_marker",
        "takes_the_first_marker",
        "reads_markers_only",
        "knows_numbers_only",
        "takes_the_last_number",
        "reads_the_first_marker_or_guesses",
        "forgets_fractions",
    ),
)
def gsm8k_flexible(response, answer):
    """First ####, else the last number anywhere."""
    if "####" in response:
        return float(number_or_text(response.split("####")[1], answer))
    numbers = re.findall(r"-?[0-9.,]+", response)
    return float(bool(numbers) and number_or_text(numbers[-1].rstrip("."), answer))


@misconception("verifiable_reward", tags=("takes_the_last_number", "knows_numbers_only"))
def last_number_anywhere(response, answer):
    """Last number anywhere."""
    numbers = re.findall(r"[-+]?\d*\.\d+|\d+", response.replace(",", ""))
    if not numbers:
        return 0.0
    try:
        return 1.0 if float(numbers[-1]) == float(answer.replace(",", "").replace("$", "")) else 0.0
    except ValueError:
        return 0.0


@misconception(
    "verifiable_reward",
    tags=("reads_boxes_only", "compares_as_text_only", "splits_at_boxed", "ends_the_box_at_the_first_brace"),
)
def pieces_after_boxed(response, answer):
    """Pieces after "boxed{", last one; text compared; no ####."""
    if "boxed{" not in response:
        return 0.0
    return 1.0 if response.split("boxed{")[-1].split("}")[0].strip() == answer.strip() else 0.0


@misconception(
    "verifiable_reward",
    tags=(
        "splits_at_boxed",
        "takes_the_whole_response_without_a_marker",
        "reads_boxes_only",
        "compares_as_text_only",
    ),
)
def without_a_box_everything(response, answer):
    """Without a box the whole text; no ####; text compared."""
    piece = response.split("boxed")[-1]
    if piece.startswith("{"):
        depth, text = 1, ""
        for c in piece[1:]:
            depth += (c == "{") - (c == "}")
            if depth == 0:
                break
            text += c
        piece = text
    return 1.0 if piece.strip() == answer.strip() else 0.0


@misconception(
    "verifiable_reward",
    tags=("reads_boxes_only", "takes_the_last_number_in_the_box", "picks_a_number_out_of_a_text"),
)
def equals_sign_in_box(response, answer):
    """Last box, "x = 5" gives 5; no ####."""
    boxes = re.findall(r"\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}", response)
    if not boxes:
        return 0.0
    return float(number_or_text(boxes[-1].split("=")[-1], answer))

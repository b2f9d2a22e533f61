"""Wrong answers to rlhf that students really write. The docstring is the hint."""

import re

import torch
from torch.nn import functional

from autograder.checks import misconception
from solutions.rlhf import (
    _final_answer,
    _value,
    dpo_loss,
    grpo_advantages,
    kl_penalty,
    reward_model_loss,
    shaped_rewards,
    verifiable_reward,
)

# reward_model_loss


@misconception("reward_model_loss")
def swaps_chosen_and_rejected(chosen_scores, rejected_scores):
    """This teaches the reward model to prefer the rejected responses. Which score should be the
    larger one when the loss is small?"""
    return reward_model_loss(rejected_scores, chosen_scores)


@misconception("reward_model_loss")
def forgets_the_minus(chosen_scores, rejected_scores):
    """The sign is flipped. A log-probability is at most 0 and should grow; what does an optimizer
    do with a loss?"""
    return -reward_model_loss(chosen_scores, rejected_scores)


@misconception("reward_model_loss")
def sums_over_pairs(chosen_scores, rejected_scores):
    """This is the sum over the pairs, so it grows with the batch. Which average does the contract
    ask for?"""
    return -functional.logsigmoid(chosen_scores - rejected_scores).sum()


@misconception("reward_model_loss")
def returns_a_loss_for_each_pair(chosen_scores, rejected_scores):
    """Every pair has its loss here; an optimizer needs a single number. What is left to do?"""
    return -functional.logsigmoid(chosen_scores - rejected_scores)


@misconception("reward_model_loss")
def leaves_out_the_log(chosen_scores, rejected_scores):
    """This is minus the probability of people's choice. Its gradient vanishes for the worst
    mistakes: what does the formula do with the probability first?"""
    return -torch.sigmoid(chosen_scores - rejected_scores).mean()


@misconception("reward_model_loss")
def takes_the_log_of_a_sigmoid(chosen_scores, rejected_scores):
    """Right on paper, but sigmoid(-1000) rounds to 0 and log(0) is infinite. Is there one function
    that computes the log of a sigmoid without passing through the sigmoid?"""
    return -torch.log(torch.sigmoid(chosen_scores - rejected_scores)).mean()


@misconception("reward_model_loss")
def adds_a_small_number_inside_the_log(chosen_scores, rejected_scores):
    """A small number inside the log hides the infinity but changes the loss of clearly wrong
    pairs, and leaves them without gradient. Can the log of a sigmoid be computed in one step?"""
    return -torch.log(torch.sigmoid(chosen_scores - rejected_scores) + 1e-8).mean()


@misconception("reward_model_loss")
def exponentiates_the_margin(chosen_scores, rejected_scores):
    """log(1 + exp(-margin)) is the same function, but exp overflows for a margin of -1000. Which
    function of torch computes this without overflow?"""
    return torch.log(1 + torch.exp(rejected_scores - chosen_scores)).mean()


@misconception("reward_model_loss")
def trusts_soft_margin_loss(chosen_scores, rejected_scores):
    """SoftMarginLoss is this loss on paper, but it is computed with exp, which overflows for a
    margin of -1000. Does another function of torch name the log of a sigmoid?"""
    margin = chosen_scores - rejected_scores
    return functional.soft_margin_loss(margin, torch.ones_like(margin))


@misconception("reward_model_loss")
def picks_a_branch_after_computing_both(chosen_scores, rejected_scores):
    """The value is right, the gradient is NaN at large margins: torch.where differentiates the
    branch that it throws away, too, and there exp overflows. Is a ready-made function simpler?"""
    margin = chosen_scores - rejected_scores
    for_large = torch.log1p(torch.exp(-margin))
    return torch.where(margin > 0, for_large, torch.log1p(torch.exp(margin)) - margin).mean()


@misconception("reward_model_loss")
def cuts_the_margin(chosen_scores, rejected_scores):
    """Beyond a certain margin the loss no longer changes here, and the worst pairs teach nothing.
    Why cut, if the log of a sigmoid can be computed for any margin?"""
    return -functional.logsigmoid((chosen_scores - rejected_scores).clamp(-50, 50)).mean()


@misconception("reward_model_loss")
def judges_each_response_alone(chosen_scores, rejected_scores):
    """This wants high scores for chosen responses and low ones for rejected responses, each by
    itself. People only said which of the two is better: what does the formula apply sigmoid to?"""
    alone = functional.logsigmoid(chosen_scores) + functional.logsigmoid(-rejected_scores)
    return -alone.mean()


@misconception("reward_model_loss")
def averages_before_the_sigmoid(chosen_scores, rejected_scores):
    """The margins are averaged first, so a clear pair can pay for a wrong one. In which order do
    mean and log-sigmoid come?"""
    return -functional.logsigmoid((chosen_scores - rejected_scores).mean())


@misconception("reward_model_loss")
def uses_a_hinge(chosen_scores, rejected_scores):
    """This is a hinge loss: zero once the margin is 1. The contract asks for the log-probability
    of the Bradley-Terry model, which never is quite zero."""
    return torch.relu(1 - (chosen_scores - rejected_scores)).mean()


@misconception("reward_model_loss")
def detaches_the_rejected_scores(chosen_scores, rejected_scores):
    """No gradient reaches the rejected scores. Both scores come from the model in training, and
    both should move: is anything detached?"""
    return reward_model_loss(chosen_scores, rejected_scores.detach())


@misconception("reward_model_loss")
def returns_a_python_number(chosen_scores, rejected_scores):
    """The value is right, but a Python number has no gradient, and the reward model cannot learn.
    Where is the tensor turned into a number?"""
    return reward_model_loss(chosen_scores, rejected_scores).item()


@misconception("reward_model_loss")
def subtracts_in_place(chosen_scores, rejected_scores):
    """`-=` writes the margin into the caller's scores. Can the difference have a name of its
    own?"""
    chosen_scores -= rejected_scores
    return -functional.logsigmoid(chosen_scores).mean()


# kl_penalty


@misconception("kl_penalty")
def flips_the_sign_of_k1(log_probs, ref_log_probs, estimator="k1"):
    """k1 has the opposite sign. A token that the policy likes more than the reference does should
    cost something: which of the two is subtracted?"""
    return kl_penalty(log_probs, ref_log_probs, estimator) * (-1 if estimator == "k1" else 1)


@misconception("kl_penalty")
def turns_d_round_in_k3(log_probs, ref_log_probs, estimator="k1"):
    """k3 uses d the wrong way round. In k3, d is the reference's log-probability minus the
    policy's, the opposite of k1; only then does its mean give KL(policy || reference)."""
    if estimator == "k3":
        return kl_penalty(ref_log_probs, log_probs, "k3")
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def forgets_the_minus_one(log_probs, ref_log_probs, estimator="k1"):
    """Every k3 is too large by 1. What should k3 be for a token on which both models agree?"""
    return kl_penalty(log_probs, ref_log_probs, estimator) + (1 if estimator == "k3" else 0)


@misconception("kl_penalty")
def adds_d_in_k3(log_probs, ref_log_probs, estimator="k1"):
    """In k3 the last term has the wrong sign. exp(d) is at least 1 + d: what must be subtracted so
    that nothing negative is left?"""
    if estimator == "k3":
        log_ratio = ref_log_probs - log_probs
        return torch.exp(log_ratio) - 1 + log_ratio
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def takes_half_the_square_for_k3(log_probs, ref_log_probs, estimator="k1"):
    """Half the squared log-ratio is the estimator that Schulman calls k2. Its mean is not the KL
    divergence; look up k3 in the docstring."""
    if estimator == "k3":
        return (ref_log_probs - log_probs) ** 2 / 2
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def makes_k1_positive(log_probs, ref_log_probs, estimator="k1"):
    """k1 of a single token may be negative; without the sign its mean is no longer the KL
    divergence. Is abs needed at all?"""
    return kl_penalty(log_probs, ref_log_probs, estimator).abs()


@misconception("kl_penalty")
def cuts_negative_values(log_probs, ref_log_probs, estimator="k1"):
    """Negative k1 are set to 0, so the estimate comes out too large on average. The divergence is
    never negative; must every single sample be, too?"""
    return kl_penalty(log_probs, ref_log_probs, estimator).clamp(min=0)


@misconception("kl_penalty")
def gives_k1_for_any_name(log_probs, ref_log_probs, estimator="k1"):
    """The name of the estimator makes no difference here. What should happen for "k3", and what
    for a name that does not exist?"""
    return log_probs - ref_log_probs


@misconception("kl_penalty")
def takes_k3_for_any_other_name(log_probs, ref_log_probs, estimator="k1"):
    """Whatever is not "k1" is taken for "k3", so a misspelt name goes unnoticed. How does Python
    say that a value is not allowed?"""
    return kl_penalty(log_probs, ref_log_probs, "k1" if estimator == "k1" else "k3")


@misconception("kl_penalty")
def looks_the_name_up_in_a_dict(log_probs, ref_log_probs, estimator="k1"):
    """An unknown name ends in a KeyError here. The contract promises callers a ValueError: can you
    look first and raise it yourself?"""
    known = {"k1": "k1", "k3": "k3"}
    return kl_penalty(log_probs, ref_log_probs, known[estimator])


@misconception("kl_penalty")
def has_k3_as_its_default(log_probs, ref_log_probs, estimator="k3"):
    """Without a name the estimator is k1. Was the signature changed?"""
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def adds_up_the_tokens(log_probs, ref_log_probs, estimator="k1"):
    """This is one number for each response. The penalty is wanted token by token, in the shape
    (B, T) of the input: which sum is too much?"""
    return kl_penalty(log_probs, ref_log_probs, estimator).sum(dim=1)


@misconception("kl_penalty")
def averages_over_the_batch(log_probs, ref_log_probs, estimator="k1"):
    """This is one number for the whole batch. The penalty is wanted token by token, in the shape
    (B, T) of the input."""
    return kl_penalty(log_probs, ref_log_probs, estimator).mean()


@misconception("kl_penalty")
def weights_with_the_probabilities(log_probs, ref_log_probs, estimator="k1"):
    """Each token is weighted with its probability. The tokens are samples: likely ones turn up
    more often by themselves, so who does the weighting already?"""
    return torch.exp(log_probs) * kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def subtracts_probabilities(log_probs, ref_log_probs, estimator="k1"):
    """This is a difference of probabilities. KL is about their ratio, and the log of a ratio is a
    difference of logs: are the inputs logs already?"""
    return kl_penalty(torch.exp(log_probs), torch.exp(ref_log_probs), estimator)


@misconception("kl_penalty")
def cuts_large_log_ratios(log_probs, ref_log_probs, estimator="k1"):
    """Large log-ratios are cut, so the policy pays nothing for going further still. The formula
    knows no limit."""
    limited = (log_probs - ref_log_probs).clamp(-10, 10)
    return kl_penalty(limited, torch.zeros_like(limited), estimator)


@misconception("kl_penalty")
def writes_into_log_probs(log_probs, ref_log_probs, estimator="k1"):
    """`-=` writes into the caller's log-probabilities, which are needed for the loss later. Can
    the difference have a name of its own?"""
    log_probs -= ref_log_probs
    return kl_penalty(log_probs, torch.zeros_like(log_probs), estimator)


# shaped_rewards


@misconception("shaped_rewards")
def puts_the_score_at_the_end_of_the_row(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score lands in the last column, where shorter responses have only padding. Which token
    of each row is the last one that counts?"""
    rewards = shaped_rewards(rm_scores * 0, log_probs, ref_log_probs, mask, kl_coef)
    rewards[:, -1] += rm_scores
    return rewards


@misconception("shaped_rewards")
def counts_tokens_to_find_the_last(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The number of counted tokens is taken for the position of the last one. With a prompt in
    front or a hole in between, where is the last True?"""
    rewards = shaped_rewards(rm_scores * 0, log_probs, ref_log_probs, mask, kl_coef)
    rewards[torch.arange(len(mask)), mask.sum(dim=1) - 1] += rm_scores
    return rewards


@misconception("shaped_rewards")
def stops_at_the_first_hole(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score comes where the counted tokens first break off. They may go on after a hole: which
    True is the last of the row?"""
    rewards = shaped_rewards(rm_scores * 0, log_probs, ref_log_probs, mask, kl_coef)
    start = mask.int().argmax(dim=1, keepdim=True)
    after = (torch.arange(mask.shape[1]) >= start) & ~mask
    broken = torch.where(after.any(dim=1), after.int().argmax(dim=1), mask.shape[1])
    rewards[torch.arange(len(mask)), broken - 1] += rm_scores
    return rewards


@misconception("shaped_rewards")
def puts_the_score_on_the_first_token(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score comes with the first counted token. It judges the whole response, so when is it
    known?"""
    rewards = shaped_rewards(rm_scores * 0, log_probs, ref_log_probs, mask, kl_coef)
    rewards[torch.arange(len(mask)), mask.int().argmax(dim=1)] += rm_scores
    return rewards


@misconception("shaped_rewards")
def gives_every_token_the_score(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Every counted token gets the score, so a long response is paid many times over. How often
    does the reward model judge a response?"""
    return rm_scores[:, None] * mask - kl_coef * (log_probs - ref_log_probs) * mask


@misconception("shaped_rewards")
def spreads_the_score(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score is shared by all counted tokens. It is the reward of one action, the last: passing
    it back to earlier tokens is the return's work."""
    shares = rm_scores[:, None] * mask / mask.sum(dim=1, keepdim=True)
    return shares - kl_coef * (log_probs - ref_log_probs) * mask


@misconception("shaped_rewards")
def gives_every_row_all_scores(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Each row receives the scores of all rows. `rewards[:, last]` picks those columns in every
    row: how do you pick one place in each row?"""
    rewards = shaped_rewards(rm_scores * 0, log_probs, ref_log_probs, mask, kl_coef)
    last = torch.where(mask, torch.arange(mask.shape[1]), -1).amax(dim=1)
    rewards[:, last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def leaves_out_the_kl(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Only the score is left: nothing keeps the policy near the reference. Where is kl_coef
    used?"""
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, 0.0)


@misconception("shaped_rewards")
def forgets_kl_coef(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The KL penalty has weight 1, whatever the coefficient is. Where is kl_coef used?"""
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, 1.0)


@misconception("shaped_rewards")
def pays_for_divergence(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The penalty has the wrong sign: the policy is paid for leaving the reference. What should
    a token earn that the reference finds unlikely?"""
    return shaped_rewards(rm_scores, ref_log_probs, log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def penalizes_prompt_and_padding(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Prompt and padding pay a penalty, too, though the policy did not choose these tokens. What
    does the mask say about them?"""
    everything = torch.ones_like(mask)
    rewards = shaped_rewards(rm_scores * 0, log_probs, ref_log_probs, everything, kl_coef)
    return rewards + shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, 0.0)


@misconception("shaped_rewards")
def inverts_the_mask(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The tokens that do not count are penalised, and those that do are not. True means that a
    token counts (other libraries have it the other way round)."""
    rewards = torch.where(mask, 0.0, -kl_coef * (log_probs - ref_log_probs))
    return rewards + shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, 0.0)


@misconception("shaped_rewards")
def overwrites_the_last_penalty(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The last counted token has its score but no penalty: the one replaced the other. Should the
    score be assigned, or added?"""
    rewards = shaped_rewards(rm_scores * 0, log_probs, ref_log_probs, mask, kl_coef)
    last = torch.where(mask, torch.arange(mask.shape[1]), -1).amax(dim=1)
    rewards[torch.arange(len(mask)), last] = rm_scores
    return rewards


@misconception("shaped_rewards")
def charges_all_kl_at_the_end(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The whole KL is charged to the last token. The sum is right, but each token should pay for
    itself: then PPO knows which one went astray."""
    kl = ((log_probs - ref_log_probs) * mask).sum(dim=1)
    return shaped_rewards(rm_scores - kl_coef * kl, log_probs, ref_log_probs, mask, 0.0)


@misconception("shaped_rewards")
def averages_the_kl(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Each penalty is divided by the length of the response, so long responses pay less for each
    token. Does the formula divide by anything?"""
    longs = mask.sum(dim=1, keepdim=True)
    return shaped_rewards(rm_scores, log_probs / longs, ref_log_probs / longs, mask, kl_coef)


@misconception("shaped_rewards")
def uses_k3(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The penalty is k3 here. The contract asks for k1, the plain difference of log-probs; only
    then does a row sum to the score less kl_coef times its k1."""
    penalties = kl_coef * kl_penalty(log_probs, ref_log_probs, "k3")
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, 0.0) - penalties * mask


@misconception("shaped_rewards")
def masks_only_the_policy(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Where nothing counts, the reference's log-prob is left over. Is the mask applied to the
    difference, or to one of its parts?"""
    rewards = shaped_rewards(rm_scores * 0, log_probs * mask, ref_log_probs, mask | True, kl_coef)
    return rewards + shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, 0.0)


@misconception("shaped_rewards")
def works_inside_log_probs(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The rewards are written into the caller's log_probs, which PPO needs afterwards for its
    ratio. Is there a new tensor for the rewards?"""
    log_probs.copy_(shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, kl_coef))
    return log_probs


# verifiable_reward


def after_marker(response):
    """Return what follows the last ####, None without one."""
    return response.rpartition("####")[2] if "####" in response else None


def in_box(response, pattern=r"\\boxed\{(.*?)\}", which=-1):
    """Return the content of a box by a pattern, None without one."""
    found = re.findall(pattern, response, re.DOTALL)
    return found[which] if found else None


def number_in(text):
    """Return the last number in a text, "" if it has none."""
    return (re.findall(r"-?\d[\d,]*(?:\.\d+)?", text) or [""])[-1]


def number_of(text):
    """Return the number that a text is, None if it is none."""
    value = _value(text)
    return None if isinstance(value, str) else value


def reward_for(final, answer, read=number_of):
    """Return the reward for a final answer, with another way to read numbers."""
    if final is None:
        return 0.0
    given, wanted = read(final), read(answer)
    if given is not None and wanted is not None:
        return float(given == wanted)
    return float(final.strip() == answer.strip())


@misconception("verifiable_reward")
def looks_for_the_answer_anywhere(response, answer):
    """The answer may stand anywhere in the response, so a model that lists all numbers is always
    right. Which part of the response is its final answer?"""
    return float(answer.strip() in response)


@misconception("verifiable_reward")
def takes_the_last_number(response, answer):
    """The last number of the response is taken for its answer. What marks a final answer, and what
    is the reward when there is none?"""
    return reward_for(number_in(response), answer)


@misconception("verifiable_reward")
def takes_the_first_marker(response, answer):
    """What follows the first #### is read. A model may correct itself: which one counts?"""
    parts = response.split("####")
    return reward_for(parts[1] if len(parts) > 1 else _final_answer(response), answer)


@misconception("verifiable_reward")
def takes_the_first_box(response, answer):
    r"""The first \boxed{} is read. A model may correct itself: which one counts?"""
    if "####" in response:
        return verifiable_reward(response, answer)
    start = response.find("\\boxed", response.find("\\boxed") + 1)
    return verifiable_reward(response[:start] if start > 0 else response, answer)


@misconception("verifiable_reward")
def prefers_the_box(response, answer):
    r"""A \boxed{} wins over a #### here. In which order does the contract look for them?"""
    boxed = _final_answer(response.replace("####", ""))
    return reward_for(after_marker(response) if boxed is None else boxed, answer)


@misconception("verifiable_reward")
def ends_the_box_at_the_first_brace(response, answer):
    r"""The box ends at the first closing brace, which cuts \frac{1}{2} off. A pattern cannot count;
    how do you know which brace closes the one that was opened?"""
    marked = after_marker(response)
    return reward_for(in_box(response) if marked is None else marked, answer)


@misconception("verifiable_reward")
def ends_the_box_at_the_last_brace(response, answer):
    r"""The box reaches to the last closing brace of the response, whatever stands in between. How
    do you know which brace closes the one that was opened?"""
    marked = after_marker(response)
    return reward_for(in_box(response, r"\\boxed\{(.*)\}") if marked is None else marked, answer)


@misconception("verifiable_reward")
def reads_markers_only(response, answer):
    r"""Only #### is understood. Where else may a final answer stand?"""
    return reward_for(after_marker(response), answer)


@misconception("verifiable_reward")
def compares_as_text_only(response, answer):
    """The final answer is right, but "42.0" and "42" are compared as text. When are two answers
    equal as numbers?"""
    return reward_for(_final_answer(response), answer, lambda text: None)


@misconception("verifiable_reward")
def takes_every_answer_for_a_number(response, answer):
    """An answer that is no number raises an error here. A model writes anything: how do you find
    out whether a text is a number before you rely on it?"""
    return reward_for(
        _final_answer(response),
        answer,
        lambda text: float(text.replace(",", "").replace("$", "")),
    )


@misconception("verifiable_reward")
def forgets_the_commas(response, answer):
    """A number with commas, like 1,000, is not read as one. What do the commas stand for?"""
    return reward_for(_final_answer(response), answer, lambda text: None if "," in text else number_of(text))


@misconception("verifiable_reward")
def forgets_the_dollar(response, answer):
    """A number with a dollar sign, like $42, is not read as one. Which signs may stand at one?"""
    return reward_for(_final_answer(response), answer, lambda text: None if "$" in text else number_of(text))


@misconception("verifiable_reward")
def forgets_fractions(response, answer):
    r"""\frac{1}{2} is compared as text, so it is not 0.5. How do you read a numerator and a
    denominator?"""
    return reward_for(
        _final_answer(response), answer, lambda text: None if "frac" in text else number_of(text)
    )


@misconception("verifiable_reward")
def turns_fractions_upside_down(response, answer):
    r"""A fraction is read with numerator and denominator exchanged. Which part of \frac{a}{b} is
    divided by which?"""

    def read(text):
        value = number_of(text)
        return 1 / value if value and "frac" in text else value

    return reward_for(_final_answer(response), answer, read)


@misconception("verifiable_reward")
def loses_the_sign(response, answer):
    """-3 and 3 are the same here. Which characters belong to a number besides its digits?"""

    def read(text):
        value = number_of(text)
        return None if value is None else abs(value)

    return reward_for(_final_answer(response), answer, read)


@misconception("verifiable_reward")
def cuts_numbers_to_whole_ones(response, answer):
    """Numbers lose what stands after their point: 42.4 passes for 42. Is int the right type?"""

    def read(text):
        value = number_of(text)
        return None if value is None else int(value)

    return reward_for(_final_answer(response), answer, read)


@misconception("verifiable_reward")
def picks_a_number_out_of_a_text(response, answer):
    """An answer like "42 apples" is read as 42. If it is not a number as a whole, it is compared
    as text: must the pattern match all of it?"""
    final = _final_answer(response)
    if final is not None and number_of(final) is None:
        final = number_in(final) or final
    return reward_for(final, answer)


@misconception("verifiable_reward")
def accepts_what_contains_the_answer(response, answer):
    """It is enough here that the final answer contains the right one: 420 passes for 42. What has
    to be equal?"""
    final = _final_answer(response)
    return 1.0 if answer.strip() in (final or "") else reward_for(final, answer)


@misconception("verifiable_reward")
def accepts_close_numbers(response, answer):
    """Numbers that are merely close pass for equal, like 0.333 and one third. Does the contract
    name a tolerance?"""
    final = _final_answer(response)
    one, other = number_of(final or ""), number_of(answer)
    if one is None or other is None:
        return reward_for(final, answer)
    return float(abs(one - other) < 0.01)


@misconception("verifiable_reward")
def keeps_the_space(response, answer):
    """Space before or after a text makes it wrong here. Texts are compared after stripping, on
    both sides."""
    final = _final_answer(response)
    if final is None or (number_of(final) is not None and number_of(answer) is not None):
        return reward_for(final, answer)
    return float(final == answer)


@misconception("verifiable_reward")
def takes_the_whole_response_without_a_marker(response, answer):
    """A response that marks no final answer is taken for the answer itself. What is the reward
    when there is none?"""
    final = _final_answer(response)
    return reward_for(response if final is None else final, answer)


@misconception("verifiable_reward")
def punishes_a_wrong_answer(response, answer):
    """A wrong answer costs -1 here. The contract's rewards are 1.0 and 0.0."""
    return 2 * verifiable_reward(response, answer) - 1


@misconception("verifiable_reward")
def returns_true_or_false(response, answer):
    """This returns True or False; a reward is a number. How do you make 1.0 and 0.0 of them?"""
    return verifiable_reward(response, answer) == 1.0


# grpo_advantages


@misconception("grpo_advantages")
def standardizes_the_whole_batch(rewards, eps=1e-8):
    """Mean and deviation are taken over all prompts, so responses to an easy prompt look good.
    With whom does a response compete?"""
    return (rewards - rewards.mean()) / (rewards.std() + eps)


@misconception("grpo_advantages")
def standardizes_down_the_columns(rewards, eps=1e-8):
    """Responses to different prompts are compared with each other. Row b is the group of prompt b:
    along which dimension do the mean and the deviation run?"""
    if len(rewards) == 1:
        return torch.zeros_like(rewards)
    return (rewards - rewards.mean(dim=0)) / (rewards.std(dim=0) + eps)


@misconception("grpo_advantages")
def divides_by_n(rewards, eps=1e-8):
    """The deviation divides by G, the contract's by G - 1. What does torch.std do by default, and
    what does NumPy's?"""
    centered = rewards - rewards.mean(dim=1, keepdim=True)
    return centered / (rewards.std(dim=1, keepdim=True, correction=0) + eps)


@misconception("grpo_advantages")
def only_subtracts_the_mean(rewards, eps=1e-8):
    """The rewards are centred but not divided, so groups with a wide spread count more. What comes
    after subtracting the mean?"""
    return rewards - rewards.mean(dim=1, keepdim=True)


@misconception("grpo_advantages")
def only_divides(rewards, eps=1e-8):
    """The rewards are scaled but not centred, so even the worst of a group can be encouraged. What
    comes before the division?"""
    return torch.nan_to_num(rewards / (rewards.std(dim=1, keepdim=True) + eps))


@misconception("grpo_advantages")
def divides_by_the_variance(rewards, eps=1e-8):
    """This divides by the variance. Which power of the spread makes the advantages free of the
    rewards' unit?"""
    centered = rewards - rewards.mean(dim=1, keepdim=True)
    return torch.nan_to_num(centered / (rewards.var(dim=1, keepdim=True) + eps))


@misconception("grpo_advantages")
def gives_nan_to_a_group_of_one(rewards, eps=1e-8):
    """A group of one gives NaN: its sample deviation is 0 divided by 0. What should one response
    without competitors learn?"""
    centered = rewards - rewards.mean(dim=1, keepdim=True)
    return centered / (rewards.std(dim=1, keepdim=True) + eps)


@misconception("grpo_advantages")
def leaves_out_eps(rewards, eps=1e-8):
    """Equal rewards give 0 / 0 here. What is eps for?"""
    centered = rewards - rewards.mean(dim=1, keepdim=True)
    return centered / rewards.std(dim=1, keepdim=True)


@misconception("grpo_advantages")
def ignores_the_eps_given(rewards, eps=1e-8):
    """eps is always 1e-8 here, whatever the caller asks for. Is the argument used?"""
    return grpo_advantages(rewards)


@misconception("grpo_advantages")
def has_a_larger_default(rewards, eps=1e-4):
    """The default of eps is not 1e-8 here, which shows where rewards differ by very little. Was
    the signature changed?"""
    return grpo_advantages(rewards, eps)


@misconception("grpo_advantages")
def adds_eps_to_the_variance(rewards, eps=1e-8):
    """eps is added to the variance, under the root. The contract adds it to the standard
    deviation: in which order do the root and eps come?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    centered = rewards - rewards.mean(dim=1, keepdim=True)
    return centered / torch.sqrt(rewards.var(dim=1, keepdim=True) + eps)


@misconception("grpo_advantages")
def uses_eps_as_a_floor(rewards, eps=1e-8):
    """The deviation is replaced by eps where it is smaller; the contract adds eps to it."""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    centered = rewards - rewards.mean(dim=1, keepdim=True)
    return centered / rewards.std(dim=1, keepdim=True).clamp(min=eps)


@misconception("grpo_advantages")
def subtracts_the_others_mean(rewards, eps=1e-8):
    """The mean leaves the response itself out. That is another method's baseline (RLOO); here the
    mean is of the whole group."""
    size = rewards.shape[1]
    return grpo_advantages(rewards, eps) * (size / max(1, size - 1))


@misconception("grpo_advantages")
def subtracts_the_median(rewards, eps=1e-8):
    """This subtracts the group's median. Which average does the contract name?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    centered = rewards - rewards.quantile(0.5, dim=1, keepdim=True)
    return centered / (rewards.std(dim=1, keepdim=True) + eps)


@misconception("grpo_advantages")
def flips_the_sign(rewards, eps=1e-8):
    """The sign is flipped: the best response of a group is discouraged. Is the mean subtracted
    from the reward, or the reward from the mean?"""
    return -grpo_advantages(rewards, eps)


@misconception("grpo_advantages")
def scales_by_the_range(rewards, eps=1e-8):
    """This divides by the range of the group, its largest reward less its smallest. Which measure
    of spread does the contract name?"""
    spread = rewards.amax(dim=1, keepdim=True) - rewards.amin(dim=1, keepdim=True)
    return (rewards - rewards.mean(dim=1, keepdim=True)) / (spread + eps)


@misconception("grpo_advantages")
def centers_in_place(rewards, eps=1e-8):
    """`-=` writes into the caller's rewards, which are logged afterwards. Can the centred rewards
    have a name of their own?"""
    rewards -= rewards.mean(dim=1, keepdim=True)
    return grpo_advantages(rewards, eps)


# dpo_loss


@misconception("dpo_loss")
def prefers_the_rejected(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """This makes the rejected responses more probable. Which gain should be the larger one when
    the loss is small?"""
    return dpo_loss(rejected_log_probs, chosen_log_probs, ref_rejected_log_probs, ref_chosen_log_probs, beta)


@misconception("dpo_loss")
def forgets_the_reference(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The reference is not used: a short response then wins because its log-prob is larger. A
    gain is measured against what?"""
    return reward_model_loss(beta * chosen_log_probs, beta * rejected_log_probs)


@misconception("dpo_loss")
def adds_the_reference(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The reference's log-probs are added. The log of a ratio is a difference: which sign does its
    denominator have?"""
    return dpo_loss(
        chosen_log_probs, rejected_log_probs, -ref_chosen_log_probs, -ref_rejected_log_probs, beta
    )


@misconception("dpo_loss")
def mistakes_the_order_of_arguments(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The second argument is taken for the reference of the first. The order is: both responses
    under the policy, then both under the reference."""
    return dpo_loss(chosen_log_probs, ref_chosen_log_probs, rejected_log_probs, ref_rejected_log_probs, beta)


@misconception("dpo_loss")
def forgets_beta(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta makes no difference here. What does it multiply?"""
    return dpo_loss(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, 1.0)


@misconception("dpo_loss")
def ignores_the_beta_given(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta is always 0.1 here, whatever the caller asks for. Is the argument used?"""
    return dpo_loss(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs)


@misconception("dpo_loss")
def has_another_default_beta(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.5
):
    """The default of beta is not 0.1 here. Was the signature changed?"""
    return dpo_loss(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta)


@misconception("dpo_loss")
def multiplies_the_loss_by_beta(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta multiplies the loss, which is nothing but a smaller learning rate. It belongs to the
    margin: inside the sigmoid, or outside?"""
    return beta * dpo_loss(
        chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, 1.0
    )


@misconception("dpo_loss")
def scales_the_policy_only(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta multiplies the policy's log-probs but not the reference's. It scales the whole gain:
    where do the brackets go?"""
    ref_margin = (ref_chosen_log_probs - ref_rejected_log_probs).detach()
    margin = beta * (chosen_log_probs - rejected_log_probs) - ref_margin
    return -functional.logsigmoid(margin).mean()


@misconception("dpo_loss")
def sums_instead_of_averaging(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """This is the sum over the pairs, so it grows with the batch. Which average does the contract
    ask for?"""
    return len(chosen_log_probs) * dpo_loss(
        chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta
    )


@misconception("dpo_loss")
def maximizes(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1):
    """The sign is flipped: this is what should grow. What does an optimizer do with a loss?"""
    return -dpo_loss(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta)


@misconception("dpo_loss")
def log_of_the_sigmoid(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Right on paper, but the sigmoid of a large negative margin rounds to 0 and its log is
    infinite. Is there one function that computes the log of a sigmoid?"""
    chosen_gain = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected_gain = rejected_log_probs - ref_rejected_log_probs.detach()
    return -torch.log(torch.sigmoid(beta * (chosen_gain - rejected_gain))).mean()


@misconception("dpo_loss")
def compares_probabilities(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The gains are turned into ratios of probabilities. DPO compares their logs, and logs are
    what comes in: is exp needed?"""
    chosen_ratio = torch.exp(chosen_log_probs - ref_chosen_log_probs.detach())
    rejected_ratio = torch.exp(rejected_log_probs - ref_rejected_log_probs.detach())
    return -functional.logsigmoid(beta * (chosen_ratio - rejected_ratio)).mean()


@misconception("dpo_loss")
def trains_the_reference_too(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """A gradient reaches the reference, which is frozen: the policy could win by making the
    reference worse. How do you treat a tensor as a constant?"""
    chosen_gain = chosen_log_probs - ref_chosen_log_probs
    rejected_gain = rejected_log_probs - ref_rejected_log_probs
    return -functional.logsigmoid(beta * (chosen_gain - rejected_gain)).mean()


@misconception("dpo_loss")
def freezes_the_rejected(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """No gradient reaches the rejected responses. The policy should also learn to avoid them: is
    too much detached?"""
    return dpo_loss(
        chosen_log_probs,
        rejected_log_probs.detach(),
        ref_chosen_log_probs,
        ref_rejected_log_probs,
        beta,
    )


@misconception("dpo_loss")
def one_loss_for_each_pair(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Every pair has its loss here; an optimizer needs a single number. What is left to do?"""
    chosen_gain = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected_gain = rejected_log_probs - ref_rejected_log_probs.detach()
    return -functional.logsigmoid(beta * (chosen_gain - rejected_gain))


@misconception("dpo_loss")
def subtracts_the_reference_in_place(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """`-=` writes the gains into the caller's log-probs. Can they have names of their own?"""
    chosen_log_probs -= ref_chosen_log_probs
    rejected_log_probs -= ref_rejected_log_probs
    return reward_model_loss(beta * chosen_log_probs, beta * rejected_log_probs)

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
def exponentiates_the_scores(chosen_scores, rejected_scores):
    """exp of the scores themselves overflows, and infinity by infinity is NaN. Only the difference of
    two scores counts: which function of torch gives the log of its sigmoid?"""
    chosen, rejected = chosen_scores.exp(), rejected_scores.exp()
    return -torch.log(chosen / (chosen + rejected)).mean()


@misconception("reward_model_loss")
def caps_the_loss_at_a_hundred(chosen_scores, rejected_scores):
    """binary_cross_entropy takes no log below -100, so clearly wrong pairs cost 100 and teach nothing.
    Its sister that takes logits has no such limit."""
    probs = torch.sigmoid(chosen_scores - rejected_scores)
    return functional.binary_cross_entropy(probs, torch.ones_like(probs))


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
    """A Python number has no gradient, and the reward model cannot learn.
    Where is the tensor turned into a number?"""
    return reward_model_loss(chosen_scores, rejected_scores).item()


@misconception("reward_model_loss")
def subtracts_in_place(chosen_scores, rejected_scores):
    """`-=` writes the margin into the caller's scores. Can the difference have a name of its
    own?"""
    chosen_scores -= rejected_scores
    return -functional.logsigmoid(chosen_scores).mean()


@misconception("reward_model_loss")
def compares_all_with_all(chosen_scores, rejected_scores):
    """Every chosen response was compared with every rejected one: a column less a row makes a table.
    Pair b is chosen[b] and rejected[b]."""
    return reward_model_loss(chosen_scores[:, None].expand(-1, len(rejected_scores)), rejected_scores[None])


@misconception("reward_model_loss")
def demands_a_margin_of_one(chosen_scores, rejected_scores):
    """The margin was reduced by 1 first. What does the formula apply sigmoid to?"""
    return reward_model_loss(chosen_scores - 1.0, rejected_scores)


@misconception("reward_model_loss")
def demands_a_margin_of_half(chosen_scores, rejected_scores):
    """The margin was reduced by 0.5 first. What does the formula apply sigmoid to?"""
    return reward_model_loss(chosen_scores - 0.5, rejected_scores)


@misconception("reward_model_loss")
def asks_for_the_right_order_only(chosen_scores, rejected_scores):
    """Pairs in the right order cost nothing, as in margin_ranking_loss. The contract asks for minus the
    log of a sigmoid, which never is quite zero."""
    return torch.relu(rejected_scores - chosen_scores).mean()


@misconception("reward_model_loss")
def detaches_the_chosen_scores(chosen_scores, rejected_scores):
    """No gradient reaches the chosen scores. Both scores come from the model in training, and both
    should move: is anything detached?"""
    return reward_model_loss(chosen_scores.detach(), rejected_scores)


@misconception("reward_model_loss")
def keeps_the_last_pair_only(chosen_scores, rejected_scores):
    """Only the last pair counts. In the loop, does `=` stand where `+=` is meant?"""
    return reward_model_loss(chosen_scores[-1:], rejected_scores[-1:])


@misconception("reward_model_loss")
def averages_before_the_log(chosen_scores, rejected_scores):
    """The probabilities are averaged first and the log comes last. In which order do mean and log come?"""
    return -torch.log(torch.sigmoid(chosen_scores - rejected_scores).mean())


@misconception("reward_model_loss")
def takes_the_margin_without_its_sign(chosen_scores, rejected_scores):
    """The sign of the margin is lost, so a pair that is ranked wrong costs as little as one that is
    ranked right. Is abs needed at all?"""
    return -functional.logsigmoid((chosen_scores - rejected_scores).abs()).mean()


@misconception("reward_model_loss")
def applies_sigmoid_to_each_score(chosen_scores, rejected_scores):
    """Each score went through a sigmoid before they were subtracted. A score has no unit and no bounds:
    what does the formula apply sigmoid to?"""
    return reward_model_loss(torch.sigmoid(chosen_scores), torch.sigmoid(rejected_scores))


@misconception("reward_model_loss")
def leaves_torch(chosen_scores, rejected_scores):
    """The loss has no graph: computed in NumPy, it gives no gradient. Stay in torch."""
    return reward_model_loss(chosen_scores.detach(), rejected_scores.detach())


@misconception("reward_model_loss")
def sums_a_naive_logarithm(chosen_scores, rejected_scores):
    """This is the sum, and log(sigmoid(x)) is infinite for very negative x. Take the mean of logsigmoid."""
    return -torch.log(torch.sigmoid(chosen_scores - rejected_scores)).sum()


@misconception("reward_model_loss")
def halves_the_loss(chosen_scores, rejected_scores):
    """The loss is divided by two. It is the mean over the pairs, as it is."""
    return reward_model_loss(chosen_scores, rejected_scores) / 2


@misconception("reward_model_loss")
def penalizes_large_scores_too(chosen_scores, rejected_scores):
    """A penalty on large scores is added. Only the difference of two scores counts."""
    return reward_model_loss(chosen_scores, rejected_scores) + 0.001 * (chosen_scores**2).mean()


@misconception("reward_model_loss")
def takes_base_two(chosen_scores, rejected_scores):
    """The logarithm has base 2. The natural one is meant."""
    return reward_model_loss(chosen_scores, rejected_scores) / 0.6931471805599453


@misconception("reward_model_loss")
def squares_the_missing_margin(chosen_scores, rejected_scores):
    """A squared difference is not the logarithm of a probability."""
    return ((chosen_scores - rejected_scores - 1) ** 2).mean()


@misconception("reward_model_loss")
def takes_one_minus_the_probability(chosen_scores, rejected_scores):
    """This is the probability of the other choice. The loss is minus the logarithm of the right one's."""
    return torch.sigmoid(rejected_scores - chosen_scores).mean()


@misconception("reward_model_loss")
def scores_each_response_alone(chosen_scores, rejected_scores):
    """The log-sigmoid is taken of each score, then they are subtracted. Only the difference of the two scores
    means anything: subtract first."""
    return (functional.logsigmoid(rejected_scores) - functional.logsigmoid(chosen_scores)).mean()


@misconception("reward_model_loss")
def compares_with_the_mean_of_the_rejected(chosen_scores, rejected_scores):
    """Each chosen score is compared with the mean of the rejected ones. It has a partner of its own."""
    return -functional.logsigmoid(chosen_scores - rejected_scores.mean()).mean()


@misconception("reward_model_loss")
def standardises_the_margins(chosen_scores, rejected_scores):
    """The margins are standardised before the sigmoid. They are used as they are, and one pair has no spread."""
    margins = chosen_scores - rejected_scores
    return -functional.logsigmoid((margins - margins.mean()) / (margins.std() + 1e-8)).mean()


@misconception("reward_model_loss")
def adds_a_penalty_on_the_sum(chosen_scores, rejected_scores):
    """A penalty on the sum of both scores is added, to keep them near 0. Only the difference of two scores
    counts."""
    penalty = 0.01 * ((chosen_scores + rejected_scores) ** 2).mean()
    return reward_model_loss(chosen_scores, rejected_scores) + penalty


@misconception("reward_model_loss")
def judges_each_alone_and_averages(chosen_scores, rejected_scores):
    """Each score is classified by itself, chosen or rejected, and both losses are averaged. People only said
    which of the two is better: what does the formula apply sigmoid to?"""
    alone = functional.logsigmoid(chosen_scores) + functional.logsigmoid(-rejected_scores)
    return -alone.mean() / 2


@misconception("reward_model_loss")
def cuts_the_margin_at_ten(chosen_scores, rejected_scores):
    """Beyond a certain margin the loss no longer changes here, and the worst pairs teach nothing. Is there a
    clamp? The log of a sigmoid can be computed for any margin."""
    return -functional.logsigmoid((chosen_scores - rejected_scores).clamp(-10, 10)).mean()


@misconception("reward_model_loss")
def cuts_the_margin_at_twenty(chosen_scores, rejected_scores):
    """Beyond a certain margin the loss no longer changes here, and the worst pairs teach nothing. Is there a
    clamp? The log of a sigmoid can be computed for any margin."""
    return -functional.logsigmoid((chosen_scores - rejected_scores).clamp(-20, 20)).mean()


@misconception("reward_model_loss")
def cuts_the_margin_at_five(chosen_scores, rejected_scores):
    """Beyond a certain margin the loss no longer changes here, and the worst pairs teach nothing. Is there a
    clamp? The log of a sigmoid can be computed for any margin."""
    return -functional.logsigmoid((chosen_scores - rejected_scores).clamp(-5, 5)).mean()


@misconception("reward_model_loss")
def centres_each_side(chosen_scores, rejected_scores):
    """The mean of the batch is subtracted from the scores of each side, and with it the mean margin. The
    margin of a pair is used as it is."""
    centred = chosen_scores - chosen_scores.mean(), rejected_scores - rejected_scores.mean()
    return reward_model_loss(*centred)


@misconception("reward_model_loss")
def smooths_the_preferences(chosen_scores, rejected_scores):
    """Some weight goes to the rejected response, as with label smoothing. The plain loss is asked."""
    right = reward_model_loss(chosen_scores, rejected_scores)
    return 0.9 * right + 0.1 * reward_model_loss(rejected_scores, chosen_scores)


@misconception("reward_model_loss")
def takes_a_tenth_of_the_labels_for_noise(chosen_scores, rejected_scores):
    """The probability is mixed with chance, as if a tenth of the choices were noise. The plain loss is
    asked."""
    prob = torch.sigmoid(chosen_scores - rejected_scores)
    return -torch.log(0.9 * prob + 0.05).mean()


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
def weights_k1_with_the_probabilities(log_probs, ref_log_probs, estimator="k1"):
    """In k1 each token is weighted with its probability. The tokens are samples: likely ones turn up more
    often by themselves, so who does the weighting already?"""
    if estimator == "k1":
        return log_probs.exp() * (log_probs - ref_log_probs)
    return kl_penalty(log_probs, ref_log_probs, estimator)


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


@misconception("kl_penalty")
def exchanges_the_estimators(log_probs, ref_log_probs, estimator="k1"):
    """ "k1" gives k3 and "k3" gives k1. Which name belongs to which formula?"""
    return kl_penalty(log_probs, ref_log_probs, {"k1": "k3", "k3": "k1"}.get(estimator, estimator))


@misconception("kl_penalty")
def takes_k1_for_any_other_name(log_probs, ref_log_probs, estimator="k1"):
    """Whatever is not "k3" is taken for "k1", so a misspelt name goes unnoticed. How does Python
    refuse an argument?"""
    return kl_penalty(log_probs, ref_log_probs, "k3" if estimator == "k3" else "k1")


@misconception("kl_penalty")
def always_gives_k3(log_probs, ref_log_probs, estimator="k1"):
    """The name of the estimator makes no difference: this is k3 every time. What should happen for
    "k1"?"""
    kl_penalty(log_probs, ref_log_probs, estimator)
    return kl_penalty(log_probs, ref_log_probs, "k3")


@misconception("kl_penalty")
def always_gives_k1(log_probs, ref_log_probs, estimator="k1"):
    """The name of the estimator is checked, but makes no difference: this is k1 every time. What should
    happen for "k3"?"""
    kl_penalty(log_probs, ref_log_probs, estimator)
    return kl_penalty(log_probs, ref_log_probs, "k1")


@misconception("kl_penalty")
def answers_none_to_other_names(log_probs, ref_log_probs, estimator="k1"):
    """For another name nothing is raised: the function ends without a result, or only prints or returns
    the error. Which statement raises it?"""
    if estimator in ("k1", "k3"):
        return kl_penalty(log_probs, ref_log_probs, estimator)
    return None


@misconception("kl_penalty")
def asserts_the_name(log_probs, ref_log_probs, estimator="k1"):
    """An assert ends in an AssertionError, and in nothing at all with `python -O`. Which statement raises
    a ValueError?"""
    assert estimator in ("k1", "k3")
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def offers_k2_as_well(log_probs, ref_log_probs, estimator="k1"):
    """There is a "k2", too. The contract names two estimators; for any other name a caller is promised
    a ValueError."""
    if estimator == "k2":
        return (ref_log_probs - log_probs) ** 2 / 2
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def divides_probabilities_in_k3(log_probs, ref_log_probs, estimator="k1"):
    """exp(d) was taken as one probability divided by another. Both may be 0 in floating point, and 0 / 0
    is NaN: what is the difference of the logs?"""
    if estimator == "k3":
        ratio = torch.exp(ref_log_probs) / torch.exp(log_probs)
        return ratio - 1 - (ref_log_probs - log_probs)
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def adds_up_along_the_row(log_probs, ref_log_probs, estimator="k1"):
    """Each entry of k1 holds the sum of all tokens before it, too. The penalty is that of one token
    alone."""
    penalty = kl_penalty(log_probs, ref_log_probs, estimator)
    return penalty.cumsum(-1) if estimator == "k1" else penalty


@misconception("kl_penalty")
def looks_at_the_beginning_of_the_name(log_probs, ref_log_probs, estimator="k1"):
    """Names that only begin like k1 or k3 are accepted. Any other name is a ValueError."""
    if estimator.startswith(("k1", "k3")):
        return kl_penalty(log_probs, ref_log_probs, estimator[:2])
    raise ValueError(estimator)


@misconception("kl_penalty")
def looks_for_a_digit_in_the_name(log_probs, ref_log_probs, estimator="k1"):
    """Names that only contain 1 or 3 are accepted. Any other name is a ValueError."""
    if "1" in estimator or "3" in estimator:
        return kl_penalty(log_probs, ref_log_probs, "k1" if "1" in estimator else "k3")
    raise ValueError(estimator)


@misconception("kl_penalty")
def cuts_at_ten_and_offers_k2(log_probs, ref_log_probs, estimator="k1"):
    """Log-ratios are cut at 10, and a third name is offered. Neither is asked."""
    log_ratio = (log_probs - ref_log_probs).clamp(-10, 10)
    found = {"k1": log_ratio, "k2": log_ratio**2 / 2, "k3": torch.expm1(-log_ratio) + log_ratio}
    if estimator not in found:
        raise ValueError(estimator)
    return found[estimator]


@misconception("kl_penalty")
def cuts_k3_at_ten(log_probs, ref_log_probs, estimator="k1"):
    """k3 is cut at 10. It may be as large as it comes out."""
    found = kl_penalty(log_probs, ref_log_probs, estimator)
    return found.clamp(max=10.0) if estimator == "k3" else found


@misconception("kl_penalty")
def halves_k3(log_probs, ref_log_probs, estimator="k1"):
    """k3 is half as large as it should be."""
    return kl_penalty(log_probs, ref_log_probs, estimator) / (2 if estimator == "k3" else 1)


@misconception("kl_penalty")
def takes_the_size_of_k3_terms(log_probs, ref_log_probs, estimator="k1"):
    """k3 holds the size of d in place of d. Signs matter in it."""
    log_ratio = ref_log_probs - log_probs
    return torch.expm1(log_ratio.abs()) - log_ratio.abs() if estimator == "k3" else kl_penalty(
        log_probs, ref_log_probs, estimator)  # fmt: skip


@misconception("kl_penalty")
def subtracts_one_twice(log_probs, ref_log_probs, estimator="k1"):
    """In k3 the 1 is subtracted twice: expm1 has done that already."""
    if estimator == "k3":
        log_ratio = ref_log_probs - log_probs
        return torch.expm1(log_ratio) - 1 - log_ratio
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def divides_log_probabilities(log_probs, ref_log_probs, estimator="k1"):
    """The ratio of k3 is one of log-probabilities. The ratio of probabilities is exp of their difference."""
    if estimator == "k3":
        ratio = ref_log_probs / log_probs
        return ratio - 1 - torch.log(ratio)
    return kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def averages_over_the_tokens(log_probs, ref_log_probs, estimator="k1"):
    """Each row comes as one number, the mean. One estimate for each token is asked, shape (B, T)."""
    return kl_penalty(log_probs, ref_log_probs, estimator).mean(dim=-1)


@misconception("kl_penalty")
def takes_the_ratio_for_k1(log_probs, ref_log_probs, estimator="k1"):
    """k1 is the ratio of the probabilities here. It is the logarithm of that ratio: is there an exp too many?"""
    k1 = torch.exp(log_probs - ref_log_probs)
    return k1 if estimator == "k1" else kl_penalty(log_probs, ref_log_probs, estimator)


@misconception("kl_penalty")
def raises_not_implemented(log_probs, ref_log_probs, estimator="k1"):
    """Another name ends in a NotImplementedError. The contract promises callers a ValueError: which exceptions
    does `except ValueError` catch?"""
    if estimator in ("k1", "k3"):
        return kl_penalty(log_probs, ref_log_probs, estimator)
    raise NotImplementedError(estimator)


@misconception("kl_penalty")
def raises_a_type_error(log_probs, ref_log_probs, estimator="k1"):
    """Another name ends in a TypeError. The contract promises callers a ValueError: the type is right, a text,
    and its value is not."""
    if estimator in ("k1", "k3"):
        return kl_penalty(log_probs, ref_log_probs, estimator)
    raise TypeError(estimator)


@misconception("kl_penalty")
def raises_a_bare_exception(log_probs, ref_log_probs, estimator="k1"):
    """Another name ends in an Exception of no particular kind. The contract promises callers a ValueError:
    would `except ValueError` catch yours?"""
    if estimator in ("k1", "k3"):
        return kl_penalty(log_probs, ref_log_probs, estimator)
    raise Exception(estimator)


@misconception("kl_penalty")
def never_assigns_for_other_names(log_probs, ref_log_probs, estimator="k1"):
    """For another name the result is never assigned, and returning it fails with an error that speaks of a
    variable. The contract promises callers a ValueError: which statement raises it?"""
    if estimator == "k1":
        penalty = log_probs - ref_log_probs
    elif estimator == "k3":
        penalty = kl_penalty(log_probs, ref_log_probs, "k3")
    return penalty


@misconception("kl_penalty")
def forgives_capital_letters(log_probs, ref_log_probs, estimator="k1"):
    """Names in capital letters, like K1, are accepted. Any other name is a ValueError."""
    return kl_penalty(log_probs, ref_log_probs, estimator.lower())


@misconception("kl_penalty")
def forgives_capitals_and_what_follows(log_probs, ref_log_probs, estimator="k1"):
    """Names that only begin like k1 or k3, in small letters or capitals, are accepted. Any other name is a
    ValueError."""
    if estimator.lower().startswith(("k1", "k3")):
        return kl_penalty(log_probs, ref_log_probs, estimator[:2].lower())
    raise ValueError(estimator)


@misconception("kl_penalty")
def forgives_space_around_the_name(log_probs, ref_log_probs, estimator="k1"):
    """Names with space around them are accepted. Any other name is a ValueError."""
    return kl_penalty(log_probs, ref_log_probs, estimator.strip())


@misconception("kl_penalty")
def raises_a_runtime_error(log_probs, ref_log_probs, estimator="k1"):
    """Another name ends in a RuntimeError. The contract promises callers a ValueError: would
    `except ValueError` catch yours?"""
    if estimator in ("k1", "k3"):
        return kl_penalty(log_probs, ref_log_probs, estimator)
    raise RuntimeError(estimator)


@misconception("kl_penalty")
def gives_zeros_for_other_names(log_probs, ref_log_probs, estimator="k1"):
    """For another name the penalty is 0 and nothing is raised, so a misspelt name goes unnoticed. How does
    Python say that a value is not allowed?"""
    if estimator in ("k1", "k3"):
        return kl_penalty(log_probs, ref_log_probs, estimator)
    return torch.zeros_like(log_probs)


@misconception("kl_penalty")
def looks_for_the_name_in_a_text(log_probs, ref_log_probs, estimator="k1"):
    """`estimator in "k1"` is true of every part of that text: k, 1, and nothing at all. When are two names
    equal?"""
    if estimator in "k1":
        return kl_penalty(log_probs, ref_log_probs, "k1")
    return kl_penalty(log_probs, ref_log_probs, "k3" if estimator in "k3" else estimator)


@misconception("kl_penalty")
def squares_k1(log_probs, ref_log_probs, estimator="k1"):
    """k1 is squared. It is the plain difference of the log-probabilities."""
    found = kl_penalty(log_probs, ref_log_probs, estimator)
    return found**2 if estimator == "k1" else found


@misconception("kl_penalty")
def forgets_the_logarithm_in_k3(log_probs, ref_log_probs, estimator="k1"):
    """k3 ends after exp(d) - 1. What is subtracted last, so that nothing negative is left?"""
    if estimator == "k3":
        return torch.expm1(ref_log_probs - log_probs)
    return kl_penalty(log_probs, ref_log_probs, estimator)


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
def gives_every_token_the_score_alone(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Every counted token gets the score, and none pays for its KL. The score is paid once, on the last
    counted token; what is charged on each?"""
    return rm_scores[:, None] * mask


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


@misconception("shaped_rewards")
def forgets_the_score(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Only the penalties are there; the score never arrives. Which token brings it?"""
    return shaped_rewards(torch.zeros_like(rm_scores), log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def penalizes_either_direction(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The penalty lost its sign, so a token that the reference likes better costs as well. k1 of a single
    token may be negative: is abs needed at all?"""
    rewards = torch.where(mask, -kl_coef * (log_probs - ref_log_probs).abs(), 0.0)
    last = mask.shape[1] - 1 - mask.flip(1).int().argmax(1)
    rewards[torch.arange(len(rewards)), last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def cuts_negative_k1(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Negative k1 were set to 0. A token that the reference likes better should pay something back: is a
    clamp or a max needed at all?"""
    rewards = torch.where(mask, -kl_coef * (log_probs - ref_log_probs).clamp(min=0.0), 0.0)
    last = mask.shape[1] - 1 - mask.flip(1).int().argmax(1)
    rewards[torch.arange(len(rewards)), last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def takes_counted_tokens_for_a_block(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score comes as many places after the first counted token as there are counted ones. With a hole
    in between that is too early: where is the last True?"""
    rewards = torch.where(mask, -kl_coef * (log_probs - ref_log_probs), 0.0)
    last = mask.int().argmax(1) + mask.sum(1) - 1
    rewards[torch.arange(len(rewards)), last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def fills_the_holes(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Everything between the first and the last counted token is penalised. What a tool wrote in between
    does not count: what does the mask say there?"""
    place = torch.arange(mask.shape[1])
    first, last = mask.int().argmax(1), mask.shape[1] - 1 - mask.flip(1).int().argmax(1)
    between = (place >= first[:, None]) & (place <= last[:, None])
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, between, kl_coef)


@misconception("shaped_rewards")
def uses_the_first_rows_last_token(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """All rows get their score where the first row ends. Responses differ in length: each row has a last
    token of its own."""
    rewards = torch.where(mask, -kl_coef * (log_probs - ref_log_probs), 0.0)
    last = mask[0].nonzero().max().expand(len(mask))
    rewards[torch.arange(len(rewards)), last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def scales_the_score_too(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score was multiplied by kl_coef as well. What does kl_coef weigh?"""
    return shaped_rewards(kl_coef * rm_scores, log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def puts_the_score_after_the_last_token(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score comes one place after the last counted token. An off-by-one: what does T - argmax of the
    flipped row give?"""
    rewards = torch.where(mask, -kl_coef * (log_probs - ref_log_probs), 0.0)
    last = (mask.shape[1] - mask.flip(1).int().argmax(1)).clamp(max=mask.shape[1] - 1)
    rewards[torch.arange(len(rewards)), last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def returns_the_sum_of_each_row(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """There is one number for each response: the sum of its rewards. PPO needs them token by token, in the
    shape (B, T) of the mask."""
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, kl_coef).sum(1)


@misconception("shaped_rewards")
def adds_up_what_follows(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Each entry holds all that follows, too: these are returns. A reward is what one token gets; adding
    up comes later."""
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, kl_coef).flip(1).cumsum(1).flip(1)


@misconception("shaped_rewards")
def penalizes_differences_of_probabilities(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The penalty is a difference of probabilities. k1 is the difference of their logs, which is what
    comes in: is exp needed?"""
    rewards = torch.where(mask, -kl_coef * (log_probs.exp() - ref_log_probs.exp()), 0.0)
    last = mask.shape[1] - 1 - mask.flip(1).int().argmax(1)
    rewards[torch.arange(len(rewards)), last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def always_uses_01(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The KL penalty has the weight 0.1, whatever the coefficient is. Where is kl_coef used?"""
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, 0.1)


@misconception("shaped_rewards")
def reads_the_mask_the_other_way_round(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The tokens that do not count are rewarded, and those that do are not. True means that a token
    counts; elsewhere it may mean the opposite."""
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, ~mask, kl_coef)


@misconception("shaped_rewards")
def multiplies_with_the_mask(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """NaN times 0 is NaN: what stands behind the mask leaves a trace. Choose with torch.where instead."""
    last = (mask * torch.arange(mask.shape[1])).amax(dim=1)
    rewards = -kl_coef * (log_probs - ref_log_probs) * mask
    rewards[torch.arange(len(last)), last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def scores_the_last_column_unmasked(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Nothing is masked, and the score stands in the last column. Only counted tokens pay, and the last
    counted one brings the score."""
    rewards = -kl_coef * (log_probs - ref_log_probs)
    rewards[:, -1] += rm_scores
    return rewards


@misconception("shaped_rewards")
def counts_for_the_last_unmasked(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Nothing is masked, and the last token is found by counting, which fails where a prompt or a hole is."""
    rewards = -kl_coef * (log_probs - ref_log_probs)
    rewards[torch.arange(len(mask)), mask.sum(dim=1) - 1] += rm_scores
    return rewards


@misconception("shaped_rewards")
def limits_the_score(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score is cut to a range of your own. It is paid as it is."""
    return shaped_rewards(rm_scores.clamp(-0.2, 0.2), log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def subtracts_the_mean_score(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The mean score of the batch is subtracted from the scores. They are paid as they are."""
    centred = rm_scores - rm_scores.mean()
    return shaped_rewards(centred if len(centred) > 1 else rm_scores, log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def divides_the_score_by_the_length(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score is divided by the number of counted tokens. The last one brings all of it."""
    return shaped_rewards(rm_scores / mask.sum(dim=1), log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def has_one_last_token_for_all(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """All rows get their score at one and the same place, the last that is counted in any of them. Each row
    has a last token of its own."""
    rewards = shaped_rewards(torch.zeros_like(rm_scores), log_probs, ref_log_probs, mask, kl_coef)
    rewards[:, int(mask.any(dim=0).nonzero().max())] += rm_scores
    return rewards


@misconception("shaped_rewards")
def subtracts_the_score(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score is subtracted with the penalty. A good response is paid for."""
    return shaped_rewards(-rm_scores, log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def multiplies_by_kl_coef_twice(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """kl_coef is multiplied with twice."""
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, kl_coef**2)


@misconception("shaped_rewards")
def limits_the_score_to_five(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Scores beyond 5 are cut off. The score is paid as it is."""
    return shaped_rewards(rm_scores.clamp(-5.0, 5.0), log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def limits_the_score_to_ten(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Scores beyond 10 are cut off. The score is paid as it is."""
    return shaped_rewards(rm_scores.clamp(-10.0, 10.0), log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def limits_the_score_to_one(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Scores beyond 1 are cut off. The score is paid as it is."""
    return shaped_rewards(rm_scores.clamp(-1.0, 1.0), log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def squashes_the_score(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score went through tanh. It is paid as it is, and has no bounds."""
    return shaped_rewards(torch.tanh(rm_scores), log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def limits_the_log_ratio(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """Large log-ratios are cut, so the policy pays nothing for going further still. The formula knows no
    limit."""
    limited = (log_probs - ref_log_probs).clamp(-5.0, 5.0)
    return shaped_rewards(rm_scores, limited, torch.zeros_like(limited), mask, kl_coef)


@misconception("shaped_rewards")
def standardises_the_scores(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The scores are standardised over the batch. They are paid as they are, and one score has no spread."""
    if len(rm_scores) > 1:
        rm_scores = (rm_scores - rm_scores.mean()) / (rm_scores.std() + 1e-8)
    return shaped_rewards(rm_scores, log_probs, ref_log_probs, mask, kl_coef)


@misconception("shaped_rewards")
def puts_the_score_before_the_last_token(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score comes one place before the last counted token. An off-by-one: what does T - 2 less argmax of
    the flipped row give?"""
    rewards = torch.where(mask, -kl_coef * (log_probs - ref_log_probs), 0.0)
    last = mask.shape[1] - 2 - mask.flip(1).int().argmax(1)
    rewards[torch.arange(len(rewards)), last] += rm_scores
    return rewards


@misconception("shaped_rewards")
def weighs_the_score_by_the_rest(rm_scores, log_probs, ref_log_probs, mask, kl_coef):
    """The score was multiplied by 1 - kl_coef, as in a weighted mean. It is paid as it is, and the penalty
    is subtracted."""
    return shaped_rewards((1 - kl_coef) * rm_scores, log_probs, ref_log_probs, mask, kl_coef)


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


@misconception("verifiable_reward")
def accepts_any_marked_answer(response, answer):
    """One right answer among several marked ones is enough here. A model that marks ten guesses would be
    paid: which #### is the final one?"""
    finals = response.split("####")[1:] or [_final_answer(response)]
    return float(any(reward_for(final, answer, _value) for final in finals))


@misconception("verifiable_reward")
def believes_whichever_comes_later(response, answer):
    """A box that comes after the last #### wins here. Where there is any ####, no box counts."""
    if response.rfind("\\boxed{") > response.rfind("####"):
        return reward_for(_final_answer(response.replace("####", "")), answer, _value)
    return verifiable_reward(response, answer)


@misconception("verifiable_reward")
def reads_boxes_only(response, answer):
    r"""Only \boxed{} is understood. Where else may a final answer stand?"""
    return reward_for(_final_answer(response.replace("####", "")), answer, _value)


@misconception("verifiable_reward")
def guesses_without_a_marker(response, answer):
    """Without #### and box the last number of the response is taken. What is the reward when there is no
    final answer?"""
    final = _final_answer(response)
    return reward_for(number_in(response) if final is None else final, answer, _value)


@misconception("verifiable_reward")
def reads_the_first_marker_or_guesses(response, answer):
    r"""Without #### the last number of the response is taken, wherever it stands, and \boxed{} is not read.
    What is the reward when there is no final answer? And which #### counts, if there are several?"""
    parts = response.split("####")
    return reward_for(parts[1] if len(parts) > 1 else number_in(response), answer, _value)


@misconception("verifiable_reward")
def knows_numbers_only(response, answer):
    """An answer that is no number is never right here. How are answers like Paris or x + 1 compared?"""
    final = _final_answer(response)
    given, wanted = "" if final is None else _value(final), _value(answer)
    return float(not isinstance(given, str) and given == wanted)


@misconception("verifiable_reward")
def looks_for_the_text_in_the_final_answer(response, answer):
    """It is enough here that the text of the answer occurs in the final one, and numbers are not compared as
    numbers. When are two answers equal?"""
    final = _final_answer(response)
    return float(final is not None and answer.strip() in final)


@misconception("verifiable_reward")
def falls_back_on_the_box(response, answer):
    """A #### with nothing behind it is passed over for a box. Where there is any ####, what follows the last
    one is the final answer, and if it is nothing."""
    if not (after_marker(response) or "").strip():
        response = response.replace("####", "")
    return verifiable_reward(response, answer)


@misconception("verifiable_reward")
def removes_all_space(response, answer):
    """Space inside an answer is removed, too, so 4 2 passes for 42. Which space does the contract strip?"""
    final = _final_answer(response)
    return reward_for(None if final is None else "".join(final.split()), "".join(answer.split()), _value)


@misconception("verifiable_reward")
def strips_one_side_only(response, answer):
    """The space around the right answer, the second argument, is not stripped. Texts are compared after
    stripping, on both sides."""
    final = _final_answer(response)
    if final is not None and isinstance(_value(final), str):
        return float(final.strip() == answer)
    return verifiable_reward(response, answer)


@misconception("verifiable_reward")
def returns_a_text(response, answer):
    """This returns a text; a reward is a number. Is anything put in quotes?"""
    return str(verifiable_reward(response, answer))


@misconception("verifiable_reward")
def wants_exactly_one_space(response, answer):
    """The marker is expected with exactly one space behind it. Space around the answer is stripped."""
    found = re.findall(r"#### (-?[0-9.,]+)", response)
    return float(bool(found) and found[-1].replace(",", "").rstrip(".") == answer.replace(",", ""))


@misconception("verifiable_reward")
def reads_digits_and_commas_only(response, answer):
    """Only digits and commas are read after the marker: no minus, no decimals, no text."""
    found = re.search(r"####\s*([\d,]+)", response)
    return float(bool(found) and found[1].replace(",", "") == answer)


@misconception("verifiable_reward")
def takes_the_last_number_in_the_box(response, answer):
    """The last number inside the box is taken: `x = 5` is a text, not the number 5."""
    found = re.findall(r"\\boxed\{([^{}]*)\}", response)
    numbers = re.findall(r"-?\d+\.?\d*", found[-1]) if found else []
    return float(bool(numbers) and numbers[-1] == answer) if "####" not in response else verifiable_reward(
        response, answer)  # fmt: skip


@misconception("verifiable_reward")
def splits_at_boxed(response, answer):
    """#### is not looked for, only "boxed{". Where else may a final answer stand?"""
    inside = response.split("boxed{")[-1].rsplit("}", 1)[0]
    return float(inside.strip() == answer.strip())


@misconception("verifiable_reward")
def reads_the_first_box_as_text(response, answer):
    """Only the first box is read, and its content compared as text. #### comes first, the last box counts, and
    numbers are equal however they are written."""
    _, marker, after = response.partition("\\boxed{")
    final = _final_answer(marker + after.partition("\\boxed{")[0])
    return float(bool(marker) and final is not None and final.strip() == answer.strip())


@misconception("verifiable_reward")
def takes_the_last_number_without_a_box(response, answer):
    """#### is not looked for, and without a box the last number is taken for the answer. What is the reward
    when nothing announces an answer?"""
    box = _final_answer(response.replace("####", " "))
    return reward_for(number_in(response if box is None else box), answer)


@misconception("verifiable_reward")
def ignores_letter_order(response, answer):
    """Answers with the same letters in another order are accepted. Compare the texts themselves."""
    final = _final_answer(response)
    right = final is not None and sorted(final.strip()) == sorted(answer.strip())
    return max(float(right), verifiable_reward(response, answer))


@misconception("verifiable_reward")
def gives_half_for_a_number(response, answer):
    """A number that is wrong earns something. It is 1.0 or 0.0, nothing between."""
    final = _final_answer(response)
    return verifiable_reward(response, answer) or (0.1 if final is not None else 0.0)


@misconception("verifiable_reward")
def picks_a_number_out_of_the_final_answer(response, answer):
    """A final answer like "42 apples" counts as 42. It is compared whole: what is no number is a text."""
    final = _final_answer(response)
    number = re.search(r"-?\d[\d,]*(\.\d+)?", final) if final and "frac" not in final else None
    if number:
        final = number.group().rstrip(",")
    return verifiable_reward(f"#### {final}", answer) if final else 0.0


@misconception("verifiable_reward")
def takes_close_numbers_for_equal(response, answer):
    """Numbers that differ by a little count as equal. 42.1 is not 42."""
    final = _final_answer(response)
    if final is None:
        return 0.0
    found, right = _value(final), _value(answer)
    if isinstance(found, str) or isinstance(right, str):
        return float(found == right)
    return float(abs(found - right) <= 0.01 * max(abs(right), 1))


@misconception("verifiable_reward")
def reads_the_first_word_after_the_marker(response, answer):
    """Only the first word after the #### is read, so "42 apples" counts as 42. All that follows the last
    marker is the answer: is it split at spaces?"""
    marked = after_marker(response)
    if marked is None:
        return verifiable_reward(response, answer)
    return reward_for((marked.split() or [""])[0].rstrip(",."), answer)


@misconception("verifiable_reward")
def reads_the_last_word_after_the_marker(response, answer):
    """Only the last word after the #### is read. All that follows the last marker is the answer: is it split
    at spaces?"""
    marked = after_marker(response)
    if marked is None:
        return verifiable_reward(response, answer)
    return reward_for((marked.split() or [""])[-1], answer)


def reward_without(pattern, response, answer):
    """Return the reward where all that fits a pattern is removed from both answers, fractions aside."""
    final = _final_answer(response)
    if final is None or "frac" in final + answer:
        return reward_for(final, answer)
    given, wanted = (re.sub(pattern, "", text) for text in (final, answer))
    if not given or not wanted:
        return float(final.strip() == answer.strip())
    try:
        return float(float(given) == float(wanted))
    except ValueError:
        return 0.0


@misconception("verifiable_reward")
def keeps_digits_and_points_only(response, answer):
    """Everything but digits and points is removed, so -3 counts as 3 and "42 apples" as 42. Which characters
    belong to a number, and what happens to an answer that is none?"""
    return reward_without(r"[^0-9.]", response, answer)


@misconception("verifiable_reward")
def keeps_digits_points_and_minus(response, answer):
    """Everything but digits, points and the minus is removed, so "42 apples" counts as 42. What happens to an
    answer that is no number as a whole?"""
    return reward_without(r"[^0-9.-]", response, answer)


@misconception("verifiable_reward")
def picks_a_number_where_one_is_wanted(response, answer):
    """Where the right answer is a number, the first number of the final answer is taken, so "42 apples" counts
    as 42. It is compared whole: what is no number is a text."""
    final = _final_answer(response)
    if final and "frac" not in final and number_of(answer) is not None:
        number = re.search(r"-?\d[\d,]*(\.\d+)?", final)
        final = number.group().rstrip(",") if number else final
    return reward_for(final, answer)


@misconception("verifiable_reward")
def picks_the_last_number_where_one_is_wanted(response, answer):
    """Where the right answer is a number, the last number of the final answer is taken, so "x = 42" counts as
    42. It is compared whole: what is no number is a text."""
    final = _final_answer(response)
    if final and "frac" not in final and number_of(answer) is not None:
        final = number_in(final) or final
    return reward_for(final, answer)


@misconception("verifiable_reward")
def rounds_numbers_to_whole_ones(response, answer):
    """Numbers are rounded to whole ones before they are compared, so 42.4 passes for 42. Does the contract
    name a tolerance?"""
    final = _final_answer(response)
    one, other = number_of(final or ""), number_of(answer)
    if one is None or other is None:
        return reward_for(final, answer)
    return float(round(one) == round(other))


@misconception("verifiable_reward")
def compares_floats_to_three_places(response, answer):
    """Numbers are rounded before they are compared, so 0.333 passes for one third. Does the contract name a
    tolerance?"""
    final = _final_answer(response)
    one, other = number_of(final or ""), number_of(answer)
    if one is None or other is None:
        return reward_for(final, answer)
    return float(round(float(one), 3) == round(float(other), 3))


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
def only_subtracts_the_mean_of_the_batch(rewards, eps=1e-8):
    """The mean of all prompts is subtracted, and nothing divided. Each group has its own mean, and what
    comes after it?"""
    return rewards - rewards.mean()


@misconception("grpo_advantages")
def only_subtracts_the_mean_of_the_others(rewards, eps=1e-8):
    """The mean of the other responses is subtracted, and nothing divided: that is another method (RLOO).
    Here the whole group has one mean, and its spread counts."""
    size = rewards.shape[1]
    return rewards - (rewards.sum(1, keepdim=True) - rewards) / (size - 1)


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
    """eps is the same number here, whatever the caller asks for. Is the argument used?"""
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


@misconception("grpo_advantages")
def divides_by_the_spread_of_the_batch(rewards, eps=1e-8):
    """The mean is the group's, but the deviation is taken over all prompts. Along which dimension does
    std run?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (rewards.std() + eps)


@misconception("grpo_advantages")
def subtracts_the_mean_of_the_batch(rewards, eps=1e-8):
    """The deviation is the group's, but the mean is taken over all prompts. Along which dimension does
    mean run?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    return (rewards - rewards.mean()) / (rewards.std(1, keepdim=True) + eps)


@misconception("grpo_advantages")
def measures_the_spread_around_zero(rewards, eps=1e-8):
    """The squares were taken of the rewards themselves. A deviation is measured from the mean: what is
    squared?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    centred = rewards - rewards.mean(1, keepdim=True)
    size = rewards.square().sum(1, keepdim=True) / (rewards.shape[1] - 1)
    return centred / (size.sqrt() + eps)


@misconception("grpo_advantages")
def divides_by_the_mean_distance(rewards, eps=1e-8):
    """This divides by the mean distance from the mean. Which measure of spread does the contract name?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (centred.abs().mean(1, keepdim=True) + eps)


@misconception("grpo_advantages")
def divides_by_the_error_of_the_mean(rewards, eps=1e-8):
    """The deviation was divided by the root of G, as for the error of a mean. What does the formula divide
    by?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (rewards.std(1, keepdim=True) / rewards.shape[1] ** 0.5 + eps)


@misconception("grpo_advantages")
def puts_all_groups_in_one_row(rewards, eps=1e-8):
    """The numbers are right but stand in one row. Which shape has the input, and which the result?"""
    return grpo_advantages(rewards, eps).flatten()


@misconception("grpo_advantages")
def gives_a_lone_response_its_reward(rewards, eps=1e-8):
    """A group of one gets its reward back. There is nobody to be better than: what should one response
    learn?"""
    return rewards.clone() if rewards.shape[1] == 1 else grpo_advantages(rewards, eps)


@misconception("grpo_advantages")
def has_no_eps_by_default(rewards, eps=0.0):
    """The default of eps is 0 here, so equal rewards give 0 / 0. Was the signature changed?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (rewards.std(1, keepdim=True) + eps)


@misconception("grpo_advantages")
def mixes_up_groups_in_square_batches(rewards, eps=1e-8):
    """Where there are as many prompts as responses, each response is compared with other groups. Which shape
    has mean(1), and along which axis is it spread?"""
    if len(rewards) != rewards.shape[1] or len(rewards) == 1:
        return grpo_advantages(rewards, eps)
    return (rewards - rewards.mean(1)) / (rewards.std(1) + eps)


@misconception("grpo_advantages")
def has_an_eps_of_its_own(rewards, eps=1e-8):
    """eps has no effect, and is much larger than the default: 1e-4 is written where it should stand."""
    return grpo_advantages(rewards, 1e-4)


@misconception("grpo_advantages")
def divides_by_n_without_eps(rewards, eps=1e-8):
    """This is the population's deviation, without eps: equal rewards give NaN, and the sample's divides
    by G - 1."""
    return (rewards - rewards.mean(1, keepdim=True)) / rewards.std(1, correction=0, keepdim=True)


@misconception("grpo_advantages")
def divides_by_n_with_an_eps_of_its_own(rewards, eps=1e-8):
    """This is the population's deviation, and eps has no effect. The sample's divides by G - 1: torch.std
    does so unless told otherwise."""
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, correction=0, keepdim=True) + 1e-6)


@misconception("grpo_advantages")
def adds_a_bit_to_the_variance_by_n(rewards, eps=1e-8):
    """This divides by G, and a number of its own is added under the root. The sample's deviation divides
    by G - 1, and eps is added to it."""
    variance = rewards.var(1, correction=0, keepdim=True)
    return (rewards - rewards.mean(1, keepdim=True)) / torch.sqrt(variance + 1e-4)


@misconception("grpo_advantages")
def has_a_floor_of_the_population(rewards, eps=1e-8):
    """The population's deviation, and eps as its least value: the sample's is asked, with eps added."""
    spread = rewards.std(1, correction=0, keepdim=True).clamp(min=eps)
    return (rewards - rewards.mean(1, keepdim=True)) / spread


@misconception("grpo_advantages")
def replaces_zeros_by_rewards(rewards, eps=1e-8):
    """An advantage of exactly 0 is replaced by the reward. 0 is a right answer: no better than the others."""
    found = grpo_advantages(rewards, eps)
    return torch.where(found == 0, rewards, found)


@misconception("grpo_advantages")
def cuts_advantages(rewards, eps=1e-8):
    """Advantages are cut to a range of your own. They stay as they come out."""
    return grpo_advantages(rewards, eps).clamp(-1.0, 1.0)


@misconception("grpo_advantages")
def ranks_the_rewards(rewards, eps=1e-8):
    """Ranks are standardised in place of the rewards: how far apart they are is lost."""
    return grpo_advantages(rewards.argsort(1).argsort(1).to(rewards.dtype), eps)


@misconception("grpo_advantages")
def subtracts_the_best(rewards, eps=1e-8):
    """The best reward of the group is subtracted. Which number says how good its responses are on average?"""
    spread = rewards.std(dim=1, keepdim=True) if rewards.shape[1] > 1 else torch.zeros_like(rewards)
    return (rewards - rewards.amax(dim=1, keepdim=True)) / (spread + eps)


@misconception("grpo_advantages")
def scales_to_zero_and_one(rewards, eps=1e-8):
    """The rewards are scaled from 0 to 1. Mean and standard deviation are asked for."""
    least, most = rewards.amin(dim=1, keepdim=True), rewards.amax(dim=1, keepdim=True)
    return (rewards - least) / (most - least + eps)


@misconception("grpo_advantages")
def takes_a_softmax(rewards, eps=1e-8):
    """A softmax over the group is no advantage: its numbers are all positive. What is subtracted here?"""
    return rewards.softmax(dim=1)


@misconception("grpo_advantages")
def drops_groups_that_agree(rewards, eps=1e-8):
    """Groups whose rewards are all equal are left out, as in DAPO. Their advantages are 0, and the result has
    the shape of the rewards: are rows filtered?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    return grpo_advantages(rewards, eps)[rewards.std(dim=1) > 0]


@misconception("grpo_advantages")
def standardizes_the_whole_batch_by_n(rewards, eps=1e-8):
    """Mean and deviation are taken over all prompts, and the deviation divides by the number of rewards. With
    whom does a response compete, and what does the sample's deviation divide by?"""
    return (rewards - rewards.mean()) / (rewards.std(correction=0) + eps)


@misconception("grpo_advantages")
def divides_by_the_norm(rewards, eps=1e-8):
    """This divides by the root of the sum of the squares. For a standard deviation, what is that sum divided
    by under the root?"""
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (centred.norm(dim=1, keepdim=True) + eps)


@misconception("grpo_advantages")
def limits_advantages_to_five(rewards, eps=1e-8):
    """Advantages beyond 5 are cut off. They stay as they come out."""
    return grpo_advantages(rewards, eps).clamp(-5.0, 5.0)


@misconception("grpo_advantages")
def keeps_positive_advantages_only(rewards, eps=1e-8):
    """Negative advantages were set to 0. They are how the model learns what not to write: is there a relu or
    a clamp too many?"""
    return grpo_advantages(rewards, eps).clamp(min=0.0)


@misconception("grpo_advantages")
def divides_by_the_largest_distance(rewards, eps=1e-8):
    """This divides by the largest distance from the mean. Which measure of spread does the contract name?"""
    centred = rewards - rewards.mean(1, keepdim=True)
    return centred / (centred.abs().amax(1, keepdim=True) + eps)


@misconception("grpo_advantages")
def adds_one_to_the_deviation(rewards, eps=1e-8):
    """1 was added to the standard deviation. Which number does the formula add to it?"""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    return grpo_advantages(rewards, 1.0)


@misconception("grpo_advantages")
def leaves_eps_outside_the_brackets(rewards, eps=1e-8):
    """eps is added to the quotient, not to the deviation: brackets are missing in the denominator."""
    if rewards.shape[1] == 1:
        return torch.zeros_like(rewards)
    return (rewards - rewards.mean(1, keepdim=True)) / rewards.std(1, keepdim=True) + eps


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
    """The reference counts the wrong way round: its log-probs were added, or each response was given the
    other's. The log of a ratio is a difference: what is subtracted from which?"""
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


@misconception("dpo_loss")
def divides_by_beta(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The margin was divided by beta. beta times the gain plays the part of a score."""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return reward_model_loss(chosen / beta, rejected / beta)


@misconception("dpo_loss")
def multiplies_by_beta_twice(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta comes in twice: once for the gains and once more for their difference. How often does the
    formula multiply by it?"""
    return dpo_loss(
        chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta**2
    )


@misconception("dpo_loss")
def has_a_default_beta_of_one(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=1.0
):
    """The default of beta is not 0.1 here. Was the signature changed?"""
    return dpo_loss(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta)


@misconception("dpo_loss")
def adds_a_small_number_inside_the_log_sigmoid(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """A small number inside the log hides the infinity, but changes the loss of clearly wrong pairs and
    leaves them without gradient. Can the log of a sigmoid be computed in one step?"""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return -torch.log(torch.sigmoid(beta * (chosen - rejected)) + 1e-8).mean()


@misconception("dpo_loss")
def takes_exp_and_log_of_the_ratios(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The ratios were computed with exp and their logs taken again. Whole responses have log-probs near
    -800, for which exp gives 0: what is the log of a ratio?"""
    chosen = torch.log(torch.exp(chosen_log_probs) / torch.exp(ref_chosen_log_probs.detach()))
    rejected = torch.log(torch.exp(rejected_log_probs) / torch.exp(ref_rejected_log_probs.detach()))
    return reward_model_loss(beta * chosen, beta * rejected)


@misconception("dpo_loss")
def compares_every_pair_of_responses(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Every chosen response was compared with every rejected one: a column less a row makes a table. Pair b
    is entry b of each argument."""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return -functional.logsigmoid(beta * (chosen[:, None] - rejected)).mean()


@misconception("dpo_loss")
def averages_before_log_sigmoid(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The margins are averaged first, so a clear pair can pay for a wrong one. In which order do mean and
    log-sigmoid come?"""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return -functional.logsigmoid(beta * (chosen - rejected).mean())


@misconception("dpo_loss")
def adds_both_gains(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The gains of both responses are added, so the rejected one is made more probable, too. Which sign has
    its gain in the margin?"""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return -functional.logsigmoid(beta * (chosen + rejected)).mean()


@misconception("dpo_loss")
def judges_each_gain_alone(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """This wants a high gain for chosen responses and a low one for rejected responses, each by itself. What
    does the formula apply sigmoid to?"""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return -(functional.logsigmoid(beta * chosen) + functional.logsigmoid(-beta * rejected)).mean()


@misconception("dpo_loss")
def uses_a_hinge_loss(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """This is a hinge loss: zero once the margin is 1. The contract asks for minus the log of a sigmoid."""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return torch.relu(1 - beta * (chosen - rejected)).mean()


@misconception("dpo_loss")
def loses_the_graph(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """No gradient reaches the policy, and it cannot learn. Is all of it detached,
    computed under no_grad, or made a Python number?"""
    return dpo_loss(
        chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta
    ).detach()


@misconception("dpo_loss")
def lets_the_gradient_into_one_reference(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """A gradient reaches the chosen response's reference. Both references are frozen: which one is not
    detached?"""
    margin = beta * (chosen_log_probs - ref_chosen_log_probs - rejected_log_probs)
    return -functional.logsigmoid(margin + beta * ref_rejected_log_probs.detach()).mean()


@misconception("dpo_loss")
def lists_each_response_with_its_reference(
    chosen_log_probs, ref_chosen_log_probs, rejected_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The parameters stand in another order: a caller who names none of them gets the wrong
    gradient. The order is: both responses under the policy, then both under the reference."""
    return dpo_loss(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta)


@misconception("dpo_loss")
def squares_the_margin_as_ipo(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """A squared margin is IPO's loss. DPO's is minus the log of a sigmoid."""
    gains = (chosen_log_probs - ref_chosen_log_probs) - (rejected_log_probs - ref_rejected_log_probs)
    return ((gains - 1 / (2 * beta)) ** 2).mean()


@misconception("dpo_loss")
def forgets_reference_and_beta(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Neither the reference nor beta has an effect. Gains over the reference count, scaled by beta."""
    return -functional.logsigmoid(chosen_log_probs - rejected_log_probs).mean()


@misconception("dpo_loss")
def leaves_torch_in_numpy(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The loss has no graph: computed in NumPy, it gives no gradient."""
    return dpo_loss(
        chosen_log_probs.detach(),
        rejected_log_probs.detach(),
        ref_chosen_log_probs,
        ref_rejected_log_probs,
        beta,
    )


@misconception("dpo_loss")
def puts_beta_outside_and_trains_the_reference(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta stands outside the sigmoid, and a gradient reaches the reference. beta scales the margin, and
    the reference is a constant."""
    gains = (chosen_log_probs - ref_chosen_log_probs) - (rejected_log_probs - ref_rejected_log_probs)
    return -beta * functional.logsigmoid(gains).mean()


@misconception("dpo_loss")
def smooths_the_labels(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Some weight goes to the wrong response. The plain loss is asked."""
    given = (
        chosen_log_probs,
        rejected_log_probs,
        ref_chosen_log_probs.detach(),
        ref_rejected_log_probs.detach(),
    )
    swapped = (given[1], given[0], given[3], given[2])
    return 0.9 * dpo_loss(*given, beta) + 0.1 * dpo_loss(*swapped, beta)


@misconception("dpo_loss")
def halves_the_margin(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The margin is half as large as it should be: beta times the difference of both gains."""
    return dpo_loss(
        chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta / 2
    )


@misconception("dpo_loss")
def leaves_out_the_logarithm(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """This is the mean probability of what people chose, negated. The loss is minus its logarithm."""
    gains = chosen_log_probs - ref_chosen_log_probs.detach()
    gains = gains - rejected_log_probs + ref_rejected_log_probs.detach()
    return -torch.sigmoid(beta * gains).mean()


@misconception("dpo_loss")
def scales_the_reference_only(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta multiplies the reference alone: brackets are missing. It scales the whole difference of gains."""
    reference = ref_chosen_log_probs.detach() - ref_rejected_log_probs.detach()
    return -functional.logsigmoid(chosen_log_probs - rejected_log_probs - beta * reference).mean()


@misconception("dpo_loss")
def has_a_reference_for_the_chosen_only(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The rejected response is not held against the reference. Each of the two has a gain over it."""
    gain = chosen_log_probs - ref_chosen_log_probs.detach()
    return -functional.logsigmoid(beta * (gain - rejected_log_probs)).mean()


@misconception("dpo_loss")
def scales_the_chosen_alone(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta multiplies the gain of the chosen alone: brackets are missing around the difference."""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return -functional.logsigmoid(beta * chosen - rejected).mean()


@misconception("dpo_loss")
def cuts_the_gain_of_the_chosen(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The gain of the chosen response is cut off at 0, so it learns nothing once the policy likes it better
    than the reference does. Nothing in the formula bounds a gain."""
    chosen = (chosen_log_probs - ref_chosen_log_probs.detach()).clamp(max=0.0)
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return -functional.logsigmoid(beta * (chosen - rejected)).mean()


@misconception("dpo_loss")
def counts_positive_gains_only(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """Negative gains were set to 0. A response may well be less probable than under the reference: is a clamp
    or a relu needed at all?"""
    chosen = (chosen_log_probs - ref_chosen_log_probs.detach()).clamp(min=0.0)
    rejected = (rejected_log_probs - ref_rejected_log_probs.detach()).clamp(min=0.0)
    return -functional.logsigmoid(beta * (chosen - rejected)).mean()


@misconception("dpo_loss")
def subtracts_both_references(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The reference's log-prob of the rejected response has the wrong sign in the margin. Less a difference is
    not less both: where do the brackets go?"""
    references = ref_chosen_log_probs.detach() + ref_rejected_log_probs.detach()
    return -functional.logsigmoid(beta * (chosen_log_probs - rejected_log_probs - references)).mean()


@misconception("dpo_loss")
def adds_both_references(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The reference's log-prob of the chosen response has the wrong sign in the margin. The log of a ratio is
    a difference: what is subtracted from which?"""
    references = ref_chosen_log_probs.detach() + ref_rejected_log_probs.detach()
    return -functional.logsigmoid(beta * (chosen_log_probs - rejected_log_probs + references)).mean()


@misconception("dpo_loss")
def adds_a_supervised_loss(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """The negative log-prob of the chosen response was added, as in RPO. The plain loss is asked."""
    loss = dpo_loss(chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta)
    return loss - chosen_log_probs.mean()


@misconception("dpo_loss")
def sums_with_beta_outside(
    chosen_log_probs, rejected_log_probs, ref_chosen_log_probs, ref_rejected_log_probs, beta=0.1
):
    """beta multiplies the loss, and this is the sum over the pairs. beta belongs to the margin: inside the
    sigmoid, or outside? And which average does the contract ask for?"""
    chosen = chosen_log_probs - ref_chosen_log_probs.detach()
    rejected = rejected_log_probs - ref_rejected_log_probs.detach()
    return -beta * functional.logsigmoid(chosen - rejected).sum()

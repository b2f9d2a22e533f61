"""Checks of rlhf: preference losses, KL estimates, shaped and verifiable rewards, advantages."""

import numpy as np

from checks.kit import (
    check,
    expect_close,
    expect_gradient,
    expect_raises,
    expect_zero_gradient,
    tensor,
)


LOG2, LOG3 = 0.69314718, 1.09861229


@check("reward_model_loss")
def test_equal_scores_are_a_coin_toss(student):
    """Equal scores: each response is preferred with probability 1/2, the loss is log 2."""
    scores = tensor([1.5])
    expect_close(student.reward_model_loss(scores, scores), LOG2)


@check("reward_model_loss")
def test_two_pairs_by_hand(student):
    """Margins log 3, log 0.25 and log 1.6: probabilities 3/4, 1/5 and 8/13, the mean of three losses."""
    rejected = np.array([2.3, 5.1, -0.4])
    chosen = rejected + np.log([3.0, 0.25, 1.6])
    want = -(np.log(3 / 4) + np.log(1 / 5) + np.log(8 / 13)) / 3
    expect_close(student.reward_model_loss(tensor(chosen), tensor(rejected)), want)


@check("kl_penalty")
def test_k1_by_hand(student):
    """k1 of two responses: the log of how many times as probable each token became."""
    log_probs = tensor(np.log([[0.6, 0.25, 0.1], [0.3, 0.45, 0.08]]))
    ref_log_probs = tensor(np.log([[0.2, 0.4, 0.1], [0.33, 0.9, 0.02]]))
    want = np.log([[3.0, 0.625, 1.0], [1 / 1.1, 0.5, 4.0]])
    expect_close(student.kl_penalty(log_probs, ref_log_probs), want)


@check("kl_penalty")
def test_k3_by_hand(student):
    """k3 of the same two responses: r - 1 - log r, with r = reference / policy."""
    log_probs = tensor(np.log([[0.6, 0.25, 0.1], [0.3, 0.45, 0.08]]))
    ref_log_probs = tensor(np.log([[0.2, 0.4, 0.1], [0.33, 0.9, 0.02]]))
    ratio = np.array([[1 / 3, 1.6, 1.0], [1.1, 2.0, 0.25]])
    found = student.kl_penalty(log_probs, ref_log_probs, estimator="k3")
    expect_close(found, ratio - 1 - np.log(ratio))


@check("kl_penalty")
def test_another_name_is_an_error(student):
    """The estimator "k2" is not offered: a ValueError. "k1" and "k3" are."""
    log_probs, ref_log_probs = tensor([[-1.0]]), tensor([[-3.0]])
    expect_raises(ValueError, student.kl_penalty, log_probs, ref_log_probs, estimator="k2")
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k1"), [[2.0]])
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k3"), [[0.13533528 + 1.0]])


@check("shaped_rewards")
def test_one_response_by_hand(student):
    """A prompt token, two response tokens, padding: the score comes on the second of the two."""
    found = student.shaped_rewards(
        tensor([2.6]),
        tensor([[-8.1, -1.3, -0.7, -5.5]]),
        tensor([[-9.4, -2.2, -0.4, -9.3]]),
        tensor([[False, True, True, False]], dtype="bool"),
        0.3,
    )
    # -0.3 * (-1.3 + 2.2), and 2.6 - 0.3 * (-0.7 + 0.4)
    expect_close(found, [[0.0, -0.27, 2.69, 0.0]])


@check("shaped_rewards")
def test_rows_of_different_lengths(student):
    """Two responses of different lengths, and tokens in between that do not count; kl_coef 0.5."""
    found = student.shaped_rewards(
        tensor([1.4, -2.3]),
        tensor([[-1.2, -0.9, -3.1, -0.6], [-2.5, -1.1, -0.8, -1.7]]),
        tensor([[-2.0, -1.4, -0.2, -1.5], [-1.9, -2.4, -0.3, -0.9]]),
        tensor([[True, False, False, True], [True, True, False, False]], dtype="bool"),
        0.5,
    )
    # -0.5 * 0.8, 1.4 - 0.5 * 0.9; -0.5 * -0.6, -2.3 - 0.5 * 1.3
    expect_close(found, [[-0.4, 0.0, 0.0, 0.95], [0.3, -2.95, 0.0, 0.0]])


@check("verifiable_reward")
def test_answer_after_the_marker(student):
    """What follows #### is the answer."""
    expect_close(student.verifiable_reward("6 * 7 is 42.\n#### 42", "42"), 1.0)
    expect_close(student.verifiable_reward("It is 42 for sure.\n#### 41", "42"), 0.0)


@check("verifiable_reward")
def test_answer_in_a_box(student):
    r"""Without #### the content of \boxed{} is the answer; braces inside it come in pairs."""
    expect_close(student.verifiable_reward(r"So $x = \boxed{7}$, as we saw.", "7"), 1.0)
    expect_close(student.verifiable_reward(r"The half: \boxed{\frac{1}{2}}.", r"\frac{1}{2}"), 1.0)
    expect_close(student.verifiable_reward(r"So $x = \boxed{7}$, as we saw.", "8"), 0.0)


@check("verifiable_reward")
def test_numbers_are_compared_as_numbers(student):
    r"""42.0 is 42, 1,000 is 1000, $42 is 42 and \frac{1}{2} is 0.5, but -3 is not 3."""
    pairs = (("42.0", "42"), ("1,000", "1000"), ("$42", "42"), (r"\frac{1}{2}", "0.5"))
    for written, answer in pairs:
        expect_close(student.verifiable_reward(f"#### {written}", answer), 1.0)
    expect_close(student.verifiable_reward("#### -3", "3"), 0.0)


@check("verifiable_reward")
def test_no_final_answer(student):
    """A response without #### and box earns nothing, even if the number occurs in it."""
    expect_close(student.verifiable_reward("The result is 42", "42"), 0.0)
    expect_close(student.verifiable_reward("The result is #### 42", "42"), 1.0)


@check("grpo_advantages")
def test_groups_of_three_by_hand(student):
    """Two groups of three with means 1.6 and 3.1, and one response alone, which has no advantage.

    The squared differences add up to 2.34 and 37.86; the sample variance is half of that.
    """
    rewards = tensor([[0.4, 1.9, 2.5], [7.5, -1.2, 3.0]])
    first, second = np.array([-1.2, 0.3, 0.9]) / 1.17**0.5, np.array([4.4, -4.3, -0.1]) / 18.93**0.5
    expect_close(student.grpo_advantages(rewards), [first, second])
    expect_close(student.grpo_advantages(tensor([[0.7], [-2.1]])), [[0.0], [0.0]])


@check("grpo_advantages")
def test_a_group_that_agrees(student):
    """One prompt solved by one response of two, one by both, one by none."""
    rewards = tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    want = [[0.70710678, -0.70710678], [0.0, 0.0], [0.0, 0.0]]
    expect_close(student.grpo_advantages(rewards), want)


@check("dpo_loss")
def test_the_reference_itself(student):
    """A policy that is still the reference has the loss log 2, whatever the responses."""
    chosen, rejected = tensor([-20.0, -7.0]), tensor([-12.0, -9.0])
    expect_close(student.dpo_loss(chosen, rejected, chosen, rejected), LOG2)


@check("dpo_loss")
def test_a_pair_by_hand(student):
    """Three pairs, beta 0.4: gains apart by log 3, log 0.25 and log 1.6, each divided by beta.

    So the chosen response is preferred with probability 3/4, 1/5 and 8/13.
    """
    gains = np.log([3.0, 0.25, 1.6]) / 0.4
    ref_chosen, ref_rejected = np.array([-20.3, -11.8, -7.2]), np.array([-10.6, -14.1, -9.7])
    found = student.dpo_loss(
        tensor(ref_chosen + 0.6 * gains),
        tensor(ref_rejected - 0.4 * gains),
        tensor(ref_chosen),
        tensor(ref_rejected),
        beta=0.4,
    )
    expect_close(found, -(np.log(3 / 4) + np.log(1 / 5) + np.log(8 / 13)) / 3)


@check("dpo_loss")
def test_the_reference_learns_nothing(student):
    """One pair whose margin is beta * 1.5 = 0.3: the policy is pulled, the reference is a constant."""
    result = student.dpo_loss.with_grad(
        chosen_log_probs=tensor([-7.1]),
        rejected_log_probs=tensor([-9.8]),
        ref_chosen_log_probs=tensor([-7.7]),
        ref_rejected_log_probs=tensor([-8.9]),
        beta=0.2,
        wrt=["chosen_log_probs", "rejected_log_probs", "ref_chosen_log_probs", "ref_rejected_log_probs"],
    )
    pull = 0.2 / (1 + np.exp(0.3))
    expect_gradient(result, "chosen_log_probs", [-pull])
    expect_gradient(result, "rejected_log_probs", [pull])
    expect_zero_gradient(result, "ref_chosen_log_probs")
    expect_zero_gradient(result, "ref_rejected_log_probs")

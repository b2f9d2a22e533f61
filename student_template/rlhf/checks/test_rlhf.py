"""Checks of rlhf: preference losses, KL estimates, shaped and verifiable rewards, advantages."""

import numpy as np

from checks.kit import check, expect_close, expect_raises, tensor


LOG2, LOG3 = 0.69314718, 1.09861229


@check("reward_model_loss")
def test_equal_scores_are_a_coin_toss(student):
    """Equal scores: each response is preferred with probability 1/2, the loss is log 2."""
    scores = tensor([1.5])
    expect_close(student.reward_model_loss(scores, scores), LOG2)


@check("reward_model_loss")
def test_two_pairs_by_hand(student):
    """Margins of log 3 and 0: probabilities 3/4 and 1/2, and the mean of the two losses."""
    chosen, rejected = tensor([2.0 + LOG3, 5.0]), tensor([2.0, 5.0])
    expect_close(student.reward_model_loss(chosen, rejected), (0.28768207 + LOG2) / 2)


@check("kl_penalty")
def test_k1_by_hand(student):
    """k1 where a token became twice as probable, half as probable, and neither."""
    log_probs = tensor(np.log([[0.5, 0.25, 0.1]]))
    ref_log_probs = tensor(np.log([[0.25, 0.5, 0.1]]))
    expect_close(student.kl_penalty(log_probs, ref_log_probs), [[LOG2, -LOG2, 0.0]])


@check("kl_penalty")
def test_k3_by_hand(student):
    """k3 where a token became twice as probable, half as probable, and neither."""
    log_probs = tensor(np.log([[0.5], [0.25], [0.1]]))
    ref_log_probs = tensor(np.log([[0.25], [0.5], [0.1]]))
    want = [[0.5 - 1 + LOG2], [2 - 1 - LOG2], [0.0]]
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k3"), want)


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
        tensor([3.0]),
        tensor([[-9.0, -1.0, -1.0, -9.0]]),
        tensor([[-9.0, -2.0, -0.5, -9.0]]),
        tensor([[False, True, True, False]], dtype="bool"),
        0.1,
    )
    expect_close(found, [[0.0, -0.1, 3.0 + 0.05, 0.0]])


@check("shaped_rewards")
def test_rows_of_different_lengths(student):
    """Two responses of different lengths, and tokens in between that do not count."""
    found = student.shaped_rewards(
        tensor([1.0, -2.0]),
        tensor([[-1.0, -1.0, -1.0, -1.0], [-2.0, -2.0, -2.0, -2.0]]),
        tensor([[-3.0, -3.0, -3.0, -3.0], [-1.0, -1.0, -1.0, -1.0]]),
        tensor([[True, False, False, True], [True, True, False, False]], dtype="bool"),
        0.5,
    )
    expect_close(found, [[-1.0, 0.0, 0.0, 0.0], [0.5, -1.5, 0.0, 0.0]])


@check("verifiable_reward")
def test_answer_after_the_marker(student):
    """What follows #### is the answer."""
    expect_close(student.verifiable_reward("6 * 7 is 42.\n#### 42", "42"), 1.0)
    expect_close(student.verifiable_reward("6 * 7 is 42.\n#### 41", "42"), 0.0)


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
    """Rewards 1, 2, 3 have mean 2 and sample standard deviation 1; so have 30, 10, 20, tenfold."""
    rewards = tensor([[1.0, 2.0, 3.0], [30.0, 10.0, 20.0]])
    expect_close(student.grpo_advantages(rewards), [[-1.0, 0.0, 1.0], [1.0, -1.0, 0.0]])


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
    """The chosen response gained 1.5 log 3, the rejected one lost 0.5 log 3; beta is 0.5."""
    found = student.dpo_loss(
        tensor([-20.0 + 1.5 * LOG3]),
        tensor([-10.0 - 0.5 * LOG3]),
        tensor([-20.0]),
        tensor([-10.0]),
        beta=0.5,
    )
    expect_close(found, 0.28768207)

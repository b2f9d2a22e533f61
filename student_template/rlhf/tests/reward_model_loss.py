"""The visible checks of `reward_model_loss` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "reward_model_loss"
case = Cases("rlhf", name)


LOG2, LOG3 = 0.69314718, 1.09861229


@case()
def test_equal_scores_are_a_coin_toss(student):
    """Equal scores: each response is preferred with probability 1/2, the loss is log 2."""
    scores = tensor([1.5])
    expect_close(student.reward_model_loss(scores, scores), LOG2)


@case()
def test_two_pairs_by_hand(student):
    """Margins of log 3 and 0: probabilities 3/4 and 1/2, and the mean of the two losses."""
    chosen, rejected = tensor([2.0 + LOG3, 5.0]), tensor([2.0, 5.0])
    expect_close(student.reward_model_loss(chosen, rejected), (0.28768207 + LOG2) / 2)

"""The visible checks of `reward_model_loss` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "reward_model_loss"
case = Cases("rlhf", name, 5)


LOG2, LOG3 = 0.69314718, 1.09861229


@case()
def test_equal_scores_are_a_coin_toss(student):
    """Equal scores: each response is preferred with probability 1/2, the loss is log 2."""
    scores = tensor([1.5])
    expect_close(student.reward_model_loss(scores, scores), LOG2)


@case()
def test_two_pairs_by_hand(student):
    """Margins log 3, log 0.25 and log 1.6: probabilities 3/4, 1/5 and 8/13, the mean of three losses."""
    rejected = np.array([2.3, 5.1, -0.4])
    chosen = rejected + np.log([3.0, 0.25, 1.6])
    want = -(np.log(3 / 4) + np.log(1 / 5) + np.log(8 / 13)) / 3
    expect_close(student.reward_model_loss(tensor(chosen), tensor(rejected)), want)

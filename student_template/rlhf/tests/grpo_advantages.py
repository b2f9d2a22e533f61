"""The visible checks of `grpo_advantages` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "grpo_advantages"
case = Cases("rlhf", name, 5)


@case()
def test_groups_of_three_by_hand(student):
    """Two groups of three with means 1.6 and 3.1, and one response alone, which has no advantage.

    The squared differences add up to 2.34 and 37.86; the sample variance is half of that.
    """
    rewards = tensor([[0.4, 1.9, 2.5], [7.5, -1.2, 3.0]])
    first, second = np.array([-1.2, 0.3, 0.9]) / 1.17**0.5, np.array([4.4, -4.3, -0.1]) / 18.93**0.5
    expect_close(student.grpo_advantages(rewards), [first, second])
    expect_close(student.grpo_advantages(tensor([[0.7], [-2.1]])), [[0.0], [0.0]])


@case()
def test_a_group_that_agrees(student):
    """One prompt solved by one response of two, one by both, one by none."""
    rewards = tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    want = [[0.70710678, -0.70710678], [0.0, 0.0], [0.0, 0.0]]
    expect_close(student.grpo_advantages(rewards), want)

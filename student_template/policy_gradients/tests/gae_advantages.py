"""The visible checks of `gae_advantages` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "gae_advantages"
case = Cases("policy_gradients", name)


@case()
def test_one_step_ahead_by_hand(student):
    """gae_lambda 0: reward + gamma * next value - value; the last next value is bootstrap_value."""
    rewards, values = np.array([1.0, 0.0, 2.0]), np.array([2.0, 4.0, 1.0])
    got = student.gae_advantages(rewards, values, 6.0, np.array([False] * 3), 0.5, 0.0)
    expect_close(got, [1 + 2 - 2, 0 + 0.5 - 4, 2 + 3 - 1])


@case()
def test_terminated_in_the_middle_by_hand(student):
    """gamma 0.5, gae_lambda 1: the episode that ends at step 1 hears nothing of what follows."""
    rewards, values = np.array([1.0, 2.0, 4.0, 8.0]), np.array([0.0, 1.0, 2.0, 3.0])
    ends = np.array([False, True, False, False])
    got = student.gae_advantages(rewards, values, 10.0, ends, 0.5, 1.0)
    # From the end: 8 + 5 - 3 and 4 + 1.5 - 2 + 0.5 * 10; then 2 - 1 and 1 + 0.5 - 0 + 0.5 * 1.
    expect_close(got, [2.0, 1.0, 8.5, 10.0])

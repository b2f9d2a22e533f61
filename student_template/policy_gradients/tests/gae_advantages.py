"""The visible checks of `gae_advantages` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "gae_advantages"
case = Cases("policy_gradients", name, 5)


@case()
def test_one_step_ahead_by_hand(student):
    """gae_lambda 0: reward + gamma * next value - value; the last next value is bootstrap_value."""
    rewards, values = np.array([1.1, -0.4, 2.3]), np.array([2.6, 3.9, 1.2])
    got = student.gae_advantages(rewards, values, 5.5, np.array([False] * 3), 0.5, 0.0)
    # 1.1 + 0.5 * 3.9 - 2.6, -0.4 + 0.5 * 1.2 - 3.9, 2.3 + 0.5 * 5.5 - 1.2
    expect_close(got, [0.45, -3.7, 3.85])


@case()
def test_terminated_in_the_middle_by_hand(student):
    """gamma 0.6, gae_lambda 0.5: the episode that ends at step 1 hears nothing of what follows."""
    rewards, values = np.array([1.3, 2.1, 0.6, 3.7]), np.array([0.8, 1.4, 2.2, 2.9])
    ends = np.array([False, True, False, False])
    got = student.gae_advantages(rewards, values, 4.5, ends, 0.6, 0.5)
    # From the end: 3.7 + 0.6 * 4.5 - 2.9, then 0.6 + 0.6 * 2.9 - 2.2 + 0.3 * 3.5;
    # 2.1 - 1.4 ends its episode, and 1.3 + 0.6 * 1.4 - 0.8 + 0.3 * 0.7.
    expect_close(got, [1.55, 0.7, 1.19, 3.5])

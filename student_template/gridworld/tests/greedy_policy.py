"""The visible checks of `greedy_policy` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "greedy_policy"
case = Cases("gridworld", name, 5)


@case()
def test_best_actions_by_hand(student):
    """A table of two rows and two cells each; in the first row 0.7 and 0.9 are the best values."""
    q_values = np.array(
        [
            [[0.1, -0.5, 0.7, 0.2], [0.9, 0.3, -0.2, 0.8]],
            [[0.0, 0.2, 0.1, 0.6], [-0.1, 0.4, 0.3, 0.0]],
        ]
    )
    expect_close(student.greedy_policy(q_values), [[2, 0], [3, 1]])


@case()
def test_negative_values_have_a_best_too(student):
    """Three rows of two cells, all values negative."""
    q_values = -np.array(
        [
            [[3.0, 1.0, 2.0], [9.0, 8.0, 7.0]],
            [[1.0, 5.0, 6.0], [4.0, 6.0, 2.0]],
            [[8.0, 3.0, 5.0], [0.5, 0.7, 0.9]],
        ]
    )
    expect_close(student.greedy_policy(q_values), [[1, 2], [0, 2], [1, 0]])

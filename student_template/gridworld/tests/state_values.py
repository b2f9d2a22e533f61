"""The visible checks of `state_values` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "state_values"
case = Cases("gridworld", name, 5)


@case()
def test_largest_values_by_hand(student):
    """A table of two rows and two cells each, with its largest values in every place."""
    q_values = np.array(
        [
            [[0.13, -0.52, 0.71, 0.28], [0.94, 0.36, -0.27, 0.83]],
            [[0.04, 0.22, 0.19, 0.65], [-0.18, 0.47, 0.31, 0.06]],
        ]
    )
    expect_close(student.state_values(q_values), [[0.71, 0.94], [0.65, 0.47]])


@case()
def test_largest_of_negative_values(student):
    """Three rows of one cell, all values negative."""
    q_values = np.array([[[-3.2, -1.4, -2.7]], [[-9.1, -8.3, -7.6]], [[-0.8, -5.5, -6.9]]])
    expect_close(student.state_values(q_values), [[-1.4], [-7.6], [-0.8]])

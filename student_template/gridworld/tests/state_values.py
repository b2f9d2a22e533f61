"""The visible checks of `state_values` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "state_values"
case = Cases("gridworld", name)


@case()
def test_largest_values_by_hand(student):
    """A table of one row and two cells: the largest values are 0.7 and 0.9."""
    q_values = np.array([[[0.1, -0.5, 0.7, 0.2], [0.9, 0.3, -0.2, 0.8]]])
    expect_close(student.state_values(q_values), [[0.7, 0.9]])


@case()
def test_largest_of_negative_values(student):
    """Two rows of one cell, all values negative."""
    q_values = np.array([[[-3.0, -1.0, -2.0]], [[-9.0, -8.0, -7.0]]])
    expect_close(student.state_values(q_values), [[-1.0], [-7.0]])

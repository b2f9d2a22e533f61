"""The visible checks of `running_mean` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "running_mean"
case = Cases("warmup", name, 2)


@case()
def test_four_values_in_pairs(student):
    """The values 2, 4, 8, 0 in windows of two."""
    expect_close(student.running_mean([2.0, 4.0, 8.0, 0.0], 2), [2.0, 3.0, 6.0, 4.0])


@case()
def test_a_window_that_is_never_full(student):
    """Three values in a window of five: the mean of all so far."""
    expect_close(student.running_mean(np.array([3.0, 6.0, 0.0]), 5), [3.0, 4.5, 3.0])

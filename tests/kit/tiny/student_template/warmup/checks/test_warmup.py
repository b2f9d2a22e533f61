"""Checks of warmup: the running mean, clipping to a range."""

import numpy as np

from checks.kit import check, expect_close


@check("running_mean")
def test_four_values_in_pairs(student):
    """The values 2, 4, 8, 0 in windows of two."""
    expect_close(student.running_mean([2.0, 4.0, 8.0, 0.0], 2), [2.0, 3.0, 6.0, 4.0])


@check("running_mean")
def test_a_window_that_is_never_full(student):
    """Three values in a window of five: the mean of all so far."""
    expect_close(student.running_mean(np.array([3.0, 6.0, 0.0]), 5), [3.0, 4.5, 3.0])


@check("clip_to_range")
def test_below_inside_and_above(student):
    """The values -1, 0.25 and 3 in the usual range, 0 to 1."""
    expect_close(student.clip_to_range([-1.0, 0.25, 3.0]), [0.0, 0.25, 1.0])


@check("clip_to_range")
def test_another_range(student):
    """The values 0, 5 and 30 in the range 2 to 10."""
    expect_close(student.clip_to_range(np.array([0.0, 5.0, 30.0]), 2.0, 10.0), [2.0, 5.0, 10.0])

"""Checks of warmup: the running mean, clipping to a range."""

import numpy as np

from autograder.checks import check, expect_close, expect_unchanged

# running_mean


@check("running_mean", visible=True)
def test_four_values_in_pairs(student):
    """The values 2, 4, 8, 0 in windows of two."""
    expect_close(student.running_mean([2.0, 4.0, 8.0, 0.0], 2), [2.0, 3.0, 6.0, 4.0])


@check("running_mean", visible=True)
def test_a_window_that_is_never_full(student):
    """Three values in a window of five: the mean of all so far."""
    expect_close(student.running_mean(np.array([3.0, 6.0, 0.0]), 5), [3.0, 4.5, 3.0])


@check("running_mean", weight=2)
def test_agrees_on_random_values(student, reference, rng):
    """Random values in windows of several lengths."""
    for count, window in ((9, 3), (12, 5), (7, 2), (5, 5)):
        values = rng.uniform(1.0, 3.0, count)
        expect_close(student.running_mean(values, window), reference.running_mean(values, window))


@check("running_mean")
def test_short_inputs_and_integers(student, reference, rng):
    """Integers, a lone value, and none at all."""
    whole = rng.integers(1, 9, 6) * 2 + np.arange(6) % 2
    expect_close(student.running_mean(whole, 4), reference.running_mean(whole, 4))
    expect_close(student.running_mean([2.5], 3), [2.5])
    expect_close(student.running_mean([], 3), [])


@check("running_mean")
def test_leaves_its_values_alone(student, reference, rng):
    """Right, by name, and the values are as they were."""
    running_mean = student.running_mean
    values = rng.uniform(1.0, 3.0, 6)
    want = reference.running_mean(values, 3)
    expect_close(running_mean(window=3, values=values), want)
    expect_unchanged(running_mean)


# clip_to_range


@check("clip_to_range", visible=True)
def test_below_inside_and_above(student):
    """The values -1, 0.25 and 3 in the usual range, 0 to 1."""
    expect_close(student.clip_to_range([-1.0, 0.25, 3.0]), [0.0, 0.25, 1.0])


@check("clip_to_range", visible=True)
def test_another_range(student):
    """The values 0, 5 and 30 in the range 2 to 10."""
    expect_close(student.clip_to_range(np.array([0.0, 5.0, 30.0]), 2.0, 10.0), [2.0, 5.0, 10.0])


@check("clip_to_range")
def test_agrees_on_random_ranges(student, reference, rng):
    """Random values in ranges on either side of 0, with the ends by position and by name."""
    for low, high in ((-3.0, -1.5), (0.5, 2.5), (-1.0, 1.2)):
        values = rng.permutation(np.linspace(low - 2.0, high + 2.0, 9))
        want = reference.clip_to_range(values, low, high)
        expect_close(student.clip_to_range(values, low, high), want)
        expect_close(student.clip_to_range(high=high, low=low, values=values), want)


@check("clip_to_range")
def test_usual_range_and_input_left_alone(student, reference, rng):
    """The usual ends, alone and together, and the values are as they were."""
    clip = student.clip_to_range
    values = rng.permutation(np.linspace(-1.3, 2.6, 8))
    for ends in ({}, {"low": -0.5}, {"high": 2.0}):
        expect_close(clip(values, **ends), reference.clip_to_range(values, **ends))
        expect_unchanged(clip)

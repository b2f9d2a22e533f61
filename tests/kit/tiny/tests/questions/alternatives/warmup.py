"""Right answers to warmup, written in unusual ways. None of them may lose a point."""

from collections import deque

import numpy as np

from autograder.checks import alternative

# running_mean


@alternative("running_mean")
def keeps_a_deque(values, window):
    """A deque of bounded length in plain Python; a list comes out."""
    recent, means = deque(maxlen=window), []
    for value in values:
        recent.append(float(value))
        means.append(sum(recent) / len(recent))
    return means


@alternative("running_mean")
def subtracts_cumulative_sums(values, window):
    """Differences of a cumulative sum, without a loop."""
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(values, dtype=float))])
    ends = np.arange(1, len(sums))
    starts = np.maximum(0, ends - window)
    return (sums[ends] - sums[starts]) / (ends - starts)


@alternative("running_mean")
def single_precision(values, window):
    """Single precision, as a column."""
    values = np.asarray(values, dtype=np.float32)
    means = [values[max(0, n + 1 - window) : n + 1].mean() for n in range(len(values))]
    return np.array(means, dtype=np.float32).reshape(-1, 1) if means else np.zeros(0)


# clip_to_range


@alternative("clip_to_range")
def uses_numpys_own(values, low=0.0, high=1.0):
    """np.clip does it all."""
    return np.clip(np.asarray(values, dtype=float), low, high)


@alternative("clip_to_range")
def takes_the_middle_of_three(values, low=0.0, high=1.0):
    """The middle one of three sorted numbers; a list comes out."""
    return [sorted((low, float(value), high))[1] for value in values]

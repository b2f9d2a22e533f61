"""Two small functions on arrays of numbers. Axis: N values, in the order in which they came."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def running_mean(values: Sequence[float] | FloatArray, window: int) -> FloatArray:
    """Return, for every place, the mean of the last `window` values up to and with that place.

    `means[n]` is the mean of `values[n - window + 1] .. values[n]` for n = 0 .. N-1. Near the
    start there are fewer than `window` values; then it is the mean of those that are there.

    Args:
        values: shape (N,), an array or a list, of floats or of integers. Not modified.
        window: how many values to average, 1 or more; may be more than N.

    Returns:
        The means, shape (N,), floats.
    """
    raise NotImplementedError("running_mean: write your code here")


def clip_to_range(values: npt.ArrayLike, low: float = 0.0, high: float = 1.0) -> FloatArray:
    """Return the values, with those below `low` raised to it and those above `high` lowered to it.

    `clipped[n] = min(max(values[n], low), high)` for n = 0 .. N-1.

    Args:
        values: shape (N,), an array or a list. Not modified.
        low: the least value that may come out.
        high: the greatest, `low` or more.

    Returns:
        The clipped values, shape (N,).
    """
    raise NotImplementedError("clip_to_range: write your code here")

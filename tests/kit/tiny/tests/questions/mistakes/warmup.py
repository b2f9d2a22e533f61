"""Wrong answers to warmup that students really write. The docstring is the hint."""

import numpy as np
from solutions.warmup import clip_to_range, running_mean

from autograder.checks import misconception

# running_mean


@misconception("running_mean")
def divides_by_the_window_at_the_start(values, window):
    """The first means are too small. How many values are in the window before it is full?"""
    values = np.asarray(values, dtype=float)
    return np.array([values[max(0, n + 1 - window) : n + 1].sum() / window for n in range(len(values))])


@misconception("running_mean")
def averages_all_so_far(values, window):
    """These are means of everything so far. Which values does the window let go of?"""
    return running_mean(values, max(1, len(values)))


@misconception("running_mean")
def leaves_out_the_present(values, window):
    """Each window ends one value too early. Is the value at a place part of its own mean?"""
    means = running_mean(values, window)
    return np.concatenate([np.zeros(1), means])[: len(means)]


@misconception("running_mean")
def looks_ahead(values, window):
    """The window looks ahead, to values that come later. In which direction should it look?"""
    return running_mean(np.asarray(values)[::-1], window)[::-1]


@misconception("running_mean")
def only_full_windows(values, window):
    """There are fewer means than values. What is the mean where the window is not yet full?"""
    return running_mean(values, window)[window - 1 :]


@misconception("running_mean")
def overwrites_its_values(values, window):
    """The means are written into the list of values itself. What will a caller find there?"""
    means = running_mean(values, window)
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        values[:] = means
    return means


@misconception("running_mean")
def rounds_to_integers(values, window):
    """Integers come out of integers. Is a mean of whole numbers a whole number?"""
    means = running_mean(values, window)
    return means.astype(int) if np.asarray(values).dtype.kind == "i" else means


# clip_to_range


@misconception("clip_to_range")
def forgets_the_lower_end(values, low=0.0, high=1.0):
    """Nothing is raised to `low`. What should become of a value below the range?"""
    return np.minimum(np.asarray(values, dtype=float), high)


@misconception("clip_to_range")
def forgets_the_upper_end(values, low=0.0, high=1.0):
    """Nothing is lowered to `high`. What should become of a value above the range?"""
    return np.maximum(np.asarray(values, dtype=float), low)


@misconception("clip_to_range")
def drops_what_is_outside(values, low=0.0, high=1.0):
    """Values outside the range are gone. Should there be as many values after as before?"""
    values = np.asarray(values, dtype=float)
    return values[(values >= low) & (values <= high)]


@misconception("clip_to_range")
def always_clips_to_one(values, low=0.0, high=1.0):
    """The range is always 0 to 1, whatever is asked for. Where are `low` and `high` used?"""
    return clip_to_range(values)


@misconception("clip_to_range")
def clips_in_place(values, low=0.0, high=1.0):
    """The numbers are right, but the array of the caller has changed. How do you leave it alone?"""
    if isinstance(values, np.ndarray):
        return np.clip(values, low, high, out=values)
    return clip_to_range(values, low, high)

"""How close is close enough: relative first, with room for what float32 does to cancelling sums."""

import math

import numpy as np

# Against float64 references, 1e-4 leaves float32 three digits and refuses a relative 1e-3.
RTOL = 1e-4
# Where terms of both signs nearly cancel, float32 is off by a share of their size, not of what is
# left. Geometrically weighted sums (factor 0.99) of standard normal numbers need up to 2.4e-6 of the
# median sum for 200 terms and 3.5e-6 for 1000; 3e-6 refuses none of 3000 draws and 0.2 %. Only answers
# that show such noise get it.
ATOL = 3e-6
# The others. Standardising equal numbers leaves up to 1e-16 / 1e-8 where the right number is 0.
ATOL_EXACT = 1e-7
EXACT = 1e-12  # float64 sums in another order differ by less of their size, float32 sums by more
ZERO = 1e-13  # what a float64 reference may hold where the right number is 0


def is_close(
    found: np.ndarray, wanted: np.ndarray, rtol: float = RTOL, atol: float | None = None
) -> np.ndarray:
    """Return where two arrays of one shape agree. Non-finite values agree when identical.

    Args:
        found: what came.
        wanted: what was wanted, in float64.
        rtol: relative tolerance.
        atol: absolute tolerance; unless given, what `allowed` says.
    """
    with np.errstate(all="ignore"):
        gap = np.abs(found - wanted)
        relative = rtol * np.abs(wanted)
        near = gap <= relative
        if not near.all():  # what is near already needs no absolute tolerance
            near = gap <= relative + (allowed(found, wanted, gap) if atol is None else atol)
        alike = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
        close: np.ndarray = np.where(np.isfinite(wanted), near & np.isfinite(found), alike)
    return close


def allowed(found: np.ndarray, wanted: np.ndarray, gap: np.ndarray) -> float:
    """Return the absolute tolerance: a share of the wanted numbers' typical size, their median.

    The median, because one huge number must not excuse errors in the others. Zeros do not count;
    where all is zero the size is 1. The share is `ATOL` for an answer with float32's noise: all its
    numbers are float32s, or half of them are not exact. One that is exact elsewhere gets less.
    """
    sizes = np.abs(wanted[np.isfinite(wanted)])
    sizes = np.sort(sizes[sizes > ZERO])
    size = float(sizes[(sizes.size - 1) // 2]) if sizes.size else 1.0
    gaps = gap[np.isfinite(gap)]
    noisy = gaps.size and np.median(gaps) > EXACT * size
    single = np.array_equal(found, found.astype(np.float32), equal_nan=True)
    return size * (ATOL if noisy or single else ATOL_EXACT)


def is_close_number(found: complex, wanted: complex, rtol: float = RTOL) -> bool:
    """Whether a number agrees with a finite one: relatively, near 0 by as much as float32 leaves."""
    size = abs(wanted)
    return abs(found - wanted) <= (rtol * size if size > ZERO else min(rtol, ATOL)) and math.isfinite(size)

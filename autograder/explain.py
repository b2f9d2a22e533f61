"""Say what kind of wrong an answer is, as a property that gives no expected number away."""

from collections.abc import Callable

import numpy as np

Agree = Callable[[np.ndarray, np.ndarray], bool]


def explain(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Return the property that turns `wanted` into `found` ("the right numbers in reverse order"), or "".

    Args:
        found: a wrong answer, finite, of the wanted shape.
        wanted: the right one.
        agree: whether two arrays of one shape are equal within the tolerance.
    """
    if agree(found, -wanted):
        return "the sign is flipped"
    if wanted.ndim == 0 or wanted.size < 2:
        return ""
    if not np.any(found):
        return "every entry is 0"
    for told, candidate in arrangements(wanted):
        if candidate.shape == found.shape and agree(found, candidate):
            return told
    return shifted(found, wanted, agree) or scaled(found, wanted, agree) or partly_right(found, wanted, agree)


def arrangements(wanted: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Return the same numbers, differently placed or treated."""
    return [
        ("these are the right numbers in reverse order", wanted[::-1]),
        ("these are the right numbers, transposed", wanted.T),
        ("these are the right numbers without their signs", np.abs(wanted)),
        ("these are the right numbers cut to whole numbers: is the array of integers?", np.trunc(wanted)),
        ("these are the right numbers rounded", np.round(wanted)),
    ]


def shifted(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether one axis is off by one place."""
    if wanted.shape[0] < 3:
        return ""
    if agree(found[1:], wanted[:-1]):
        return "the right numbers come one index too late"
    if agree(found[:-1], wanted[1:]):
        return "the right numbers come one index too early"
    return ""


def scaled(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether one factor or one added constant explains every entry."""
    if np.any(wanted) and np.ptp(np.abs(wanted)) > 0:
        factor = float(np.vdot(wanted, found) / np.vdot(wanted, wanted))
        if factor != 0 and agree(found / factor, wanted):
            return f"every entry is the right one times {factor:.3g}"
    offset = float(np.mean(found - wanted))
    if np.ptp(wanted) > 0 and agree(found - offset, wanted):
        return "every entry is off by the same amount"
    if agree(np.sort(found, axis=None), np.sort(wanted, axis=None)):
        return "these are the right numbers in another order"
    return ""


def partly_right(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether only an end is wrong, or all of it by a little."""
    if wanted.size > 2 and agree(found[1:], wanted[1:]):
        return "only the first is wrong"
    if wanted.size > 2 and agree(found[:-1], wanted[:-1]):
        return "only the last is wrong"
    if np.all(np.abs(found - wanted) <= 0.02 * np.abs(wanted)):
        return "every entry is close, none is exact: look for rounding or a changed constant"
    return ""

"""Say what kind of wrong an answer is, as a property that gives no expected number away.

Each property is a true statement about two arrays, tried from the most telling to the least.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

Agree = Callable[[np.ndarray, np.ndarray], bool]
Candidates = Iterator[tuple[str, np.ndarray]]
WHOLE_FACTORS = range(2, 65)  # beyond, many a number is a multiple of another by chance
THESE = "these are the right numbers"


class Property(str):
    """A property that quotes a number of the student's; `hidden` is the same without it."""

    def __new__(cls, text: str, hidden: str) -> "Property":
        """Return `text`, with what a hidden check says in its place."""
        made = super().__new__(cls, text)
        made.hidden = hidden
        return made

    hidden: str


def without_numbers(told: str) -> str:
    """Return a property as a hidden check tells it: a student's code could choose a number in it."""
    return told.hidden if isinstance(told, Property) else told


def explain(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Return how `found` follows from `wanted` ("the sign is flipped"), or "".

    Args:
        found: a wrong answer.
        wanted: the right one.
        agree: whether two arrays of one shape are equal within the tolerance.
    """
    if found.shape != wanted.shape or not found.size or not np.isfinite([found, wanted]).all():
        return ""

    def fits(one: np.ndarray, other: np.ndarray) -> bool:
        far = one.size and np.abs(one - other).max() > 0.1 * np.abs(other).max()
        return not far and agree(one, other)  # most candidates are far, which is quick to tell

    with np.errstate(all="ignore"):
        if agree(found, wanted):
            return ""
        if wanted.size == 1:
            return lone_number(found.ravel(), wanted.ravel(), fits)
        looks = (constant, replaced, shifted, scaled, limited, partly_right, nearly_right)
        return next(filter(None, (look(found, wanted, fits) for look in looks)), "")


def lone_number(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Explain a single number. Round ones are left alone: 0, 1, 2 and 4 are all sorts of each other."""
    if agree(found, -wanted) and wanted.any():
        return "the sign is flipped"
    if is_round(wanted) or (is_round(found) and np.abs(found) < 2):
        return ""
    told = first_of(treatments(wanted, "it is the right number"), found, wanted, agree)
    if told or not found.all():
        return told
    if any(agree(found * count, wanted) for count in WHOLE_FACTORS):
        return "it is the right number divided by a whole number: a mean where a sum is wanted?"
    if any(agree(found / count, wanted) for count in WHOLE_FACTORS):
        return "it is the right number times a whole number: a sum where a mean is wanted?"
    return ""


def is_round(number: np.ndarray) -> bool:
    """Whether a number is a multiple of a half."""
    return bool(np.isclose(np.round(2 * number), 2 * number, rtol=1e-6, atol=0))


def constant(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether all entries are one number."""
    if np.ptp(found) > 0 or np.ptp(wanted) == 0:
        return ""
    if not found.any():
        return "every entry is 0"
    for which, number in (("first", wanted.flat[0]), ("last", wanted.flat[-1])):
        if agree(found, np.full_like(wanted, number)):
            return f"every entry is what only the {which} should be"
    return "every entry is the same"


def replaced(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether the right numbers were treated alike, put elsewhere or combined."""
    return first_of([*treatments(wanted, THESE), *arrangements(wanted)], found, wanted, agree)


def treatments(wanted: np.ndarray, these: str) -> Candidates:
    """Yield what the right numbers become when each is treated alike, each with its sentence."""
    yield "the sign is flipped", -wanted
    yield f"{these} without the sign", np.abs(wanted)
    yield f"{these} cut to whole numbers: is the dtype that of integers?", np.trunc(wanted)
    yield f"{these} rounded to whole numbers", np.round(wanted)
    for count in (1, 2, 3):
        yield f"{these} rounded to {10**-count:g}", np.round(wanted, count)
    yield f"{these} passed through exp", np.exp(wanted)
    yield f"{these} passed through log", np.log(wanted)
    yield f"{these} turned upside down, 1 / x", 1 / wanted
    yield f"{these} squared", wanted**2


def arrangements(wanted: np.ndarray) -> Candidates:
    """Yield what the right numbers become when moved or combined, each with its sentence."""
    for axis in range(wanted.ndim):
        along = f" along axis {axis}" if wanted.ndim > 1 else ""
        yield f"{THESE} in reverse order{along}", np.flip(wanted, axis)
    yield f"{THESE}, transposed", wanted.T
    if wanted.size < 3:
        return
    centred = wanted - wanted.mean()
    yield f"{THESE} minus their mean", centred
    for ddof in (0, 1):
        yield f"{THESE} standardised to mean 0 and deviation 1", centred / wanted.std(ddof=ddof)
    yield "these are running sums of the right numbers", np.cumsum(wanted, -1)
    backward = np.cumsum(np.flip(wanted, -1), -1)
    yield "these are running sums of the right numbers, from the end", np.flip(backward, -1)
    told = "these are differences of neighbours among the right numbers: is a sum missing?"
    yield told, np.diff(wanted, axis=-1, prepend=0)
    yield told, -np.diff(wanted, axis=-1, append=0)


def first_of(
    candidates: Iterable[tuple[str, np.ndarray]],
    found: np.ndarray,
    wanted: np.ndarray,
    agree: Agree,
) -> str:
    """Return the sentence of the first candidate that was found, is not 0, and is not right."""
    for told, candidate in candidates:
        fits = candidate.shape == found.shape and np.isfinite(candidate).all() and candidate.any()
        if fits and agree(found, candidate) and not agree(candidate, wanted):
            return told
    return ""


def shifted(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether one axis is off by one place, or all stands in some other order."""
    for axis in {0, wanted.ndim - 1}:
        one, other = np.moveaxis(found, axis, 0), np.moveaxis(wanted, axis, 0)
        if len(other) > 2 and np.ptp(other[:-1]) > 0 and agree(one[1:], other[:-1]):
            return "the right numbers come one index too late"
        if len(other) > 2 and np.ptp(other[1:]) > 0 and agree(one[:-1], other[1:]):
            return "the right numbers come one index too early"
    if agree(np.sort(found, axis=None), np.sort(wanted, axis=None)):
        return f"{THESE} in another order"
    return ""


def scaled(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether one factor or one added constant explains every entry."""
    factor = float(np.vdot(wanted, found) / np.vdot(wanted, wanted))
    apart = factor != 0 and abs(factor - 1) > 5e-4 and np.ptp(np.abs(wanted)) > 0
    if apart and agree(found / factor, wanted):
        told = ""
        if wanted.size > 2 and np.isclose(factor * wanted.size, 1, rtol=1e-4):
            told = "divided by their number: a mean where a sum is wanted?"
        elif wanted.size > 2 and np.isclose(factor, wanted.size, rtol=1e-4):
            told = "times their number: a sum where a mean is wanted?"
        same = "every entry is the right one "
        return f"{same}{told}" if told else Property(f"{same}times {factor:.4g}", f"{same}times a constant")
    gap = found - wanted
    if np.ptp(wanted) > 0 and np.ptp(gap) <= 1e-3 * np.abs(np.mean(gap)):
        return "every entry is off by the same amount"
    return ""


def limited(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether one array is the other with its ends cut off."""
    for cut, whole, told in (
        (found, wanted, f"{THESE}, limited to a range that is too narrow"),
        (wanted, found, f"{THESE} before they are limited to a range"),
    ):
        inside = (cut > cut.min()) & (cut < cut.max())
        if inside.sum() > 1 and (~inside).sum() > 2 and agree(whole.clip(cut.min(), cut.max()), cut):
            return told
    return ""


def partly_right(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> str:
    """Say whether only an end is wrong, or only numbers of one sign."""
    right = np.abs(found - wanted) <= 5e-4 * np.abs(wanted)  # the others are clearly wrong
    if wanted.ndim == 1 and wanted.size > 2:
        for which, rest in (("first", slice(1, None)), ("last", slice(-1))):
            if agree(found[rest], wanted[rest]):
                return f"only the {which} is wrong"
        start, stop = int(np.argmin(right)), int(np.argmax(right))
        if start > 1 and not right[start:].any() and agree(found[:start], wanted[:start]):
            return f"they are right up to index [{start - 1}] and wrong from there on"
        if stop > 1 and right[stop:].all() and agree(found[stop:], wanted[stop:]):
            return f"they are wrong up to index [{stop - 1}] and right from there on"
    for told, where in (("negative", wanted < 0), ("positive", wanted > 0)):
        apart = where.sum() > 1 and (~where).sum() > 1 and not right[where].any()
        if apart and agree(found[~where], wanted[~where]):
            return f"they are wrong where the right number is {told}, and right elsewhere"
    return ""


def nearly_right(found: np.ndarray, wanted: np.ndarray, _: Agree) -> str:
    """Say whether all of it is wrong by a little."""
    gap, size = np.abs(found - wanted), np.abs(wanted)
    if np.all((gap > 1e-5 * size) & (gap <= 0.02 * size)):
        return "every entry is close, none is exact: is something rounded, or a constant changed?"
    return ""

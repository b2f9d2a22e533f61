"""Say what kind of wrong answers are, as a property that gives no expected number away.

A property is told only if it holds for every wrong answer there is, and if enough of their numbers are
not round that it cannot hold by chance: figures such as 0, 1, 2 and 4 are all sorts of each other.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

Agree = Callable[[np.ndarray, np.ndarray], bool]
AnswerPair = tuple[np.ndarray, np.ndarray]  # a wrong answer and the right one
Candidates = Iterator[tuple[str, np.ndarray]]
WHOLE_FACTORS = range(2, 65)  # beyond, many a number is a multiple of another by chance
TELLING = 3  # different numbers that are not round: fewer prove nothing
AT_LEAST = 2  # of them are among those that the property is about
THESE, THIS = "these are the right numbers", "it is the right number"


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
    """Return how `found` follows from `wanted` ("the sign is flipped"), or ""."""
    return common_property([(found, wanted)], agree)


def common_property(pairs: Sequence[AnswerPair], agree: Agree, *, whole: bool = False) -> str:
    """Return how every wrong answer follows from its right one, or "" if no one property says it.

    Args:
        pairs: the wrong answers, each with the right one.
        agree: whether two arrays of one shape are equal within the tolerance.
        whole: look only for what all entries have in common, not where some are right. Then some pairs may
            agree, if the property leaves those as they are: not everything is changed by rounding.
    """
    if not pairs or unrounded([wanted for _, wanted in pairs]) < TELLING:
        return ""
    for found, wanted in pairs:
        if found.shape != wanted.shape or not found.size or not np.isfinite([found, wanted]).all():
            return ""
    with np.errstate(all="ignore"):
        pairs, equal = apart_first(pairs, agree)
        if equal and (not whole or equal == len(pairs)):
            return ""
        apart = [np.abs(found - wanted) > 5e-4 * np.abs(wanted) for found, wanted in pairs]
        wrong = [wanted[where] for (_, wanted), where in zip(pairs, apart, strict=True)]
        right = [wanted[~where] for (_, wanted), where in zip(pairs, apart, strict=True)]
        told = common(pairs, agree, properties) if unrounded(wrong) >= AT_LEAST else ""
        if not whole:
            told = told or (common(pairs, agree, partly_right) if unrounded(right) >= AT_LEAST else "")
            told = told or common(pairs, agree, nearly_right)
    alone = all(wanted.size == 1 for _, wanted in pairs)
    return worded_for_one(told) if alone else told


def may_be_common(pairs: Sequence[AnswerPair], agree: Agree) -> bool:
    """Whether some of the pairs have a property of whole answers in common: if not, all do not."""
    if not all(found.shape == wanted.shape and np.isfinite([found, wanted]).all() for found, wanted in pairs):
        return False
    with np.errstate(all="ignore"):
        return bool(common(apart_first(pairs, agree)[0], agree, properties))


def apart_first(pairs: Sequence[AnswerPair], agree: Agree) -> tuple[Sequence[AnswerPair], int]:
    """Return the pairs, those that agree last, and how many those are."""
    equal = [agree(*pair) for pair in pairs]
    order = sorted(range(len(pairs)), key=equal.__getitem__)
    return [pairs[at] for at in order], sum(equal)


def worded_for_one(told: str) -> str:
    """Return a property as it is told of single numbers."""
    hidden = without_numbers(told)
    told, hidden = (text.replace(THESE, THIS).replace("every entry is", "it is") for text in (told, hidden))
    return told if told == hidden else Property(told, hidden)


def unrounded(numbers: Sequence[np.ndarray]) -> int:
    """Return how many different numbers are not round."""
    every = np.abs(np.concatenate([one.ravel() for one in numbers]))
    return len({f"{number:.4g}" for number in every[unround(every)]})


def unround(numbers: np.ndarray) -> np.ndarray:
    """Return which numbers are not a multiple of a twentieth, nor any of the figures all sorts lead to."""
    with np.errstate(all="ignore"):
        steps = 20 * numbers
        near = np.isclose(np.round(steps), steps, rtol=1e-6, atol=1e-6)
        long = np.abs(numbers * 1000 - np.round(numbers * 1000)) > 1e-6
    told: np.ndarray = np.isfinite(numbers) & ~near & (long | (np.abs(numbers) > 0.1))
    return told


def common(
    pairs: Sequence[AnswerPair],
    agree: Agree,
    family: Callable[[np.ndarray, np.ndarray, Agree], Iterator[str]],
) -> str:
    """Return the first property of a family that all pairs have."""

    def fits(one: np.ndarray, other: np.ndarray) -> bool:
        far = one.size and np.abs(one - other).max() > 0.1 * np.abs(other).max()
        return not far and agree(one, other)  # most candidates are far, which is quick to tell

    known = list(dict.fromkeys(family(*pairs[0], fits)))
    for found, wanted in pairs[1:]:
        if not known:
            return ""
        also = set(family(found, wanted, fits))
        known = [told for told in known if told in also]
    return known[0] if known else ""


def properties(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> Iterator[str]:
    """Yield what holds for a whole answer, the most telling first."""
    yield from constant(found, wanted, agree)
    yield from fitting([*treatments(wanted), *arrangements(wanted)], found, wanted, agree)
    yield from shifted(found, wanted, agree)
    yield from scaled(found, wanted, agree)
    yield from limited(found, wanted, agree)


def constant(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> Iterator[str]:
    """Yield whether all entries are one number."""
    if not found.any():
        yield "every entry is 0"
    if np.ptp(found) > 0 or np.ptp(wanted) == 0:
        return
    for which, number in (("first", wanted.flat[0]), ("last", wanted.flat[-1])):
        if agree(found, np.full_like(wanted, number)):
            yield f"every entry is what only the {which} should be"
    yield "every entry is the same"


def treatments(wanted: np.ndarray) -> Candidates:
    """Yield what the right numbers become when each is treated alike, each with its sentence."""
    yield "the sign is flipped", -wanted
    yield f"{THESE} without the sign", np.abs(wanted)
    yield f"{THESE} cut to whole numbers: is the dtype that of integers?", np.trunc(wanted)
    if np.abs(wanted).max() > 1.5:  # else 0 and 1 may just as well say which is the largest
        yield f"{THESE} rounded to whole numbers", np.round(wanted)
    for count in (1, 2, 3):
        yield f"{THESE} rounded to {10**-count:g}", np.round(wanted, count)
    yield f"{THESE} passed through exp", np.exp(wanted)
    yield f"{THESE} passed through log", np.log(wanted)
    yield f"{THESE} turned upside down, 1 / x", 1 / wanted
    yield f"{THESE} squared", wanted**2


def arrangements(wanted: np.ndarray) -> Candidates:
    """Yield what the right numbers become when moved or combined, each with its sentence."""
    for axis in range(wanted.ndim):
        along = f" along axis {axis}" if wanted.ndim > 1 else ""
        yield f"{THESE} in reverse order{along}", np.flip(wanted, axis)
    yield f"{THESE}, transposed", wanted.T
    if wanted.size < 3:
        return
    if abs(wanted.mean()) > 1e-3 * wanted.std():  # else that is what is wanted
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


def fitting(
    candidates: Sequence[tuple[str, np.ndarray]], found: np.ndarray, wanted: np.ndarray, agree: Agree
) -> Iterator[str]:
    """Yield the sentences of the candidates that were found, and are not right if that was not."""
    right = agree(found, wanted)
    for told, candidate in candidates:
        fits = candidate.shape == found.shape and np.isfinite(candidate).all()
        if fits and agree(found, candidate) and (right or not agree(candidate, wanted)):
            yield told


def shifted(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> Iterator[str]:
    """Yield whether one axis is off by one place, or all stands in some other order."""
    for axis in {0, wanted.ndim - 1} if wanted.ndim else ():
        one, other = np.moveaxis(found, axis, 0), np.moveaxis(wanted, axis, 0)
        if len(other) > 2 and np.ptp(other[:-1]) > 0 and agree(one[1:], other[:-1]):
            yield "the right numbers come one index too late"
        if len(other) > 2 and np.ptp(other[1:]) > 0 and agree(one[:-1], other[1:]):
            yield "the right numbers come one index too early"
    if wanted.size > 2 and agree(np.sort(found, axis=None), np.sort(wanted, axis=None)):
        yield f"{THESE} in another order"


def scaled(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> Iterator[str]:
    """Yield whether one factor or one added constant explains every entry."""
    factor = float(np.vdot(wanted, found) / np.vdot(wanted, wanted))
    apart = factor != 0 and abs(factor - 1) > 5e-4 and (wanted.size == 1 or np.ptp(np.abs(wanted)) > 0)
    if apart and agree(found / factor, wanted):
        for told, counts in (("divided by their number: a mean where a sum is wanted?", 1 / factor),
                             ("times their number: a sum where a mean is wanted?", factor)):  # fmt: skip
            if wanted.size > 2 and np.isclose(counts, wanted.size, rtol=1e-4):
                yield f"every entry is the right one {told}"
        same, digits = "every entry is the right one times", 3 if abs(factor - 1) > 0.01 else 4
        yield Property(f"{same} {factor:.{digits}g}", f"{same} a constant")
        for told, counts in (("divided by a whole number: a mean where a sum is wanted?", 1 / factor),
                             ("times a whole number: a sum where a mean is wanted?", factor)):  # fmt: skip
            whole = round(counts)
            if wanted.size == 1 and whole in WHOLE_FACTORS and np.isclose(counts, whole, rtol=1e-4):
                yield f"{THESE} {told}"
    gap, same = found - wanted, "every entry is off by the same amount"
    if np.ptp(gap) <= 1e-3 * np.abs(np.mean(gap)):
        if np.ptp(wanted) > 0:
            yield same
        yield Property(f"every entry is off by {np.mean(gap):.3g}", same)


def limited(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> Iterator[str]:
    """Yield whether one array is the other with its ends cut off."""
    for cut, whole, told in (
        (found, wanted, f"{THESE}, limited to a range that is too narrow"),
        (wanted, found, f"{THESE} before they are limited to a range"),
    ):
        inside = (cut > cut.min()) & (cut < cut.max())
        if inside.sum() > 1 and (~inside).sum() > 2 and agree(whole.clip(cut.min(), cut.max()), cut):
            yield told


def partly_right(found: np.ndarray, wanted: np.ndarray, agree: Agree) -> Iterator[str]:
    """Yield whether only an end is wrong, or only numbers of one sign."""
    right = np.abs(found - wanted) <= 5e-4 * np.abs(wanted)  # the others are clearly wrong
    if wanted.ndim == 1 and wanted.size > 2:
        for which, rest in (("first", slice(1, None)), ("last", slice(-1))):
            if agree(found[rest], wanted[rest]):
                yield f"only the {which} is wrong"
        start, stop = int(np.argmin(right)), int(np.argmax(right))
        if start > 1 and not right[start:].any() and agree(found[:start], wanted[:start]):
            yield f"they are right up to index [{start - 1}] and wrong from there on"
        if stop > 1 and right[stop:].all() and agree(found[stop:], wanted[stop:]):
            yield f"they are wrong up to index [{stop - 1}] and right from there on"
    for told, where in (("negative", wanted < 0), ("positive", wanted > 0)):
        apart = where.sum() > 1 and (~where).sum() > 1 and not right[where].any()
        if apart and agree(found[~where], wanted[~where]):
            yield f"they are wrong where the right number is {told}, and right elsewhere"


def nearly_right(found: np.ndarray, wanted: np.ndarray, _: Agree) -> Iterator[str]:
    """Yield whether all of it is wrong by a little."""
    gap, size = np.abs(found - wanted), np.abs(wanted)
    close = (gap > 1e-5 * size) & (gap <= 0.02 * size)
    if close.any() and np.all(close | ((gap == 0) & (size == 0))):
        yield "every entry is close, none is exact: is something rounded, or a constant changed?"

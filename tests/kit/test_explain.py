"""Each property that a failure tells: it is told for answers that have it, and only for those."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.checks.explain import common_property, explain
from autograder.checks.tolerance import is_close

WANT = np.array([0.713, -2.437, 1.318, 3.129, -0.226, 2.641])
POSITIVE = np.abs(WANT) + 0.05
TABLE = np.array([[0.713, -2.437, 1.318], [3.129, -0.226, 2.641], [1.917, 0.443, -1.129]])


def agree(one, other):
    return bool(is_close(one, other).all())


def told(found, wanted=WANT):
    return explain(np.asarray(found, dtype=float), np.asarray(wanted, dtype=float), agree)


def but(wanted, where, value):
    """Return a copy with other values somewhere."""
    changed = np.array(wanted, dtype=float)
    changed[where] = value
    return changed


THESE = "these are the right numbers"
PROPERTIES = {
    "zeros": (WANT * 0, WANT, "every entry is 0"),
    "first": (np.full(6, 0.713), WANT, "every entry is what only the first should be"),
    "last": (np.full(6, 2.641), WANT, "every entry is what only the last should be"),
    "constant": (np.full(6, 0.9), WANT, "every entry is the same"),
    "sign": (-WANT, WANT, "the sign is flipped"),
    "absolute": (np.abs(WANT), WANT, f"{THESE} without the sign"),
    "integers": (
        np.trunc(WANT),
        WANT,
        f"{THESE} cut to whole numbers: is the dtype that of integers?",
    ),
    "whole": (np.round(WANT), WANT, f"{THESE} rounded to whole numbers"),
    "rounded": (np.round(WANT * np.e, 2), WANT * np.e, f"{THESE} rounded to 0.01"),
    "exp": (np.exp(WANT), WANT, f"{THESE} passed through exp"),
    "log": (np.log(POSITIVE), POSITIVE, f"{THESE} passed through log"),
    "inverse": (1 / WANT, WANT, f"{THESE} turned upside down, 1 / x"),
    "square": (WANT**2, WANT, f"{THESE} squared"),
    "reversed": (WANT[::-1], WANT, f"{THESE} in reverse order"),
    "reversed rows": (TABLE[::-1], TABLE, f"{THESE} in reverse order along axis 0"),
    "reversed in rows": (TABLE[:, ::-1], TABLE, f"{THESE} in reverse order along axis 1"),
    "transposed": (TABLE.T, TABLE, f"{THESE}, transposed"),
    "centred": (WANT - WANT.mean(), WANT, f"{THESE} minus their mean"),
    "standardised": (
        (WANT - WANT.mean()) / WANT.std(),
        WANT,
        f"{THESE} standardised to mean 0 and deviation 1",
    ),
    "sample std": (
        (WANT - WANT.mean()) / WANT.std(ddof=1),
        WANT,
        f"{THESE} standardised to mean 0 and deviation 1",
    ),
    "sums": (np.cumsum(WANT), WANT, "these are running sums of the right numbers"),
    "sums from the end": (
        np.cumsum(WANT[::-1])[::-1],
        WANT,
        "these are running sums of the right numbers, from the end",
    ),
    "rewards": (
        WANT,
        np.cumsum(WANT[::-1])[::-1],
        "these are differences of neighbours among the right numbers: is a sum missing?",
    ),
    "late": (np.r_[9.0, WANT[:-1]], WANT, "the right numbers come one index too late"),
    "rolled": (np.roll(WANT, -1), WANT, "the right numbers come one index too early"),
    "early in rows": (
        np.c_[TABLE[:, 1:], [7, 8, 9]],
        TABLE,
        "the right numbers come one index too early",
    ),
    "other order": (WANT[[2, 0, 1, 5, 4, 3]], WANT, f"{THESE} in another order"),
    "sorted": (np.sort(WANT), WANT, f"{THESE} in another order"),
    "scaled": (WANT * 0.9, WANT, "every entry is the right one times 0.9"),
    "just scaled": (WANT * 1.001, WANT, "every entry is the right one times 1.001"),
    "mean": (
        WANT / 6,
        WANT,
        "every entry is the right one divided by their number: a mean where a sum is wanted?",
    ),
    "sum": (
        WANT * 6,
        WANT,
        "every entry is the right one times their number: a sum where a mean is wanted?",
    ),
    "offset": (WANT + 0.3, WANT, "every entry is off by the same amount"),
    "clipped": (WANT.clip(-1, 2), WANT, f"{THESE}, limited to a range that is too narrow"),
    "not clipped": (WANT, WANT.clip(-1.137, 2.083), f"{THESE} before they are limited to a range"),
    "first wrong": (but(WANT, 0, 5), WANT, "only the first is wrong"),
    "last wrong": (but(WANT, -1, 5), WANT, "only the last is wrong"),
    "tail": (
        but(WANT, slice(3, None), 5),
        WANT,
        "they are right up to index [2] and wrong from there on",
    ),
    "head": (
        but(WANT, slice(3), 5),
        WANT,
        "they are wrong up to index [2] and right from there on",
    ),
    "negative": (
        np.where(WANT < 0, WANT * 3 - 1, WANT),
        WANT,
        "they are wrong where the right number is negative, and right elsewhere",
    ),
    "positive": (
        np.where(WANT > 0, WANT * 3 + 1 / WANT, WANT),
        WANT,
        "they are wrong where the right number is positive, and right elsewhere",
    ),
    "close": (
        WANT * [1.001, 0.999, 1.002, 1.01, 0.99, 1.003],
        WANT,
        "every entry is close, none is exact: is something rounded, or a constant changed?",
    ),
}


@pytest.mark.parametrize(("found", "wanted", "property_"), PROPERTIES.values(), ids=PROPERTIES)
def test_each_property_is_told(found, wanted, property_):
    assert told(found, wanted) == property_
    assert told(found.astype(np.float32), wanted) in (property_, "")


LONE = "it is the right number"
LONE_ONES = (2.7134, -1.1792, 0.8467)


@pytest.mark.parametrize(
    ("treat", "property_"),
    [
        (lambda x: -x, "the sign is flipped"),
        (lambda x: x / 7, "it is the right one times 0.143"),
        (lambda x: x / (2 + (x > 0)), f"{LONE} divided by a whole number: a mean where a sum is wanted?"),
        (lambda x: x * (50 + (x > 0)), f"{LONE} times a whole number: a sum where a mean is wanted?"),
        (np.exp, f"{LONE} passed through exp"),
        (np.trunc, f"{LONE} cut to whole numbers: is the dtype that of integers?"),
        (lambda x: np.round(x, 1), f"{LONE} rounded to 0.1"),
        (lambda x: 0.0, "it is 0"),
        (lambda x: x + 0.37, "it is off by 0.37"),
        (lambda x: x * x + 0.37, ""),
    ],
)
def test_lone_numbers_are_explained_by_what_several_have_in_common(treat, property_):
    pairs = [(np.array(float(treat(number))), np.array(number)) for number in LONE_ONES]
    if np.trunc in (treat,):
        pairs = [pair for pair in pairs if pair[0]] + [(np.array(3.0), np.array(3.3719))]
    assert common_property(pairs, agree) == property_
    assert common_property(pairs[:1], agree) == ""


@pytest.mark.parametrize(("found", "wanted"), [(1.0, 0.0), (4.0, 2.0), (1.0, 0.6931), (-6.0, 6.0)])
def test_one_number_is_no_evidence(found, wanted):
    assert told(found, wanted) == ""


# What people's code answered, and what they were told that misled them: findings of outsiders.
MISLEADING = {
    "a step costs 0.1": [([-0.1], [-0.01])] * 6 + [([0.9], [0.99])],
    "actions up, down, left, right": [([1.0, 0.0], [0.0, 1.0]), ([2.0, 1.0], [1.0, 2.0])],
    "eps of its own": [([0.354, -0.354], [0.3539, -0.35387])],
    "last reward counted twice": [([0.0, 1.0, 1.0, 1.5], [1.0, 1.0, 1.0, 1.0])],
    "values ** (1 / T)": [([0.0, 1.0, 0.0], [0.001, 0.998, 0.001])],
    "a forward loop": [([1.0, 1.0, 1.0], [1.75, 1.5, 1.0])],
    "Bellman in place": [([1.0, 2.0, 3.0], [0.9, 1.8, 2.71])],
    "max for min, four symmetric ratios": [([-1.2, 1.2, 0.8, -0.8], [1.2, -1.2, -0.8, 0.8])],
    "beta outside": [([0.2464], [2.464])],
    "one of two entries": [([0.0, 1.0], [0.0, 3.0])],
}


@pytest.mark.parametrize("pairs", MISLEADING.values(), ids=MISLEADING)
def test_what_fits_by_accident_is_not_told(pairs):
    assert common_property([(np.array(found), np.array(wanted)) for found, wanted in pairs], agree) == ""


def test_what_is_asked_is_not_told_as_a_mistake():
    wanted = (WANT - WANT.mean()) / WANT.std(ddof=1)
    assert told((WANT - WANT.mean()) / WANT.std(), wanted) == "every entry is the right one times 1.1"


def test_a_property_must_hold_for_every_wrong_answer():
    flipped, scaled = (-WANT, WANT), (2 * POSITIVE, POSITIVE)
    assert common_property([flipped, (-TABLE, TABLE)], agree) == "the sign is flipped"
    assert common_property([flipped, scaled], agree) == ""
    assert common_property([flipped, (WANT, WANT)], agree) == ""
    assert common_property([flipped, (np.full(2, np.nan), np.ones(2))], agree) == ""


def test_what_is_wrong_in_no_known_way_is_not_explained():
    rng = np.random.default_rng(7)
    for size in (3, 5, 50):
        for _ in range(200):
            found, wanted = rng.normal(size=(2, size))
            assert told(found, wanted) == ""


def test_only_finite_numbers_of_one_shape_are_explained():
    assert told([1.0, np.nan], [1.0, 2.0]) == told([1.0, 2.0], [1.0, np.inf]) == ""
    assert told([1.0], [1.0, 2.0]) == told([], []) == ""


@pytest.mark.parametrize("shape", [(), (1,), (2,), (7,), (3, 3), (2, 4)])
def test_a_right_answer_is_never_explained(shape):
    rng = np.random.default_rng(3)
    for wanted in (rng.normal(size=shape), np.zeros(shape), np.ones(shape), np.full(shape, 1e-9)):
        assert told(wanted, wanted) == told(wanted.astype(np.float32), wanted) == ""


NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 1e-9, 1e6, 0.1])


@settings(derandomize=True, deadline=None, max_examples=400)
@given(arrays.arrays(float, (2, 4), elements=NUMBERS))
def test_what_is_told_is_true(pair):
    found, wanted = pair
    said = told(found, wanted)
    truths = {
        "every entry is 0": lambda: not found.any(),
        "every entry is the same": lambda: np.ptp(found) == 0,
        "the sign is flipped": lambda: agree(found, -wanted),
        "reverse order": lambda: agree(found, wanted[::-1]),
        "one index too late": lambda: agree(found[1:], wanted[:-1]),
        "one index too early": lambda: agree(found[:-1], wanted[1:]),
        "another order": lambda: agree(np.sort(found), np.sort(wanted)),
        "off by the same amount": lambda: np.ptp(found - wanted) <= 1e-3 * abs(found - wanted).max(),
        "only the first": lambda: agree(found[1:], wanted[1:]),
        "only the last is wrong": lambda: agree(found[:-1], wanted[:-1]),
        "is negative": lambda: agree(found[wanted >= 0], wanted[wanted >= 0]),
        "is positive": lambda: agree(found[wanted <= 0], wanted[wanted <= 0]),
    }
    for words, holds in truths.items():
        if words in said and "what only" not in said:
            assert holds(), said
    assert not (said and agree(found, wanted))

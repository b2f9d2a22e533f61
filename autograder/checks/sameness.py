"""Is data the same? Floats to a tolerance, all else exactly, and items in whatever order."""

from collections import Counter
from contextlib import suppress
from typing import Any

import numpy as np

from autograder.checks.tolerance import is_close_number
from autograder.data.values import Handle, Tensor, same

MATCHED = 300  # items that are compared each with each; more of them are paired in the order of their size


def simple(value: Any) -> Any:
    """Return data in which tuples and arrays are lists, and objects of a dataclass their fields."""
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [simple(item) for item in value]
    if isinstance(value, dict):
        return {key: simple(item) for key, item in value.items()}
    if isinstance(value, Handle) and value.fields is not None:
        return {key: simple(item) for key, item in value.fields.items()}
    return value


def is_set(value: Any) -> bool:
    """Whether data is a set."""
    return isinstance(value, set | frozenset)


def is_listing(value: Any) -> bool:
    """Whether data is a list or a set."""
    return isinstance(value, list) or is_set(value)


def is_number(value: Any) -> bool:
    """Whether data is a number; True and False are none."""
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def same_data(found: Any, wanted: Any, rtol: float) -> bool:
    """Whether simple data is what is wanted."""
    if is_number(wanted) and is_number(found):
        return same_number(found, wanted, rtol)
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(
            same_data(one, other, rtol) for one, other in zip(found, wanted, strict=True)
        )
    if isinstance(wanted, dict) and isinstance(found, dict):
        same_keys = found.keys() == wanted.keys()
        return same_keys and all(same_data(found[key], value, rtol) for key, value in wanted.items())
    if is_set(wanted) and is_set(found):
        return len(found) == len(wanted) == matched(list(found), list(wanted), rtol)
    return same(found, wanted)


def same_number(found: Any, wanted: Any, rtol: float) -> bool:
    """Whether a number is the wanted one: near it if that is a float, else exactly."""
    if found == wanted or (found != found and wanted != wanted):
        return True
    with suppress(OverflowError):  # an integer that is no float
        return not isinstance(wanted, int) and is_close_number(found, wanted, rtol)
    return False


def matched(found: list[Any], wanted: list[Any], rtol: float) -> int:
    """Return how many wanted items have a partner of their own among those found, whatever the order."""
    ours, theirs = ([frozen(simple(item)) for item in items] for items in (found, wanted))
    equal = Counter(ours) & Counter(theirs)
    rest, missing = left_over(found, ours, equal), left_over(wanted, theirs, equal)
    if len(missing) > MATCHED:
        pairs = zip(rest, missing, strict=False)
        return equal.total() + sum(same_data(one, other, rtol) for one, other in pairs)
    partners = [
        [at for at, one in enumerate(rest[:MATCHED]) if same_data(one, other, rtol)] for other in missing
    ]
    return equal.total() + most_pairs(partners)


def left_over(items: list[Any], keys: list[Any], equal: Counter[Any]) -> list[Any]:
    """Return the simple items without an equal partner, numbers by their size."""
    waiting, rest = Counter(equal), []
    for item, key in zip(items, keys, strict=True):
        if waiting[key]:
            waiting[key] -= 1
        else:
            rest.append(simple(item))
    return sorted(rest, key=lambda item: (0, item, "") if is_real(item) else (1, 0, repr(item)))


def is_real(value: Any) -> bool:
    """Whether data is a number that has a place in an order."""
    return is_number(value) and not isinstance(value, complex) and value == value


def most_pairs(partners: list[list[int]]) -> int:
    """Return how many can have a partner at once: each in turn, others making room where they can."""
    taken: dict[int, int] = {}

    def settle(one: int, asked: set[int]) -> bool:
        for partner in partners[one]:
            if partner in asked:
                continue
            asked.add(partner)
            if partner not in taken or settle(taken[partner], asked):
                taken[partner] = one
                return True
        return False

    return sum(settle(one, set()) for one in range(len(partners)))


def frozen(value: Any) -> Any:
    """Return what is equal, and can be hashed, for simple data that is equal."""
    if isinstance(value, list):
        return ("list", *map(frozen, value))
    if isinstance(value, dict):
        return ("dict", frozenset((key, frozen(item)) for key, item in value.items()))
    if is_set(value):
        return ("set", frozenset(frozen(simple(item)) for item in value))
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, str | bytes | None) or (is_number(value) and value == value):
        return value
    return ("itself", id(value))

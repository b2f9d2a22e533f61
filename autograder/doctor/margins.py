"""How far is an answer from the right one, in tolerances? At 1 a check begins to refuse it.

A known mistake should be many tolerances away, a right answer in single precision far below one.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder.checks.compare import CheckFailed, numbers_of, unpack
from autograder.checks.tolerance import RTOL, allowed
from autograder.data.values import Opaque, Tensor
from autograder.judging.answers import Answers, holds
from autograder.judging.session import Ended, Exchange
from autograder.sandbox.calls import Answer, StudentRaised


def tolerances(exchanges: Sequence[Exchange], reference: Answers) -> float | None:
    """Return how far the farthest answer of a check's calls is from the reference's.

    None if no call can be compared: objects and what is drawn from generators are left out.
    """
    distances = []
    for exchange in exchanges:
        call = exchange.call
        if call.action != "call" or any(map(holds, (*call.args, *call.kwargs.values()))):
            continue
        right = reference.conversation().outcome(call)
        if not (isinstance(right, Answer) and holds(right.value)):
            distances.append(apart(exchange.outcome, right))
    return max(distances, default=None)


def apart(got: Answer | Ended, want: Answer | Ended) -> float:
    """Return the distance between two outcomes of a call, infinite if they differ in kind."""
    if isinstance(got, StudentRaised) and isinstance(want, StudentRaised):
        return 0.0 if got.type_name == want.type_name else math.inf
    if not isinstance(got, Answer) or not isinstance(want, Answer):
        return 0.0 if type(got) is type(want) else math.inf
    if got.changed != want.changed:
        return math.inf
    distances = list(pairs(got.value, want.value))
    for name, right in want.grads.items():
        distances.append(distance(*as_gradients(got.grads.get(name), right)))
    return max(distances, default=0.0)


def pairs(got: Any, want: Any) -> Iterator[float]:
    """Yield the distance of each output."""
    if not isinstance(want, tuple):
        yield distance(got, want)
        return
    try:
        outputs = unpack(got, len(want))
    except CheckFailed:
        yield math.inf
        return
    for output, one in zip(outputs, want, strict=True):
        yield distance(output, one)


def as_gradients(got: Any, want: Any) -> tuple[Any, Any]:
    """Return two gradients, where one has none and the other has, none as zeros."""
    if got is None and isinstance(want, Tensor):
        return np.zeros(want.array.shape), want
    if want is None and isinstance(got, Tensor):
        return got, np.zeros(got.array.shape)
    return got, want


def distance(got: Any, want: Any) -> float:
    """Return the distance between two outputs."""
    if want is None or isinstance(want, str | bool | Opaque):
        return 0.0 if got == want else math.inf
    try:
        found, wanted = numbers_of(got, "it"), numbers_of(want, "it")
    except (CheckFailed, TypeError, ValueError):
        return math.inf
    column = wanted.ndim == 1 and found.shape == (*wanted.shape, 1)
    if found.shape != wanted.shape and not column and (wanted.ndim or found.shape != (1,)):
        return math.inf
    found = found.reshape(wanted.shape)
    with np.errstate(all="ignore"):
        gap = np.abs(found - wanted)
        room = allowed(found, wanted, gap) + RTOL * np.abs(wanted)
        away = np.where((found == wanted) | (np.isnan(found) & np.isnan(wanted)), 0.0, gap / room)
    return float(np.nan_to_num(away, nan=math.inf).max(initial=0.0))

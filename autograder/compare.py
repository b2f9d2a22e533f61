"""Is this answer right? Kind, then shape, then finiteness, then values, relative tolerance first.

A `CheckFailed` has a reason that is safe to show on a hidden check (what kind of wrong) and details
that are not (the numbers that came and were wanted).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.explain import explain
from autograder.values import Handle, Opaque, Tensor, plain

# float64 references against float32 answers: 1e-4 leaves float32 three digits of room and still
# refuses an answer that is off by a relative 1e-3. The absolute part shrinks with the data.
RTOL = 1e-4
ATOL = 1e-6
SHOWN = 8


class CheckFailed(AssertionError):
    """The student's answer is wrong. `reason` may be shown on hidden checks, `details` may not."""

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(f"{reason}\n{details}" if details else reason)
        self.reason = reason
        self.details = details


def expect(condition: bool, reason: str, details: str = "") -> None:
    """Fail with `reason` unless the condition holds. Never put an expected number in `reason`."""
    __tracebackhide__ = True
    if not condition:
        raise CheckFailed(reason, details)


def expect_close(got: Any, want: Any, *, rtol: float = RTOL, atol: float = ATOL, name: str = "") -> None:
    """Fail unless `got` holds the numbers `want`, in the same shape.

    Args:
        got: what the student returned.
        want: a number, or an array, list or tensor of numbers; a tuple asks for several outputs.
        rtol: relative tolerance; a value other than the default carries its reason at the call.
        atol: absolute tolerance for data of size 1 or more; it shrinks with smaller data.
        name: which output this is, for the message.
    """
    __tracebackhide__ = True
    if isinstance(want, tuple):
        parts = unpack(got, len(want), name)
        for index, (one, wanted) in enumerate(zip(parts, want, strict=True)):
            expect_close(one, wanted, rtol=rtol, atol=atol, name=f"{name or 'output'}[{index}]")
        return
    wanted = np.asarray(numbers_of(want, "the expected value"), dtype=np.float64)
    subject = name or "the result"
    found = fit_shape(numbers_of(got, subject), wanted, subject, rtol, atol)
    check_values(found, wanted, subject, rtol, atol)


def unpack(got: Any, count: int, name: str = "") -> Sequence[Any]:
    """Return the `count` outputs of an answer: a tuple, a list, or an array with that many rows."""
    __tracebackhide__ = True
    subject = name or "the result"
    got = plain(got)
    if isinstance(got, Tensor):
        got = [Tensor(row, got.dtype) for row in got.array] if got.array.ndim else got
    elif isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    if not isinstance(got, list | tuple):
        raise CheckFailed(f"{subject} is {describe(got)}; expected {count} values: return a, b")
    if len(got) != count:
        raise CheckFailed(f"{subject} holds {len(got)} values; expected {count}")
    return got


def expect_gradient(result: Any, argument: str, want: Any, *, rtol: float = RTOL, atol: float = ATOL) -> None:
    """Fail unless the gradient for `argument` is `want`. No graph counts as a gradient of zero."""
    __tracebackhide__ = True
    wanted = np.asarray(numbers_of(want, "the expected gradient"), dtype=np.float64)
    grad = result.grads[argument]
    subject = f"the gradient for {argument}"
    if grad is None and np.any(wanted != 0):
        raise CheckFailed(
            f"no gradient reaches {argument}: was it detached, turned into NumPy or a Python number,"
            " or computed under no_grad?"
        )
    found = np.zeros_like(wanted) if grad is None else numbers_of(grad, subject)
    check_values(fit_shape(found, wanted, subject, rtol, atol), wanted, subject, rtol, atol)


def expect_zero_gradient(result: Any, argument: str) -> None:
    """Fail if a gradient reaches `argument`, which is to be treated as a constant."""
    __tracebackhide__ = True
    grad = result.grads[argument]
    if grad is not None and np.any(numbers_of(grad, f"the gradient for {argument}") != 0):
        raise CheckFailed(f"a gradient reaches {argument}, which is a constant here: detach it")


def expect_unchanged(function: Any) -> None:
    """Fail if the last call of `student.<function>` changed any of its arguments."""
    __tracebackhide__ = True
    if function.changed_inputs:
        names = " and ".join(function.changed_inputs)
        raise CheckFailed(f"the call changed its input {names}: work on a copy")


def numbers_of(value: Any, subject: str) -> np.ndarray:
    """Return the numbers of an answer as an array, or say by name what was returned instead."""
    __tracebackhide__ = True
    value = plain(value)
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, list | tuple):
        value = stack(value, subject)
    if not isinstance(value, int | float | np.ndarray) or isinstance(value, bool):
        raise CheckFailed(f"{subject} is {describe(value)}; expected numbers{advice(value)}")
    array = np.asarray(value)
    if array.dtype.kind == "b":
        raise CheckFailed(f"{subject} is made of True and False; expected numbers")
    if array.dtype.kind == "c":
        raise CheckFailed(f"{subject} is complex; expected real numbers")
    return array


def stack(items: Sequence[Any], subject: str) -> np.ndarray:
    """Return a list of numbers, or of lists of them, as one array."""
    __tracebackhide__ = True
    rows = [numbers_of(item, f"an entry of {subject}") for item in items]
    if len({row.shape for row in rows}) > 1:
        raise CheckFailed(f"{subject} is a list whose entries differ in shape; expected numbers")
    return np.array(rows) if rows else np.empty(0)


def fit_shape(found: np.ndarray, wanted: np.ndarray, subject: str, rtol: float, atol: float) -> np.ndarray:
    """Return `found` in the wanted shape where only a column or a lone 1 differs, else fail."""
    __tracebackhide__ = True
    if found.shape == wanted.shape:
        return found
    column = wanted.ndim == 1 and found.shape == (*wanted.shape, 1)
    if column or (wanted.ndim == 0 and found.shape == (1,)):
        return found.reshape(wanted.shape)
    told = f"{subject} has shape {found.shape}; expected {wanted.shape}"
    if found.size == 0:
        told = f"{subject} is empty; expected shape {wanted.shape}"
    elif found.ndim == 0:
        told = f"{subject} is a single number; expected one for each of {wanted.shape}"
    elif found.size == wanted.size and is_close(found.reshape(wanted.shape), wanted, rtol, atol).all():
        told += ": the values are right, the shape is not"
    elif found.ndim == wanted.ndim == 1:
        short = min(found.size, wanted.size)
        if short and is_close(found[:short], wanted[:short], rtol, atol).all():
            told += f": the first {short} are right"
    raise CheckFailed(told)


def is_close(found: np.ndarray, wanted: np.ndarray, rtol: float = RTOL, atol: float = ATOL) -> np.ndarray:
    """Return where two arrays of one shape agree. Non-finite values agree when identical."""
    finite = wanted[np.isfinite(wanted)]
    largest = float(np.max(np.abs(finite), initial=0.0))
    scale = min(1.0, largest) if largest > 0 else 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(found - wanted) <= atol * scale + rtol * np.abs(wanted)
    return np.where(np.isfinite(wanted), near & np.isfinite(found), found == wanted)


def check_values(found: np.ndarray, wanted: np.ndarray, subject: str, rtol: float, atol: float) -> None:
    """Fail with the first wrong place and what kind of wrong it is."""
    __tracebackhide__ = True
    right = is_close(found, wanted, rtol, atol)
    if right.all():
        return
    wrong = np.argwhere(~right)
    first = tuple(int(i) for i in wrong[0])
    where = f"wrong at {len(wrong)} of {wanted.size} entries; first at index {list(first)}"
    reason = f"{subject} is {where if wanted.ndim else 'wrong'}"
    broken = ~np.isfinite(found) & np.isfinite(wanted)
    if broken.any():
        place = [int(i) for i in np.argwhere(broken)[0]]
        kind = "NaN" if np.isnan(found[broken][0]) else "infinite"
        reason = f"{subject} is {kind}" + (f" at index {place}" if wanted.ndim else "")
    else:
        told = explain(found, wanted, lambda a, b: bool(is_close(a, b, rtol, atol).all()))
        reason += f": {told}" if told else ""
    details = f"got {show(found[first])}, expected {show(wanted[first])}"
    if wanted.size > 1:
        details += f" there\ngot      {show(found)}\nexpected {show(wanted)}"
    raise CheckFailed(reason, details)


def show(value: Any) -> str:
    """Return numbers as a reader likes them: six digits, long arrays cut in the middle."""
    return np.array2string(np.asarray(value), precision=6, threshold=2 * SHOWN, edgeitems=SHOWN // 2)


def describe(value: Any) -> str:
    """Say what a piece of data is, without its contents."""
    if value is None:
        return "None"
    if isinstance(value, bool):
        return f"{value}"
    if isinstance(value, Handle | Opaque):
        why = getattr(value, "why", "")
        return f"an object of type {value.type_name}" + (f" ({why})" if why else "")
    if isinstance(value, np.ndarray | Tensor):
        array = value.array if isinstance(value, Tensor) else value
        return f"{'a tensor' if isinstance(value, Tensor) else 'an array'} of shape {array.shape}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"


def advice(value: Any) -> str:
    """Return one thing to try for an answer of the wrong kind."""
    if value is None:
        return ": is there a return at the end?"
    if isinstance(value, Handle | Opaque):
        short = value.type_name.rsplit(".")[-1]
        if short in ("generator", "map", "zip", "reversed", "list_reverseiterator", "accumulate", "filter"):
            return ": wrap it in list(...)"
        if short in ("function", "method", "type"):
            return ": call it, and return what it gives"
    return ""

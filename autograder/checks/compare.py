"""Is this answer right? Kind, then shape, then finiteness, then values, relative tolerance first.

A `CheckFailed` has a reason and details (the numbers that came and were wanted) for whoever may see the
inputs, and what a hidden check may say: the kind of wrong and a place in the right answer. No number,
shape or text in that is the student's: their code could choose it to say what it was called with.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograder.checks.describe import advice, counted, describe, side_by_side, type_of, where_wrong
from autograder.checks.explain import explain
from autograder.checks.tolerance import EXACT, RTOL, is_close
from autograder.data.plain import TEXT_KINDS, plain
from autograder.data.values import NOT_NUMBERS, Handle, Opaque, Tensor

OTHER_KINDS = {"b": "made of True and False; expected numbers", "c": "complex; expected real numbers"}
Right = Callable[[np.ndarray, np.ndarray], np.ndarray]


class CheckFailed(AssertionError):
    """The student's answer is wrong.

    `hidden` is all that a hidden check says of it. Where it is empty, that is `reason` as far as it
    stands in the file of checks, word for word. `pattern` finds what kind of wrong this one answer is.
    Other failed checks may say otherwise, so it is told only where a check is run by itself.
    """

    def __init__(
        self, reason: str, details: str = "", hidden: str = "", pattern: Callable[[], str] = str
    ) -> None:
        super().__init__(reason)
        self.reason, self.details, self.hidden = reason, details, hidden
        self._pattern = pattern

    @property
    def told(self) -> str:
        """The reason, and what kind of wrong the answer is."""
        pattern = self._pattern()
        return f"{self.reason}: {pattern}" if pattern else self.reason

    def __str__(self) -> str:
        return f"{self.told}\n{self.details}" if self.details else self.told


def expect(condition: bool, reason: str, details: str = "") -> None:
    """Fail with `reason` unless the condition holds.

    Of a hidden check, students read of `reason` what stands in quotes in the file of checks, not what an
    f-string puts in. Never write an expected number there.
    """
    __tracebackhide__ = True
    if not condition:
        raise CheckFailed(reason, details)


def expect_close(
    got: Any, want: Any, *, rtol: float = RTOL, atol: float | None = None, name: str | Sequence[str] = ""
) -> None:
    """Fail unless `got` holds the numbers `want`, in the same shape.

    Args:
        got: what the student returned.
        want: a number, or an array, list or tensor of numbers; True or False; a tuple asks for
            several outputs.
        rtol: relative tolerance; a value other than the default carries its reason at the call.
        atol: absolute tolerance. Unless given, it is a small share of the data's typical size
            (tolerance.py), so that zeros do not pass for small numbers.
        name: what to call the answer in the message; several names for several outputs.
    """
    __tracebackhide__ = True
    if isinstance(want, tuple):
        expect_outputs(got, want, rtol, atol, name)
        return
    subject = name if isinstance(name, str) and name else "the result"
    if isinstance(want, bool | np.bool_):
        expect_flag(got, bool(want), subject)
        return
    try:
        wanted = numbers_of(want, "the expected value")
    except CheckFailed as ours:
        raise TypeError(f"expect_close cannot compare with this: {ours.reason}") from None
    compare(numbers_of(got, subject), wanted, subject, rtol, atol)


def expect_outputs(
    got: Any, want: tuple[Any, ...], rtol: float, atol: float | None, name: str | Sequence[str]
) -> None:
    """Fail unless an answer holds the outputs `want`, one by one."""
    __tracebackhide__ = True
    if isinstance(name, str):
        parts = unpack(got, len(want), name)
        names: Sequence[str] = [f"{name or 'output'}[{index}]" for index in range(len(want))]
    else:
        parts, names = unpack(got, len(want), "", name), name
    for one, wanted, label in zip(parts, want, names, strict=True):
        try:
            expect_close(one, wanted, rtol=rtol, atol=atol, name=label)
        except CheckFailed as wrong:
            if len(want) == 2 and is_right(parts[1], want[0]) and is_right(parts[0], want[1]):
                swapped = "the two outputs are in the wrong order"
                raise CheckFailed(swapped, wrong.details, swapped) from None
            raise


def is_right(got: Any, want: Any) -> bool:
    """Whether an answer is what is wanted."""
    try:
        expect_close(got, want)
    except CheckFailed:
        return False
    return True


def expect_flag(got: Any, want: bool, subject: str) -> None:
    """Fail unless an answer is this truth value."""
    __tracebackhide__ = True
    got = plain(got)
    array = got.array if isinstance(got, Tensor) else got
    if isinstance(array, np.ndarray) and array.size == 1 and array.dtype.kind == "b":
        got = bool(array.item())
    if not isinstance(got, bool):
        raise refusal(got, subject, "True or False")
    if got is not want:
        told = f"{subject} is {got}, which is wrong here"
        raise CheckFailed(told, hidden=told)


def refusal(value: Any, subject: str, wanted: str) -> CheckFailed:
    """Return the failure for an answer of the wrong kind, with one thing to try."""
    rest = f"; expected {wanted}{advice(value, wanted)}"
    details = f"its type is {type_of(value)}" if isinstance(value, Handle | Opaque) else ""
    hidden = f"{subject} is {describe(value, sizes=False)}{rest}"
    return CheckFailed(f"{subject} is {describe(value)}{rest}", details, hidden)


def unpack(got: Any, count: int, name: str = "", names: Sequence[str] = ()) -> Sequence[Any]:
    """Return the `count` outputs of an answer: a tuple, a list, or an array with that many rows."""
    __tracebackhide__ = True
    subject = name or "the result"
    whole = got = plain(got)
    if isinstance(got, Tensor) and got.array.ndim:
        got = [Tensor(np.asarray(row), got.dtype) for row in got.array]
    elif isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    wanted = f"{count} outputs" + (f" ({', '.join(names)})" if names else "")
    if not isinstance(got, list | tuple) or (len(got) != count and got is not whole):
        raise refusal(whole, subject, wanted)
    if len(got) != count:
        told = f"{subject} holds {counted(len(got), 'output')}; expected {wanted}"
        few = "too few" if len(got) < count else "too many"
        raise CheckFailed(told, hidden=f"{subject} holds {few} outputs; expected {wanted}")
    return got


def expect_gradient(
    result: Any, argument: str, want: Any, *, rtol: float = RTOL, atol: float | None = None
) -> None:
    """Fail unless the gradient for `argument` is `want`. No graph counts as a gradient of zero."""
    __tracebackhide__ = True
    wanted = numbers_of(want, "the expected gradient")
    grad = result.grads.get(argument)
    subject = f"the gradient for {argument}"
    if grad is None and np.any(wanted != 0):
        told = (
            f"no gradient reaches {argument}: was it detached, turned into NumPy or a Python"
            " number, or computed under no_grad?"
        )
        raise CheckFailed(told, hidden=told)
    found = np.zeros_like(wanted) if grad is None else numbers_of(grad, subject)
    compare(found, wanted, subject, rtol, atol)


def expect_zero_gradient(result: Any, argument: str) -> None:
    """Fail if a gradient reaches `argument`, which is to be treated as a constant."""
    __tracebackhide__ = True
    grad = result.grads.get(argument)
    if grad is None:
        return
    found = np.abs(numbers_of(grad, f"the gradient for {argument}"))
    if not np.all(found <= EXACT):  # NaN is a gradient, too
        told = f"a gradient reaches {argument}, which is a constant here: detach it"
        raise CheckFailed(told, hidden=told)


def expect_unchanged(function: Any) -> None:
    """Fail if the last call of `student.<function>` changed any of its arguments."""
    __tracebackhide__ = True
    if function.changed_inputs:
        names = ", ".join(function.changed_inputs)
        told = "the call changed its input: work on a copy"
        raise CheckFailed(told, f"changed: {names}", told)


def numbers_of(value: Any, subject: str) -> np.ndarray:
    """Return the numbers of an answer as a float64 array, or say what was returned instead."""
    __tracebackhide__ = True
    return gather(plain(value), subject)


def gather(data: Any, subject: str) -> np.ndarray:
    """Return the numbers in plain data: those of an array, or of a list of arrays of one shape."""
    __tracebackhide__ = True
    if isinstance(data, list | tuple):
        if all(type(item) is float for item in data):
            return np.array(data, dtype=np.float64)
        entry = subject if subject.startswith("an entry of ") else f"an entry of {subject}"
        rows = [gather(item, entry) for item in data]
        if len({row.shape for row in rows}) > 1:
            told = f"{subject} is a list whose entries differ in shape; expected numbers"
            raise CheckFailed(told, hidden=told)
        return np.array(rows)
    array = data.array if isinstance(data, Tensor) else data
    if not isinstance(array, int | float | np.ndarray) or isinstance(array, bool):
        raise refusal(data, subject, "numbers")
    array = np.asarray(array)
    if array.dtype.kind in TEXT_KINDS:
        raise refusal(Opaque("numpy.ndarray", NOT_NUMBERS), subject, "numbers")
    if array.dtype.kind in OTHER_KINDS:
        told = f"{subject} is {OTHER_KINDS[array.dtype.kind]}"
        raise CheckFailed(told, hidden=told)
    return array.astype(np.float64)


def compare(found: np.ndarray, wanted: np.ndarray, subject: str, rtol: float, atol: float | None) -> None:
    """Fail unless two arrays agree in shape and values."""
    __tracebackhide__ = True

    def right(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return is_close(one, other, rtol, atol)

    check_values(fit_shape(found, wanted, subject, right), wanted, subject, right)


def fit_shape(found: np.ndarray, wanted: np.ndarray, subject: str, right: Right) -> np.ndarray:
    """Return `found` in the wanted shape where only a column or a lone 1 differs, else fail."""
    __tracebackhide__ = True
    if found.shape == wanted.shape:
        return found
    column = wanted.ndim == 1 and found.shape == (*wanted.shape, 1)
    if column or (wanted.ndim == 0 and found.shape == (1,)):
        return found.reshape(wanted.shape)
    came, other = f"has shape {found.shape}", "has another shape"
    if not found.size or not found.ndim:
        came = other = "is a single number" if found.size else "is empty"
    expected = f"expected shape {wanted.shape}" if wanted.ndim else "expected a single number"
    more, hidden_more = shared_part(found, wanted, right)
    hidden = f"{subject} {other}; {expected}{hidden_more}"
    raise CheckFailed(f"{subject} {came}; {expected}{more}", hidden=hidden)


def shared_part(found: np.ndarray, wanted: np.ndarray, right: Right) -> tuple[str, str]:
    """Say which of the wanted numbers are there in another shape, and the same for a hidden check."""

    def fits(part: np.ndarray, whole: np.ndarray) -> bool:
        return part.size > 0 and part.shape == whole.shape and bool(right(part, whole).all())

    told, rows = "", found.ndim == wanted.ndim == 1
    short = min(found.size, wanted.size)
    if found.size == wanted.size and fits(found.reshape(wanted.shape), wanted):
        told = ". The numbers are right, their shape is not"
    elif found.ndim > 1 and found.T.shape == wanted.shape and fits(found.T, wanted):
        told = ". The numbers are right, but transposed"
    elif rows and fits(found[:short], wanted[:short]):
        return f". The first {short} match", ". The first ones match"
    elif rows and fits(found[-short:], wanted[-short:]):
        return f". The last {short} match", ". The last ones match"
    return told, told


def check_values(found: np.ndarray, wanted: np.ndarray, subject: str, right: Right) -> None:
    """Fail with the first wrong place and what kind of wrong it is."""
    __tracebackhide__ = True
    wrong = ~right(found, wanted)
    if not wrong.any():
        return
    broken = ~np.isfinite(found) & np.isfinite(wanted)
    pattern: Callable[[], str] = str
    if broken.any():
        wrong = broken
        kind = "NaN" if np.isnan(found[broken][0]) else "infinite"
    else:
        kind = "wrong"
        pattern = partial(explain, found, wanted, lambda one, other: bool(right(one, other).all()))
    reason, hidden = (f"{subject} is {kind}{where_wrong(wrong, counts=counts)}" for counts in (True, False))
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    raise CheckFailed(reason, side_by_side(found, wanted, first), hidden, pattern)

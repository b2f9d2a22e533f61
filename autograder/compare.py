"""Is this answer right? Kind, then shape, then finiteness, then values, relative tolerance first.

A `CheckFailed` has a reason that is safe to show on a hidden check (what kind of wrong; no text of the
student's making) and details that are not (the numbers that came and were wanted).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.explain import explain
from autograder.values import REASONS, Figure, Handle, Opaque, Tensor, plain

# Against float64 references. 1e-4 leaves float32 three digits of room and refuses a relative 1e-3. Where
# terms of both signs nearly cancel, float32 is off by a share of their size, not of what remains:
# returns of standard normal rewards, computed in float32, need up to 2.4e-6 of the median return at
# T = 200 and 3.5e-6 at T = 1000 (gamma 0.99); 3e-6 passes 99.8 % and 100 % of them at those lengths.
# This room is only for answers that show float32's noise. Others get enough for 1e-17 / eps, eps = 1e-8.
RTOL = 1e-4
ATOL = 3e-6
ATOL_EXACT = 1e-7
EXACT = 1e-12  # float64 sums in another order differ by less, float32 ones by more
ZERO = 1e-13  # what a float64 reference may hold where the right number is 0
SHOWN = 8

# Types by the names that may be quoted; others are named by the student, and might name a hidden input.
LAZY = frozenset("generator map zip reversed list_reverseiterator filter enumerate range".split()) | {
    "itertools.accumulate",
    "dict_values",
    "dict_keys",
}
CALLABLE = frozenset("function method type builtin_function_or_method functools.partial".split())
KNOWN_TYPES = LAZY | CALLABLE | frozenset(
    "int str bytes bytearray set frozenset dict module object ellipsis coroutine memoryview"
    " collections.OrderedDict collections.defaultdict collections.Counter numpy.ndarray numpy.matrix"
    " numpy.MaskedArray numpy.recarray numpy.memmap torch.Tensor torch.Generator".split()
)  # fmt: skip


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
            (see `allowed`), so that zeros do not pass for small numbers.
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
    check_values(fit_shape(numbers_of(got, subject), wanted, subject, rtol, atol), wanted, subject, rtol, atol)


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
                raise CheckFailed("the two outputs are in the wrong order", wrong.details) from None
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
    array = got.array if isinstance(got, Tensor) else np.asarray(got if isinstance(got, bool) else 0)
    if isinstance(got, np.ndarray):
        array = got
    if array.dtype.kind != "b" or array.size != 1:
        raise CheckFailed(f"{subject} is {describe(got)}; expected True or False")
    if bool(array.ravel()[0]) is not want:
        raise CheckFailed(f"{subject} is {not want}, which is wrong")


def unpack(got: Any, count: int, name: str = "", names: Sequence[str] = ()) -> Sequence[Any]:
    """Return the `count` outputs of an answer: a tuple, a list, or an array with that many rows."""
    __tracebackhide__ = True
    subject = name or "the result"
    got = plain(got)
    if isinstance(got, Tensor) and got.array.ndim:
        got = [Tensor(np.asarray(row), got.dtype) for row in got.array]
    elif isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    wanted = f"{count} outputs" + (f" ({', '.join(names)})" if names else "")
    if not isinstance(got, list | tuple):
        raise refusal(got, subject, wanted)
    if len(got) != count:
        raise CheckFailed(f"{subject} holds {counted(len(got), 'output')}; expected {wanted}")
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
        raise CheckFailed(
            f"no gradient reaches {argument}: was it detached, turned into NumPy or a Python number,"
            " or computed under no_grad?"
        )
    found = np.zeros_like(wanted) if grad is None else numbers_of(grad, subject)
    check_values(fit_shape(found, wanted, subject, rtol, atol), wanted, subject, rtol, atol)


def expect_zero_gradient(result: Any, argument: str) -> None:
    """Fail if a gradient reaches `argument`, which is to be treated as a constant."""
    __tracebackhide__ = True
    grad = result.grads.get(argument)
    if grad is None:
        return
    found = np.abs(numbers_of(grad, f"the gradient for {argument}"))
    if not np.all(found <= EXACT):  # NaN is a gradient, too
        raise CheckFailed(f"a gradient reaches {argument}, which is a constant here: detach it")


def expect_unchanged(function: Any) -> None:
    """Fail if the last call of `student.<function>` changed any of its arguments."""
    __tracebackhide__ = True
    if function.changed_inputs:
        names = ", ".join(function.changed_inputs)
        raise CheckFailed("the call changed its input: work on a copy", f"changed: {names}")


def numbers_of(value: Any, subject: str) -> np.ndarray:
    """Return the numbers of an answer as a float64 array, or say by name what was returned instead."""
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
            raise CheckFailed(f"{subject} is a list whose entries differ in shape; expected numbers")
        return np.array(rows)
    array = data.array if isinstance(data, Tensor) else data
    if not isinstance(array, int | float | np.ndarray) or isinstance(array, bool):
        raise refusal(data, subject, "numbers")
    array = np.asarray(array)
    if array.dtype.kind == "b":
        raise CheckFailed(f"{subject} is made of True and False; expected numbers")
    if array.dtype.kind == "c":
        raise CheckFailed(f"{subject} is complex; expected real numbers")
    return array.astype(np.float64)


def fit_shape(
    found: np.ndarray, wanted: np.ndarray, subject: str, rtol: float = RTOL, atol: float | None = None
) -> np.ndarray:
    """Return `found` in the wanted shape where only a column or a lone 1 differs, else fail."""
    __tracebackhide__ = True
    if found.shape == wanted.shape:
        return found
    column = wanted.ndim == 1 and found.shape == (*wanted.shape, 1)
    if column or (wanted.ndim == 0 and found.shape == (1,)):
        return found.reshape(wanted.shape)
    if found.size == 0:
        raise CheckFailed(f"{subject} is empty; expected {shape_of(wanted)}")
    told = f"{subject} is {shape_of(found)}; expected {shape_of(wanted)}"

    def fits(part: np.ndarray, whole: np.ndarray) -> bool:
        return bool(part.size and is_close(part, whole, rtol, atol).all())

    short = min(found.size, wanted.size)
    if found.size == wanted.size and fits(found.reshape(wanted.shape), wanted):
        told += ". The numbers are right, the shape is not"
    elif found.ndim > 1 and found.T.shape == wanted.shape and fits(found.T, wanted):
        told += ". The numbers are right, but transposed"
    elif found.ndim == wanted.ndim == 1 and fits(found[:short], wanted[:short]):
        told += f". The first {counted(short, 'is', 'are')} right"
    elif found.ndim == wanted.ndim == 1 and fits(found[-short:], wanted[-short:]):
        told += f". The last {counted(short, 'is', 'are')} right"
    raise CheckFailed(told)


def is_close(
    found: np.ndarray, wanted: np.ndarray, rtol: float = RTOL, atol: float | None = None
) -> np.ndarray:
    """Return where two arrays of one shape agree. Non-finite values agree when identical."""
    with np.errstate(all="ignore"):
        gap = np.abs(found - wanted)
        room = allowed(found, wanted, gap) if atol is None else atol
        near = gap <= room + rtol * np.abs(wanted)
        alike = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    return np.where(np.isfinite(wanted), near & np.isfinite(found), alike)


def allowed(found: np.ndarray, wanted: np.ndarray, gap: np.ndarray) -> float:
    """Return the absolute tolerance: a share of the wanted numbers' typical size, their median.

    The median, because one huge number must not excuse errors in the others. Zeros do not count, and
    where all is zero the size is 1. The share is `ATOL` for an answer with float32's noise in it: every
    number is a float32, or half of them are not exact. An answer that is exact elsewhere gets less.
    """
    sizes = np.sort(np.abs(wanted[np.isfinite(wanted) & (np.abs(wanted) > ZERO)]), axis=None)
    size = float(sizes[(sizes.size - 1) // 2]) if sizes.size else 1.0
    noisy = np.median(gap) > EXACT * size if gap.size else False
    return size * (ATOL if noisy or np.array_equal(found, found.astype(np.float32)) else ATOL_EXACT)


def check_values(
    found: np.ndarray, wanted: np.ndarray, subject: str, rtol: float = RTOL, atol: float | None = None
) -> None:
    """Fail with the first wrong place and what kind of wrong it is."""
    __tracebackhide__ = True
    right = is_close(found, wanted, rtol, atol)
    if right.all():
        return
    broken = ~np.isfinite(found) & np.isfinite(wanted)
    told = ""
    if broken.any():
        kind = "NaN" if np.isnan(found[broken][0]) else "infinite"
        reason = f"{subject} is {kind}{place(broken)}"
    else:
        reason = f"{subject} is wrong{place(~right)}"
        if np.isfinite(wanted).all():
            told = explain(found, wanted, lambda one, other: bool(is_close(one, other, rtol, atol).all()))
    first = np.argwhere(broken if broken.any() else ~right)[0]
    raise CheckFailed(f"{reason}: {told}" if told else reason, side_by_side(found, wanted, tuple(first)))


def place(wrong: np.ndarray) -> str:
    """Say where an answer is wrong, as the end of a sentence: " at 2 of 9 entries, first at index [3]"."""
    if wrong.size < 2:
        return ""
    if wrong.all():
        return f" at all {wrong.size} entries"
    first = [int(i) for i in np.argwhere(wrong)[0]]
    if np.count_nonzero(wrong) == 1:
        return f" at 1 of {wrong.size} entries, at index {first}"
    return f" at {np.count_nonzero(wrong)} of {wrong.size} entries, first at index {first}"


def side_by_side(found: np.ndarray, wanted: np.ndarray, first: tuple[int, ...]) -> str:
    """Return what came and what was wanted, long rows cut to the part around the first wrong place."""
    if wanted.size < 2:
        return "got {}, expected {}".format(*alike(found.ravel(), wanted.ravel())).replace("[", "").replace("]", "")
    one, other = alike(found[first], wanted[first])
    at = ", ".join(map(str, first))
    if wanted.size > 2 * SHOWN:
        *row, last = first
        start = max(0, min(last - SHOWN // 2, wanted.shape[-1] - SHOWN))
        stop = min(start + SHOWN, wanted.shape[-1])
        found, wanted = found[(*row, slice(start, stop))], wanted[(*row, slice(start, stop))]
        cut = ", ".join([*map(str, row), f"{start}:{stop}"])
        return "got {0}, expected {1} at index [{2}]\ngot[{5}]      {3}\nexpected[{5}] {4}".format(
            one, other, at, *alike(found, wanted), cut
        )
    return "got {}, expected {} at index [{}]\ngot      {}\nexpected {}".format(one, other, at, *alike(found, wanted))

"""Words for messages: what an answer is, what to try, where it is wrong, side by side.

A student reads these on hidden checks, too, so nothing quotes a text of the student's making: the
name of a class could hold a hidden input. Only `side_by_side` shows numbers; it is for details.
"""

from typing import Any

import numpy as np

from autograder.data.values import (
    ARRAY_SUBCLASS,
    NOT_DENSE,
    NOT_NUMBERS,
    REASONS,
    TENSOR_SUBCLASS,
    Figure,
    Handle,
    Opaque,
    Tensor,
)

SHOWN = 8
TOO_SLOW = "is there a loop that never ends, or far more done than asked?"
LAZY = {
    *("generator", "map", "zip", "filter", "enumerate", "reversed", "list_reverseiterator"),
    *("range", "dict_values", "dict_keys", "itertools.accumulate", "itertools.chain"),
}
CALLABLE = {"function", "method", "type", "builtin_function_or_method", "functools.partial"}
QUOTABLE = {
    *LAZY,
    *CALLABLE,
    *("int", "str", "bytes", "bytearray", "memoryview", "set", "frozenset", "list", "dict"),
    *(
        "object",
        "module",
        "matplotlib.Figure",
        "ellipsis",
        "coroutine",
        "collections.OrderedDict",
        "torch.Tensor",
    ),
    *("numpy.ndarray", "numpy.matrix", "numpy.MaskedArray", "numpy.recarray", "numpy.memmap"),
}
ADVICE = {
    "set": "A set has no order: return a list",
    "frozenset": "A set has no order: return a list",
    "dict": "Return its values in a list",
    "str": "Turn it into a number with float(...)",
    ARRAY_SUBCLASS: "Return an ordinary array: np.asarray(...)",
    TENSOR_SUBCLASS: "Return an ordinary tensor: .as_subclass(torch.Tensor)",
    NOT_DENSE: "Return it as .to_dense()",
    NOT_NUMBERS: "Give it a dtype of numbers, such as float64",
}


def describe(value: Any, *, sizes: bool = True) -> str:
    """Say what a piece of data is, without its contents, and without its size unless `sizes`."""
    if value is None or isinstance(value, bool):
        return f"{value}"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, Tensor):
        return f"a tensor of shape {value.array.shape}" if sizes else "a tensor"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if sizes else "an array"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__}" + (f" of {len(value)}" if sizes else "")
    if isinstance(value, Figure):
        return "a figure"
    name, why = type_of(value), getattr(value, "why", "")
    told = with_article(name) if name in QUOTABLE else "an object"
    return f"{told} ({why})" if why in REASONS else told


def written(value: Any) -> str:
    """Return data as its `repr`, but the items of sets in order: theirs is chance."""
    kind = type(value)
    if kind is dict:
        return "{" + ", ".join(f"{written(key)}: {written(item)}" for key, item in value.items()) + "}"
    if not isinstance(value, list | tuple | set | frozenset) or not value:
        return repr(value)
    if kind is list:
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(written, value))}{',' * (len(value) == 1)})"
    numbers = all(type(item) in (int, float) for item in value)
    inside = ", ".join(map(written, sorted(value)) if numbers else sorted(map(written, value)))
    return f"{{{inside}}}" if kind is set else f"{kind.__name__}({{{inside}}})"


def type_of(value: Any) -> str:
    """Return the name of the type behind a piece of data."""
    return value.type_name if isinstance(value, Handle | Opaque) else type(value).__name__


def with_article(name: str) -> str:
    """Return "a list" or "an int"."""
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def advice(value: Any, wanted: str) -> str:
    """Return one thing to try for an answer of another kind than `wanted`, as a sentence, or ""."""
    name, why = type_of(value), getattr(value, "why", "")
    if value is None:
        return ". Is there a return at the end?"
    if name in LAZY:
        return ". Wrap it in list(...)"
    if name in CALLABLE:
        return ". Call it, and return what it gives"
    if name == "coroutine":
        return ". Take the async before def away"
    told = ADVICE.get(why) or ADVICE.get(name)
    if name == "str" and "number" not in wanted:
        return ""
    return f". {told}" if told else ""


def counted(count: int, noun: str) -> str:
    """Return "1 output" or "2 outputs"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def where_wrong(wrong: np.ndarray, *, counts: bool = True) -> str:
    """Say where an answer is wrong: " at 2 of 9 entries, first at index [3]", or not at how many."""
    count = int(np.count_nonzero(wrong))
    if wrong.size < 2:
        return ""
    if count == wrong.size:
        return f" at all {count} entries" if counts else " at all entries"
    first = [int(i) for i in np.argwhere(wrong)[0]]
    if not counts:
        return f"{' first' if count > 1 else ''} at index {first}"
    return f" at {count} of {wrong.size} entries, {'first ' if count > 1 else ''}at index {first}"


def side_by_side(found: np.ndarray, wanted: np.ndarray, first: tuple[int, ...]) -> str:
    """Return what came and what was wanted, of long rows the part around the first wrong place."""
    digits = 6 if show(found[first], 6) != show(wanted[first], 6) else 15
    told = f"got {show(found[first], digits)}, expected {show(wanted[first], digits)}"
    if wanted.size == 1:
        return told
    told += f" at index {list(first)}"
    part = ""
    if wanted.size > 2 * SHOWN:
        *row, last = first
        start = max(0, min(last - SHOWN // 2, wanted.shape[-1] - SHOWN))
        stop = min(start + SHOWN, wanted.shape[-1])
        window: Any = (*row, slice(start, stop))
        found, wanted = found[window], wanted[window]
        part = f" [{', '.join([*map(str, row), f'{start}:{stop}'])}]"
    came, wished = show(found, digits), show(wanted, digits)
    return f"{told}\ngot     {part} {came}\nexpected{part} {wished}"


def show(value: Any, digits: int = 6) -> str:
    """Return numbers as a reader likes them, with so many significant digits."""
    if np.ndim(value):
        return f"[{', '.join(show(row, digits) for row in value)}]"
    return f"{float(value):.{digits}g}"


def sentence(text: str) -> str:
    """Return text with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if not text or text[-1] in ".?!:" else ".")

"""Write a call of a check the way a student would type it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.checks.describe import written
from autograder.data.values import Handle, Tensor
from autograder.sandbox.calls import Call

SPELLED_WIDTH = 88
LONG_ARRAY = 40
ITERATOR_METHODS = ("__iter__", "__next__")


def spell_last(calls: Sequence[Call]) -> str:
    """Return the last call of a check, or "": the one that made what is gone through, not its steps."""
    left = list(calls)
    while len(left) > 1 and left[-1].name in ITERATOR_METHODS:
        left.pop()
    if 1 < len(left) < len(calls) and left[-1].name == "__len__":  # which `list` asks for first
        left.pop()
    return spell_call(left[-1]) if left else ""


def spell_call(call: Call) -> str:
    """Return `running_mean([1.0, 2.0, 4.0], 2)`, an argument a line where it is long."""
    name = call.name
    if call.handle is not None:
        if call.name == "read_text" and call.handle.type_name.startswith("pathlib."):
            return "the text of the file"  # student.file(...): no call that a student would type
        name = f"{short_name(call.handle)}.{call.name}" if call.name else short_name(call.handle)
    if call.action == "read":
        return name
    arguments = [spell(value) for value in call.args]
    arguments += [f"{key}={spell(value)}" for key, value in call.kwargs.items()]
    line = f"{name}({', '.join(arguments)})"
    if len(line) <= SPELLED_WIDTH:
        return line
    return "\n".join([f"{name}(", *[f"    {argument}," for argument in arguments], ")"])


def spell(value: Any) -> str:
    """Return one argument; large arrays by their shape."""
    if isinstance(value, Tensor):
        if value.array.size > LONG_ARRAY:
            return f"<tensor of shape {value.array.shape}>"
        dtype = "" if value.dtype == "float64" else f', dtype="{value.dtype}"'
        return f"tensor({spell_numbers(value.array)}{dtype})"
    if isinstance(value, np.ndarray):
        large = value.size > LONG_ARRAY
        return f"<array of shape {value.shape}>" if large else f"array({spell_numbers(value)})"
    if isinstance(value, Handle):
        return f"<{short_name(value)}>"
    if isinstance(value, list | tuple):
        if len(value) > LONG_ARRAY:
            return f"<{type(value).__name__} of {len(value)}>"
        inside = ", ".join(map(spell, value))
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, float):
        return f"{value:.6g}" if value != round(value, 1) else repr(value)
    return written(value)


def spell_numbers(array: np.ndarray) -> str:
    """Return the numbers of an array as nested lists."""
    if array.dtype.hasobject:  # its bytes are addresses
        return nested(array)
    return numbers_text(array.tobytes(), array.dtype, array.shape)


@lru_cache(maxsize=4096)
def numbers_text(data: bytes, dtype: np.dtype[Any], shape: tuple[int, ...]) -> str:
    """Return numbers as nested lists; a class meets the same ones again and again."""
    return nested(np.frombuffer(data, dtype).reshape(shape) if data else np.empty(shape, dtype))


def nested(array: np.ndarray) -> str:
    """Return an array as nested lists."""
    text = np.array2string(array, separator=", ", precision=6, threshold=LONG_ARRAY + 1, max_line_width=10**6)
    return re.sub(r" +(?=[],])|(?<=\[) +", "", re.sub(r"\s+", " ", text))


def short_name(handle: Handle) -> str:
    """Return the type of a held object without its module."""
    return handle.type_name.rsplit(".", 1)[-1]

"""Run one call of a program and note what it went through. Its text runs in a worker, beside the program.

It imports the standard library only and returns plain data of a bounded size.
"""

import copy
import importlib
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, FrameType
from typing import Any

MOST_EVENTS, MOST_STEPS = 20_000, 400  # counted at all, noted
MOST_NAMES, MOST_ITEMS, LONGEST = 12, 8, 60
LONGEST_CALL = 100
ARRAYS = {"ndarray": "array({})", "Tensor": "tensor({})"}


class TooLong(BaseException):
    """The call runs on and on."""


class Notes:
    """What a call of one function went through, noted while it runs."""

    def __init__(self, code: CodeType, watch: Sequence[int]) -> None:
        self.code, self.watch = code, watch
        self.steps: list[dict[str, Any]] = []
        self.calls = self.events = 0
        self.top: FrameType | None = None

    def enter(self, frame: FrameType, _event: str, _arg: object) -> Any:
        """Begin to follow a call: all are counted, the first one of the function is noted."""
        if frame.f_code.co_filename != self.code.co_filename:
            return None
        if frame.f_code is self.code:
            self.calls += 1
            self.top = self.top or frame
        return self.follow

    def follow(self, frame: FrameType, event: str, _arg: object) -> Any:
        """Note a line that is about to be run."""
        self.events += 1
        if self.events > MOST_EVENTS:
            raise TooLong
        if event == "line" and frame is self.top and len(self.steps) < MOST_STEPS:
            values = variables(frame.f_locals) if frame.f_lineno in self.watch else {}
            self.steps.append({"line": frame.f_lineno, "values": values})
        return self.follow


def trace(
    module: str, name: str, watch: Sequence[int], args: Sequence[Any], kwargs: Any, text: str = ""
) -> dict[str, Any]:
    """Call a function of a module and return what it went through, with the variables at lines to `watch`.

    `text` stands in the function's place for this call alone.
    """
    space = vars(importlib.import_module(module))
    function = replaced_function(space, name, text) if text else space[name]
    told = call_text(name, args, kwargs)
    notes = Notes(getattr(function, "__wrapped__", function).__code__, watch)
    returned, raised = "", ""
    sys.settrace(notes.enter)
    try:
        value = function(*copy.deepcopy(args), **copy.deepcopy(kwargs))
    except Exception as error:  # noqa: BLE001 a program may raise anything
        raised = type(error).__name__[:LONGEST]
    else:
        sys.settrace(None)
        returned = short_text(value) or ""
    finally:
        sys.settrace(None)
    ended = notes.events <= MOST_EVENTS
    return {
        "call": told, "steps": notes.steps, "returned": returned, "raised": raised, "calls": notes.calls,
        "ended": ended,
    }  # fmt: skip


def replaced_function(space: dict[str, Any], name: str, text: str) -> Any:
    """Return a function as another text defines it, among the same names; the program stays as it is."""
    code = getattr(space[name], "__wrapped__", space[name]).__code__
    mine = dict(space)
    exec(compile(text, code.co_filename, "exec"), mine)  # noqa: S102 - behind the wall, in a worker of its own
    return mine[name]


def call_text(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return a call as one would type it, "" if that is too long."""
    given = [*(("", value) for value in args), *((f"{key}=", value) for key, value in kwargs.items())]
    parts = [(key, value, short_text(value)) for key, value in given]
    words = [f"{key}{ARRAYS.get(type(value).__name__, '{}').format(text)}" for key, value, text in parts]
    told = f"{name}({', '.join(words)})"
    return "" if len(told) > LONGEST_CALL or any(text is None for _, _, text in parts) else told


def variables(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables that can be told in a few characters."""
    found = {
        name: text for name, value in list(values.items())[:50] if (text := short_text(value)) is not None
    }
    return {name: text for name, text in list(found.items())[:MOST_NAMES] if name.isidentifier()}


def short_text(value: Any) -> str | None:
    """Return a small piece of data as text, None for everything else."""
    plain = small_data(value)
    text = None if plain is Ellipsis else repr(plain)
    return text if text is not None and len(text) <= LONGEST else None


def small_data(value: Any, depth: int = 0) -> Any:
    """Return data as numbers, texts and lists of few items, `...` for everything else."""
    if type(value) in (bool, str, type(None)):
        return value
    if type(value) is int:
        return value if abs(value) < 10**12 else ...
    if type(value) is float:
        return float(f"{value:.4g}") if abs(value) >= 1e4 else round(value, 4)
    if type(value) in (list, tuple) and len(value) <= MOST_ITEMS and depth < 3:
        items = [small_data(one, depth + 1) for one in value]
        return ... if Ellipsis in items else type(value)(items)
    kind = f"{type(value).__module__}.{type(value).__name__}"
    if kind.startswith("numpy.") and getattr(value, "size", MOST_ITEMS + 1) <= MOST_ITEMS:
        return small_data(value.tolist(), depth)
    if kind == "torch.Tensor" and value.numel() <= MOST_ITEMS:
        return small_data(value.detach().tolist(), depth)
    return ...

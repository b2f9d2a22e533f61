"""What your checks are written with, and what runs them in this folder. Leave it as it is.

It was put together from the course's grader, part by part:

- values: Plain data: the only thing that crosses the wall between grader and student code.
- describe: Words for messages: what an answer is, what to try, where it is wrong, side by side.
- explain: Say what kind of wrong answers are, as a property that gives no expected number away.
- tolerance: How close is close enough: relative first, with room for what float32 does to cancelling sums.
- measuring: What laying a figure out and drawing it asks again and again is found out once.
- rendering: What of a drawn figure can be seen. What is transparent, covered, cut off or white on white cannot.
- figures: What a matplotlib figure shows, as plain data: checks read it, reports show its picture.
- plain: Turn a live object into plain data: what is deceptive, endless or huge comes back as `Opaque`.
- compare: Is this answer right? Kind, then shape, then finiteness, then values, relative tolerance first.
- sameness: Is data the same? Floats to a tolerance, all else exactly, and items in whatever order.
- equality: Is this exactly the answer? Text, nested data, sets; and texts where case and spaces may be forgiven.
- errors: What can go wrong that is not a student's mistake, the stub's way to say so, and "did you mean".
- ambient: What a call may change for the whole process, and how it is put back when the call is over.
- cell_commands: `%%` commands of notebooks whose cells are not run here: no Python, or for another process.
- notebook_names: Names that only a notebook has, for programs that use them: what shows things does nothing.
- standins: Stand-ins for libraries that are not there: what only shows things does nothing, others give no values.
- calls: Run one call of a check on the student's side, in the worker or in the student's own folder.
- exceptions: Is the right exception raised?
- marks: The decorators that a file of checks is written with: they only attach what they say.
- sending: Turn an argument of the grader's own into data that arrives as what it is, or say that it cannot.
- student: The stand-in: what a check calls `student`. Every use of it becomes a `Call`.
- draws: The random numbers of checks. Visible checks have the same everywhere; hidden ones have several draws.
- stopwatch: The time that a program may take: what runs too long is interrupted, by an alarm or else by a thread.
- limit: What takes too long: the grader's limits are told, at three times as long it is ended.
- spelling: Write a call of a check the way a student would type it.
- classics: What the classic exceptions of NumPy and PyTorch mean here, and one thing to try.
- environment: Which Python and which libraries run students' code: what is promised and installed follows from here.
- parsing: Python's own parser for what a student wrote: only for texts on which its work stays in proportion to them.
- commands: Notebook commands in Python text: what defines names becomes a call of a stand-in, the rest comments.
- disguises: Files that are called .py and are something else: what they are, by how they begin.
- notebook_code: From what a student saved to Python text: encodings, notebook cells.
- foresight: What the grader would stumble over in a program, told from its text alone.
- libraries: Libraries that the warm process may import ahead, so that no worker has to: each once, when first used.
- promised: What graded programs can import: what is promised, and nothing else that this machine happens to hold.
- salvage: What can be read of a text that is not wholly Python: the statements around what cannot.
- syntax: What can be read off the statements of a program, and how they are taken apart.
- statements: Run a program statement by statement: one that stops costs what it defines, and nothing else.
- work: Load a student's file, or their notebook, and run it under a time limit.
- progress: Say how far a student is: one verdict for each check, one line for each question.
- overview: How far a student is: points, the quiz, the time left, what to do next, which parts of the lab work.
- runner: Run a folder's visible checks without pytest, one after another, and tell of each as it ends.
- plugin: What the student's conftest.py does with pytest.
- preflight: Look at what would be handed in as the grader will: files, stubs, imports, calls, examples, the quiz.
- notebook_tools: What the notebooks of a folder use: the student's functions from either file, the checks, the zip.
"""

import __future__
import ast
import bisect
import builtins
import codecs
import contextlib
import copy
import dataclasses
import difflib
import dis
import functools
import hashlib
import hmac
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import io
import itertools
import json
import linecache
import math
import os
import re
import shlex
import signal
import symtable
import sys
import textwrap
import threading
import time
import tokenize
import traceback
import types
import unicodedata
import warnings
import zipfile
import zlib
from array import array as std_array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache, partial
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from importlib.util import find_spec
from itertools import islice
from numbers import Number
from pathlib import Path, PurePath, PureWindowsPath
from types import CodeType, FrameType, TracebackType
from typing import Any, NoReturn, TypeVar

import numpy as np


# ----------------------------------------
# values: Plain data: the only thing that crosses the wall between grader and student code.

# Why something is `Opaque`. A message quotes only these, never a text that a worker made up.
TOO_DEEP = "nested too deeply"
TOO_LARGE = "too large"
TOO_BIG = "an integer of too many digits"
NOT_NUMBERS = "not of numbers"
NOT_DENSE = "not dense"
NOT_TEXT = "not valid text"
UNREADABLE = "it cannot be read"
ARRAY_SUBCLASS = "a subclass of numpy.ndarray"
TENSOR_SUBCLASS = "a subclass of torch.Tensor"
REASONS = {TOO_DEEP, TOO_LARGE, TOO_BIG, NOT_NUMBERS, NOT_DENSE, NOT_TEXT, UNREADABLE}
REASONS |= {ARRAY_SUBCLASS, TENSOR_SUBCLASS}


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor as data: its numbers and the name of its dtype ("float64", "bfloat16")."""

    array: np.ndarray
    dtype: str


@dataclass(frozen=True)
class Handle:
    """A name for an object that stays on the other side; of a dataclass, what its fields held."""

    id: int
    type_name: str
    fields: dict[str, Any] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        if self.fields is None:
            return f"<a {self.type_name}>"
        return f"{self.type_name}({', '.join(f'{key}={value!r}' for key, value in self.fields.items())})"


@dataclass(frozen=True)
class Callback:
    """A function of the grader's, by its place among the functions of one call."""

    at: int

    def __repr__(self) -> str:
        return "<a function>"


@dataclass(frozen=True)
class Named:
    """A function or class of the program that is called, by its name."""

    name: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class Stream:
    """What an iterator gave; it arrives as an iterator again."""

    items: list[Any]

    def __repr__(self) -> str:
        return f"iter({self.items!r})"


@dataclass(frozen=True, eq=False)
class Record:
    """An object of the grader's, such as a dataclass: where its class can be imported, and its fields."""

    path: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Opaque:
    """Something that is not data, by the name of its type, with a word on why it is refused."""

    type_name: str
    why: str = ""


@dataclass(frozen=True)
class Figure:
    """What a matplotlib figure shows, axes by axes (see `describe_figure`), and its picture."""

    axes: list[dict[str, Any]] = field(default_factory=list)
    png: bytes = field(default=b"", repr=False)


def tensor(data: Any, dtype: str = "float64") -> Tensor:
    """Return `data` as an argument that reaches the student as a torch tensor."""
    numpy_dtype = {"bfloat16": "float32"}.get(dtype, dtype)
    return Tensor(np.array(data, dtype=numpy_dtype), dtype)


def rebuilt(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Return data with everything in it that is no container replaced by what `leaf` makes of it.

    Streams and records go through `leaf` as well, after what is in them.
    """
    kind = type(value)
    if kind is list:
        return [rebuilt(item, leaf) for item in value]
    if kind is tuple:
        return tuple([rebuilt(item, leaf) for item in value])
    if kind is dict:
        return {key: rebuilt(item, leaf) for key, item in value.items()}
    if kind is set or kind is frozenset:
        return kind([rebuilt(item, leaf) for item in value])
    if kind is Stream:
        return leaf(Stream(rebuilt(value.items, leaf)))
    if kind is Record:
        return leaf(Record(value.path, rebuilt(value.fields, leaf)))
    return leaf(value)


def leaves(value: Any) -> Iterator[Any]:
    """Yield everything in data that is no container, the values of dicts but not their keys."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is Stream:
            waiting.extend(item.items)
        elif kind is dict or kind is Record:
            waiting.extend((item if kind is dict else item.fields).values())
        elif kind in (list, tuple, set, frozenset):
            waiting.extend(item)
        else:
            yield item


def pieces(value: Any) -> int:
    """Return of how many pieces data consists, containers too: each takes memory."""
    if isinstance(value, Stream):
        value = value.items
    elif isinstance(value, Figure):
        value = value.axes
    elif isinstance(value, Handle):
        value = value.fields
    if isinstance(value, dict):
        return 1 + sum(map(pieces, value)) + sum(map(pieces, value.values()))
    return 1 + sum(map(pieces, value)) if isinstance(value, list | tuple | set | frozenset) else 1


def live(value: Any, resolve: Callable[[Any], Any] | None = None) -> Any:
    """Return data as fresh live objects; `resolve` finds what a stand-in stands for."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy()
    if kind is float or kind is int:
        return value
    if kind is Tensor:
        return live_leaf(value, resolve)
    return rebuilt(value, lambda item: live_leaf(item, resolve))


def live_leaf(value: Any, resolve: Callable[[Any], Any] | None) -> Any:
    """Return what is no container as a live object."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Tensor):
        import torch

        return torch.tensor(value.array, dtype=getattr(torch, value.dtype))
    if isinstance(value, Stream):
        return iter(value.items)
    if isinstance(value, Handle | Callback | Named | Record) and resolve is not None:
        return resolve(value)
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two pieces of data are equal to the bit."""
    if type(left) is not type(right):
        return False
    if isinstance(left, Tensor):
        return left.dtype == right.dtype and same(left.array, right.array)
    if isinstance(left, np.ndarray):
        alike = (left.dtype, left.shape) == (right.dtype, right.shape)
        return alike and left.tobytes() == right.tobytes()
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right) or (left != left and right != right)


def type_name(value: Any) -> str:
    """Return the name of a value's type as a reader would say it."""
    kind = type(value)
    name = type.__dict__["__qualname__"].__get__(kind)  # a metaclass cannot answer in its place
    module = type.__dict__["__module__"].__get__(kind)
    if type(module) is not str or not is_short_text(module) or not is_short_text(name):
        return "an object"
    family = module.split(".")[0]
    return name if family in ("builtins", "__main__") else f"{family}.{name}"


def is_short_text(value: str) -> bool:
    """Whether a name is one that can be printed."""
    return len(value) <= 120 and value.isprintable()


# ----------------------------------------
# describe: Words for messages: what an answer is, what to try, where it is wrong, side by side.

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


# ----------------------------------------
# explain: Say what kind of wrong answers are, as a property that gives no expected number away.

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


# ----------------------------------------
# tolerance: How close is close enough: relative first, with room for what float32 does to cancelling sums.

# Against float64 references, 1e-4 leaves float32 three digits and refuses a relative 1e-3.
RTOL = 1e-4
# Where terms of both signs nearly cancel, float32 is off by a share of their size, not of what is
# left. Geometrically weighted sums (factor 0.99) of standard normal numbers need up to 2.4e-6 of the
# median sum for 200 terms and 3.5e-6 for 1000; 3e-6 refuses none of 3000 draws and 0.2 %. Only answers
# that show such noise get it.
ATOL = 3e-6
# The others. Standardising equal numbers leaves up to 1e-16 / 1e-8 where the right number is 0.
ATOL_EXACT = 1e-7
EXACT = 1e-12  # float64 sums in another order differ by less of their size, float32 sums by more
ZERO = 1e-13  # what a float64 reference may hold where the right number is 0


def is_close(
    found: np.ndarray, wanted: np.ndarray, rtol: float = RTOL, atol: float | None = None
) -> np.ndarray:
    """Return where two arrays of one shape agree. Non-finite values agree when identical.

    Args:
        found: what came.
        wanted: what was wanted, in float64.
        rtol: relative tolerance.
        atol: absolute tolerance; unless given, what `allowed` says.
    """
    with np.errstate(all="ignore"):
        gap = np.abs(found - wanted)
        relative = rtol * np.abs(wanted)
        near = gap <= relative
        if not near.all():  # what is near already needs no absolute tolerance
            near = gap <= relative + (allowed(found, wanted, gap) if atol is None else atol)
        alike = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
        close: np.ndarray = np.where(np.isfinite(wanted), near & np.isfinite(found), alike)
    return close


def allowed(found: np.ndarray, wanted: np.ndarray, gap: np.ndarray) -> float:
    """Return the absolute tolerance: a share of the wanted numbers' typical size, their median.

    The median, because one huge number must not excuse errors in the others. Zeros do not count;
    where all is zero the size is 1. The share is `ATOL` for an answer with float32's noise: all its
    numbers are float32s, or half of them are not exact. One that is exact elsewhere gets less.
    """
    sizes = np.abs(wanted[np.isfinite(wanted)])
    sizes = np.sort(sizes[sizes > ZERO])
    size = float(sizes[(sizes.size - 1) // 2]) if sizes.size else 1.0
    gaps = gap[np.isfinite(gap)]
    noisy = gaps.size and np.median(gaps) > EXACT * size
    single = np.array_equal(found, found.astype(np.float32), equal_nan=True)
    return size * (ATOL if noisy or single else ATOL_EXACT)


def is_close_number(found: complex, wanted: complex, rtol: float = RTOL) -> bool:
    """Whether a number agrees with a finite one: relatively, near 0 by as much as float32 leaves."""
    size = abs(wanted)
    return abs(found - wanted) <= (rtol * size if size > ZERO else min(rtol, ATOL)) and math.isfinite(size)


# ----------------------------------------
# measuring: What laying a figure out and drawing it asks again and again is found out once.

SETTINGS = (
    "_text", "_rotation", "_rotation_mode", "_horizontalalignment", "_verticalalignment", "_multialignment",
    "_linespacing", "_usetex", "_parse_math", "_features", "_language", "_antialiased",
)  # fmt: skip


@contextlib.contextmanager
def measured_once() -> Iterator[None]:
    """Remember, while a figure is drawn, what fonts, texts, ticks and images in it are like and where.

    With another matplotlib, what it does not have is found out anew.
    """
    from matplotlib.axis import Axis
    from matplotlib.font_manager import FontManager
    from matplotlib.ft2font import FT2Font
    from matplotlib.image import AxesImage
    from matplotlib.text import Text
    from matplotlib.transforms import BboxBase

    changes: list[tuple[Any, str, Callable[[Any], Any]]] = [
        (FontManager, "_find_fonts_by_props", once_for(properties_of)),
        (FT2Font, "get_sfnt_table", once_for(lambda *given: given)),
        (FT2Font, "set_size", sizes_once),
        (Text, "_get_layout", once_for(settings_of)),
        (Axis, "_update_ticks", in_its_place), (Axis, "_get_ticklabel_bboxes", in_its_place),
        (AxesImage, "make_image", once_for(size_of)),
        (BboxBase, "union", lambda _: staticmethod(union)),
    ]  # fmt: skip
    found = [(kind, name, vars(kind)[name], once) for kind, name, once in changes if name in vars(kind)]
    for kind, name, _, once in found:
        setattr(kind, name, once(getattr(kind, name)))
    try:
        yield
    finally:
        for kind, name, method, _ in found:
            setattr(kind, name, method)


def once_for(key: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return what has a method find something out once for each key of what it is given, without one anew."""

    def once(method: Any) -> Any:
        known: dict[Any, Any] = {}

        def ask(*given: Any, **more: Any) -> Any:
            at = key(*given, **more)
            if at is None:
                return method(*given, **more)
            if at not in known:
                known[at] = method(*given, **more)
            return known[at]

        return ask

    return once


def properties_of(_: Any, font: Any, *given: Any, **more: Any) -> tuple[Any, ...]:
    """Return all that the files of a font follow from."""
    return (hash(font), *given, *more.items())


def settings_of(text: Any, _: Any) -> tuple[Any, ...] | None:
    """Return all that the size of a text follows from, None where that is more than its settings.

    Its place is no part of it. A text that is wrapped, or turned with its axes, is measured anew.
    """
    if text.get_wrap() or text.get_transform_rotates_text():
        return None
    settings = tuple([getattr(text, name, None) for name in SETTINGS])
    return (*settings, hash(text.get_fontproperties()), text.figure.dpi)


def size_of(image: Any, _: Any, *given: Any, **more: Any) -> tuple[Any, ...] | None:
    """Return all that an image's pixels follow from while a figure is drawn, None where it has no axes."""
    if image.axes is None:
        return None
    return (image, *image.axes.bbox.bounds, *image.axes.viewLim.bounds, *given, *more.items())


def in_its_place(find: Any) -> Any:
    """Return what finds out about an axis again only if its limits or the place of its axes have changed."""
    known: dict[Any, tuple[Any, Any]] = {}

    def ask(axis: Any, *given: Any) -> Any:
        before, found = known.get(axis, (None, None))
        if before is None or before != setting_of(axis):
            found = find(axis, *given)  # which may widen the limits
            known[axis] = setting_of(axis), found
        return copy.copy(found)

    return ask


def setting_of(axis: Any) -> tuple[Any, ...]:
    """Return all that the ticks of an axis follow from while a figure is drawn."""
    of_ticks = (axis.major.locator, axis.major.formatter, axis.minor.locator, axis.minor.formatter)
    return (*axis.get_view_interval(), *axis.axes.bbox.bounds, *of_ticks)


def sizes_once(set_size: Any) -> Any:
    """Return what sets a font's size only if it has another: each time, FreeType runs the font's program."""
    known: dict[Any, tuple[float, ...]] = {}

    def set_size_once(font: Any, *size: float) -> None:
        if known.get(font) != size:
            set_size(font, *size)
            known[font] = size

    return set_size_once


def union(boxes: Sequence[Any]) -> Any:
    """Return the box around some: matplotlib's asks each for its corners four times."""
    from matplotlib.transforms import Bbox

    corners = np.concatenate([box.get_points() for box in boxes])
    return Bbox([corners.min(axis=0), corners.max(axis=0)])


# ----------------------------------------
# rendering: What of a drawn figure can be seen. What is transparent, covered, cut off or white on white cannot.

SOLID = 0.4  # an artist's own pixels have at least this opacity
COLOUR = 60  # levels of 255 by which its colour may differ where it is on top
ON_TOP = 0.3  # the part of its pixels that must be
CONTRAST = 10  # levels by which it must differ from what is around it
MARGIN = 3  # pixels around a text
MARGIN_PX = 8  # pixels around a line, points or an image: more than the frame of the axes takes
LEAST_SIZE = 4  # pixels of a text, high and wide
LEAST_INK = 0.01  # of the box around a text
ENOUGH_PIXELS = 10_000  # pixels that tell what all of a kind look like


class Rendering:
    """A figure as it was drawn, and its artists one by one in comparison."""

    def __init__(self, canvas: Any) -> None:
        self.renderer = canvas.get_renderer()
        self._seen = np.array(canvas.buffer_rgba())[..., :3]

    def alone(self, *artists: Any) -> np.ndarray:
        """Return what artists look like on an empty page, as RGBA."""
        from matplotlib.backends.backend_agg import RendererAgg

        page = RendererAgg(self.renderer.width, self.renderer.height, self.renderer.dpi)
        for artist in artists:
            artist.draw(page)
        return np.asarray(page.buffer_rgba())

    def seen_texts(self, texts: Sequence[Any]) -> list[Any]:
        """Return the texts that can be seen."""
        return [text for text in texts if text.get_visible() and text.get_text().strip() and self._inks(text)]

    def _inks(self, text: Any) -> bool:
        """Whether pixels where a text stands come near its colour, on a ground that differs from it."""
        from matplotlib.colors import to_rgba
        from matplotlib.text import Text

        left, bottom, right, top = box = Text.get_window_extent(text, self.renderer).extents
        *colour, opacity = to_rgba(text.get_color(), text.get_alpha())
        ground = self._part(self._seen, box).reshape(-1, 3).astype(np.int16)
        if opacity < SOLID or min(top - bottom, right - left) < LEAST_SIZE or not ground.size:
            return False
        (usual,) = levels(ground, (0.5,))
        towards = 255 * np.array(colour) - usual
        if np.abs(towards).max() < CONTRAST:
            return False
        inked = (ground - usual) @ towards / (towards @ towards) >= SOLID
        return bool(inked.sum() >= max(LEAST_SIZE, LEAST_INK * inked.size))

    def seen(self, artists: Sequence[Any]) -> list[Any]:
        """Return the lines, points and images that can be seen."""
        shown = [artist for artist in artists if artist.get_visible()]
        return [artist for artist in shown if self._stands_out(self.alone(artist))]

    def seen_by_colour(self, patches: Sequence[Any]) -> list[Any]:
        """Return the patches that can be seen: those of a colour together, for bars often touch."""
        shown = [patch for patch in patches if patch.get_visible()]
        colours = {patch.get_facecolor() for patch in shown}
        alike = [[one for one in shown if one.get_facecolor() == colour] for colour in colours]
        seen = [one for group in alike if self._stands_out(self.alone(*group)) for one in group]
        return [one for one in shown if one in seen]

    def _stands_out(self, page: np.ndarray) -> bool:
        """Whether what is drawn on a page is on top in the figure and differs from what surrounds it."""
        own = np.asarray(page[..., 3] >= SOLID * 255)
        rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
        if not rows.size:
            return False
        near = (slice(max(0, rows[0] - MARGIN_PX), rows[-1] + MARGIN_PX + 1),
                slice(max(0, columns[0] - MARGIN_PX), columns[-1] + MARGIN_PX + 1))  # fmt: skip
        own, seen = own[near], self._seen[near]
        ours, others = sample(own), sample(~own)
        inked, drawn = seen[ours], page[near][ours].astype(np.int16)
        room = COLOUR + 255 - drawn[:, 3]
        alike = (np.abs(inked.astype(np.int16) - drawn[:, :3]) <= room[:, None]).all(axis=1)
        if np.mean(alike) < ON_TOP:
            return False
        low, usual, high = levels(inked[alike], (0.1, 0.5, 0.9))
        (around,) = levels(seen[others], (0.5,)) if others[0].size else [np.full(3, 255)]
        contrast = max(np.abs(usual - around).max(), (high - low).max())
        return bool(contrast >= CONTRAST)

    def _part(self, pixels: np.ndarray, box: Sequence[float]) -> np.ndarray:
        """Return the pixels in a box, whose height counts from the bottom, with a margin."""
        height = pixels.shape[0]
        finite = np.nan_to_num(np.asarray(box, dtype=float), posinf=1e6, neginf=-1e6)
        left, bottom, right, top = np.clip(finite, -1e6, 1e6)
        rows = slice(max(0, int(height - top) - MARGIN), max(0, int(height - bottom) + MARGIN + 1))
        return pixels[rows, max(0, int(left) - MARGIN) : max(0, int(right) + MARGIN + 1)]


def sample(mask: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return rows and columns of pixels that a mask holds: all, or as many as are enough, evenly."""
    places = np.flatnonzero(mask)
    return np.unravel_index(places[:: len(places) // ENOUGH_PIXELS + 1], mask.shape)


def levels(pixels: np.ndarray, shares: Sequence[float]) -> list[np.ndarray]:
    """Return for each share the levels (R, G, B) that so many of the pixels, shape (N, 3), do not exceed."""
    counts = [np.bincount(channel, minlength=256).cumsum() for channel in pixels.T]
    return [np.array([np.searchsorted(count, share * len(pixels)) for count in counts]) for share in shares]


# ----------------------------------------
# figures: What a matplotlib figure shows, as plain data: checks read it, reports show its picture.

DPI = 100
INCHES = (1.0, 16.0)  # a figure outside this range is drawn at the limit
COLOURS = 128  # of a picture: a plot looks the same with as many, in a third of the bytes
PNG = b"\x89PNG\r\n\x1a\n"  # how a picture begins
MAX_PNG = 600_000  # a picture travels in a frame's head, which is limited to a megabyte
MAX_ITEMS = 500
MAX_TEXTS, MAX_PAIRS = 1000, 2000  # of texts that are looked at for overlaps
OVERLAP = 1.0  # pixels by which two texts may touch


def describe_figure(figure: Any, plain: Callable[[Any], Any]) -> Figure:
    """Draw a figure, return what it shows, and close it.

    Each of its axes is a dict: `title`, `xlabel`, `ylabel` (the figure's own where axes have none),
    `suptitle`, `size` (width and height of the figure in pixels), `xlim`, `ylim`, `colorbar` (whether it
    is one; its label is `xlabel` or `ylabel`), `legend` (its texts), `images` (data, NaN where masked;
    `extent`, for a mesh from the outer corner of its first entry to that of its last; `origin`),
    `lines` (`x`, `y`, `label`), `points` (an (N, 2) array for each scatter), `bars` (an (N, 4) array, see
    `describe_bars`), `texts`, `xticks` and `yticks` (see `describe_text`). What cannot be seen in the
    picture is left out.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    try:
        canvas: Any = FigureCanvasAgg(figure)
        figure.set_dpi(DPI)
        figure.set_size_inches(*np.clip(figure.get_size_inches(), *INCHES))
        with measured_once():
            canvas.draw()
            picture = picture_of(canvas)
            shown = [axes for axes in figure.axes[:MAX_ITEMS] if axes.get_visible()]
            rendering = Rendering(canvas)
            parts = plain([describe_axes(figure, axes, rendering) for axes in shown])
        return Figure([part for part in parts if isinstance(part, dict)], picture)
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(figure)


def picture_of(canvas: Any) -> bytes:
    """Return what was drawn as a small PNG, empty if it is too large for one."""
    from PIL import Image

    png = io.BytesIO()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    few = drawn.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(png, "PNG", compress_level=1)
    return png.getvalue() if png.tell() <= MAX_PNG else b""


def describe_axes(figure: Any, axes: Any, rendering: Rendering) -> dict[str, Any]:
    """Return the contents of one axes, which has been drawn."""
    legend = axes.get_legend()
    colorbar = axes.get_label() == "<colorbar>" or hasattr(axes, "_colorbar")

    def first(*texts: Any) -> str:
        found = rendering.seen_texts([text for text in texts if text is not None])
        return str(found[0].get_text()) if found else ""

    over = [None, None] if colorbar else [figure._supxlabel, figure._supylabel]
    return {
        "title": first(axes.title, axes._left_title, axes._right_title),
        "suptitle": first(figure._suptitle),
        "size": figure.bbox.size,
        "xlabel": first(axes.xaxis.label, over[0]),
        "ylabel": first(axes.yaxis.label, over[1]),
        "xlim": axes.get_xlim(),
        "ylim": axes.get_ylim(),
        "colorbar": colorbar,
        "legend": [text.get_text() for text in rendering.seen_texts(legend.get_texts())] if legend else [],
        "images": [] if colorbar else describe_images(axes, rendering),
        "lines": [
            {"x": unmasked(line.get_xdata(orig=False)), "y": unmasked(line.get_ydata(orig=False))}
            | {"label": str(line.get_label())}
            for line in rendering.seen(axes.lines[:MAX_ITEMS])
        ],
        "points": [
            unmasked(one.get_offsets())
            for one in rendering.seen(of_classes(axes.collections, "PathCollection"))
        ],
        "bars": describe_bars(axes, rendering),
        "texts": describe_texts(axes, axes.texts, rendering),
        "xticks": describe_texts(axes, ticks(axes, axes.xaxis), rendering),
        "yticks": describe_texts(axes, ticks(axes, axes.yaxis), rendering),
    }


def describe_bars(axes: Any, rendering: Rendering) -> np.ndarray:
    """Return left, bottom, width and height of what `bar`, `barh`, `hist` and `stairs` drew, shape (N, 4)."""
    drawn = of_classes(axes.patches, "Rectangle", "StepPatch")
    seen = rendering.seen_by_colour([one for one in drawn if one.get_data_transform() == axes.transData])
    corners = [np.sort(bar, axis=0) for one in seen for bar in bars_of(one)]
    return unmasked([[*low, *(high - low)] for low, high in corners if (high > low).all()]).reshape(-1, 4)


def bars_of(patch: Any) -> Iterable[np.ndarray]:
    """Yield two opposite corners, shape (2, 2), of each bar of a patch."""
    if type(patch).__name__ == "Rectangle":
        yield patch.get_bbox().get_points()
        return
    values, edges, base = patch.get_data()
    turn = -1 if patch.orientation == "horizontal" else 1
    bases = np.broadcast_to(0 if base is None else base, np.shape(values))
    for corners in zip(edges[:-1], bases, edges[1:], values, strict=True):
        yield np.reshape(corners, (2, 2))[:, ::turn]


def describe_images(axes: Any, rendering: Rendering) -> list[dict[str, Any]]:
    """Return the data of what `imshow`, `matshow`, `pcolor` and `pcolormesh` drew."""
    images = [
        {"data": unmasked(image.get_array()), "extent": image.get_extent(), "origin": image.origin}
        for image in rendering.seen(axes.images[:MAX_ITEMS])
    ]
    meshes = rendering.seen(of_classes(axes.collections, "QuadMesh", "PolyQuadMesh"))
    return images + [
        {"data": unmasked(mesh.get_array()), "extent": extent_of(mesh), "origin": "lower"} for mesh in meshes
    ]


def extent_of(mesh: Any) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of a mesh; the first entry is at its left and bottom."""
    corners = np.asarray(mesh.get_coordinates(), dtype=np.float64)
    (left, bottom), (right, top) = corners[0, 0], corners[-1, -1]
    return float(left), float(right), float(bottom), float(top)


def describe_texts(axes: Any, texts: Sequence[Any], rendering: Rendering) -> list[dict[str, Any]]:
    """Return the texts that can be seen."""
    seen = rendering.seen_texts(texts[:MAX_ITEMS])
    return [describe_text(axes, text, rendering.renderer) for text in seen]


def describe_text(axes: Any, text: Any, renderer: Any) -> dict[str, Any]:
    """Return what a text says, its anchor (`x`, `y`) in data coordinates, its `box` in pixels (left,
    bottom, right, top), its four `corners` if it is slanted, and for an annotation its `target`: the
    point that it is about.
    """
    from matplotlib.text import Text

    box = Text.get_window_extent(text, renderer)  # an annotation's own method adds its arrow
    angle = text.get_rotation()
    corners = []
    if angle % 90:
        text.set_rotation(0)
        flat = Text.get_window_extent(text, renderer)
        text.set_rotation(angle)
        middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        corners = turned(flat.width, flat.height, angle) + middle
    to_data = axes.transData.inverted()
    x, y = to_data.transform(text.get_transform().transform(text.get_unitless_position()))
    in_data = getattr(text, "xycoords", None) == "data"
    target = [axes.convert_xunits(text.xy[0]), axes.convert_yunits(text.xy[1])] if in_data else None
    return {
        "text": text.get_text(),
        "x": float(x),
        "y": float(y),
        "box": (box.x0, box.y0, box.x1, box.y1),
        "corners": corners,
        "target": target,
    }


def ticks(axes: Any, axis: Any) -> list[Any]:
    """Return the tick labels inside the limits of an axis that is shown."""
    low, high = sorted(axis.get_view_interval())
    if not axes.axison or not axis.get_visible():
        return []
    inside = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [label for tick in inside for label in (tick.label1, tick.label2)]


def of_classes(artists: Iterable[Any], *names: str) -> list[Any]:
    """Return the artists of the classes with these names."""
    return [artist for artist in artists if type(artist).__name__ in names][:MAX_ITEMS]


def unmasked(values: Any) -> np.ndarray:
    """Return numbers with NaN where they are masked."""
    return np.ma.filled(np.ma.asarray(values).astype(np.float64), np.nan)


def turned(width: float, height: float, angle: float) -> np.ndarray:
    """Return the corners, shape (4, 2), of a rectangle about (0, 0) that is turned by `angle` degrees."""
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
    corners: np.ndarray = flat @ np.array([[cos, sin], [-sin, cos]])
    return corners


def overlapping(texts: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the pairs of texts that overlap; of a figure with far too many texts, the first of them."""
    kept = texts[:MAX_TEXTS]
    if len(kept) < 2:
        return []
    outlines = [text_corners(text) for text in kept]
    near = boxes_that_overlap(np.array([text["box"] for text in kept], dtype=np.float64))
    found = [
        (kept[one]["text"], kept[other]["text"])
        for one, other in near[:MAX_PAIRS]
        if cross(outlines[one], outlines[other])
    ]
    if not found and (len(texts) > MAX_TEXTS or len(near) > MAX_PAIRS):
        found.append((kept[0]["text"], kept[1]["text"]))
    return found


def boxes_that_overlap(boxes: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of boxes, shape (N, 4), that share more than a touch."""
    left, bottom, right, top = boxes.T
    wide = np.minimum.outer(right, right) - np.maximum.outer(left, left) > OVERLAP
    high = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom) > OVERLAP
    ones, others = np.nonzero(np.triu(wide & high, 1))
    return list(zip(ones.tolist(), others.tolist(), strict=True))


def text_corners(text: dict[str, Any]) -> np.ndarray:
    """Return the corners of a text, shape (4, 2), in order."""
    left, bottom, right, top = text["box"]
    flat = [(left, bottom), (right, bottom), (right, top), (left, top)]
    return np.array(text["corners"] if len(text["corners"]) else flat)


def cross(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two rectangles share more than a touch: no side of either has the other beyond it."""
    for corners in (one, other):
        sides = (corners[1] - corners[0], corners[3] - corners[0])
        for side in sides:
            along = side / (np.hypot(*side) or 1.0)
            first, second = one @ along, other @ along
            if min(first.max(), second.max()) - max(first.min(), second.min()) <= OVERLAP:
                return False
    return True


# ----------------------------------------
# plain: Turn a live object into plain data: what is deceptive, endless or huge comes back as `Opaque`.

MAX_DEPTH = 12
MAX_BYTES = 64 << 20  # of an answer
ITEM_BYTES = 128  # what an entry of a list counts for, so that a list within itself ends
MAX_CHARACTERS = 200_000
MAX_BITS = 4096  # of an integer
MAX_KEYED = 10_000  # entries of a set or a dict: hashing crafted keys is slow
NUMERIC_KINDS, TEXT_KINDS = "biufc", "US"


def these(*kinds: type) -> frozenset[int]:
    """Return types by identity, so that `id(kind) in them` asks no metaclass, which may be the student's."""
    return frozenset(map(id, kinds))


SEQUENCES = these(list, tuple, deque, std_array)
SETS = these(set, frozenset)
KEYED = SETS | these(dict, Counter, OrderedDict, defaultdict)
BYTES = these(bytes, bytearray)
KEYS = these(str, int, float, bool, bytes)
NUMPY_SCALARS = these(*np.sctypeDict.values())
ALREADY_PLAIN = these(Tensor, Handle, Opaque, Figure, Callback, Named, Record, Stream)


def plain(value: Any, hold: Callable[[Any], Any] | None = None) -> Any:
    """Return a live object as data, arrays and lists as fresh copies.

    Never raises and never runs on: what is deceptive, endless or huge comes back as `Opaque`.

    Args:
        value: anything.
        hold: keeps what is not data and returns its stand-in; without it that is `Opaque`.
    """
    if value is None or type(value) is float or type(value) is bool:
        return value
    return Reader(hold).whole(value)


class LargerThanAllowed(Exception):
    """The data of one value takes more room than it may."""


class Reader:
    """Reads one value. Types are compared by identity and read by their own C code, because a
    class may lie about everything else: its name, its length, its equality, its `__class__`."""

    def __init__(self, hold: Callable[[Any], Any] | None, room: int = MAX_BYTES) -> None:
        self._hold = hold
        self._room = room

    def whole(self, value: Any) -> Any:
        """Return a value as data."""
        try:
            return self.read(value, 0)
        except LargerThanAllowed:
            return Opaque(type_name(value), TOO_LARGE)

    def read(self, value: Any, depth: int) -> Any:
        """Return one value, or one entry of a value, as data."""
        kind = type(value)
        self._spend(ITEM_BYTES)
        if value is None or kind is float or kind is bool:
            return value
        if kind is int and value.bit_length() <= MAX_BITS:
            return value
        if kind is np.ndarray and value.dtype.kind in "fiu" and value.dtype.isnative and value.itemsize <= 8:
            self._spend_array(value.shape, value.nbytes)
            return np.array(value, order="C")
        if depth > MAX_DEPTH:
            return Opaque(type_name(value), TOO_DEEP)
        try:
            if id(kind) in SEQUENCES or issubclass(kind, tuple):
                return self._sequence(value, kind, depth)
            if id(kind) in KEYED:
                return self._keyed(value, kind, depth)
            return self._single(value, kind, depth)
        except (LargerThanAllowed, KeyboardInterrupt):
            raise
        except BaseException:  # noqa: BLE001 an object that fights back is not data
            return Opaque(type_name(value), UNREADABLE)

    def _spend(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise LargerThanAllowed

    def _spend_array(self, shape: Sequence[int], size: int) -> None:
        """Count an array: a broadcast view as large as it says, one without entries by its rows."""
        self._spend(size or ITEM_BYTES * rows(shape))

    def _sequence(self, value: Any, kind: type, depth: int) -> Any:
        if issubclass(kind, tuple):
            return tuple(self._all(tuple.__iter__(value), depth))
        return self._all(value, depth)

    def _keyed(self, value: Any, kind: type, depth: int) -> Any:
        if len(value) > MAX_KEYED:
            raise LargerThanAllowed
        keys = self._all(value, depth)
        if not all(map(is_key, keys)):
            return self._object(value, kind)
        if id(kind) in SETS:
            return kind(keys)
        return dict(zip(keys, self._all(dict.values(value), depth), strict=True))

    def _all(self, items: Iterable[Any], depth: int) -> list[Any]:
        return [self.read(item, depth + 1) for item in items]

    def _single(self, value: Any, kind: type, depth: int) -> Any:
        if kind is int:
            return Opaque("int", TOO_BIG)
        if kind is str:
            self._spend(len(value))
            return value if is_writable_text(value) else Opaque("str", NOT_TEXT)
        if id(kind) in BYTES:
            self._spend(len(value))
            return bytes(value)
        if kind is np.ndarray:
            return self._array(value, depth)
        if id(kind) in NUMPY_SCALARS:
            return self._scalar(value, depth)
        if kind is complex:
            return np.array(value)
        if kind is Fraction or kind is Decimal:
            return float(value)
        if id(kind) in ALREADY_PLAIN:
            return value
        return self._of_library(value, kind)

    def _scalar(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, np.integer):
            return self.read(int(value), depth)
        if isinstance(value, np.floating):
            return float(value)
        if isinstance(value, np.str_):
            return self.read(str(value), depth)
        if isinstance(value, np.bytes_):
            return self.read(bytes(value), depth)
        return self._array(np.asarray(value), depth)

    def _array(self, value: np.ndarray, depth: int) -> Any:
        if value.dtype.kind == "O" and value.size:  # boxes: the list of what is in them
            self._spend(value.size * ITEM_BYTES)
            return self.read(value.tolist(), depth + 1)
        if value.dtype.kind not in NUMERIC_KINDS + TEXT_KINDS:
            return Opaque("numpy.ndarray", NOT_NUMBERS)
        self._spend_array(value.shape, value.nbytes)
        with np.errstate(all="ignore"):
            return np.array(value, dtype=wire_dtype(value.dtype), order="C")

    def _of_library(self, value: Any, kind: type) -> Any:
        torch = sys.modules.get("torch")
        if torch is not None and issubclass(kind, torch.Tensor):
            return self._tensor(torch, value, kind)
        pictures = sys.modules.get("matplotlib.figure")
        if pictures is not None and issubclass(kind, pictures.Figure):
            return describe_figure(value, plain)
        if issubclass(kind, np.ndarray):
            return Opaque(type_name(value), ARRAY_SUBCLASS)
        if issubclass(kind, Number | np.generic):
            return Opaque(type_name(value))
        return self._object(value, kind)

    def _object(self, value: Any, kind: type) -> Any:
        """Keep what is not data, with the fields of a dataclass; what is not kept is `Opaque`."""
        if self._hold is None:
            return handle_in(value) or Opaque(type_name(value))
        fields = self._fields(value) if dataclasses.is_dataclass(kind) else None
        held = self._hold(value)
        return held if fields is None else dataclasses.replace(held, fields=fields)

    def _fields(self, value: Any) -> dict[str, Any]:
        names = [one.name for one in dataclasses.fields(value)]
        return dict(
            zip(names, self._all((getattr(value, name) for name in names), MAX_DEPTH - 3), strict=True)
        )

    def _tensor(self, torch: Any, value: Any, kind: type) -> Tensor | Opaque:
        if kind is not torch.Tensor and kind is not torch.nn.Parameter:
            return Opaque(type_name(value), TENSOR_SUBCLASS)
        if value.layout is not torch.strided:
            return Opaque("torch.Tensor", NOT_DENSE)
        base = torch.Tensor  # an instance may carry methods of its own
        self._spend_array(value.shape, base.nelement(value) * base.element_size(value))
        dense = base.detach(value).cpu().resolve_conj().resolve_neg()
        if dense.dtype is torch.bfloat16:
            dense = dense.float()
        numbers = base.numpy(dense)
        return Tensor(np.array(numbers, order="C"), str(value.dtype).removeprefix("torch."))


def rows(shape: Sequence[int]) -> int:
    """Return how many empty lists an array without entries is, at most, when it is taken apart."""
    return math.prod(side for side in shape if side)


def is_writable_text(value: str) -> bool:
    """Whether a string can be written down (no lone surrogates), within reason."""
    if len(value) > MAX_CHARACTERS:
        raise LargerThanAllowed
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def is_key(value: Any) -> bool:
    """Whether data can be a key of a dict: it can be hashed, and means the same on both sides."""
    if type(value) is tuple or type(value) is frozenset:
        return all(map(is_key, value))
    return value is None or id(type(value)) in KEYS


def handle_in(value: Any) -> Handle | None:
    """Return the handle inside a check's stand-in for an object that stayed on the other side."""
    try:
        held = object.__getattribute__(value, "_handle")
    except AttributeError:
        return None
    return held if type(held) is Handle else None


def wire_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the native dtype that an array is copied to; longer doubles are shortened."""
    if dtype.kind == "f" and dtype.itemsize > 8:
        return np.dtype("float64")
    if dtype.kind == "c" and dtype.itemsize > 16:
        return np.dtype("complex128")
    return dtype.newbyteorder("=")


# ----------------------------------------
# compare: Is this answer right? Kind, then shape, then finiteness, then values, relative tolerance first.

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


# ----------------------------------------
# sameness: Is data the same? Floats to a tolerance, all else exactly, and items in whatever order.

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


# ----------------------------------------
# equality: Is this exactly the answer? Text, nested data, sets; and texts where case and spaces may be forgiven.

ITEMS_SHOWN = 300  # characters of a value in the details of a message
NEAR = 500  # characters of a text in which near misses are looked for


def expect_equal(got: Any, want: Any, *, ordered: bool = True, rtol: float = RTOL, name: str = "") -> None:
    """Fail unless `got` is `want`: text, numbers, None, and lists, dicts and sets of these.

    A tuple counts as a list, and an array as the list of its entries; True equals only True. Where `want`
    has a float, a number that is close enough is right; whole numbers, text and keys are exact. A
    dataclass is compared by its fields.

    Args:
        got: what the student returned.
        want: what is right.
        ordered: whether the order of a list matters; without it, a set and a list may stand for each other.
        rtol: relative tolerance for floats; 0 asks for the very same.
        name: what to call the answer in the message.
    """
    __tracebackhide__ = True
    subject = name or "the result"
    found, wanted = simple(plain(got)), simple(plain(want))
    if ordered or not (is_listing(found) and is_listing(wanted)):
        reason = difference(found, wanted, subject, rtol)
    else:
        reason = told_apart(list(found), list(wanted), subject, "item", rtol)
    if reason:
        raise CheckFailed(reason, f"got      {shown(found)}\nexpected {shown(wanted)}")


def expect_text(
    got: Any, want: str | list[str], *, case: bool = False, spaces: bool = False, name: str = ""
) -> None:
    """Fail unless `got` is the text `want`, or one of several.

    Args:
        got: what the student returned.
        want: the text, or every text that is right.
        case: whether upper and lower case must be as in `want`.
        spaces: whether spaces and line breaks must be as in `want`; otherwise those at the ends are left
            out and several count as one.
        name: what to call the answer in the message.
    """
    __tracebackhide__ = True
    subject, found = name or "the result", plain(got)
    if not isinstance(found, str):
        raise refusal(found, subject, "text")
    texts = [want] if isinstance(want, str) else want

    def folded(text: str) -> str:
        text = text if spaces else " ".join(text.split())
        return text if case else text.casefold()

    if folded(found) not in map(folded, texts):
        details = f"got      {shown(found)}\nexpected {' or '.join(map(shown, texts))}"
        raise CheckFailed(f"{subject} is another text{near_miss(found, texts)}", details)


def near_miss(found: str, texts: list[str]) -> str:
    """Return what alone sets a text apart from a right one, as a sentence of its own, or ""."""
    if not found.strip():
        return ": it is empty"
    found, texts = found[:NEAR], [text[:NEAR] for text in texts]
    looks: list[tuple[str, Callable[[str], str]]] = [
        ("only upper and lower case differ", str.casefold),
        ("only spaces or line breaks differ", lambda text: "".join(text.split())),
        (
            "only punctuation differs",
            lambda text: "".join(c for c in text if c.isalnum() or c.isspace()).strip(),
        ),
        ("the words are right, their order is not", lambda text: " ".join(sorted(text.casefold().split()))),
    ]
    for told, look in looks:
        if look(found) in map(look, texts):
            return f": {told}"
    if any(text and text.casefold() in found.casefold() for text in texts):
        return ": it holds the right text, and more"
    if any(len(found.strip()) > 2 and found.strip().casefold() in text.casefold() for text in texts):
        return ": it is a part of the right text"
    return ""


def difference(found: Any, wanted: Any, subject: str, rtol: float) -> str:
    """Return how simple data differs from what is wanted, without its contents, or ""."""
    if same_data(found, wanted, rtol):
        return ""
    if isinstance(wanted, list):
        return list_difference(found, wanted, subject, rtol)
    if isinstance(wanted, dict):
        return dict_difference(found, wanted, subject, rtol)
    if is_set(wanted):
        told = f"{subject} is {describe(found)}; expected a set"
        return told_apart(list(found), list(wanted), subject, "element", rtol) if is_set(found) else told
    if is_number(wanted) and is_number(found):
        return f"{subject} is not the right number"
    if isinstance(wanted, str) and isinstance(found, str):
        return f"{subject} is another text{near_miss(found, [wanted])}"
    if type(found) is not type(wanted):
        return f"{subject} is {kind_of_data(found)}; expected {kind_of_data(wanted)}"
    return f"{subject} is not the right one"


def kind_of_data(value: Any) -> str:
    """Return what a piece of data is, without its contents."""
    return "text" if isinstance(value, str) else describe(value)


def list_difference(found: Any, wanted: list[Any], subject: str, rtol: float) -> str:
    """Return how a list differs from what is wanted."""
    if not isinstance(found, list):
        return f"{subject} is {describe(found)}; expected a list"
    if len(found) != len(wanted):
        return f"{subject} has {counted(len(found), 'item')}; expected {len(wanted)}"
    if not told_apart(found, wanted, subject, "item", rtol):
        return f"{subject} is in another order"
    pairs = enumerate(zip(found, wanted, strict=True))
    return next(filter(None, (difference(*pair, f"{subject}[{at}]", rtol) for at, pair in pairs)), "")


def dict_difference(found: Any, wanted: dict[Any, Any], subject: str, rtol: float) -> str:
    """Return how a dict differs from what is wanted."""
    if not isinstance(found, dict):
        return f"{subject} is {describe(found)}; expected a dict"
    missing, extra = len(wanted.keys() - found.keys()), len(found.keys() - wanted.keys())
    if missing or extra:
        return f"{subject} {unbalanced(missing, extra, 'key')}"
    told = (
        difference(found[key], value, f"the value of the {ordinal(at)} key of {subject}", rtol)
        for at, (key, value) in enumerate(wanted.items(), 1)
    )
    return next(filter(None, told), "")


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, ..., 11th, ..."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def told_apart(found: list[Any], wanted: list[Any], subject: str, noun: str, rtol: float) -> str:
    """Return how many items one has and the other lacks, whatever their order, or ""."""
    there = matched(found, wanted, rtol)
    if there == len(found) == len(wanted):
        return ""
    return f"{subject} {unbalanced(len(wanted) - there, len(found) - there, noun)}"


def unbalanced(missing: int, extra: int, noun: str) -> str:
    """Return what lacks and what is too much."""
    if not extra:
        return f"lacks {counted(missing, noun)}"
    return (
        f"lacks {counted(missing, noun)} and has {extra} too many"
        if missing
        else f"has {counted(extra, noun)} too many"
    )


def shown(value: Any) -> str:
    """Return data as text, cut to a few lines."""
    text = show(value) if isinstance(value, float) else written(value)
    return text if len(text) <= ITEMS_SHOWN else f"{text[:ITEMS_SHOWN]}..."


# ----------------------------------------
# errors: What can go wrong that is not a student's mistake, the stub's way to say so, and "did you mean".

STUB = "write your code here"  # a stub raises NotImplementedError("NAME: write your code here")


class KitError(Exception):
    """Our fault or the course's: the message names the file, the key and what to do."""


class SubmissionFailed(KitError):
    """The kit cannot grade one submission; it can grade others."""


class ReferenceFailed(Exception):
    """A program of the course ended or took too long, however patiently it was asked: it may go better."""


class InputError(Exception):
    """Something is wrong with what the kit was given to read: one line, with what to do."""


def is_unwritten(type_name: str, message: str) -> bool:
    """Whether an exception says that a function is still the stub that was handed out."""
    return type_name == "NotImplementedError" and STUB in message


def one_line(error: BaseException) -> str:
    """Return what an exception is and says."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def not_utf8(path: object, wrong: UnicodeDecodeError) -> str:
    """Say where a text of the course was saved in another encoding."""
    line = wrong.object.count(b"\n", 0, wrong.start) + 1
    return f"{path}, line {line}: a character there is not in UTF-8: let your editor save the file as UTF-8"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return "; did you mean NAME?" with the name that `name` resembles most, or nothing."""
    folded = {known.casefold(): known for known in names}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[close[0]]}?" if close else ""


# ----------------------------------------
# ambient: What a call may change for the whole process, and how it is put back when the call is over.

TorchSettings = tuple[bool, bool, Any]  # gradients are on, anomalies are looked for, the default dtype


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Run a call with gradients on and float32 the default, and leave the process's settings as they were."""
    limit, before = sys.getrecursionlimit(), torch_settings()
    if before is not None:
        set_torch(fresh_torch(before[1]), before)
    with warnings.catch_warnings(), np.errstate():
        try:
            yield
        finally:
            with contextlib.suppress(RecursionError):  # a limit below the depth we are at
                sys.setrecursionlimit(limit)
            if (now := torch_settings()) is not None:
                set_torch(before or fresh_torch(), now)


def torch_settings() -> TorchSettings | None:
    """Return the settings of torch that outlive a call, None while nobody has imported it."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return None
    return torch.is_grad_enabled(), torch.is_anomaly_enabled(), torch.get_default_dtype()


def fresh_torch(anomalies: bool = False) -> TorchSettings:
    """Return the settings that torch starts with."""
    return True, anomalies, sys.modules["torch"].float32


def set_torch(wanted: TorchSettings, now: TorchSettings) -> None:
    """Let torch have other settings, unless it has them: setting takes far longer than asking."""
    if now != wanted:
        torch: Any = sys.modules["torch"]
        torch.set_grad_enabled(wanted[0])
        torch.set_anomaly_enabled(wanted[1])
        torch.set_default_dtype(wanted[2])


# ----------------------------------------
# cell_commands: `%%` commands of notebooks whose cells are not run here: no Python, or for another process.

CELLS_NOT_RUN = frozenset((
    "HTML", "R", "SVG", "bash", "bigquery", "cmd", "html", "javascript", "js", "latex", "markdown", "perl",
    "pypy", "python", "python2", "python3", "ruby", "script", "sh", "shell", "sql", "svg", "sx", "system",
    "timeit",
))  # fmt: skip


# ----------------------------------------
# notebook_names: Names that only a notebook has, for programs that use them: what shows things does nothing.

PYLAB = """from pylab import *
import matplotlib, numpy, numpy as np
from matplotlib import pyplot, pyplot as plt
"""


class Shell:
    """What `get_ipython()` gives. It carries out magics that define names; every other does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._nothing

    def __bool__(self) -> bool:
        """Say no: where this asks whether it is in a notebook, it is not."""
        return False

    def _nothing(self, *_: object, **__: object) -> None:
        """Take a magic."""

    def getoutput(self, *_: object, **__: object) -> list[str]:
        """Return what a command of the system printed: nothing, since none is run."""
        return []

    system = getoutput

    def run_line_magic(self, name: str, line: str = "", *_: object, **__: object) -> object:
        """Carry out `%name line` for whoever calls this."""
        return line_magic(name, line, sys._getframe(1).f_globals)

    def magic(self, command: str) -> object:
        """Carry out a magic that is written as one text."""
        name, _, line = command.lstrip("%").partition(" ")
        return line_magic(name, line, sys._getframe(1).f_globals)

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Carry out `%%name line` above a cell, as scripts that were exported from a notebook have it."""
        if name in ("writefile", "file"):
            *options, path = words_of(line)
            with open(path, "a" if "-a" in options else "w", encoding="utf-8") as file:
                file.write(cell)
        elif name not in CELLS_NOT_RUN:
            if not cell:
                raise NotCarriedOut(f"%%{name} is not carried out here: its cell was left out")
            execute_text(cell, f"%%{name}", sys._getframe(1).f_globals)


class NotCarriedOut(RuntimeError):
    """What a notebook command raises that has an effect there and none here."""


def line_magic(name: str, line: str, namespace: dict[str, Any]) -> object:
    """Carry out a line magic: return its value, define in `namespace` what it defines."""
    words = words_of(line)
    if name in ("run", "load", "loadpy"):
        run_file_text(name, [word for word in words if not word.startswith("-")], namespace)
    elif name == "pylab":
        execute_text(PYLAB, "%pylab", namespace)
    elif name == "store" and "-r" in words:
        raise NotCarriedOut("%store -r is not carried out here: nothing was stored")
    elif name == "cd" and words:
        with contextlib.suppress(OSError):  # a notebook goes on, too
            os.chdir(words[-1])
    elif name in ("env", "set_env") and words:
        variable, given, value = line.strip().partition("=" if "=" in line else " ")
        if not given:
            return os.environ.get(variable)
        os.environ[variable.strip()] = value.strip()
    return os.getcwd() if name == "pwd" else None


def run_file_text(name: str, words: Sequence[str], namespace: dict[str, Any]) -> None:
    """Run a file that was handed in, as `%run` does, and `%load` once its cell runs."""
    path = words[0] if name == "run" and words else (words or [""])[-1]
    if path.endswith(".ipynb") or "://" in path or not path:
        told = "of a notebook " if path.endswith(".ipynb") else ""
        raise NotCarriedOut(f"%{name} {told}is not carried out here")
    path = path if path.endswith(".py") else f"{path}.py"
    with open(path, encoding="utf-8") as file:
        execute_text(file.read(), path, namespace)


def execute_text(text: str, name: str, namespace: dict[str, Any]) -> None:
    """Run a text in a program's namespace."""
    exec(compile(text, name, "exec"), namespace)  # noqa: S102 a program's own text, in its own process


def words_of(line: str) -> list[str]:
    """Return the words of a command's line, without the quotes around them."""
    try:
        return shlex.split(line)
    except ValueError:  # a quote is open
        return line.split()


SHELL = Shell()


def get_ipython() -> Shell:
    """Return the stand-in for a notebook's shell."""
    return SHELL


def display(*_: object, **__: object) -> None:
    """Show nothing."""


IPYTHON = {"get_ipython": get_ipython, "display": display}


def notebook_names(cells: Sequence[str], name: str) -> dict[str, Any]:
    """Return what a program finds defined: in a notebook, or in a script that was exported from one."""
    notebook = name.endswith(".ipynb")
    return {
        one: value for one, value in IPYTHON.items() if notebook or any(f"{one}(" in text for text in cells)
    }


# ----------------------------------------
# standins: Stand-ins for libraries that are not there: what only shows things does nothing, others give no values.

class Nothing:
    """An object whose every method takes anything and does nothing."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Bar(Nothing):
    """A progress bar that yields what it is given and shows nothing."""

    def __init__(self, iterable: Iterable[Any] = (), *_: object, **__: object) -> None:
        super().__init__()
        self._iterable, self.n = iterable, 0

    def __iter__(self) -> Iterator[Any]:
        for item in self._iterable:
            yield item
            self.n += 1

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]

    def update(self, n: int = 1) -> None:
        """Count."""
        self.n += n

    @staticmethod
    def write(*_: object, **__: object) -> None:
        """Show nothing."""


def without_values(kind: Any) -> Any:
    """Let every operation on an instance, as of a number or a list, raise why it cannot be had."""
    own = {name for one in (int, complex, list, dict) for name in dir(one) if name.startswith("__")}
    others = "eq lt le gt ge format next matmul rmatmul array mro_entries instancecheck await aiter"
    for operation in own.difference(dir(object)).union(f"__{one}__" for one in others.split()):
        setattr(kind, operation, kind._needed)
    return kind


@without_values
class NotInstalled:
    """What an import that failed would have bound. It and its attributes can be called: `wandb.log(loss)`.

    Whoever needs a value of it gets the error of the import. So does what would change a function or a class,
    as a decorator does: the definition without it is worth more.
    """

    def __init__(self, error: ModuleNotFoundError) -> None:
        self._import_error = error

    def __getattr__(self, name: str) -> "NotInstalled":
        if name.startswith("__"):
            raise AttributeError(name)
        return NotInstalled(self._import_error)

    def __call__(self, *arguments: object, **_: object) -> "NotInstalled":
        if any(isinstance(one, type | types.FunctionType) for one in arguments):
            self._needed()
        return NotInstalled(self._import_error)

    def __enter__(self) -> "NotInstalled":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _needed(self, *_: object) -> NoReturn:
        """Raise what the import raised."""
        raise ModuleNotFoundError(*self._import_error.args, name=self._import_error.name)


def import_error(value: object) -> ModuleNotFoundError | None:
    """Return why there is no value, if this stands for a library that is not there."""
    return value._import_error if isinstance(value, NotInstalled) else None


def range_bar(*args: int, **_: object) -> Bar:
    """Return a bar over `range`."""
    return Bar(range(*args))


def anything(name: str) -> Any:
    """Return a class that takes anything, for a name that a display library may have."""
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing


def show_nothing(*_: object, **__: object) -> None:
    """Go on."""


BARS = {"tqdm": Bar, "trange": range_bar, "tqdm_notebook": Bar, "tnrange": range_bar}
DEBUGGER: dict[str, Any] = {"set_trace": show_nothing, "__getattr__": anything}
WRITERS = {"SummaryWriter": Nothing}
MODULES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std", "tqdm.autonotebook"), BARS),
    **dict.fromkeys(("tensorboardX", "torch.utils.tensorboard", "torch.utils.tensorboard.writer"), WRITERS),
    **dict.fromkeys(("pdb", "ipdb", "pudb", "IPython.core.debugger"), DEBUGGER),
    "rich": {"print": show_nothing, "__getattr__": anything},
    "rich.progress": {"track": Bar, "__getattr__": anything},
    "IPython": {"get_ipython": get_ipython, "display": display},
    "IPython.core": {},
    "IPython.display": {"display": display, "__getattr__": anything},
}


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the stand-ins."""

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """Return a spec for a library that has a stand-in."""
        if name not in MODULES:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill a stand-in."""
        vars(module).update(MODULES[module.__name__])


# ----------------------------------------
# calls: Run one call of a check on the student's side, in the worker or in the student's own folder.

@dataclass(frozen=True)
class Call:
    """What a check asks for: a function by name, or an attribute or a call of a held object.

    `action` is "call" (a name of the module), "make" (a dotted path of a library or of provided
    code), "invoke" (call a held object), "read" (an attribute of one), "callback" (one of the
    `functions` of the call that is being answered: these stay with whoever asks). With `once`,
    a worker that was asked the very same before answers the same again, without another call: several
    checks look at one answer.
    """

    action: str
    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    handle: Handle | None = None
    wrt: tuple[str, ...] = ()
    of: int | None = None
    cotangent: Any = None
    once: bool = False
    functions: tuple[Callable[..., Any], ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Answer:
    """What came back: the value, the inputs that the call changed, and gradients if asked for.

    A gradient is None where the value had no graph, or no path to that argument.
    """

    value: Any
    changed: tuple[str, ...] = ()
    grads: dict[str, Any] = field(default_factory=dict)


class NotDefined(Exception):
    """The submission has no such name."""


class StudentRaised(Exception):
    """Student code raised an exception; `problem` describes it."""

    def __init__(self, problem: Any) -> None:
        super().__init__(f"{problem.type_name}: {problem.message}")
        self.problem = problem
        self.type_name = problem.type_name


Ask = Callable[[Call], Answer]
STAND_INS = (Handle, Callback, Named, Record, Stream)


class Objects:
    """The objects that stay on this side, by number."""

    def __init__(self) -> None:
        self._held: dict[int, Any] = {}

    def hold(self, value: Any) -> Handle:
        """Keep an object and return its handle."""
        handle = Handle(len(self._held), type_name(value))
        self._held[handle.id] = value
        return handle

    def find(self, handle: Handle) -> Any:
        """Return the object behind a handle."""
        return self._held[handle.id]


class WrongOutput(Exception):
    """What was returned cannot be differentiated as the check asks."""


@dataclass(frozen=True)
class Resolver:
    """Finds what the stand-ins among a call's arguments stand for."""

    call: Call
    namespace: Mapping[str, Any]
    objects: Objects
    ask: Ask | None

    def __call__(self, stand_in: Any) -> Any:
        if isinstance(stand_in, Handle):
            return self.objects.find(stand_in)
        if isinstance(stand_in, Named):
            return called_object(stand_in.name, self.namespace)
        if isinstance(stand_in, Record):
            return self.made(stand_in)
        return self.function(stand_in)

    def made(self, stand_in: Record) -> Any:
        """Return a dataclass with these fields, its own code aside; anything else is made by keywords."""
        module, _, name = stand_in.path.rpartition(".")
        kind: Any = getattr(importlib.import_module(module), name)
        fields = {key: live(value, self) for key, value in stand_in.fields.items()}
        if not hasattr(kind, "__dataclass_fields__"):
            return kind(**fields)
        made = object.__new__(kind)
        for key, value in fields.items():
            object.__setattr__(made, key, value)
        return made

    def function(self, stand_in: Callback) -> Callable[..., Any]:
        """Return a function of the asker's: itself in this process, else one that asks over the wall."""
        if self.call.functions:
            return self.call.functions[stand_in.at]
        ask = self.ask
        if ask is None:
            raise TypeError("a function cannot be passed here")
        return lambda *args, **kwargs: live(ask(Call("callback", str(stand_in.at), args, kwargs)).value)


def perform(call: Call, namespace: Mapping[str, Any], objects: Objects, ask: Ask | None = None) -> Answer:
    """Carry out `call` and return its answer as plain data; what the student raises propagates.

    Each call gets fresh copies of its arguments and leaves the process's settings as they were.

    Raises:
        NotDefined: the submission has no such name.
        WrongOutput: gradients are asked for an output that is not there, or cannot be had.
    """
    resolve = Resolver(call, namespace, objects, ask)
    args = [live(arg, resolve) for arg in call.args]
    kwargs = {key: live(arg, resolve) for key, arg in call.kwargs.items()}
    leaves = [
        make_leaf(name, kwargs[name] if name in kwargs else item(args, int(name) if name.isdecimal() else at))
        for at, name in enumerate(call.wrt)
    ]
    with undisturbed():
        target = find_target(call, namespace, objects)
        result = target if call.action == "read" else target(*args, **kwargs)
        if absent := import_error(result):
            raise absent.with_traceback(None)
        grads = take_gradients(call, leaves, result) if call.wrt else {}
        value = plain(result, objects.hold)
        return Answer(value, changed_inputs(call, target, args, kwargs), grads)


def find_target(call: Call, namespace: Mapping[str, Any], objects: Objects) -> Any:
    """Return the object that `call` is about."""
    if call.action == "call":
        return called_object(call.name, namespace)
    if call.action == "make":
        module, _, name = call.name.rpartition(".")
        return getattr(importlib.import_module(module), name)
    assert call.handle is not None  # noqa: S101 the two other actions need one
    held = objects.find(call.handle)
    return getattr(held, call.name) if call.name else held


def called_object(name: str, namespace: Mapping[str, Any]) -> Any:
    """Return what the program calls by this name."""
    if name not in namespace or import_error(namespace[name]):
        raise NotDefined(name)
    return namespace[name]


def changed_inputs(
    call: Call, target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the names of the arguments that differ from what was sent."""
    places = [at for at, sent in enumerate(call.args) if was_changed(sent, args[at])]
    names = positional_names(target) if places else []
    changed = [names[at] if at < len(names) else f"argument {at + 1}" for at in places]
    return (*changed, *(key for key, sent in call.kwargs.items() if was_changed(sent, kwargs[key])))


def was_changed(sent: Any, now: Any) -> bool:
    """Whether an argument is no longer what was sent; objects cannot be compared."""
    if type(sent) is np.ndarray and type(now) is np.ndarray:  # the most common kind, without a copy
        alike = sent.dtype == now.dtype and sent.shape == now.shape
        return not (alike and sent.tobytes() == now.tobytes())
    if is_fixed(sent):
        return False
    if type(sent) is Tensor:
        return not same(sent, plain(now))
    return is_data(sent) and not same(plain(sent), plain(now))


def is_fixed(value: Any) -> bool:
    """Whether nothing can change a value: a number, a text, a tuple of such."""
    kind = type(value)
    return kind in (int, float, bool, str) or (kind is tuple and all(map(is_fixed, value)))


def positional_names(target: Any) -> list[str]:
    """Return the names of a function's positional parameters as far as they can be told."""
    try:
        parameters = inspect.signature(target).parameters.values()
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return [parameter.name for parameter in parameters if parameter.kind in kinds]
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 a signature may be a program of the student's
        return []


def is_data(value: Any) -> bool:
    """Whether an argument holds no stand-in, so that it can be compared after the call."""
    return not any(isinstance(leaf, STAND_INS) for leaf in leaves(value))


def item(args: Sequence[Any], at: int) -> Any:
    """Return a positional argument, None if there are not so many."""
    return args[at] if at < len(args) else None


def make_leaf(name: str, argument: Any) -> Any:
    """Let an argument collect a gradient, and return it; what cannot is the check's mistake."""
    try:
        return argument.requires_grad_()
    except (AttributeError, RuntimeError):
        told = f"with_grad needs {name}=tensor(...) of floats; got {type_name(argument)}"
        raise TypeError(told) from None


def take_gradients(call: Call, leaves: Sequence[Any], result: Any) -> dict[str, Any]:
    """Differentiate `sum(cotangent * result)` with respect to the arguments named in `call.wrt`."""
    import torch

    output = as_tensor(torch, pick_output(result, call.of))
    if output is None or not output.requires_grad:
        return dict.fromkeys(call.wrt)
    if call.cotangent is not None:
        weight = torch.as_tensor(live(call.cotangent), dtype=output.dtype)
        if weight.numel() != output.numel():
            raise WrongOutput(f"the result has {output.numel()} entries; expected {weight.numel()}")
        output = output * weight.reshape(output.shape)
    try:  # of a sum: with weights of its own, `grad` imports sympy, which takes longer than all else here
        found = torch.autograd.grad(output.sum(), leaves, allow_unused=True)
    except RuntimeError as error:
        raise WrongOutput(f"the result cannot be differentiated: {error}") from error
    grads = [None if grad is None else plain(grad) for grad in found]
    return dict(zip(call.wrt, grads, strict=True))


def pick_output(result: Any, of: int | None) -> Any:
    """Return the output that is to be differentiated."""
    if of is None:
        return result
    try:
        return result[of]
    except (TypeError, LookupError):
        raise WrongOutput(f"output {of + 1} is missing: return several, as in return a, b") from None


def as_tensor(torch: Any, output: Any) -> Any:
    """Return an output as one tensor, lone numbers stacked, or None."""
    lone = [one for one in output if is_lone(torch, one)] if type(output) in (list, tuple) else []
    if lone and len(lone) == len(output):
        return torch.stack([one.reshape(()) for one in lone])
    return output if isinstance(output, torch.Tensor) else None


def is_lone(torch: Any, value: Any) -> bool:
    """Whether a value is a tensor of one number."""
    return isinstance(value, torch.Tensor) and value.numel() == 1


def kinds_of(error: BaseException) -> list[str]:
    """Return the classes of an exception by the names under which they can be imported.

    A class that only calls itself `builtins.ValueError` is not found there.
    """
    names = []
    for kind in type(error).__mro__[:8]:
        module, name = str(kind.__module__), str(kind.__qualname__)
        if getattr(sys.modules.get(module), name, None) is kind:
            names.append(f"{module}.{name}"[:120])
    return names


# ----------------------------------------
# exceptions: Is the right exception raised?

def expect_raises(kind: type[Exception], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Fail unless `function(*args, **kwargs)` raises an exception of this very class, or one below it.

    A class of the student's own that only has the same name is another one. An exception of another kind is
    the student's error, and is told as such.

    Args:
        kind: the class, such as ValueError.
        function: what to call, such as `student.kl_penalty`.
        args: its arguments by position.
        kwargs: its arguments by name.
    """
    __tracebackhide__ = True
    try:
        function(*args, **kwargs)
    except StudentRaised as error:  # on the other side of the wall
        if is_unwritten(error.type_name, error.problem.message) or path_of(kind) not in error.problem.bases:
            raise
    except kind as error:
        if isinstance(error, NotDefined) or is_unwritten(type(error).__name__, str(error)):
            raise
    else:
        told = f"an answer came back where {kind.__name__} must be raised"
        raise CheckFailed(told, hidden=told)


def path_of(kind: type[Exception]) -> str:
    """Return the name under which a class can be imported."""
    return f"{kind.__module__}.{kind.__qualname__}"


# ----------------------------------------
# marks: The decorators that a file of checks is written with: they only attach what they say.

Marked = TypeVar("Marked", bound=Callable[..., Any])


@dataclass(frozen=True)
class CheckMark:
    """What `@check` attaches to a test function."""

    question: str
    visible: bool
    weight: float
    requires: tuple[str, ...]


def check(
    question: str, *, visible: bool = False, weight: float = 1.0, requires: tuple[str, ...] = ()
) -> Callable[[Marked], Marked]:
    """Mark a pytest test as a check of `question`; its docstring is the title students read.

    Args:
        question: the function or class that is judged.
        visible: whether students get the check; hidden unless said otherwise.
        weight: this check's share of the question's points, relative to its siblings.
        requires: names of checks that must pass first; otherwise this one is skipped.
    """

    def mark(function: Marked) -> Marked:
        function.check = CheckMark(question, visible, weight, requires)  # type: ignore[attr-defined]
        return function

    return mark


def misconception(
    question: str,  # noqa: ARG001 read by `bank`, as are the tags
    *,
    tags: tuple[str, ...] = (),  # noqa: ARG001
) -> Callable[[Marked], Marked]:
    """Mark a wrong answer to `question` that students really write; its docstring is the hint they get.

    Args:
        question: the function or class that it answers.
        tags: what an input must have for the mistake to show, as in "an empty list".
    """
    return unchanged


def changed(question: str, **mistakes: tuple[str, str, str] | tuple[str, str, str, tuple[str, ...]]) -> None:
    """Say which mistakes are the reference of `question` with one piece of its code replaced.

    Args:
        question: the function or class that is answered wrongly.
        mistakes: by name: what stands once in the reference, what students write in its place, the hint,
            and the tags, if it has any (see `misconception`).
    """


def alternative(question: str) -> Callable[[Marked], Marked]:  # noqa: ARG001 read by `bank`
    """Mark an unusual right answer to `question`; its docstring says what is unusual about it."""
    return unchanged


def unchanged(function: Marked) -> Marked:
    """Return a function as it is: known mistakes and alternatives are found by their decorator."""
    return function


# ----------------------------------------
# sending: Turn an argument of the grader's own into data that arrives as what it is, or say that it cannot.

MAX_ARGUMENT = 256 << 20  # bytes: more than of an answer
MAX_DRAWN = 100_000  # items of an iterator
CHANGED_ON_THE_WAY = "it would arrive as something else: send a list, a dict or a number"
NOWHERE = "its class is in no module that the student's code can import"
# numbers that are made anew, each by the keywords of its class
NUMBERS_BY_KEYWORDS: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    complex: lambda number: {"real": number.real, "imag": number.imag},
    Fraction: lambda number: {"numerator": number.numerator, "denominator": number.denominator},
    Decimal: lambda number: {"value": str(number)},
}


def sendable(value: Any) -> Any:
    """Return an argument of the grader's own as data, which may be larger than an answer."""
    return Sender(MAX_ARGUMENT).whole(value)


class Sender(Reader):
    """Reads an argument: iterators are drawn, dataclasses and named tuples taken apart, to be made anew."""

    def __init__(self, room: int) -> None:
        super().__init__(None, room)

    def read(self, value: Any, depth: int) -> Any:
        """Return one value, or one entry of a value; what would arrive as another type is `Opaque`."""
        kind = type(value)
        if kind is Stream:
            return Stream(self._all(value.items, depth))
        if kind is Record:
            fields = {name: self.read(part, depth + 1) for name, part in value.fields.items()}
            return Record(value.path, fields)
        data = super().read(value, depth)
        if type(data) is kind or isinstance(data, Handle | Opaque | Record | Stream | Tensor):
            return data
        if isinstance(value, np.generic) and not isinstance(value, np.complexfloating):
            return data
        if type(data) is tuple and hasattr(kind, "_fields"):
            return record(kind, dict(zip(kind._fields, data, strict=True)))
        number = complex(value) if isinstance(value, np.complexfloating) else value
        if type(number) in NUMBERS_BY_KEYWORDS:
            fields = NUMBERS_BY_KEYWORDS[type(number)](number)
            return record(type(number), {name: self.read(part, depth + 1) for name, part in fields.items()})
        return Opaque(type_name(value), CHANGED_ON_THE_WAY)

    def _object(self, value: Any, kind: type) -> Any:
        held = handle_in(value)
        if held is not None:
            return held
        if dataclasses.is_dataclass(kind):
            return record(kind, self._fields(value))
        if hasattr(kind, "__next__"):
            return Stream(self._all(islice(value, MAX_DRAWN), 0))
        return Opaque(type_name(value))


def record(kind: type, fields: dict[str, Any]) -> Record | Opaque:
    """Return an object as its class and fields, or `Opaque` if its class cannot be imported.

    That is a class inside a function or another class, or one of the file of checks itself.
    """
    if getattr(sys.modules.get(kind.__module__), kind.__name__, None) is not kind:
        return Opaque(f"{kind.__module__}.{kind.__qualname__}", NOWHERE)
    return Record(f"{kind.__module__}.{kind.__name__}", fields)


# ----------------------------------------
# student: The stand-in: what a check calls `student`. Every use of it becomes a `Call`.

FILE_READER = "pathlib.Path"  # what reads a file over there
MOST_DRAWN = 10_000  # items drawn from an iterator that stays on the other side
BY_NAME = 'ask by student.make("operator.add", a, b) or student.make("builtins.str", a)'
METHODS = ("method", "builtin_function_or_method", "method-wrapper")


@dataclass(frozen=True)
class Gradients:
    """A value, and the gradient of (one output of) it for each argument asked for."""

    value: Any
    grads: dict[str, Any]


class Student:
    """A module somewhere else. `student.f(...)` calls its `f` and returns plain data."""

    def __init__(self, send: Ask) -> None:
        self._send = send

    def __getattr__(self, name: str) -> "Function":
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self, Call("call", name))

    def make(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """Build an object of a library or of provided code there: `make("torch.Generator")`."""
        return Function(self, Call("make", path))(*args, **kwargs)

    def file(self, path: str) -> str:
        """Return the text of a file there: one that was handed in or out, or that the program wrote."""
        text: str = self.make(FILE_READER, path).read_text("utf-8")
        return text


class Function:
    """One function, class or method on the other side."""

    def __init__(self, module: Student, call: Call) -> None:
        self._module, self._call = module, call
        self.changed_inputs: tuple[str, ...] = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(args, kwargs).value

    def once(self, *args: Any, **kwargs: Any) -> Any:
        """Call, or return what came of the same call in an earlier check: for data, and costly to make."""
        return self._ask(args, kwargs, once=True).value

    def with_grad(
        self, *args: Any, wrt: Sequence[str], of: int | None = None, cotangent: Any = None, **kwargs: Any
    ) -> Gradients:
        """Call, and return the value with gradients for the arguments in `wrt`.

        Args:
            args: the arguments by position, of which the first are those in `wrt`, if they are not by name.
            wrt: names of tensor arguments; each becomes a leaf that requires a gradient.
            of: which item to differentiate when several are returned.
            cotangent: weights of the sum that is differentiated; ones unless given.
            kwargs: the arguments by name.
        """
        answer = self._ask(args, kwargs, wrt=tuple(wrt), of=of, cotangent=cotangent)
        return Gradients(answer.value, answer.grads)

    def _ask(self, args: Sequence[Any], kwargs: Mapping[str, Any], **more: Any) -> Answer:
        packed = Arguments(self._module, self._call.functions)
        call = Call(
            self._call.action,
            self._call.name,
            tuple(map(packed.unwrap, args)),
            {key: packed.unwrap(value) for key, value in kwargs.items()},
            self._call.handle,
            functions=tuple(packed.functions),
            **more,
        )
        answer = self._module._send(call)
        self.changed_inputs = answer.changed
        return Answer(wrap(answer.value, self._module, call.functions), answer.changed, answer.grads)


class Object:
    """An object that stays on the other side: read its attributes, call it and its methods, go through it.

    It may have kept the functions that were passed to what made it, and call them later.
    """

    def __init__(
        self, module: Student, handle: Handle, functions: tuple[Callable[..., Any], ...] = ()
    ) -> None:
        object.__setattr__(self, "_module", module)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_functions", functions)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"{name}: {BY_NAME}")
        value = self._module._send(self._use("read", name)).value
        if isinstance(value, Handle) and value.type_name in METHODS:
            return self._method(name)
        return wrap(value, self._module, self._functions)

    def __setattr__(self, name: str, value: Any) -> None:
        self._method("__setattr__")(name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._method("")(*args, **kwargs)

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        try:
            return int(self._method("__len__")())
        except (StudentRaised, AttributeError, TypeError) as error:  # the latter two in the student's folder
            raise TypeError(f"{self!r} has no length: {error}") from None

    def __getitem__(self, key: Any) -> Any:
        return self._method("__getitem__")(key)

    def __iter__(self) -> Iterator[Any]:
        """Draw what an iterator gives, up to a bound."""
        following = self._method("__iter__")()
        if not isinstance(following, Object):  # it came over whole
            yield from following
            return
        for _ in range(MOST_DRAWN):
            try:
                yield following._method("__next__")()
            except (StudentRaised, StopIteration) as error:
                if isinstance(error, StudentRaised) and error.type_name != "StopIteration":
                    raise
                return

    def __repr__(self) -> str:
        return repr(self._handle)

    def _method(self, name: str) -> Function:
        return Function(self._module, self._use("invoke", name))

    def _use(self, action: str, name: str) -> Call:
        return Call(action, name, handle=self._handle, functions=self._functions)


def wrap(value: Any, module: Student, functions: tuple[Callable[..., Any], ...] = ()) -> Any:
    """Return data with its handles as objects that can be used, and that may call functions."""
    return rebuilt(value, lambda leaf: Object(module, leaf, functions) if isinstance(leaf, Handle) else leaf)


class Arguments:
    """Turns a check's arguments into data and stand-ins; keeps the functions among them."""

    def __init__(self, module: Student, functions: Sequence[Callable[..., Any]]) -> None:
        self._module = module
        self.functions = list(functions)

    def unwrap(self, value: Any) -> Any:
        """Return one argument as data."""
        return rebuilt(value, self._leaf)

    def _leaf(self, value: Any) -> Any:
        if isinstance(value, Object | Function):
            if value._module is not self._module:
                raise TypeError("an object of one program cannot be passed to another: student or reference?")
            return value._handle if isinstance(value, Object) else self._name(value)
        if callable(value) and not isinstance(value, type):
            self.functions.append(value)
            return Callback(len(self.functions) - 1)
        if hasattr(type(value), "__next__"):  # drawn here, once: a call may be sent to several programs
            return Stream([self.unwrap(one) for one in islice(value, MAX_DRAWN)])
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._record(value, [one.name for one in dataclasses.fields(value) if one.init])
        if isinstance(value, tuple):
            return self._record(value, getattr(value, "_fields", ()))
        return value

    def _record(self, value: Any, names: Sequence[str]) -> Any:
        """Return an object that holds functions or iterators as a record of what stands for them."""
        fields = {name: getattr(value, name) for name in names}
        if not any(callable(one) or hasattr(type(one), "__next__") for one in fields.values()):
            return value
        kind = type(value)
        unwrapped = {name: self.unwrap(one) for name, one in fields.items()}
        made = record(kind, unwrapped)
        return made if isinstance(made, Record) else value

    def _name(self, function: Function) -> Named:
        if function._call.action != "call":
            raise TypeError("a method cannot be passed on: pass its object")
        return Named(function._call.name)


def here(namespace: Mapping[str, Any], record: Callable[[Call], None] = lambda _: None) -> Student:
    """Return a stand-in for a module of this very process, as in the student's own folder."""
    objects = Objects()

    def send(call: Call) -> Answer:
        record(call)
        return perform(call, namespace, objects)

    return Student(send)


# ----------------------------------------
# draws: The random numbers of checks. Visible checks have the same everywhere; hidden ones have several draws.

DRAWS = 8


def identity(stem: str, question: str, name: str) -> str:
    """Return the id of a check, by the name of its function."""
    return f"{stem}.{question}.{name.removeprefix('test_')}"


def visible_rng(name: str) -> np.random.Generator:
    """Return the random numbers of a visible check, by the name of its function."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def hidden_rng(seed: int, check: str, draw: int) -> np.random.Generator:
    """Return the random numbers of a hidden check, for one of its `DRAWS`."""
    return np.random.default_rng([seed, zlib.crc32(check.encode()), draw])


def draw_of(seed: int, work: Iterable[str]) -> int:
    """Return which draw of hidden inputs a piece of work meets; nobody can tell without the seed."""
    digest = hmac.new(str(seed).encode(), digestmod=hashlib.sha256)
    for text in work:
        data = text.encode("utf-8", "replace")
        digest.update(f"{len(data)}\n".encode() + data)
    return int.from_bytes(digest.digest()) % DRAWS


# ----------------------------------------
# stopwatch: The time that a program may take: what runs too long is interrupted, by an alarm or else by a thread.

TICK = 0.25  # seconds between two looks at what is running
SHORTEST = 0.05  # the part of all the time that every statement may take
HOPELESS_S = 30.0  # after the first interruption; then it sits in a library that listens to nobody
Look = Callable[[FrameType | None], None]


class TooSlow(BaseException):
    """The time is up. Not an Exception, so that a student's `except Exception` lets it through."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"stopped after {seconds:.0f} s")
        self.seconds = seconds


@contextlib.contextmanager
def looking(look: Look, first: float, again: float) -> Iterator[None]:
    """Let `look` see what runs after `first` seconds, then every `again`; the TooSlow that it raises ends it.

    By an alarm where there is one, by a thread elsewhere (Windows). Only the main thread can be watched.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with alarm(look, first, again) if hasattr(signal, "SIGALRM") else watchdog(look, first, again):
        yield


@contextlib.contextmanager
def alarm(look: Look, first: float, again: float) -> Iterator[None]:
    """Let the system's clock interrupt."""
    before = signal.signal(signal.SIGALRM, lambda _, frame: look(frame))
    signal.setitimer(signal.ITIMER_REAL, first, again)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def watchdog(look: Look, first: float, again: float) -> Iterator[None]:
    """Let a thread interrupt; where not even that helps, it ends the program and says why."""
    over, busy, watched = threading.Event(), threading.Lock(), threading.get_ident()

    def watch() -> None:
        pause, since = first, 0.0
        while not over.wait(pause):
            pause = again
            with busy:
                try:
                    if not over.is_set():
                        look(sys._current_frames().get(watched))
                except TooSlow as late:
                    since = since or time.monotonic()
                    interrupt(watched, late)
                else:
                    since = 0.0
            if since and time.monotonic() - since > HOPELESS_S:
                print("\nYour code runs on and cannot be stopped: is there an endless loop?",
                      file=sys.__stderr__, flush=True)  # fmt: skip
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        with busy:
            interrupt(watched, None)


def interrupt(thread: int, late: TooSlow | None) -> None:
    """Raise an exception in a thread at its next step; None takes back one that is still to come."""
    import ctypes  # no worker needs it: they have an alarm

    class Late(TooSlow):
        def __init__(self) -> None:  # a class is all that can be raised elsewhere
            super().__init__(late.seconds if late else 0.0)

    raised = ctypes.py_object(Late) if late else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


def is_debugged(frame: FrameType | None) -> bool:
    """Whether a debugger is at work: then nobody is in a hurry. What measures coverage is none."""
    tracers = sys.gettrace(), frame.f_trace if frame else None
    owners = [type(getattr(one, "__self__", one)).__module__ for one in tracers if one is not None]
    return any(owner.partition(".")[0] != "coverage" for owner in owners)


class Stopwatch:
    """Raises TooSlow in a statement that runs for too long, unless a debugger is at work."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self._share = 1  # of what is left, that a statement may take: the whole, a half
        self._code: CodeType | None = None
        self._number: Callable[[int], int] = lambda _: 0
        self._running: tuple[CodeType, int] | None = None
        self._since = self._limit = 0.0

    def ticking(self) -> contextlib.AbstractContextManager[None]:
        """Look at what is running from time to time, while a program is loaded."""
        return looking(self._tick, TICK, TICK)

    @contextlib.contextmanager
    def over(self, code: CodeType, number: Callable[[int], int]) -> Iterator[None]:
        """Watch one piece of code; `number` gives the number of the statement at a line."""
        outer = self._code, self._number
        self._code, self._number = code, number
        try:
            yield
        finally:
            self._code, self._number = outer

    def _tick(self, frame: FrameType | None) -> None:
        debugged = is_debugged(frame)
        while frame is not None and frame.f_code is not self._code:
            frame = frame.f_back
        if frame is None or self._code is None or debugged:
            return
        now = time.monotonic()
        running = self._code, self._number(frame.f_lineno)
        if running != self._running:
            self._running, self._since = running, now - TICK
            self._limit = max((self._ends - self._since) / self._share, self.seconds * SHORTEST)
        elif now - self._since > self._limit:
            if self._share == 1:
                self._share, self._ends = 2, now + self.seconds / 2
            raise TooSlow(now - self._since)


# ----------------------------------------
# limit: What takes too long: the grader's limits are told, at three times as long it is ended.

AGAIN_S = 1.0  # a student's code may have caught it
HOME_FACTOR = 3  # times as long as the grader allows
HOUR_S = 3600.0  # where nothing says what it allows


@dataclass(frozen=True)
class GraderLimits:
    """How long loading, and one call, may take where the work is graded, in seconds."""

    import_s: float = HOUR_S
    call_s: float = HOUR_S

    def too_long(self, what: str, took_s: float, limit_s: float) -> str:
        """Say that something took longer than the grader allows, "" if it did not."""
        over = took_s > limit_s
        return f"{what} took {took_s:.1f} s here: the grader stops it after {limit_s:g} s" if over else ""


@dataclass
class CallLog:
    """The calls of one check, and when they began."""

    calls: list[Call] = field(default_factory=list)
    began: list[float] = field(default_factory=list)

    def note(self, call: Call) -> None:
        """Note a call that begins."""
        self.calls.append(call)
        self.began.append(time.monotonic())

    def longest(self) -> tuple[float, Call | None]:
        """Return how long the longest call took, now that the check is over, and which it was."""
        ends = [*self.began[1:], time.monotonic()]
        took = [end - begin for begin, end in zip(self.began, ends, strict=False)]
        return max(zip(took, self.calls, strict=False), key=lambda one: one[0], default=(0.0, None))


def time_limit(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise TooSlow inside after `seconds`, and again every second, unless a debugger is at work."""

    def stop(frame: FrameType | None) -> None:
        if not is_debugged(frame):
            raise TooSlow(seconds)

    return looking(stop, seconds, AGAIN_S)


def recorder(
    log: CallLog, question: str, endless: Collection[str], defined: Collection[str] | None = None
) -> Callable[[Call], None]:
    """Return what notes each call of a check; one endless loop costs a question its time once.

    What is not `defined` is refused before its arguments are made, which may load a library.
    """

    def record(call: Call) -> None:
        log.note(call)
        if question in endless:
            raise TooSlow
        if defined is not None and call.action == "call" and call.name not in defined:
            raise NotDefined(call.name)

    return record


# ----------------------------------------
# spelling: Write a call of a check the way a student would type it.

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


# ----------------------------------------
# classics: What the classic exceptions of NumPy and PyTorch mean here, and one thing to try.

SHAPES = "these shapes do not fit: print both .shape just before; [:, None] or keepdim=True adds an axis"
GRAPH = "the gradient is lost on the way: look for .item(), .detach(), .numpy(), float() or a new tensor(...)"
TYPES = "float32 meets float64: bring one to the other's dtype, x.to(y.dtype)"
NONE = "something is None here: does the function before it return its result? (append and sort do not)"
BRANCH = "a whole array cannot be true or false: np.where and np.maximum work on each entry, .any() on all"
OTHERS = "another language writes it so; Python writes elif, += 1, >=, <=, and, or"
BRANCH_T = "a whole tensor cannot be true or false: torch.where and torch.clamp work on each entry"
# a pattern of `TypeName: message`, and what to say
CLASSICS = (
    (r"ValueError: The truth value of an array", BRANCH),
    (r"RuntimeError: Boolean value of Tensor with more", BRANCH_T),
    (r"RuntimeError: .*does not require grad and does not have a grad_fn", GRAPH),
    (r"RuntimeError: .*(expected|same).*(Double|Float|dtype)", TYPES),
    (
        r"RuntimeError: Can't call numpy\(\) on Tensor that requires grad",
        "NumPy ends the gradient: use torch's functions here, or .detach() where none is wanted",
    ),
    (r"ValueError: (operands could not be broadcast|shapes .* not aligned|matmul: )", SHAPES),
    (r"ValueError: could not broadcast input array", SHAPES),
    (r"RuntimeError: (The size of tensor|mat1 and mat2 shapes|shape '.*' is invalid|size mismatch)", SHAPES),
    (
        r"RuntimeError: a leaf Variable that requires grad is being used in an in-place",
        "+= changes the input itself: write x = x + ... instead",
    ),
    (
        r"RuntimeError: one of the variables needed for gradient computation has been modified",
        "a tensor that the gradient needs was changed in place: write x = x + ... instead of x += ...",
    ),
    (
        r"RuntimeError: Trying to backward through the graph a second time",
        "backward() ran twice on one graph: compute the loss anew for each, or .detach() what is old",
    ),
    (
        r"RuntimeError: [Oo]nly Tensors of floating point",
        "integers have no gradient: make the tensor with a dtype of floats",
    ),
    (
        r"(ValueError|TypeError): only (one element tensors|integer tensors|length-1|0-dimensional)",
        "one number is wanted and several came: np.exp or torch.exp for math.exp, torch.stack for lists",
    ),
    (r"TypeError: .*must be tuple of Tensors, not Tensor", "give it a list of tensors: torch.stack([a, b])"),
    (
        r"(RuntimeError|ValueError): .*expect(ed|s) a non-empty",
        "the list of tensors is empty: does anything go into it? (Layers in a plain list are not found)",
    ),
    (
        r"TypeError: only integer scalar arrays can be converted",
        "an array stands where one index is wanted; np.concatenate wants a list of arrays",
    ),
    (
        r"IndexError: .*out of (range|bounds)",
        "the index goes past the end: how many are there, and where is t + 1 at the last step?",
    ),
    (
        r"TypeError: (mean|std|var|sum|max|min)\(\) (got an unexpected|received an invalid)",
        "NumPy's function meets torch's tensor: use torch's own, like x.mean()",
    ),
    (r"(TypeError|AttributeError): .*'?NoneType'?", NONE),
    (
        r"AttributeError: '(builtin_function_or_method|function|method)' object",
        "this is a function, not what it returns: call it, with () behind its name",
    ),
    (r"AttributeError: cannot assign (module|parameter)", "super().__init__() comes first in __init__"),
    (r"AttributeError: 'list' object has no", "a list is no array: np.asarray(...) comes first"),
    (
        r"AttributeError: 'numpy.*' object has no",
        "NumPy's arrays have none: is it a method of tensors, or of lists?",
    ),
    (r"AttributeError: 'Tensor' object has no", "this is torch's, not NumPy's: look for torch's name of it"),
    (r"TypeError: .*(bitwise_xor|for \^=?: )", "^ is no power in Python: write **"),
    (
        r"TypeError: (unsupported operand|can't multiply sequence)",
        "the two sides are of kinds that do not go together: print type(...) of both; lists need np.asarray",
    ),
    (
        r"TypeError: '.*' object is not callable",
        "this is no function: an entry is taken by [ ]; if you mean one, a variable has its name: rename it",
    ),
    (r"TypeError: '.*' object is not subscriptable", "this is one number, not a list: it has no [...]"),
    (r"TypeError: iteration over a 0-d", "this is one number: there is nothing to loop over"),
    (
        r"EOFError|OSError: pytest: reading from stdin",
        "nobody answers an input() here, nor where it is graded: take values as arguments",
    ),
    (r"(bdb\.)?BdbQuit", "nobody sits at a debugger here, nor where it is graded: take breakpoint() out"),
    (r"NameError: name '(np|torch|plt|math)' is", "it is not imported in this file: do so at the top"),
    (r"ZeroDivisionError", "something divides by 0: what happens for an empty input, or for one entry?"),
    (
        r"UnboundLocalError",
        "the function gives it a value, but not yet here: give it one before; if it has another meaning"
        " outside, rename it",
    ),
    (
        r"FileNotFoundError",
        "there is no such file in this folder; where it is graded there are only the files that you hand in",
    ),
    (r"MemoryError", "this is more than the memory holds: print the sizes that go into it"),
    (r"SystemExit", "this ends the program: take it away, also where your work is graded it ends there"),
    (r"SyntaxError: .*\| >>>", "this was copied from a prompt: take the >>> away"),
    (r"SyntaxError: invalid character '[“”‘’„]'", "these quotes are a word processor's: type them again"),
    (
        r"SyntaxError: invalid (non-printable )?character",
        "this sign came in by pasting: delete it (it may be a space), and type it again",
    ),
    (r"SyntaxError: .*\| (```|~~~)", "this was copied from a chat or a page: take the line out"),
    (r"SyntaxError: .*\| [A-Z][a-z']*( [a-z']+){2}", "is this a sentence? With # before it, it is a comment"),
    (
        r"SyntaxError: .*\| (!?pip3?|conda|python3?|pytest|cd) [\w.-]",
        "this is for the terminal: take it out here",
    ),
    (r"SyntaxError: .*\| .*(\belse if\b|\+\+|=>|=<|&&|\|\|)", OTHERS),
    (r"SyntaxError: inconsistent use of tabs", "tabs and spaces are mixed: let your editor indent by spaces"),
    (r"SyntaxError: un(indent|expected indent)", "a line begins exactly below those that it belongs to"),
    (r"SyntaxError: expected an indented block", "what was begun there has nothing below it yet"),
    (r"RecursionError", "the function calls itself without an end: which input stops it?"),
)


def meaning(headline: str) -> str:
    """Return what an exception means, as a line of its own, or ""; `headline` is `TypeName: message`.

    Of a line that Python cannot read it is `SyntaxError: message | line`.
    """
    return next((f"-> {told}" for pattern, told in CLASSICS if re.match(pattern, headline)), "")


# ----------------------------------------
# environment: Which Python and which libraries run students' code: what is promised and installed follows from here.

PYTHON = (3, 11)
VERSION = ".".join(map(str, PYTHON))
LIBRARIES = ("numpy", "scipy", "torch", "matplotlib")

# what students install: a range, where the grader has one version. torch has no wheel for Intel Macs
# after 2.2, and that one needs a NumPy before 2.
INTEL_MAC = 'sys_platform == "darwin" and platform_machine == "x86_64"'
NO_INTEL_MAC = 'sys_platform != "darwin" or platform_machine != "x86_64"'
AT_HOME = {
    "matplotlib": ("matplotlib",),
    "numpy": (f"numpy>=2; {NO_INTEL_MAC}", f"numpy>=1.26,<2; {INTEL_MAC}"),
    "pytest": ("pytest>=9",),
    "scipy": ("scipy",),
    "torch": ("torch>=2.2,<3",),
}

# what those import themselves, by the names that they import it under
BROUGHT = (
    "PIL", "_distutils_hack", "contourpy", "cycler", "dateutil", "filelock", "fontTools", "fsspec",
    "functorch", "isympy", "jinja2", "kiwisolver", "markupsafe", "mpl_toolkits", "mpmath", "networkx",
    "packaging", "pkg_resources", "pylab", "pyparsing", "setuptools", "six", "sympy", "torchgen",
    "typing_extensions",
)  # fmt: skip
IMPORTABLE = frozenset((*sys.stdlib_module_names, *LIBRARIES, *BROUGHT))

# what later versions of Python have: the version, and names by module
NEWER_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "3.12": {
        "typing": ("override", "TypeAliasType"), "itertools": ("batched",), "math": ("sumprod",),
        "collections.abc": ("Buffer",), "random": ("binomialvariate",), "calendar": ("Month", "Day"),
        "inspect": ("markcoroutinefunction",),
    },
    "3.13": {
        "typing": ("TypeIs", "ReadOnly", "NoDefault", "get_protocol_members", "is_protocol"),
        "warnings": ("deprecated",), "copy": ("replace",), "math": ("fma",),
        "pathlib": ("UnsupportedOperation",), "queue": ("ShutDown",), "os": ("process_cpu_count",),
    },
    "3.14": {"annotationlib": (), "compression": (), "string.templatelib": (), "concurrent.interpreters": ()},
}  # fmt: skip


def python_name() -> str:
    """Return the Python that grades, as people write it."""
    return f"Python {VERSION}"


def came_with(module: str, name: str = "") -> str:
    """Return the version of Python that brought a module or a name in one, "" if none after ours is known."""
    for version, modules in NEWER_NAMES.items():
        if module in modules and (not modules[module] or name in modules[module]):
            newer = tuple(map(int, version.split("."))) > sys.version_info[:2]
            return version if newer else ""
    return ""


def promised() -> str:
    """Return the promised libraries in words."""
    return f"{', '.join(LIBRARIES[:-1])} and {LIBRARIES[-1]}"


# ----------------------------------------
# parsing: Python's own parser for what a student wrote: only for texts on which its work stays in proportion to them.

Parsed = TypeVar("Parsed")
LEXICAL = re.compile(r"\\|#|'''|\"\"\"|['\"()\[\]{}]")
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
COSTLY = re.compile(r"\.(?!\d)|\{")
MOST_TEXT = 300_000  # characters: read, they take hundreds of times their size in memory
ONE_AT_A_TIME = threading.Lock()  # Python 3.11 counts the depth of all threads' trees together
MOST_WORK = 10_000_000  # characters that dots and fields read again


def syntax_tree(text: str) -> ast.Module | None:
    """Return the syntax tree of a text, None if it is no Python, too long or too much work."""
    return as_python(text, ast.parse)


def names_from_outside(text: str) -> dict[str, set[str]] | None:
    """Return what each definition at the top, and what is in it, reads without defining it; None as above."""
    return as_python(text, lambda one: globals_by_name(symtable.symtable(one, "", "exec")))


def as_python(text: str, parse: Callable[[str], Parsed]) -> Parsed | None:
    """Return what Python's parser makes of a text, None where it is not asked or refuses."""
    if len(text) > MOST_TEXT or parsers_work(text) > MOST_WORK:
        return None
    try:
        with ONE_AT_A_TIME:
            return parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: too deep
        return None


def globals_by_name(table: symtable.SymbolTable) -> dict[str, set[str]]:
    """Return the names that the scopes in this one, and all in them, take from the program or from Python."""
    found: dict[str, set[str]] = {}
    for one in table.get_children():
        names = {symbol.get_name() for symbol in one.get_symbols() if symbol.is_global()}
        found.setdefault(one.get_name(), set()).update(names, *globals_by_name(one).values())
    return found


def parsers_work(text: str) -> int:
    """Return the sum over all statements of their length times their dots and opening braces."""
    work = size = marks = 0
    quote, depth, joined = "", 0, False
    for line in text.split("\n"):
        if not (quote or depth or joined):
            work, size, marks = work + size * marks, 0, 0
        size, marks = size + len(line), marks + len(COSTLY.findall(line))
        quote, depth, joined = open_after(line, quote, depth)
    return work + size * marks


def open_after(line: str, quote: str, depth: int) -> tuple[str, int, bool]:
    """Return what is open after a line, given what is before: a string's quote, brackets, a joined line."""
    at = 0
    while found := LEXICAL.search(line, at):
        mark, at = found[0], found.end()
        if mark == "\\":
            at += 1  # whatever comes next means nothing
        elif quote:
            if mark.startswith(quote):
                at, quote = found.start() + len(quote), ""
        elif mark == "#":
            return "", depth, False
        elif mark[0] in "'\"":
            quote = mark
        else:
            depth = depth + 1 if mark in OPENING else max(depth - 1, 0)
    joined = at > len(line)  # a backslash was the last character
    if len(quote) == 1 and not joined:
        quote = ""  # never closed: an error, which ends with its line
    return quote, depth, joined and not quote


# ----------------------------------------
# commands: Notebook commands in Python text: what defines names becomes a call of a stand-in, the rest comments.

SUSPECT_LINE = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]|^(?:>>>|In \[|```)", re.MULTILINE)
PROMPT = re.compile(r"(?:>>>|In \[\d+\]:)(?: |$)")
PROMPT_GOES_ON = re.compile(r"[ \t]*\.{3,}:?(?: |$)")
WRITTEN = re.compile(r"\s*%%(?:writefile|file)[ \t]+(?:-a[ \t]+)?([^\n]+)(?:\n|$)")
CELL_COMMAND = re.compile(r"(\s*)%%(\w+)([^\n]*)\n?")
TIMED = re.compile(r"([ \t]*)%time[ \t]+(?=[^-\s])")
CARRIED_OUT = re.compile(r"([ \t]*)%(run|load|loadpy|pylab|store|env|set_env|cd)\b([^\n\\]*)$")
COMMAND = re.compile(r"([ \t]*)(?:%{1,2}[A-Za-z_]|!|\?|```)")
HELP = re.compile(r"([ \t]*)%{0,2}[^\W\d][\w.*\[\]]*\?{1,2}[ \t]*$")
ASSIGNED_COMMAND = re.compile(r"([\w.,\[\] \t]+=[ \t]*)(!|%(\w+)[ \t]*)")
OF_THE_SYSTEM = ("sx", "system")
LONGEST_CELL = 20_000  # characters: of a longer one nobody asks whether it is Python
INDENT = re.compile(r"[ \t]+(?=[^\s#])")


def python_of_cell(text: str, module: str = "") -> str:
    """Return a cell with its notebook commands as Python or as comments, line by line.

    A cell under `%%time`, `%%capture` or whatever else measures Python runs as without it; `%%writefile`
    writes its file, and if that is the `module` that is graded, the cell is part of it; under `%%bash` and
    its like all of it is commented out. What is no Python under any other command says that it was left out.
    """
    command = CELL_COMMAND.match(text)
    if not command:
        return without_commands(without_indent(text))
    written = WRITTEN.match(text)
    if written:
        body = text[written.end() :]
        is_graded = written[1].strip().strip("\"'").lower() == module
        rest = without_commands(body) if is_graded else "\n" * body.count("\n")
        return f"{shell_call('run_cell_magic', command[2], command[3], body)}\n{rest}"
    if command[2] not in CELLS_NOT_RUN:
        python = f"{command[1]}# %%{command[2]}{command[3]}\n"
        python += without_commands(without_indent(text[command.end() :]))
        if len(python) > LONGEST_CELL or syntax_tree(python):
            return python if "\n" in text[command.end(1) :] else python.removesuffix("\n")
    lines = [f"# {line}" for line in text.split("\n")]
    if command[2] not in CELLS_NOT_RUN:
        at = command[1].count("\n")
        lines[at] = f"{shell_call('run_cell_magic', command[2], command[3], '')}  {lines[at]}"
    return "\n".join(lines)


def shell_call(method: str, *given: str) -> str:
    """Return a call of the stand-in for a notebook's shell."""
    return f"get_ipython().{method}({', '.join(repr(one.strip()) for one in given[:2])}" + (
        f", {given[2]!r})" if len(given) > 2 else ")"
    )


def without_indent(text: str) -> str:
    """Return a cell without the indentation of its first line, as notebooks take it."""
    indent = INDENT.match(text)
    return "\n".join(line.removeprefix(indent[0]) for line in text.split("\n")) if indent else text


def without_commands(text: str) -> str:
    """Return Python text with `%magic`, `!shell`, `help?` and ``` lines commented out, else unchanged.

    What was typed at a prompt, `>>>` or `In [1]:`, loses it, as in a notebook. Line numbers stay. A command
    is one only where a statement can begin: not inside brackets, a string or after a backslash. No line of
    valid Python looks like that.
    """
    if not SUSPECT_LINE.search(text):
        return text
    lines, quote, depth, joined, continued, prompted = [], "", 0, False, False, False
    for line in text.split("\n"):
        begins = not (continued or quote or depth or joined)
        prompt = PROMPT.match(line) if begins else None
        prompt = prompt or (PROMPT_GOES_ON.match(line) if prompted else None)
        prompted = prompt is not None
        line = line[prompt.end() :] if prompt else line
        if continued:  # of a command that went on with a backslash
            line, continued = f"# {line}", line.endswith("\\")
        elif begins:
            line, continued = without_command(line)
        if not continued:
            quote, depth, joined = open_after(line, quote, depth)
        lines.append(line)
    return "\n".join(lines)


def without_command(line: str) -> tuple[str, bool]:
    """Return the line at which a statement begins as Python, and whether its command goes on."""
    timed = TIMED.match(line)
    if timed:
        return timed[1] + line[timed.end() :], False
    assigned = ASSIGNED_COMMAND.match(line)
    if assigned:
        return with_result(line, assigned), line.endswith("\\")
    done = CARRIED_OUT.match(line)
    if done:
        return done[1] + shell_call("run_line_magic", done[2], done[3]), False
    command = COMMAND.match(line) or HELP.match(line)
    if not command:
        return line, False
    indent = command[1]
    keeps_block = "pass  " if indent else ""  # the command may be all that a block holds
    return f"{indent}{keeps_block}# {line[len(indent) :]}", line.endswith("\\")


def with_result(line: str, assigned: re.Match[str]) -> str:
    """Return a line that keeps what a command gives, as Python; commands of the system print nothing here."""
    target, command, rest = assigned[1], assigned[3], line[assigned.end() :]
    if command == "time":
        return target + rest
    if command is None or command in OF_THE_SYSTEM:
        return f"{target}[]  # {line[assigned.end(1) :]}"
    return f"{target}{shell_call('run_line_magic', command, rest.rstrip(chr(92)))}"


# ----------------------------------------
# disguises: Files that are called .py and are something else: what they are, by how they begin.

BEGINNINGS = (
    (re.compile(r"<!doctype html|<html|<\?xml", re.IGNORECASE), "a web page"),
    (re.compile(r"version https://git-lfs\.github\.com/spec"), "a git-lfs pointer without its file"),
    (re.compile(r"\{\\rtf"), "a rich text document (RTF)"),
    (re.compile(r'\{\s*"(?:cells|nbformat|metadata|worksheets)"'), "a part of a notebook"),
    (re.compile(r"%PDF-"), "a PDF"),
    (re.compile(r"PK\x03\x04"), "a zip or an office document"),
    (re.compile(r"diff --git |--- a/|<<<<<<< |(?:\+.*\n){2}"), "a diff"),
)


def what_it_is(text: str) -> str:
    """Return what a text is that is no Python, "" if that cannot be told."""
    start = text.lstrip("\ufeff \t\r\n")[:200]
    return next((kind for pattern, kind in BEGINNINGS if pattern.match(start)), "")


# ----------------------------------------
# notebook_code: From what a student saved to Python text: encodings, notebook cells.

BOMS = (  # the longer ones first: UTF-16's is how UTF-32's begins
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
NOT_FOR_SOURCE = re.compile(r"idna|punycode|undefined|(raw.)?unicode.escape|utf.(7|16|32).*")

LOOKED_AT = 200  # bytes, to see what a file is that is no text
LONGEST_TEMPLATE = 200_000
NOTEBOOK = re.compile(r'\s*\{\s*"(?:cells|nbformat\w*|metadata|worksheets)"')
PROGRAM_LINE = re.compile(r"^(?:import|from|def|class)[ \t]", re.MULTILINE)
REPLACED = "\ufffd"
MAX_CODE = 900_000  # bytes of all code: more does not fit into one message to the worker
WINDOWS = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(128, 256)}


def decode(data: bytes, name: str) -> str:
    """Return the text of a file with "\\n" line ends, or raise an `InputError` of one line.

    It is UTF-8, anything with a byte order mark, or what a coding comment names.
    """
    encoding = next((encoding for bom, encoding in BOMS if data.startswith(bom)), "")
    encoding = encoding or unmarked(data)
    if not encoding:
        if b"\0" in data:
            kind = what_it_is(data[:LOOKED_AT].decode("latin-1"))
            found = kind or f"not a text file: NUL at byte {data.index(0)}"
            raise InputError(f"{name} is {found}; save it as plain text")
        encoding = coding_comment(data, name)
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = data[:at].count(b"\n") + 1
        label = "UTF-8" if encoding == "utf-8-sig" else encoding.upper()
        raise InputError(
            f"{name} is not {label} text: byte {at} (line {line}) does not fit; save it as UTF-8"
        ) from error
    if "\0" in text:
        raise InputError(f"{name} is not a text file: NUL at character {text.index(chr(0))}")
    return unix_lines(text)


def unmarked(data: bytes) -> str:
    """Return the encoding of a text in UTF-16 without its mark, "" if it is none: each second byte is 0."""
    for at, encoding in enumerate(("utf-16-be", "utf-16-le")):
        halves = data[at::2], data[1 - at :: 2]
        if data and len(data) % 2 == 0 and not any(halves[0]) and 0 not in halves[1]:
            return encoding
    return ""


def code_text(data: bytes, name: str) -> str:
    """Return the text of a program in any encoding: what is no UTF-8 is as a rule from Windows.

    Raises:
        InputError: it is no text.
    """
    if not data.startswith(tuple(mark for mark, _ in BOMS)) and not unmarked(data):
        data = data.rstrip(b"\0") or data  # what a disk that was full, or a crash, filled it up with
    try:
        text = decode(data, name)
    except InputError:
        if b"\0" in data:
            raise
        text = unix_lines(data.decode("utf-8", "surrogateescape").translate(WINDOWS))
    return text.lstrip("\ufeff")


def coding_comment(data: bytes, name: str) -> str:
    """Return the encoding that the first two lines name, UTF-8 if they name none."""
    for line in data[:2000].splitlines()[:2]:
        found = COOKIE.match(line)
        if found:
            said = found[1].decode("ascii", "replace")
            try:
                known = codecs.lookup(said).name
                "".encode(known)  # not for codecs that are not of text
            except (LookupError, UnicodeError):
                known = "undefined"
            if NOT_FOR_SOURCE.fullmatch(known):
                raise InputError(f"{name} names the unknown encoding {said[:40]}: save it as UTF-8")
            return known
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"


def unix_lines(text: str) -> str:
    """Return a text with every line end as "\\n"."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def cells_of(data: bytes, name: str) -> list[str]:
    """Return code as Python text, cell by cell, or raise an `InputError` of one line.

    What is in a file decides whether it is a notebook.
    """
    text = code_text(data, name)
    if ".ipynb" in name.lower():
        is_notebook = not PROGRAM_LINE.search(text) or NOTEBOOK.match(text)
    else:
        is_notebook = NOTEBOOK.match(text)
    cells = notebook_cells(text, name) if is_notebook else [text]
    if sum(map(len, cells)) > MAX_CODE:
        raise InputError(f"{name} holds more than {MAX_CODE / 1e6:g} MB of code")
    if not is_notebook:
        return [without_commands(text)]
    module = name.rpartition("/")[2].lower().replace(".ipynb", ".py")
    cells = [python_of_cell(cell, module) for cell in cells]
    if not cells:
        raise InputError(f"{name} has no code cells")
    return cells


def notebook_cells(text: str, name: str) -> list[str]:
    """Return the code cells of a notebook (format 3 or 4) in order, or raise an `InputError`."""
    try:
        book = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{name} is not a whole notebook: its JSON breaks{line}") from error
    try:
        return [cell_text(cell) for cell in all_cells(book) if cell.get("cell_type") == "code"]
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{name} is JSON, but not a notebook: it has no proper cells") from error


def all_cells(book: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the cells of a notebook; before format 4 they were on worksheets."""
    if "cells" in book:
        yield from book["cells"]
    else:
        for sheet in book["worksheets"]:
            yield from sheet.get("cells", ())


def cell_text(cell: Mapping[str, Any]) -> str:
    """Return a code cell's text, "" if it has none; before format 4 its key was "input"."""
    source = cell.get("source", cell.get("input")) or ""
    text = source if isinstance(source, str) else "".join(source)
    # half a surrogate pair, which JSON can spell, fits into no file
    return unix_lines(text.encode("utf-8", "replace").decode().replace("\0", "?"))


def is_untouched(text: str) -> bool:
    """Whether every function of a module is still the stub that was handed out."""
    if STUB not in text or len(text) > LONGEST_TEMPLATE:
        return False
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    marks = (token for token in tokens if token.type not in (tokenize.COMMENT, tokenize.NL))
    try:
        return all(is_stub_body(marks) for token in marks if token.string == "def")
    except (tokenize.TokenError, SyntaxError):
        return False


def is_stub_body(marks: Iterator[tokenize.TokenInfo]) -> bool:
    """Whether the function after a "def" holds a docstring, the stub's raise and nothing else."""
    depth = 0
    for token in marks:
        depth += (token.string in OPENING) - (token.string in CLOSING)
        if token.string == ":" and depth == 0:
            break
    body: list[str] = []
    blocks = 0
    for token in marks:
        blocks += (token.type == tokenize.INDENT) - (token.type == tokenize.DEDENT)
        if blocks == 0 and token.type != tokenize.NEWLINE:
            break
        if token.type not in (tokenize.NEWLINE, tokenize.INDENT):
            body.append(token.string)
    if body and body[0].lstrip("rRuU").startswith(("'", '"')):
        body = body[1:]
    return body[:3] == ["raise", "NotImplementedError", "("] and len(body) == 5 and STUB in body[3]


# ----------------------------------------
# foresight: What the grader would stumble over in a program, told from its text alone.

NO_NETWORK, NO_PROGRAMS = "the grader has no network", "the grader starts no programs"
IT_ENDS = "it ends the program"
REFUSED_IMPORTS = {
    "socket": NO_NETWORK, "urllib.request": NO_NETWORK, "http.client": NO_NETWORK, "http.server": NO_NETWORK,
    "requests": NO_NETWORK, "subprocess": NO_PROGRAMS, "multiprocessing": "the grader starts no processes",
}  # fmt: skip
REFUSED_CALLS = {
    "input": "nobody answers there", "breakpoint": "nobody answers there",
    "pdb.set_trace": "nobody answers there",
    "exit": IT_ENDS, "quit": IT_ENDS, "sys.exit": IT_ENDS,
    "os._exit": IT_ENDS, "os.abort": IT_ENDS, "os.system": NO_PROGRAMS, "os.popen": NO_PROGRAMS,
}  # fmt: skip
ANY_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
AT_HOME_ONLY = ("__name__ == '__main__'", "'__main__' == __name__", "get_ipython()")
WRITING = re.compile(r"save|write|dump|to_")
MODES = frozenset(("w", "wb", "w+", "a", "ab", "x", "xb"))


class Graded(ast.NodeTransformer):
    """Leaves out what runs only in a main program or a notebook: where it is graded it is neither."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Keep what stands under `else:` of such a guard."""
        self.generic_visit(node)
        return node.orelse if ast.unparse(node.test) in AT_HOME_ONLY else node


def graded(text: str) -> ast.Module:
    """Return a program without what runs only at home."""
    tree: ast.Module = Graded().visit(ast.parse(text))
    return tree


@dataclass(frozen=True)
class HandedProgram:
    """A file that is handed in, as far as it runs where it is graded."""

    name: str
    cells: Sequence[str]
    tree: ast.Module

    def place(self, line: int) -> str:
        """Return where a line of the whole is, in words."""
        return place_of(self.name, self.cells, line)


def place_of(name: str, cells: Sequence[str], line: int) -> str:
    """Return where a line of all cells together is, in words."""
    ends = list(itertools.accumulate(cell.count("\n") + 1 for cell in cells))
    at = min(bisect.bisect_left(ends, line), len(cells) - 1)
    within = line - (ends[at - 1] if at else 0)
    return f"{name}, cell {at + 1}, line {within}" if name.endswith(".ipynb") else f"{name}, line {line}"


def read_program(path: Path) -> HandedProgram:
    """Return a program or a notebook; raise an `InputError` with the place where Python cannot read it."""
    return program_of(path.name, cells_of(path.read_bytes(), path.name))


def program_of(name: str, cells: Sequence[str]) -> HandedProgram:
    """Return a program of cells; raise an `InputError` with the place where Python cannot read it."""
    try:
        return HandedProgram(name, cells, graded("\n".join(cells)))
    except (SyntaxError, ValueError) as wrong:
        place = place_of(name, cells, getattr(wrong, "lineno", None) or 1)
        raise InputError(f"{place}: Python cannot read this: {getattr(wrong, 'msg', wrong)}") from None


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Return the full name of what each imported name means: {"np": "numpy", "system": "os.system"}."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def calls_in(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield the full name of everything that is called, where it is a plain one, with the call."""
    names = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            head, dot, rest = ast.unparse(node.func).partition(".")
            yield names.get(head, head) + dot + rest, node


def import_troubles(folder: Path, program: HandedProgram, ours: Collection[str]) -> Iterator[str]:
    """Yield what a program imports that is not there, or of no use, where it is graded."""
    told = dict[str, None]()
    for full in imported_names(program.tree).values():
        package = full.partition(".")[0]
        refused = next((name for name in REFUSED_IMPORTS if f"{full}.".startswith(f"{name}.")), "")
        if refused:
            told[f"import {refused}: {REFUSED_IMPORTS[refused]}"] = None
        elif package not in ours and (folder / f"{package}.py").is_file():
            told[
                f"import {package}: {package}.py is not handed in: put its functions into {program.name}"
            ] = None
        elif package not in ours:
            told[f"import {package}: the grader does not have it"] = None
    yield from told


def call_troubles(program: HandedProgram, defined: Collection[str]) -> Iterator[str]:
    """Yield the calls that cannot end well where nobody sits before a screen."""
    for name, call in calls_in(program.tree):
        if name in REFUSED_CALLS and name not in defined:
            yield f"{program.place(call.lineno)}: {name}(): {REFUSED_CALLS[name]}"


def data_troubles(folder: Path, program: HandedProgram, given: Collection[str]) -> Iterator[str]:
    """Yield the files of the folder that a program names in a call and that the grader will not have."""
    for name, call in calls_in(program.tree):
        asked = [*call.args, *(one.value for one in call.keywords)]
        first, *others = [one.value if isinstance(one, ast.Constant) else None for one in asked] or [None]
        if name.endswith("run_line_magic") and others:
            first = f"{others[0]} ".split(" ")[-2]  # the file of %run or %load
        writes = WRITING.search(name.rpartition(".")[2]) or MODES.intersection(map(str, others))
        if not isinstance(first, str) or writes:
            continue
        for path in (PurePath(first), PureWindowsPath(first)):  # as it is called at home
            if path.suffix and path.name not in given and (folder / path.name).is_file():
                yield f"{program.place(call.lineno)}: {path.name} is not handed in, so the grader lacks it"
                break


def bound_names(programs: Sequence[HandedProgram]) -> set[str]:
    """Return the names that programs give to values: `f = lambda x: x`, but not by importing one another."""
    own, found = {PurePath(one.name).stem for one in programs}, set[str]()
    for one in programs:
        found |= {node.id for node in ast.walk(one.tree) if isinstance(node, ast.Name) and gets_value(node)}
        found |= {name for name, full in imported_names(one.tree).items() if full.split(".")[0] not in own}
    return found


def gets_value(node: ast.Name) -> bool:
    """Whether a name stands where it gets a value."""
    return isinstance(node.ctx, ast.Store)


def parameters_of(tree: ast.Module) -> dict[str, list[str]]:
    """Return the names of the parameters of functions, and of methods as `Class.method`."""
    found = {}
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                name = inner.name if inner is node else f"{node.name}.{inner.name}"  # type: ignore[attr-defined]
                every = [*inner.args.posonlyargs, *inner.args.args, *inner.args.kwonlyargs]
                found[name] = [one.arg for one in every]
    return found


def example_troubles(program: HandedProgram, questions: Collection[str]) -> Iterator[str]:
    """Yield the examples that have another form than `"question": [((argument,), value)]`."""
    given = [one.value for one in program.tree.body
             if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "examples"]  # fmt: skip
    if not given:
        yield f"{program.name}: there is no examples = {{...}} in it"
        return
    pairs = zip(given[-1].keys, given[-1].values, strict=True) if isinstance(given[-1], ast.Dict) else ()
    for key, value in pairs:
        if isinstance(key, ast.Constant) and key.value not in questions:
            yield f"{program.place(key.lineno)}: {key.value} is no function of this assignment"
        for one in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
            if not isinstance(one, ast.Tuple | ast.List) or len(one.elts) != 2:
                yield f"{program.place(one.lineno)}: write ((argument, argument), value)"


def remarks(program: HandedProgram, names: Collection[str]) -> dict[str, str]:
    """Return of questions that are there, and yet not seen to work, why: what stands where."""
    found = dict[str, str]()
    lost = set(names) - {one.name for one in program.tree.body if isinstance(one, ANY_DEFINITION)}
    outers = [one for one in ast.walk(program.tree) if isinstance(one, ANY_DEFINITION)]
    for outer, one in ((each, one) for each in outers for one in ast.walk(each)):
        is_method = isinstance(outer, ast.ClassDef) and outer.name in names
        is_inside = isinstance(one, ANY_DEFINITION) and one is not outer and not is_method
        if is_inside and one.name in lost:
            told = f"{one.name} is inside {outer.name}: move it to the left edge"
            found.setdefault(one.name, f"{program.place(one.lineno)}: {told}")
        elif is_begun(one) and (line := stub_line(one, outer.name)):
            told = "the stub's raise NotImplementedError is left in: take this line out"
            found.setdefault(outer.name, f"{program.place(line)}: {told}")
    return {name: found[name] for name in names if name in found}


def stub_line(node: ast.AST, name: str) -> int:
    """Return the line of a stub's raise that a function comes to, 0 if it returns before or has none."""
    for one in node.body if isinstance(node, ast.FunctionDef) else ():
        if isinstance(one, ast.Raise) and f"{name}: {STUB}" in ast.unparse(one):
            return one.lineno
        if isinstance(one, ast.Return):
            break
    return 0


def is_begun(node: ast.AST) -> bool:
    """Whether a function holds more than a docstring, one statement and other definitions."""
    if not isinstance(node, ast.FunctionDef):
        return False
    own = [one for one in node.body if not isinstance(one, ANY_DEFINITION)]
    return len(own) > 1 + (ast.get_docstring(node) is not None)


def double_definitions(program: HandedProgram, names: Collection[str]) -> Iterator[str]:
    """Yield the questions that a program defines twice."""
    seen = dict[str, int]()
    for node in program.tree.body:
        if isinstance(node, ANY_DEFINITION) and node.name in names:
            if node.name in seen:
                first = program.place(seen[node.name])
                yield f"{program.place(node.lineno)}: {node.name} again: this one counts, not that of {first}"
            seen[node.name] = node.lineno


def renamed_parameters(tree: ast.Module, wanted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the functions whose parameters are not as handed out; more at the end may be theirs."""
    for name, found in parameters_of(tree).items():
        asked = list(wanted.get(name, ()))
        if found[: len(asked)] != asked:
            yield f"{name}({', '.join(found)}): its arguments were handed out as ({', '.join(asked)})"


# ----------------------------------------
# libraries: Libraries that the warm process may import ahead, so that no worker has to: each once, when first used.

# what a program says -> the module that is imported ahead
AHEAD = {
    "numpy": "numpy",
    "torch": "torch",
    "torch.optim": "torch._dynamo",  # making the first optimizer imports it, which takes seconds
    "matplotlib": "matplotlib.pyplot",
    **{
        f"scipy.{part}": f"scipy.{part}"
        for part in (
            "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse",
            "spatial", "special", "stats",
        )
    },
}  # fmt: skip
PRELOADABLE = frozenset(AHEAD.values())
# what programs that import a library often import as well: milliseconds each, in every worker
TOGETHER = {
    "numpy": (
        "numpy.typing", "collections", "copy", "dataclasses", "decimal", "fractions", "functools", "heapq",
        "itertools", "math", "operator", "random", "statistics", "string", "time", "typing",
    ),
}  # fmt: skip
MOST_SEARCHED = 1 << 20  # characters of a text; both patterns take time in proportion to it
ANY_WORD = re.compile(r"\w+")
DOTTED = re.compile(r"\b(torch|scipy)\.(\w+)")


def used_by(texts: Iterable[str]) -> list[str]:
    """Return the modules to import ahead for programs: the libraries that they name and that are here."""
    named: set[str] = set()
    for text in texts:
        named |= {".".join(found) for found in DOTTED.findall(text[:MOST_SEARCHED])}
        named.update(imported_modules(text[:MOST_SEARCHED]))
    near = [name for name in AHEAD if name in named]
    return list(dict.fromkeys(AHEAD[name] for name in near if is_here(name.partition(".")[0])))


def packages_of(texts: Iterable[str]) -> list[str]:
    """Return the packages that programs of the course import, in order."""
    names: set[str] = set()
    for text in texts:
        with contextlib.suppress(SyntaxError):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Import):
                    names.update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module)
    return sorted({name.partition(".")[0] for name in names})


def imported_modules(text: str) -> Iterator[str]:
    """Yield what the import statements of a program name: `a`, and `a.b` for `from a import b`.

    Every line is looked at once: a statement in brackets ends with them, or where the next one begins.
    """
    package, is_open = "", False
    for line in text.splitlines():
        if not is_open and "import" not in line:
            continue
        words = ANY_WORD.findall(line.partition("#")[0])
        if words[:1] in (["from"], ["import"]):
            is_open = False
            names = words[1:]
            yield from names
            if words[0] == "from" and "import" in words and len(words) > 1:
                package, at = words[1], words.index("import")
                yield from (f"{package}.{name}" for name in words[at + 1 :])
                is_open = "(" in line and ")" not in line
        elif is_open:
            yield from (f"{package}.{name}" for name in words)
            is_open = ")" not in line


@cache
def is_here(package: str) -> bool:
    """Whether a package is installed."""
    return find_spec(package) is not None


# ----------------------------------------
# promised: What graded programs can import: what is promised, and nothing else that this machine happens to hold.

class Promised(importlib.abc.MetaPathFinder):
    """Finds installed modules, of packages that are promised."""

    def __init__(self) -> None:
        self.names = set(IMPORTABLE)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return the spec of a promised module."""
        if path is None and name not in self.names:
            return None
        return PathFinder.find_spec(name, path, target)

    def find_distributions(self, *args: Any, **kwargs: Any) -> Any:
        """Return what is known of installed packages: some look up their own version."""
        return PathFinder.find_distributions(*args, **kwargs)

    def invalidate_caches(self) -> None:
        """Look at folders anew."""
        PathFinder.invalidate_caches()


class Absent(importlib.abc.MetaPathFinder):
    """Refuses a program, in its author's own folder, what there is not where it is graded."""

    def __init__(self, is_own: Callable[[str], bool], beside: Callable[[str], bool]) -> None:
        self._is_own, self._beside = is_own, beside

    def find_spec(self, name: str, path: Any = None, _target: Any = None) -> Any:
        """Raise if the program itself asks for a package that is not promised."""
        known = name in IMPORTABLE or name in MODULES or self._beside(name)
        if path is None and not known and self._is_own(importing_file()):
            raise ModuleNotFoundError(f"{name} is not available where this is graded", name=name)


def importing_file() -> str:
    """Return the file whose import statement is being carried out."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame.f_code.co_filename


PROMISED = Promised()


def import_only_promised(also: Iterable[str]) -> None:
    """From now on import nothing but that, and `also`, in this process and those forked from it."""
    PROMISED.names.update(also)
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, StandIns(), PROMISED]


# ----------------------------------------
# salvage: What can be read of a text that is not wholly Python: the statements around what cannot.

CONTINUES = re.compile(r"(?:[ \t\f#)\]}]|$|(?:else|elif|except|finally)\b)")
DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)|(\w+)\s*(?::[^=]+)?=(?!=)")
PIECES = 30  # pieces that are tried as one statement: a long text in quotes looks like many
ATTEMPTS = 2000  # at that in all
LATER_SYNTAX = (  # what Python 3.12 and later read, the last two 3.14
    re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*\[", re.MULTILINE),
    re.compile(r"^[ \t]*type[ \t]+\w+[ \t]*(?:\[[^\]\n]*\])?[ \t]*=(?!=)", re.MULTILINE),
    re.compile(r"^[ \t]*except\*?[ \t]+[\w.]+(?:[ \t]*,[ \t]*[\w.]+)+[ \t]*:", re.MULTILINE),
    re.compile(r"(?<![\w\"'])(?:[tT][rR]?|[rR][tT])[\"']"),
)
FORMATTED = re.compile(r"""(?<![\w])(?:[fF][rR]?|[rR][fF])(\"\"\"|'''|"|')""")
MERGE = re.compile(r"<{7}|={7}|>{7}")
STRAIGHT = {  # what word processors and pages make of quotes and of the minus
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u2212\u2013"), "-"),
}


class NewerSyntax(SyntaxError):
    """What this Python cannot read and a later one could."""


@dataclass
class Unread:
    """A piece that is no Python, what Python says, and what it seems to define."""

    error: Exception
    line: int
    names: list[str] = field(default_factory=list)
    text: str = ""


def readable(text: str, error: Exception) -> tuple[list[ast.stmt], list[Unread]]:
    """Return the statements that can be read, and the pieces between that cannot; Python said `error`."""
    given, text = text, plain_spaces(text)
    lines = text.splitlines(keepends=True)
    starts = [at for at, line in enumerate(lines) if not CONTINUES.match(line)]
    if not starts:
        return [], [Unread(error, getattr(error, "lineno", None) or 1)]
    starts = [0, *starts[1:], len(lines)]
    body: list[ast.stmt] = []
    unread: list[Unread] = []
    at, attempts = 0, 0
    while at < len(starts) - 1:
        most = PIECES if attempts < ATTEMPTS else 1
        first: Exception | None = None
        for end in range(at + 1, min(at + most, len(starts) - 1) + 1):
            attempts += 1
            found = parsed_somehow(lines[starts[at] : starts[end]], starts[at])
            if not isinstance(found, Exception):
                body += found
                at = end
                break
            first = first or found
        else:
            name = DEFINES.search("".join(lines[starts[at] : starts[at + 1]]))
            names = [name[1] or name[2]] if name else []
            if body and is_cut(body[-1], lines, starts[at], starts[at + 1]):
                names.append(body.pop().name)  # type: ignore[attr-defined]
            line = getattr(first, "lineno", None) or starts[at] + 1
            unread.append(Unread(first or error, line, names, "".join(lines[starts[at] : starts[at + 1]])))
            at += 1
    if not unread and isinstance(error, SyntaxError) and isinstance(parsed([given], 0), Exception):
        error.msg = f"{error.msg}, read as the plain sign"
        unread = [Unread(error, error.lineno or 1)]
    return body, told_once(unread, error)


def is_cut(node: ast.stmt, lines: Sequence[str], start: int, end: int) -> bool:
    """Whether the lines from `start` to `end`, which cannot be read, seem to be the rest of a function."""
    if not isinstance(node, ast.FunctionDef) or isinstance(node.body[-1], ast.Return | ast.Raise):
        return False
    between, first, more = lines[node.end_lineno : start], lines[start], lines[start + 1 : end]
    is_apart = first.startswith(("def ", "async ", "class ", "@"))
    is_apart = is_apart or not all(line.lstrip().startswith("#") for line in between)
    return not is_apart and any(line[0] in " \t" and line.strip() for line in more)


def plain_spaces(text: str) -> str:
    """Return a text whose spaces are all plain, without signs that nobody sees: pages and chats hold such."""
    if text.isascii():
        return text
    kinds = {sign: unicodedata.category(sign) for sign in set(text)}
    return text.translate({ord(sign): {"Zs": " ", "Cf": ""}.get(kind, sign) for sign, kind in kinds.items()})


def parsed_somehow(lines: Sequence[str], before: int) -> list[ast.stmt] | Exception:
    """Return the statements of some lines, if need be with straight quotes in place of curly ones."""
    found = parsed(lines, before)
    straight = [line.translate(STRAIGHT) for line in lines] if isinstance(found, Exception) else lines
    return found if straight == lines else parsed(straight, before)


def parsed(lines: Sequence[str], before: int) -> list[ast.stmt] | Exception:
    """Return the statements of some lines of a text, or what Python says, with its line numbers."""
    try:
        tree = ast.parse("".join(lines))
    except Exception as error:  # noqa: BLE001 as a rule a SyntaxError; too deep and NUL bytes are others
        if isinstance(error, SyntaxError) and error.lineno:
            error.lineno += before
        return error
    ast.increment_lineno(tree, before)
    return tree.body


def told_once(unread: list[Unread], error: Exception) -> list[Unread]:
    """Return one entry, with what Python says of the whole text, for all pieces that cannot be read."""
    if not unread:  # each piece can be read and the whole cannot: `return` outside a function, and such
        return []
    names = [name for one in unread for name in one.names]
    if any(is_newer(one.text) for one in unread):
        error = NewerSyntax(*error.args)
    elif isinstance(error, SyntaxError) and any(MERGE.match(one.text) for one in unread):
        error.msg = f"{error.msg}; a merge left its marks: keep one of the two versions"
    return [Unread(error, getattr(error, "lineno", None) or unread[0].line, names)]


def newer_line(text: str) -> int:
    """Return the line that this Python can read and the one that grades cannot, 0 if there is none."""
    if sys.version_info[:2] <= PYTHON:
        return 0
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    try:
        ast.parse(text, feature_version=PYTHON)
    except SyntaxError as error:
        return error.lineno or 1
    found = (one for one in FORMATTED.finditer(text) if quotes_inside(text, one.end(), one[1]))
    return next((text.count("\n", 0, one.start()) + 1 for one in found), 0)


def is_newer(text: str) -> bool:
    """Whether a text that this Python cannot read seems to be meant for a later one."""
    return any(pattern.search(text) for pattern in LATER_SYNTAX) or any(
        quotes_inside(text, found.end(), found[1]) for found in FORMATTED.finditer(text)
    )


def quotes_inside(text: str, at: int, quote: str) -> bool:
    """Whether the replacement fields of an f-string hold its own quotes, or a backslash."""
    depth = 0
    for sign in text[at : text.find("\n", at) if len(quote) == 1 else None]:
        if depth and (sign == quote or sign == "\\"):
            return True
        if not depth and sign == quote:
            return False
        depth = max(0, depth + (sign == "{") - (sign == "}"))
    return False


# ----------------------------------------
# syntax: What can be read off the statements of a program, and how they are taken apart.

FUTURES = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
WITHOUT_ANNOTATIONS = FUTURES["annotations"]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SCOPES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def statement_at(body: list[ast.stmt], line: int, column: int | None = None) -> int:
    """Return the number of the statement that a place is in."""
    place = (line, 10**9 if column is None else column)
    starts = (
        min((one.lineno, one.col_offset) for one in (node, *getattr(node, "decorator_list", ())))
        for node in body
    )
    return max(sum(start <= place for start in starts) - 1, 0)


def single_imports(node: ast.stmt, namespace: Mapping[str, Any]) -> list[ast.stmt]:
    """Return an import of several names as imports of one name each; any other statement as it is.

    A program that is in no package may say `from .helpers import f`, which was meant for one.
    """
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return [node]
    level = getattr(node, "level", 0) if namespace.get("__package__") else 0
    if level == getattr(node, "level", 0) and not node.names[1:]:
        return [node]
    found: list[ast.stmt] = []
    for alias in node.names:
        module = getattr(node, "module", None)
        whole = isinstance(node, ast.Import) or not (module or level)
        one = ast.Import([alias]) if whole else ast.ImportFrom(module, [alias], level)
        found.append(ast.copy_location(one, node))
    return found


def plainer_definitions(node: ast.stmt, lost: Collection[str]) -> Iterator[ast.stmt]:
    """Yield a definition, to be compiled with annotations that nobody reads, that loses its decorators.

    Those of lost names go first, in a class those of its methods too; then all of its own.
    """
    if isinstance(node, DEFINITIONS):
        yield node
        for one in ast.walk(node):
            if isinstance(one, DEFINITIONS):
                one.decorator_list = [mark for mark in one.decorator_list if names_in(mark).isdisjoint(lost)]
        yield node
        node.decorator_list = []
        yield node


def names_in(node: ast.AST) -> set[str]:
    """Return the names that an expression reads."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def futures(body: Iterable[ast.stmt]) -> int:
    """Return the compiler's flags that `from __future__ import` statements set."""
    names = (
        alias.name
        for node in body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    )
    flags = 0
    for name in names:
        flags |= FUTURES.get(name, 0)
    return flags


def bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement defines in the scope that it stands in."""
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.alias) and node.name != "*":
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from bound(child)


# ----------------------------------------
# statements: Run a program statement by statement: one that stops costs what it defines, and nothing else.

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as in a notebook
COROUTINE = 0x80  # inspect.CO_COROUTINE

Place = tuple[str, int]  # the text's name and the number of the statement in it, from 0


class LeftOut(Exception):
    """A statement that was not run, because it ended the process when it ran before."""


@dataclass
class Stop:
    """A statement that did not run to its end, and the names that are missing for it."""

    error: BaseException
    place: Place
    line: int
    names: list[str] = field(default_factory=list)


class ProgramRun:
    """One program: its texts are run in order, and what stopped is kept.

    Args:
        watch: cuts what takes too long.
        skip: statements that are left out.
        before: called before every statement, which then run one at a time from the start; may be taken away.
        passing: exceptions that are not the program's own.
    """

    def __init__(
        self,
        watch: Stopwatch,
        skip: Collection[Place] = (),
        before: Callable[[Place, int], None] | None = None,
        passing: tuple[type[BaseException], ...] = (),
    ) -> None:
        self.watch, self._skip, self.before, self._passing = watch, frozenset(skip), before, passing
        self.stops: list[Stop] = []
        self.lost: dict[str, Stop] = {}

    def text(self, text: str, name: str, namespace: dict[str, Any]) -> list[Stop]:
        """Run one text under a name that tracebacks can quote; return its causes of trouble, one each."""
        first = len(self.stops)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        try:
            code = compile(text, name, "exec", AWAIT, dont_inherit=True)
        except Exception as unreadable:  # noqa: BLE001 as a rule a SyntaxError; too deep is another
            body, unread = readable(text, unreadable)
            for one in unread:
                self._note(Stop(one.error, (name, -1), one.line, one.names))
            self._one_by_one(list(enumerate(body)), name, namespace)
            return self.stops[first:]
        if self.before or any(place[0] == name for place in self._skip):
            self._one_by_one(list(enumerate(ast.parse(text).body)), name, namespace)
        elif stopped := self._attempt(code, namespace, parse := cache(lambda: ast.parse(text).body)):
            body = parse()
            at, flags = statement_at(body, *position(stopped, code)), futures(body)
            left = list(enumerate(body))[at + 1 :]
            parts = single_imports(body[at], namespace)
            if parts != [body[at]]:
                left = [*((at, part) for part in parts), *left]
            else:
                self._stopped(stopped, body[at], (name, at), namespace, flags)
            self._one_by_one(left, name, namespace, flags)
        return self.stops[first:]

    def _one_by_one(
        self, body: Iterable[tuple[int, ast.stmt]], name: str, namespace: dict[str, Any], flags: int = 0
    ) -> None:
        flags |= futures(node for _, node in body)
        for at, node in body:
            if at and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue  # a text on its own is the module's docstring only at its start
            place = (name, at)
            if place in self._skip:
                self._note(Stop(LeftOut(), place, node.lineno, list(bound(node))))
                continue
            if self.before:
                self.before(place, node.lineno)
            for part in single_imports(node, namespace):
                try:
                    code = compile(ast.Module([part], []), name, "exec", AWAIT | flags, dont_inherit=True)
                except Exception as error:  # noqa: BLE001 `return` or `break` outside of where they belong
                    self._note(Stop(error, place, part.lineno, list(bound(part))))
                    continue
                if stopped := self._attempt(code, namespace):
                    self._stopped(stopped, part, place, namespace, flags)

    def _stopped(
        self, error: BaseException, node: ast.stmt, place: Place, namespace: dict[str, Any], flags: int
    ) -> None:
        """Keep what stopped a statement; a definition is tried without what only adorns it.

        The names of a library that is not there stand for it: what is made of them and thrown away is free.
        """
        cause = self._note(Stop(error, place, node.lineno, list(bound(node)))).error
        if isinstance(cause, ModuleNotFoundError) and isinstance(node, ast.Import | ast.ImportFrom):
            for name in bound(node):
                namespace.setdefault(name, NotInstalled(cause))
        for plainer in plainer_definitions(node, self.lost) if isinstance(error, Exception) else ():
            tree = ast.Module([plainer], [])
            with contextlib.suppress(RecursionError):  # a text may be deeper than a tree
                code = compile(tree, place[0], "exec", AWAIT | flags | WITHOUT_ANNOTATIONS, dont_inherit=True)
                if self._attempt(code, namespace) is None:
                    return

    def _attempt(
        self, code: CodeType, namespace: dict[str, Any], body: Callable[[], list[ast.stmt]] | None = None
    ) -> BaseException | None:
        """Run code; return what stopped it."""
        try:
            with self.watch.over(code, lambda line: statement_at(body(), line) if body else 0):
                execute(code, namespace)
        except self._passing:
            raise
        except BaseException as error:  # noqa: BLE001 whatever it is, the rest goes on
            return error
        return None

    def _note(self, stop: Stop) -> Stop:
        """Keep and return a cause; what only lacks a name that is lost already is its consequence."""
        cause = self.lost.get(stop.error.name or "") if isinstance(stop.error, NameError) else None
        cause = cause or next((one for one in self.stops if same_cause(one, stop)), None)
        if cause is None:
            cause = stop
            self.stops.append(stop)
        else:
            cause.names += stop.names
        self.lost.update(dict.fromkeys(stop.names, cause))
        return cause

    def missing(self, namespace: Mapping[str, Any]) -> None:
        """Keep as lost what no other statement defined, and what was made of a library that is not there."""
        made = {name: error for name, value in namespace.items() if (error := import_error(value))}
        for stop in self.stops:
            stop.names += [name for name, error in made.items() if error is stop.error]
            stop.names = [name for name in dict.fromkeys(stop.names) if name in made or name not in namespace]
        self.lost = {name: stop for stop in self.stops for name in stop.names}


def execute(code: CodeType, namespace: dict[str, Any]) -> None:
    """Run code; a notebook may await at its top level."""
    if code.co_flags & COROUTINE:
        import asyncio

        asyncio.run(eval(code, namespace))  # noqa: S307 this is what a worker is for
    else:
        exec(code, namespace)  # noqa: S102 as above


def same_cause(one: Stop, other: Stop) -> bool:
    """Whether two imports stopped for one reason: a library that is not there, or what it lacks."""
    if type(one.error) is not type(other.error) or not isinstance(one.error, ImportError):
        return False
    anywhere = isinstance(one.error, ModuleNotFoundError)
    return (anywhere or one.place == other.place) and one.error.name == getattr(other.error, "name", None)


def position(error: BaseException, code: CodeType) -> tuple[int, int]:
    """Return the line and the column at which the code stopped."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code is code:
            places = list(code.co_positions())
            line, _, column, _ = places[step.tb_lasti // 2] if step.tb_lasti >= 0 else (0, 0, 0, 0)
            return (line or step.tb_lineno or 0), (column or 0)
        step = step.tb_next
    return 0, 0


# ----------------------------------------
# work: Load a student's file, or their notebook, and run it under a time limit.

TEXT_SHOWN = 400
FRAMES_SHOWN = 3


@dataclass
class OwnWork:
    """What a student wrote, as far as it ran.

    `name` is the file, `files` what tracebacks call it, `complaints` say where it stopped and
    why, `note` what else to tell, `remarks` what is to be said of questions, `endless` holds those that ran
    out of time, `lost` what is not defined because a statement stopped, `limits` are the grader's.
    """

    name: str
    namespace: dict[str, Any] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    note: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    endless: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    limits: GraderLimits = field(default_factory=GraderLimits)


def load_work(folder: Path, stem: str) -> OwnWork:
    """Return the student's `<stem>.py`; their `<stem>.ipynb` if only that has something written."""
    script, notebook = folder / f"{stem}.py", folder / f"{stem}.ipynb"
    if notebook.exists() and untouched(script) and not untouched(notebook):
        return run_file(notebook, stem)
    if not script.exists():
        return OwnWork(script.name, complaints=[missing(folder, stem)])
    work = run_file(script, stem)
    if notebook.exists() and not untouched(notebook):
        work.note = f"{notebook.name} was not looked at, because {script.name} is not as handed out"
    return work


def missing(folder: Path, stem: str) -> str:
    """Say that the file is not there, and which one may be meant."""
    names = [one.name for one in folder.iterdir() if ".py" in one.name]  # .py.txt, too
    near = difflib.get_close_matches(f"{stem}.py", names, 1, 0.7)
    for inside in folder.glob(f"*/{stem}.py"):
        return f"{stem}.py is missing: is it {inside.parent.name}/{inside.name}? Move it here"
    return f"{stem}.py is missing" + (f": is it {near[0]}? Rename it" if near else ": put it back")


def misnamed(folder: Path, name: str) -> str:
    """Say which file is meant where a sheet is not there: quiz.yaml, quiz.yml.txt, quiz (1).yml; or ""."""
    stem, _, ending = name.partition(".")
    alike = re.compile(rf"{stem}\W*\d*\W*\.(ya?ml|{ending}|txt)(\.\w+)?", re.IGNORECASE)
    near = sorted(one.name for one in folder.iterdir() if alike.fullmatch(one.name))
    return f"is it {near[0]}? Rename it" if near else ""


def facts_of(folder: Path) -> dict[str, Any]:
    """Return what a folder says about its assignment."""
    path = folder / "checks" / "assignment.json"
    facts: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return facts


def limits_of(facts: Mapping[str, Any]) -> GraderLimits:
    """Return the grader's limits, as facts tell them."""
    return GraderLimits(**facts.get("limits", {}))


def modules_beside(facts: Mapping[str, Any]) -> list[str]:
    """Return the names of the modules that are handed in beside the main one."""
    return [name for name in facts.get("beside", []) if name.endswith(".py")]


def untouched(path: Path) -> bool:
    """Whether a file holds nothing but stubs; True as well if it is not there."""
    try:
        return not path.exists() or is_untouched("\n".join(cells_of(path.read_bytes(), path.name)))
    except InputError:
        return False


def run_file(path: Path, stem: str) -> OwnWork:
    """Run a program, cell by cell, from its text: a cell that stops does not stop the next."""
    module = types.ModuleType(stem)  # found by its name, as dataclasses and imports need
    module.__file__ = str(path)
    sys.modules[stem] = module
    facts = facts_of(path.parent)
    files, limits = {str(path.parent / name) for name in modules_beside(facts)}, limits_of(facts)
    work = OwnWork(path.name, vars(module), files, limits=limits)
    try:
        cells = cells_of(path.read_bytes(), path.name)
    except InputError as unreadable:
        return OwnWork(path.name, complaints=[str(unreadable)])
    import_ahead(cells)
    import_as_graded(path.parent, work)
    work.namespace.update(notebook_names(cells, path.name))
    program = ProgramRun(Stopwatch(HOME_FACTOR * limits.import_s), passing=(KeyboardInterrupt,))
    began = time.monotonic()
    with program.watch.ticking():
        for number, text in enumerate(cells, 1):
            name = str(path) if path.suffix == ".py" else f"{path.name}, cell {number}"
            work.files.add(name)
            line = newer_line(text)
            if line:
                told = f"a later Python only reads this; {python_name()} grades"
                work.complaints.append(f"{Path(name).name}, line {line}: {told}")
            work.complaints += [
                complain(stop, name, work) for stop in program.text(text, name, work.namespace)
            ]
    if slow := limits.too_long(f"loading {path.name}", time.monotonic() - began, limits.import_s):
        work.complaints.append(slow)
    program.missing(work.namespace)
    work.lost.update(program.lost)
    look_at_text(work, cells, list(facts.get("questions", ())))
    return work


def look_at_text(work: OwnWork, cells: Sequence[str], questions: Collection[str]) -> None:
    """Note what running the work does not show: definitions that hide others, or are hidden themselves."""
    for name in questions:
        if name not in work.lost and not callable(work.namespace.get(name, callable)):
            kind = type(work.namespace[name]).__name__
            told = f"{name} is a variable here ({kind}), not the function: rename it"
            work.complaints.append(f"{work.name}: {told}")
    with contextlib.suppress(InputError):
        program = program_of(work.name, cells)
        work.remarks = remarks(program, questions)
        work.note = next(double_definitions(program, questions), "")


def import_ahead(texts: Iterable[str]) -> None:
    """Import the libraries that programs use, so that no check's time goes into it."""
    for name in used_by(texts):
        with contextlib.suppress(Exception):  # the program itself will say it better
            importlib.import_module(name)


def import_as_graded(folder: Path, work: OwnWork) -> None:
    """Let the work import what it can import where it is graded, and nothing else."""
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, Absent | StandIns)]
    beside = Absent(
        work.files.__contains__, lambda name: any(folder.glob(f"{name}*")) or any(folder.glob(f"*/{name}.py"))
    )
    sys.meta_path[:] = [beside, *sys.meta_path, StandIns()]


def complain(stop: Stop, name: str, work: OwnWork) -> str:
    """Say in a few lines where a statement stops and why."""
    error, shown = stop.error, Path(name).name
    if isinstance(error, SyntaxError) and error.filename in work.files:
        shown = Path(error.filename).name
        place = f"{shown}, line {error.lineno}" if error.lineno else shown
        lines = traceback.TracebackException(type(error), error, None).format_exception_only()
        code = "".join(list(lines)[1:-1]).rstrip()  # the line and, below it, the place
        means = open_docstring(name) or meaning(f"SyntaxError: {error.msg} | {(error.text or '').strip()}")
        return "\n".join(filter(None, (f"{place}: Python cannot read this: {error.msg}", code, means)))
    told = str(error) if isinstance(error, TooSlow) else headline(error)
    frames = own_frames(error.__traceback__, work)
    told = frames[-1].replace("\n", f": {told}\n", 1) if frames else f"{shown}: {told}"
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] in LIBRARIES:
        told += "\nInstall it: python -m pip install -r requirements.txt"
    elif isinstance(error, ModuleNotFoundError):
        told += f"\nWhere this is graded there are the standard library, {promised()}, and nothing else."
    elif means := meaning(headline(error)):
        told += f"\n{means}"
    return told


def open_docstring(name: str) -> str:
    """Say that a docstring is not closed where a file has an odd number of its quotes, or ""."""
    odd = "".join(linecache.getlines(name)).count('"""') % 2
    return '-> a docstring lacks its """ at one end, here or above' if odd else ""


def headline(error: BaseException) -> str:
    """Return `ValueError: message`, the message cut."""
    try:
        text = str(error) + suggestion(error)
    except Exception:  # noqa: BLE001 - a message of their own making
        text = ""
    text = text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + " ..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def suggestion(error: BaseException) -> str:
    """Return the "Did you mean" that Python prints of a misspelt name, or ""."""
    names: Iterable[str] = ()
    trace = error.__traceback__
    if isinstance(error, NameError):
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        frame = trace.tb_frame if trace else None
        names = {*frame.f_locals, *frame.f_globals, *dir(builtins)} if frame else ()
    elif isinstance(error, AttributeError) and error.obj is not None:
        names = dir(error.obj)
    near = difflib.get_close_matches(getattr(error, "name", None) or "", names, 1, 0.7)
    return f". Did you mean: '{near[0]}'?" if near else ""


def own_frames(trace: TracebackType | None, work: OwnWork) -> list[str]:
    """Return the last places of a traceback in the student's own code, each with its line."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in work.files:
            where = "" if code.co_name == "<module>" else f", in {code.co_name}"
            line = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            places.append(f"{Path(code.co_filename).name}, line {trace.tb_lineno}{where}\n    {line}")
        trace = trace.tb_next
    return list(dict.fromkeys(places))[-FRAMES_SHOWN:]


# ----------------------------------------
# progress: Say how far a student is: one verdict for each check, one line for each question.

PASSED, FAILED, UNWRITTEN_YET, NOT_RUN = "passed", "failed", "not written", "not run"
COMPLAINTS_SHOWN = 3
NOT_AS_HANDED_OUT = "are the names, the order and the defaults of the arguments as they were handed out?"
LINES_SHOWN = 6
LINE_WIDTH = 100
WHERE_OF_A_WARNING = re.compile(
    r"^.*[/\\](?=[^/\\]+\.py:\d+: \w+Warning: )", re.MULTILINE
)  # folders say nothing


@dataclass(frozen=True)
class VisibleVerdict:
    """How a check ended, and what to tell."""

    status: str
    text: str = ""


def visible_verdict(
    error: BaseException, question: str, work: OwnWork, calls: Sequence[Call]
) -> VisibleVerdict:
    """Say what an exception out of a check means; the last call is shown."""
    if isinstance(error, NotImplementedError) and is_unwritten("NotImplementedError", str(error)):
        other = str(error).partition(":")[0]
        if other == question:
            status = FAILED if question in work.remarks else UNWRITTEN_YET
            return VisibleVerdict(status, work.remarks.get(question, "not written yet"))
        return VisibleVerdict(FAILED, f"this needs {other}, which is not written yet")
    if isinstance(error, NotDefined):
        return judge_missing(str(error), work)
    if isinstance(error, TooSlow):
        if question in work.endless:
            return VisibleVerdict(NOT_RUN, "another check of this question ran out of time")
        work.endless.add(question)
    asked = spell_last([call for call in calls if call.action != "read"] or calls)
    return VisibleVerdict(FAILED, "\n".join(filter(None, [asked, *tell(error, work)])))


def passed_verdict(log: CallLog, work: OwnWork) -> VisibleVerdict:
    """Return the verdict on a check that passes; it tells which call the grader would not wait for."""
    took, call = log.longest()
    told = work.limits.too_long(spell_call(call), took, work.limits.call_s) if call else ""
    return VisibleVerdict(PASSED, told)


def too_slow(verdicts: Iterable[VisibleVerdict]) -> list[str]:
    """Return what checks that pass tell of their time."""
    return [one.text for one in verdicts if one.status == PASSED and one.text]


def judge_missing(name: str, work: OwnWork) -> VisibleVerdict:
    """Say that a function is not in the file, and whether it is because its statement stopped."""
    if name in work.lost or not work.namespace:
        return VisibleVerdict(NOT_RUN, "cannot be checked: see above")
    if name in work.remarks:
        return VisibleVerdict(NOT_RUN, work.remarks[name])
    near = difflib.get_close_matches(name, [key for key in work.namespace if key[0] != "_"], 1)
    hint = f" (nearest: `{near[0]}`{foreign_letter(near[0], name)})" if near else ""
    return VisibleVerdict(NOT_RUN, f"{work.name} has no function `{name}`{hint}")


def foreign_letter(found: str, asked: str) -> str:
    """Say which letter of a name only looks like one that is asked for: a Cyrillic c, a full-width a."""
    strange = next((one for one in found if not one.isascii() and one not in asked), "")
    return f": its {strange!r} only looks right, type the name again" if strange else ""


def tell(error: BaseException, work: OwnWork) -> list[str]:
    """Return what went wrong, in lines; of tracebacks only what is the student's."""
    if isinstance(error, CheckFailed):
        return [error.told, *error.details.splitlines()]
    own = own_frames(error.__traceback__, work)
    if isinstance(error, TooSlow):
        stops = f"the grader stops it after {work.limits.call_s:g} s"
        return [f"your code ran for {error.seconds:.0f} s ({stops}): {TOO_SLOW}", *own[-1:]]
    if isinstance(error, SystemExit):
        return ["your code ends the program: return instead of calling exit()", *own]
    if own:
        means = meaning(headline(error))
        return [f"raised {headline(error)}", *own, *([means] if means else [])]
    if isinstance(error, AssertionError):
        return ["the result is not what this check asks for", *str(error).strip().splitlines()[:5]]
    if not passes_through(error.__traceback__, perform.__code__):
        return [f"the check itself broke, please tell your instructor: {headline(error)}"]
    if isinstance(error, TypeError):
        return [headline(error), meaning(headline(error)) or NOT_AS_HANDED_OUT]
    return list(filter(None, (headline(error), meaning(headline(error)))))


def passes_through(trace: TracebackType | None, function: CodeType) -> bool:
    """Whether a traceback has a frame of a function."""
    while trace is not None:
        if trace.tb_frame.f_code is function:
            return True
        trace = trace.tb_next
    return False


def cut_output(text: str) -> str:
    """Return what the student's code printed, long lines and long outputs cut."""
    lines = WHERE_OF_A_WARNING.sub("", text).splitlines()
    kept = [line if len(line) <= LINE_WIDTH else line[:LINE_WIDTH] + " ..." for line in lines[:LINES_SHOWN]]
    more = len(lines) - len(kept)
    return "\n".join([*kept, f"... {more} more lines: pytest -s shows them all"] if more > 0 else kept)


def progress_line(verdicts: Sequence[VisibleVerdict]) -> str:
    """Return how far a question is, in words."""
    statuses = [verdict.status for verdict in verdicts]
    passed, total = statuses.count(PASSED), len(statuses)
    if passed == total:
        return {1: "the only check passes", 2: "both checks pass"}.get(total, f"all {total} checks pass")
    if statuses.count(UNWRITTEN_YET) == total or statuses.count(NOT_RUN) == total:
        return verdicts[0].text
    return f"{passed} of {total} checks pass"


def summary(verdicts: Mapping[str, Sequence[VisibleVerdict]], work: OwnWork) -> list[tuple[str, bool | None]]:
    """Return the closing lines: of each question how far it is, then what to do next.

    A line comes with True for all well, False for something to fix, None for neither.
    """
    complaints = "\n".join(work.complaints[:COMPLAINTS_SHOWN])
    lines: list[tuple[str, bool | None]] = [(line, False) for line in complaints.splitlines()]
    lines += [("", None)] if lines else []
    width = max(map(len, verdicts), default=0)
    first = ""  # what is to be done next
    for question, found in verdicts.items():
        waiting = all(verdict.status == UNWRITTEN_YET for verdict in found)
        if not first and any(verdict.status != PASSED for verdict in found):
            first = f"write {question}" if waiting else question
        good = None if waiting else all(verdict.status == PASSED for verdict in found)
        lines.append((f"{question:{width}}   {progress_line(found)}", good))
        lines += [("  " + slow.replace("\n", "\n  "), False) for slow in too_slow(found)]
    lines.append(("", None))
    if first and not work.complaints:
        lines.append((f"Next: {first}. Then run pytest again.", None))
    elif not first and not work.complaints:
        lines.append(("Next: python study.py --check looks at the rest before you hand in.", None))
    lines.append(("These are the visible checks; the hidden ones decide the grade.", None))
    return [*lines, *([(work.note, None)] if work.note else [])]


# ----------------------------------------
# overview: How far a student is: points, the quiz, the time left, what to do next, which parts of the lab work.

TITLE_SHOWN = 60  # characters; above, it stands in full
TEXT_LINES = 24  # of a failure
Results = Mapping[str, Sequence[Mapping[str, Any]]]  # of the checks, by question


def share_of(results: Sequence[Mapping[str, Any]]) -> float:
    """Return which part of a question's visible checks passes."""
    return sum(one["status"] == PASSED for one in results) / len(results) if results else 0.0


def status_line(folder: Path, facts: Mapping[str, Any], results: Results, now: datetime) -> str:
    """Return "40 of 85 visible points, quiz 9 of 17, due in 3 days", as far as it is known."""
    points = facts["questions"]
    earned = sum(worth * share_of(results.get(name, ())) for name, worth in points.items())
    parts = [f"{earned:.3g} of {sum(points.values()):g} visible points"]
    quiz = quiz_state(folder)
    parts += [f"quiz {quiz.answered} of {quiz.total}"] if quiz else []
    parts += [due_in(facts["due"], now)] if facts.get("due") else []
    return ", ".join(parts)


def by_question(facts: Mapping[str, Any], results: Iterable[Mapping[str, Any]]) -> Results:
    """Return results by question, in the order of the assignment."""
    found = {name: [one for one in results if one["question"] == name] for name in facts["questions"]}
    return {name: some for name, some in found.items() if some}


def all_right(groups: Results) -> set[str]:
    """Return the questions whose visible checks all pass."""
    return {name for name, found in groups.items() if share_of(found) == 1}


def run_report(
    folder: Path,
    facts: Mapping[str, Any],
    loaded: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
    before: Sequence[Mapping[str, Any]] | None,
    now: datetime,
) -> str:
    """Return what is to be read after a run: what changed since `before` in full, the rest briefly."""
    groups, old = by_question(facts, results), by_question(facts, before or [])
    lines = [line for text in loaded["complaints"][:3] for line in text.splitlines()]
    lines += [""] if lines else []
    width, shown = max(map(len, groups), default=0), set[str]()
    for name, found in groups.items():
        verdicts = [VisibleVerdict(one["status"], one["text"]) for one in found]
        lines.append(f"{name:{width}}   {progress_line(verdicts)}")
        lines += [f"  {slow}" for slow in too_slow(verdicts)]
        wrong = [one for one in found if one["status"] == FAILED]
        if before is None:
            wrong = wrong[:1]
        elif old.get(name) == found:
            wrong = []
        for one in wrong:
            if one["text"] not in shown:
                shown.add(one["text"])
                lines += failure_lines(one)
    lines.append("")
    parts = lab_parts(folder, list(facts["questions"]))
    possible = now_possible(parts, all_right(old), all_right(groups))
    if len(possible) == 1:
        lines.append(f"lab.ipynb, part {possible[0]!r}: everything that it needs works now.")
    elif possible:
        lines.append(f"lab.ipynb: {len(possible)} more parts have everything that they need.")
    lines.append(status_line(folder, facts, groups, now))
    lines.append(next_step(folder, facts, groups, loaded["complaints"]))
    return "\n".join([*lines, *([loaded["note"]] if loaded["note"] else [])])


def failure_lines(result: Mapping[str, Any]) -> list[str]:
    """Return a failed check with what it says and what was printed."""
    lines = [f"  {result['title']}:", *("    " + line for line in result["text"].splitlines()[:TEXT_LINES])]
    printed = result["printed"].splitlines()
    return [*lines, *(["    your code printed:"] if printed else []), *("      " + line for line in printed)]


def run_lines(
    loaded: Mapping[str, Any], results: Sequence[Mapping[str, Any]], known: Collection[str]
) -> Iterator[tuple[bool, str]]:
    """Yield what a run says before handing in: where the file stops, unless `known`, and what passes."""
    for text in loaded["complaints"]:
        if not text.startswith(tuple(known)):
            yield False, text
    verdicts = (VisibleVerdict(one["status"], one["text"]) for one in results)
    yield from ((False, slow) for slow in too_slow(verdicts))
    passed = sum(one["status"] == PASSED for one in results)
    yield passed == len(results) > 0, f"{passed} of {len(results)} visible checks pass"


def due_in(due: str, now: datetime) -> str:
    """Return how long there is until a moment, in words."""
    left = datetime.fromisoformat(due) - now
    hours = left.total_seconds() / 3600
    if hours < 0:
        return f"it was due {counted_time(-hours)} ago"
    return f"due in {counted_time(hours)}"


def counted_time(hours: float) -> str:
    """Return a stretch of time in the unit that fits."""
    for size, unit in ((24, "day"), (1, "hour")):
        if hours >= 2 * size or (hours >= size and size == 24):
            count = int(hours // size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{max(1, int(hours * 60))} minutes"


@dataclass(frozen=True)
class QuizState:
    """How far a student's quiz is: who they are, what is answered, what cannot be read."""

    student: str
    answered: int
    total: int
    troubles: tuple[str, ...]


def quiz_state(folder: Path) -> QuizState | None:
    """Return how far the quiz is, as its own script reads it; None without one."""
    script, sheet = folder / "quiz.py", folder / "quiz.yml"
    if not script.is_file() or not sheet.is_file():
        return None
    quiz = module_from(script)
    read = quiz.read_sheet(sheet.read_bytes().decode("utf-8-sig", "replace"), list(quiz.QUESTIONS))
    troubles, answered = list(read.problems), 0
    for name, question in quiz.QUESTIONS.items():
        parts = read.answers.get(name, ())
        given, trouble = quiz.show_answer(question, parts)
        answered += bool(parts) and not trouble
        troubles += [f"{name}: {given}: {trouble}"] if trouble else []
    return QuizState(read.student, answered, len(quiz.QUESTIONS), tuple(troubles))


def module_from(path: Path) -> Any:
    """Return a module of ours from its file."""
    spec = importlib.util.spec_from_file_location(f"handed_out_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path.name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def next_step(folder: Path, facts: Mapping[str, Any], results: Results, complaints: Sequence[str]) -> str:
    """Return the one thing to do now."""
    if complaints:
        return "Next: fix what stops the file, see above."
    for name, found in results.items():
        wrong = [one for one in found if one["status"] not in (PASSED, UNWRITTEN_YET)]
        if wrong:
            if wrong[0]["status"] == NOT_RUN:
                return f"Next: {name}, see above."
            hint = f"\nA hint: python study.py --hint {name}" if name in facts.get("hints", {}) else ""
            title = textwrap.shorten(wrong[0]["title"], TITLE_SHOWN, placeholder=" ...")
            return f'Next: {name}, until "{title}" passes.{hint}'
    unwritten = [name for name, found in results.items() if share_of(found) < 1]
    if unwritten:
        return f"Next: write {unwritten[0]}."
    quiz = quiz_state(folder)
    if quiz and quiz.answered < quiz.total:
        return "Next: the quiz. python quiz.py prints it with your own figures."
    return "All visible checks pass. Next: python study.py --check, then --zip, then hand in."


def lab_parts(folder: Path, questions: Sequence[str]) -> dict[str, set[str]]:
    """Return the parts of lab.ipynb that use a student's functions, each with the functions it needs."""
    try:
        cells = json.loads((folder / "lab.ipynb").read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return {}
    parts: dict[str, set[str]] = {}
    heading = ""
    for cell in cells:
        text = "".join(cell["source"])
        titles = re.findall(r"^##? (.+)$", text, re.MULTILINE) if cell["cell_type"] == "markdown" else []
        heading = titles[-1].replace("`", "") if titles else heading
        if cell["cell_type"] == "code" and heading:
            used = {name for name in questions if re.search(rf"\b(?:work|mine)\.{name}\b", text)}
            parts.setdefault(heading, set()).update(used)
    return {part: used for part, used in parts.items() if used}


def now_possible(parts: Mapping[str, set[str]], before: set[str], now: set[str]) -> list[str]:
    """Return the parts of the lab whose functions all work now, and did not before."""
    return [part for part, used in parts.items() if used <= now and not used <= before]


# ----------------------------------------
# runner: Run a folder's visible checks without pytest, one after another, and tell of each as it ends.

CheckEvent = dict[str, Any]


def checks_in(path: Path) -> list[Callable[..., None]]:
    """Return the checks of a file in their order; an `InputError` says which file is not as handed out."""
    try:
        module = module_from(path)
    except Exception as error:
        raise InputError(not_as_handed_out(path.parent.parent, error)) from error
    return [value for value in vars(module).values() if getattr(value, "check", None) is not None]


def not_as_handed_out(folder: Path, error: Exception) -> str:
    """Say which file of a folder stops its checks from being imported."""
    places = [(one.filename, one.lineno) for one in traceback.extract_tb(error.__traceback__)]
    places.append((getattr(error, "filename", None) or "", getattr(error, "lineno", None)))
    own = [(Path(name).name, line) for name, line in places if Path(name).is_relative_to(folder)]
    name, line = own[-1] if own else ("checks", 0)
    return f"{name}, line {line}: {headline(error)}\n-> this is no file of yours: put it back as you got it"


def title_of(check: Callable[..., None]) -> str:
    """Return what a check is called."""
    return (inspect.getdoc(check) or check.__name__).splitlines()[0].removesuffix(".")


def run_folder(
    folder: Path, stem: str, checks: Collection[Callable[..., None]], skip: Collection[str] = ()
) -> Iterator[CheckEvent]:
    """Load the student's file, run checks on it but those in `skip`, and yield what happens as plain data."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        work = load_work(folder, stem)
    yield {"event": "loaded", "name": work.name, "complaints": work.complaints, "note": work.note}
    for check in checks:
        if check.__name__ in skip:
            continue
        facts = {"check": check.__name__, "question": question_of(check), "title": title_of(check)}
        yield {"event": "begins", **facts}
        verdict, printed = run_check(check, work)
        yield {"event": "ended", **facts, "status": verdict.status, "text": verdict.text, "printed": printed}
    yield {"event": "done"}


def run_check(check: Callable[..., None], work: OwnWork) -> tuple[VisibleVerdict, str]:
    """Return how a check ended, and what the student's code printed meanwhile."""
    log = CallLog()
    record = recorder(log, question_of(check), work.endless, work.namespace)
    fixtures = {"student": here(work.namespace, record), "rng": visible_rng(check.__name__)}
    printed = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            time_limit(HOME_FACTOR * work.limits.call_s),
        ):
            check(**{name: fixtures[name] for name in inspect.signature(check).parameters})
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever they wrote
        return visible_verdict(error, question_of(check), work, log.calls), cut_output(printed.getvalue())
    return passed_verdict(log, work), cut_output(printed.getvalue())


def question_of(check: Callable[..., None]) -> str:
    """Return the question that a check is about."""
    return str(check.check.question)  # type: ignore[attr-defined]


# ----------------------------------------
# plugin: What the student's conftest.py does with pytest.

PRINTED = {"Captured stdout call": "your code printed", "Captured stderr call": "your code warned"}


class Folder:
    """A student's folder. Two of them in one run of pytest have a Folder each."""

    def __init__(self, path: Path, stem: str) -> None:
        self.path, self.stem = path, stem

    @functools.cached_property
    def work(self) -> OwnWork:
        """The student's file, loaded once, when the first check asks for it."""
        return load_work(self.path, self.stem)

    def adopt(self, item: Any) -> None:
        """Mark a test as one of this folder, and let `pytest -k` find it by its question."""
        item.student_folder = self
        if mark_of(item):
            item.extra_keyword_matches.add(mark_of(item).question)

    def stand_in(self, item: Any) -> Student:
        """Return what a check calls `student`; the calls are kept for the message."""
        item.student_calls = log = CallLog()
        question = mark_of(item).question if mark_of(item) else ""
        return here(self.work.namespace, recorder(log, question, self.work.endless, self.work.namespace))

    def check_limit(self, item: Any) -> contextlib.AbstractContextManager[None]:
        """Return the time limit that a test runs under: only checks have one."""
        if not mark_of(item):
            return contextlib.nullcontext()
        return time_limit(HOME_FACTOR * self.work.limits.call_s)

    def retell(self, report: Any, item: Any, call: Any) -> None:
        """Put pytest's report of a check into plain words."""
        mark = mark_of(item)
        if mark is None or report.when != "call" or report.skipped or not hasattr(item, "student_calls"):
            return
        log = item.student_calls
        if call.excinfo is None:
            verdict = passed_verdict(log, self.work)
        else:
            verdict = visible_verdict(call.excinfo.value, mark.question, self.work, log.calls)
            report.longrepr = verdict.text + "\n"
        report.location = (*report.location[:2], f"{mark.question}: {title_of(item.function)}")
        report.sections = [
            (PRINTED[name], cut_output(text)) for name, text in report.sections if name in PRINTED
        ]
        report.student_folder, report.question = str(self.path), mark.question
        report.status, report.told = verdict.status, verdict.text

    def own_status(self, report: Any) -> tuple[str, str, str] | None:
        """Return category, letter and word of a check that is not written or cannot run."""
        status = getattr(report, "status", "")
        return (status, "-", status.upper()) if status in (UNWRITTEN_YET, NOT_RUN) else None

    def print_summary(self, reporter: Any) -> None:
        """Print the lines at the end of a run."""
        every = [report for some in reporter.stats.values() for report in some]
        mine = [one for one in every if getattr(one, "student_folder", "") == str(self.path)]
        mine.sort(key=lambda report: (report.location[0], report.location[1]))
        verdicts: dict[str, list[VisibleVerdict]] = {}
        for report in mine:
            verdicts.setdefault(report.question, []).append(VisibleVerdict(report.status, report.told))
        if not mine:
            return
        reporter.section(self.work.name)
        for line, good in summary(verdicts, self.work):
            reporter.write_line(line, **({} if good is None else {"green": good, "red": not good}))


def mark_of(item: Any) -> Any:
    """Return what @check attached to a test, or None."""
    return getattr(getattr(item, "function", None), "check", None)


# ----------------------------------------
# preflight: Look at what would be handed in as the grader will: files, stubs, imports, calls, examples, the quiz.

FILE_OF_EXAMPLES = "examples.py"
WITH_ZIP = 5  # told when a zip is written
PreflightLine = tuple[bool, str]  # whether all is well, and what to say


def preflight(folder: Path, facts: Mapping[str, Any]) -> Iterator[PreflightLine]:
    """Yield what was looked at, the gravest kinds first."""
    path = handed_in(folder, facts["stem"])
    yield from name_lines(folder, facts, path)
    if path is not None:
        yield from contents(folder, path, facts)
    if FILE_OF_EXAMPLES in facts["files"]:
        yield from examples_sheet(folder, facts["questions"])
    if facts.get("quiz"):
        yield from quiz_sheet(folder)


def handed_in(folder: Path, stem: str) -> Path | None:
    """Return the file with the functions: the notebook if only that has something written."""
    script, notebook = folder / f"{stem}.py", folder / f"{stem}.ipynb"
    if notebook.is_file() and untouched(script) and not untouched(notebook):
        return notebook
    return script if script.is_file() else None


def name_lines(folder: Path, facts: Mapping[str, Any], path: Path | None) -> Iterator[PreflightLine]:
    """Yield what is handed in, and which files look as if they were meant to be."""
    stem = facts["stem"]
    if path is None:
        yield False, missing(folder, stem)
        return
    yield True, f"{path.name} is handed in"
    both = path.suffix == ".py" and not untouched(folder / f"{stem}.ipynb")
    if both:
        yield False, f"{stem}.ipynb holds work too, and is not looked at: hand in one of the two"
    alike = re.compile(rf"{re.escape(stem)}[\W_].*\.(py|ipynb|txt)", re.IGNORECASE)
    for other in sorted(one.name for one in folder.iterdir() if one.name not in facts["given"]):
        if alike.fullmatch(other):
            yield False, f"{other} is not looked at: only {path.name} counts"


def contents(folder: Path, path: Path, facts: Mapping[str, Any]) -> Iterator[PreflightLine]:
    """Yield what the grader would stumble over in what is handed in."""
    paths = [path, *(folder / name for name in facts["beside"] if name.endswith(".py"))]
    programs = list[HandedProgram]()
    for one in paths:
        try:
            programs.append(read_program(one))
        except OSError:
            yield False, f"{one.name} is missing: it is handed in beside {path.name}"
        except InputError as wrong:
            yield False, str(wrong)
    defined = {
        node.name: node
        for program in programs
        for node in ast.walk(program.tree)
        if isinstance(node, ANY_DEFINITION)
    }
    names, given = " and ".join(program.name for program in programs), bound_names(programs)
    for program in programs:
        yield from ((False, told) for told in double_definitions(program, facts["questions"]))
    told = {name: why for one in programs for name, why in remarks(one, facts["questions"]).items()}
    for name in facts["questions"]:
        if name in told:
            yield False, told[name]
        elif name in defined:
            if any(stub_line(one, name) for one in ast.walk(defined[name])):
                yield False, f"{name} is not written yet"
        elif len(programs) == len(paths) and name not in given:
            yield False, f"there is no {name} in {names}: keep the names as they were handed out"
    ours = {"__future__", *IMPORTABLE, *facts["provided"], facts["stem"]}
    for program in programs:
        yield from ((False, told) for told in renamed_parameters(program.tree, facts["parameters"]))
        yield from ((False, told) for told in import_troubles(folder, program, ours))
        yield from ((False, told) for told in call_troubles(program, defined))
        yield from ((False, told) for told in data_troubles(folder, program, facts["given"]))


def examples_sheet(folder: Path, questions: Collection[str]) -> Iterator[PreflightLine]:
    """Yield what would keep examples.py from being read."""
    try:
        program = read_program(folder / FILE_OF_EXAMPLES)
        yield from ((False, told) for told in example_troubles(program, questions))
    except OSError:
        yield False, f"{FILE_OF_EXAMPLES} is missing: it comes back with which of your examples are right"
    except InputError as wrong:
        yield False, str(wrong)


def quiz_sheet(folder: Path) -> Iterator[PreflightLine]:
    """Yield what is missing in quiz.yml or would be misread."""
    sheet = folder / "quiz.yml"
    if not sheet.is_file():
        told = misnamed(folder, sheet.name) or "its questions earn nothing"
        yield False, f"{sheet.name} is missing: {told}"
        return
    quiz = quiz_state(folder)
    if quiz is None:
        return
    if not quiz.student:
        yield False, "quiz.yml: write your name or student number after student:"
    yield quiz.answered == quiz.total, f"quiz: {quiz.answered} of {quiz.total} answered"
    for trouble in quiz.troubles:
        yield False, f"quiz.yml, {trouble}"


def write_zip(folder: Path, facts: Mapping[str, Any]) -> tuple[Path, list[str]]:
    """Write what is to be handed in as one zip, and return where it is and what is in it."""
    stem = facts["stem"]
    path = handed_in(folder, stem)
    if path is None:
        raise InputError(f"{missing(folder, stem)}. Nothing was packed")
    names = [path.name, *(name for name in facts["files"][1:] if (folder / name).is_file())]
    target = folder / f"{stem}_to_hand_in.zip"
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            for name in names:
                archive.write(folder / name, name)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(f"{target.name} cannot be written here ({why}): copy the folder elsewhere") from None
    return target, names


def zip_report(folder: Path, facts: Mapping[str, Any]) -> str:
    """Write the zip; say what is to be looked at in it, what it holds and where it goes."""
    looks = [f"LOOK  {told}" for fine, told in preflight(folder, facts) if not fine]
    more = [f"... {len(looks) - WITH_ZIP} more: python study.py --check"] if len(looks) > WITH_ZIP else []
    return "\n".join([*looks[:WITH_ZIP], *more, zip_line(*write_zip(folder, facts), facts)])


def zip_line(target: Path, names: Sequence[str], facts: Mapping[str, Any]) -> str:
    """Say what the zip holds and where it goes."""
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"{target.name} holds {listed}. {facts['hand_in']}".rstrip()


# ----------------------------------------
# notebook_tools: What the notebooks of a folder use: the student's functions from either file, the checks, the zip.

ON_COLAB = "Download this notebook (File, Download, .ipynb) and hand it in"


class Lab(types.ModuleType):
    """A student's functions, from the script or the notebook, read again whenever it was saved."""

    def __init__(self, stem: str) -> None:
        super().__init__(stem)
        self._folder, self._saved = Path.cwd(), ()

    def __getattribute__(self, name: str) -> Any:
        if name == "__dict__" or not name.startswith("_"):
            object.__getattribute__(self, "_refresh")()
        return super().__getattribute__(name)

    def _refresh(self) -> None:
        paths = [self._folder / f"{self.__name__}.{ending}" for ending in ("py", "ipynb")]
        saved = tuple(path.stat().st_mtime_ns for path in paths if path.exists())
        if saved == self._saved:
            return
        self._saved = saved
        work = load_work(self._folder, self.__name__)
        print(*work.complaints, sep="\n", end="\n" if work.complaints else "")  # noqa: T201
        own: dict[str, Any] = object.__getattribute__(self, "__dict__")
        own.update({name: value for name, value in work.namespace.items() if not name.startswith("__")})

    def is_written(self, question: str) -> bool:
        """Whether a question is no stub any more; where it is one, say so."""
        return is_written(question, vars(self))


def is_written(question: str, namespace: Mapping[str, Any]) -> bool:
    """Whether a name is defined and no stub; where it is not, say so."""
    found = namespace.get(question)
    if found is None:
        print(f"{question} is not defined: run its cell first")  # noqa: T201
    elif is_stub_object(found):
        print(f"{question}: not written yet (its raise NotImplementedError still stands)")  # noqa: T201
    else:
        return True
    return False


def is_stub_object(value: Any) -> bool:
    """Whether a function, or every method of a class, only raises as it was handed out."""
    if isinstance(value, type):
        methods = [one for one in vars(value).values() if inspect.isfunction(one)]
        return bool(methods) and all(map(is_stub_object, methods))
    code = getattr(inspect.unwrap(value), "__code__", None)
    if code is None or not any(STUB in text for text in code.co_consts if isinstance(text, str)):
        return False
    return not any(step.opname.startswith("RETURN_") and step.opname != "RETURN_GENERATOR"
                   for step in dis.get_instructions(code))  # fmt: skip


def check_cell(question: str, namespace: dict[str, Any]) -> None:
    """Run the visible checks of a question on what a notebook defines, and say how they end."""
    if not is_written(question, namespace):
        return
    facts = facts_of(Path())
    stem = facts["stem"]
    own = [value for value in namespace.values() if inspect.isfunction(value)]
    files = {one.__code__.co_filename for one in own if one.__globals__ is namespace}
    work = OwnWork(f"{stem}.ipynb", namespace, files, limits=limits_of(facts))
    found = []
    for check in checks_in(Path("checks", f"test_{stem}.py")):
        if question_of(check) == question:
            found.append((check, *run_check(check, work)))
    told = [f"{question}: {progress_line([verdict for _, verdict, _ in found])}"]
    told += too_slow(verdict for _, verdict, _ in found)
    for check, verdict, printed in found:
        if verdict.status != PASSED and verdict.text not in told:
            told += [f"\n{title_of(check)}:", verdict.text, *([f"it printed:\n{printed}"] if printed else [])]
    print("\n".join(told))  # noqa: T201


def hand_in_notebook() -> None:
    """Say what to look at before handing in, and write the zip; on Colab, say what to download."""
    facts = facts_of(Path())
    if "google.colab" in sys.modules:
        more = " and ".join(facts["files"][1:])
        print(ON_COLAB + (f" together with {more}." if more else "."))  # noqa: T201
        return
    print(zip_report(Path(), facts))  # noqa: T201

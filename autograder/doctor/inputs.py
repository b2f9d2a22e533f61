"""Inputs like those of a check, with something changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.data.values import Tensor, leaves, rebuilt
from autograder.sandbox.calls import Call

SPECIAL = (0.0, 1.0, -1.0, 0.5, 2.0, 1e-6, 1e3)
Rng = np.random.Generator


def varied(call: Call, rng: Rng) -> Call:
    """Return a call with some of its arguments changed, perhaps none."""
    values = [*call.args, *call.kwargs.values()]
    around = numbers_around(values)
    cut = int(rng.integers(1, 4)) if rng.random() < 0.1 else 0

    def leaf(value: Any) -> Any:
        value = changed_leaf(value, around, rng) if rng.random() < 0.4 else value
        return shortened(value, cut) if cut else value

    new = [reordered(rebuilt(value, leaf), rng) for value in values]
    count = len(call.args)
    return replace(call, args=tuple(new[:count]), kwargs=dict(zip(call.kwargs, new[count:], strict=True)))


def numbers_around(values: list[Any]) -> np.ndarray:
    """Return numbers of a call, and some special ones: one in place of another meets every comparison."""
    found = [np.asarray(SPECIAL)]
    for leaf in leaves(values):
        data = leaf.array if isinstance(leaf, Tensor) else leaf
        if isinstance(data, int | float | np.ndarray) and np.asarray(data).dtype.kind in "iuf":
            found.append(np.asarray(data, float).ravel()[:20])
    return np.concatenate(found)


def changed_leaf(value: Any, around: np.ndarray, rng: Rng) -> Any:
    """Return something of the same kind in place of what is no container."""
    if isinstance(value, Tensor):
        return Tensor(changed_array(value.array, around, rng), value.dtype)
    if isinstance(value, np.ndarray):
        return changed_array(value, around, rng)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return int(rng.choice([value - 1, value + 1, 0, 1, 2, -value, int(rng.integers(0, 10))]))
    if isinstance(value, float):
        others = [rng.choice(around), -value, value * rng.uniform(0.1, 3), value + rng.normal()]
        return float(rng.choice(others))
    return changed_text(value, rng) if isinstance(value, str) else value


def changed_array(array: np.ndarray, around: np.ndarray, rng: Rng) -> np.ndarray:
    """Return an array of the same shape and kind with other contents."""
    new = array.copy()
    if not new.size:
        return new
    if new.dtype.kind == "b":
        return np.asarray(rng.random(new.shape) < rng.choice([0.0, 0.2, 0.5, 1.0]))
    if new.dtype.kind in "iu":
        return rng.permutation(new.ravel()).reshape(new.shape)
    if new.dtype.kind != "f":
        return new
    ways: list[Callable[[], np.ndarray]] = [
        lambda: new + rng.normal(size=new.shape),
        lambda: new * 10.0 ** rng.integers(-2, 3),
        lambda: -new,
        lambda: rng.permutation(new.ravel()).reshape(new.shape),
        lambda: np.where(rng.random(new.shape) < 0.3, rng.choice(around, new.shape), new),
        lambda: np.full_like(new, rng.choice(around)),
    ]
    return ways[int(rng.integers(len(ways)))]().astype(new.dtype)


def changed_text(text: str, rng: Rng) -> str:
    """Return a text with other letters, words, case or length."""
    words = text.split()
    letters = list(text)
    ways = [
        text.upper(), text.swapcase(), text[::-1], text + text, f" {text} ", "", text[1:], text[:-1],
        " ".join(rng.permutation(words)) if words else " ", "  ".join(words),
        "".join(rng.permutation(letters)) if letters else "a",
        text.replace(" ", "-"), text + "!", text + "1", f"{text}\n{text}",
    ]  # fmt: skip
    return str(ways[int(rng.integers(len(ways)))])


def shortened(value: Any, cut: int) -> Any:
    """Return a sequence's first items: all sequences of a call lose as many."""
    if isinstance(value, Tensor):
        return Tensor(shortened(value.array, cut), value.dtype)
    return value[:-cut] if isinstance(value, np.ndarray) and value.ndim and len(value) > cut else value


def reordered(value: Any, rng: Rng) -> Any:
    """Return a list or dict in which items are missing, doubled or elsewhere, sometimes."""
    if not isinstance(value, list | dict) or not value or rng.random() > 0.3:
        return value
    if isinstance(value, dict):
        left_out = list(value)[int(rng.integers(len(value)))]
        return {key: item for key, item in value.items() if key != left_out}
    at = [int(one) for one in rng.permutation(len(value))]
    ways = [value[:-1], value[1:], value + value, [value[one] for one in at], [*value, value[at[0]]], []]
    return ways[int(rng.integers(len(ways)))]

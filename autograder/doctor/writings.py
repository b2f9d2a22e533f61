"""Other ways to write an answer, as a worker runs them: none of them makes it another one."""

from collections.abc import Callable
from typing import Any

import numpy as np

OTHER_TYPES = ("as lists", "as NumPy's", "in single precision")  # as right as the same in Python's own
WAYS = ("as it is", "as lists", "in single precision", "with noise")


def write_in(function: Callable[..., Any], way: str) -> Callable[..., Any]:
    """Return a function that answers as another one does, written in another way."""
    treat = TREATED.get(way)

    def other(*args: Any, **kwargs: Any) -> Any:
        answer = function(*args, **kwargs)
        return treat(answer) if treat else answer

    return other if treat and not isinstance(function, type) else function


def as_lists(answer: Any) -> Any:
    """Return arrays as lists, and outputs as a list."""
    if isinstance(answer, list | tuple):
        return [as_lists(item) for item in answer]
    return answer.tolist() if type(answer).__module__ == "numpy" else answer


def of_numpy(answer: Any) -> Any:
    """Return numbers and texts as NumPy's, and lists of them as arrays."""
    if type(answer) is dict:
        return {key: of_numpy(value) for key, value in answer.items()}
    if type(answer) in (list, tuple) and len({type(item) for item in answer}) == 1:
        alike = isinstance(answer[0], int | float | str)
        return np.array(answer) if alike else type(answer)(map(of_numpy, answer))
    return np.array(answer)[()] if type(answer) in (int, float, str) else answer


def single_precision(answer: Any) -> Any:
    """Return arrays and tensors of floats in single precision."""
    if isinstance(answer, list | tuple):
        return type(answer)(map(single_precision, answer)) if type(answer) in (list, tuple) else answer
    kind = str(getattr(answer, "dtype", ""))
    if kind == "float64":
        return answer.astype("float32")
    return answer.float() if kind == "torch.float64" else answer


def noisy(answer: Any) -> Any:
    """Return floats a little off, as another order of operations leaves them."""
    if type(answer) in (list, tuple):
        return type(answer)(map(noisy, answer))
    floats = type(answer) is float or "float" in str(getattr(answer, "dtype", ""))
    return answer * (1 + 1e-9) if floats else answer


TREATED = dict(zip((*OTHER_TYPES, "with noise"), (as_lists, of_numpy, single_precision, noisy), strict=True))

"""Is the right exception raised?"""

from collections.abc import Callable
from typing import Any

from .calls import NotDefined, StudentRaised
from .compare import CheckFailed

STUB = "write your code here"  # the text of a stub that is not written yet


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
        if is_stub(error.type_name, error.problem.message) or path_of(kind) not in error.problem.bases:
            raise
    except kind as error:
        if isinstance(error, NotDefined) or is_stub(type(error).__name__, str(error)):
            raise
    else:
        raise CheckFailed(f"an answer came back where {kind.__name__} must be raised")


def is_stub(name: str, message: str) -> bool:
    """Whether an exception says that the function is not written yet."""
    return name == "NotImplementedError" and STUB in message


def path_of(kind: type[Exception]) -> str:
    """Return the name under which a class can be imported."""
    return f"{kind.__module__}.{kind.__qualname__}"

"""Is the right exception raised?"""

from collections.abc import Callable
from typing import Any

from autograder.checks.compare import CheckFailed
from autograder.errors import is_unwritten
from autograder.sandbox.calls import NotDefined, StudentRaised


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

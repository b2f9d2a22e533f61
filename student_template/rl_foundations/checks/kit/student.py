"""The stand-in: what a check calls `student`. Every use of it becomes a `Call`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .calls import Answer, Call, Objects, perform
from .values import Handle


@dataclass(frozen=True)
class Gradients:
    """A value, and the gradient of (one output of) it for each argument asked for."""

    value: Any
    grads: dict[str, Any]


class Student:
    """A module somewhere else. `student.f(...)` calls its `f` and returns plain data."""

    def __init__(self, send: Callable[[Call], Answer]) -> None:
        self._send = send

    def __getattr__(self, name: str) -> "Function":
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._send, Call("call", name))

    def make(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """Build an object of a library or of provided code there: `make("torch.Generator")`."""
        return Function(self._send, Call("make", path))(*args, **kwargs)


class Function:
    """One function, class or method on the other side."""

    def __init__(self, send: Callable[[Call], Answer], call: Call) -> None:
        self._send, self._call = send, call
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
        call = Call(
            self._call.action,
            self._call.name,
            tuple(map(unwrap, args)),
            {key: unwrap(value) for key, value in kwargs.items()},
            self._call.handle,
            **more,
        )
        answer = self._send(call)
        self.changed_inputs = answer.changed
        return Answer(wrap(answer.value, self._send), answer.changed, answer.grads)


class Object:
    """An object that stays on the other side: read its attributes, call it and its methods."""

    def __init__(self, send: Callable[[Call], Answer], handle: Handle) -> None:
        self._send, self._handle = send, handle

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._send(Call("read", name, handle=self._handle)).value
        if isinstance(value, Handle) and value.type_name in ("method", "builtin_function_or_method"):
            return Function(self._send, Call("invoke", name, handle=self._handle))
        return wrap(value, self._send)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Function(self._send, Call("invoke", "", handle=self._handle))(*args, **kwargs)


def wrap(value: Any, send: Callable[[Call], Answer]) -> Any:
    """Return data with its handles as objects that can be used."""
    if isinstance(value, Handle):
        return Object(send, value)
    if isinstance(value, list):
        return [wrap(item, send) for item in value]
    if isinstance(value, tuple):
        return tuple(wrap(item, send) for item in value)
    return value


def unwrap(value: Any) -> Any:
    """Return an argument with its objects as handles."""
    if isinstance(value, Object):
        return value._handle
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    if isinstance(value, tuple):
        return tuple(map(unwrap, value))
    return value


def here(namespace: Mapping[str, Any], record: Callable[[Call], None] = lambda _: None) -> Student:
    """Return a stand-in for a module of this very process, as in the student's own folder."""
    objects = Objects()

    def send(call: Call) -> Answer:
        record(call)
        return perform(call, namespace, objects)

    return Student(send)

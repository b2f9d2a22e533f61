"""The stand-in: what a check calls `student`. Every use of it becomes a `Call`."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from autograder.data.sending import MAX_DRAWN, record
from autograder.data.values import Callback, Handle, Named, Record, Stream, rebuilt
from autograder.sandbox.calls import Answer, Ask, Call, Objects, StudentRaised, perform

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

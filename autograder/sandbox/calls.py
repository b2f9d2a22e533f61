"""Run one call of a check on the student's side, in the worker or in the student's own folder."""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.data.plain import plain
from autograder.data.values import (
    Callback,
    Handle,
    Named,
    Record,
    Stream,
    Tensor,
    leaves,
    live,
    same,
    type_name,
)
from autograder.sandbox.ambient import undisturbed
from autograder.sandbox.standins import import_error


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

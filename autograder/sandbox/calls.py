"""Run one call of a check on the student's side, in the worker or in the student's own folder."""

import importlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.values import Handle, live, plain, same, type_name


@dataclass(frozen=True)
class Call:
    """What a check asks for: a function by name, or an attribute or a call of a held object.

    `action` is "call" (a name of the module), "make" (a dotted path of a library or of provided
    code), "invoke" (call a held object), "read" (an attribute of one).
    """

    action: str
    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    handle: Handle | None = None
    wrt: tuple[str, ...] = ()
    of: int | None = None
    cotangent: Any = None


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


def perform(call: Call, namespace: Mapping[str, Any], objects: Objects) -> Answer:
    """Carry out `call` and return its answer as plain data; what the student raises propagates."""
    target = find_target(call, namespace, objects)
    if call.action == "read":
        return Answer(plain(target, objects.hold))
    args = [live(arg, objects.find) for arg in call.args]
    kwargs = {key: live(arg, objects.find) for key, arg in call.kwargs.items()}
    for name in call.wrt:
        kwargs[name].requires_grad_()
    result = target(*args, **kwargs)
    grads = take_gradients(call, kwargs, result) if call.wrt else {}
    return Answer(plain(result, objects.hold), changed_inputs(call, target, args, kwargs), grads)


def find_target(call: Call, namespace: Mapping[str, Any], objects: Objects) -> Any:
    """Return the object that `call` is about."""
    if call.action == "call":
        if call.name not in namespace:
            raise NotDefined(call.name)
        return namespace[call.name]
    if call.action == "make":
        module, _, name = call.name.rpartition(".")
        return getattr(importlib.import_module(module), name)
    assert call.handle is not None
    held = objects.find(call.handle)
    return getattr(held, call.name) if call.name else held


def changed_inputs(
    call: Call, target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the names of the arguments that differ from what was sent."""
    try:
        names = list(inspect.signature(target).parameters)
    except (TypeError, ValueError):
        names = []
    pairs = [
        (names[i] if i < len(names) else f"argument {i + 1}", call.args[i], args[i])
        for i in range(len(args))
    ]
    pairs += [(key, call.kwargs[key], kwargs[key]) for key in kwargs]
    return tuple(name for name, sent, now in pairs if is_data(sent) and not same(sent, plain(now)))


def is_data(value: Any) -> bool:
    """Whether an argument holds no handle, so that it can be compared after the call."""
    if isinstance(value, list | tuple):
        return all(map(is_data, value))
    if isinstance(value, dict):
        return all(map(is_data, value.values()))
    return not isinstance(value, Handle)


def take_gradients(call: Call, kwargs: Mapping[str, Any], result: Any) -> dict[str, Any]:
    """Differentiate `sum(cotangent * result)` with respect to the arguments named in `call.wrt`."""
    import torch

    output = result if call.of is None else result[call.of]
    nothing: dict[str, Any] = dict.fromkeys(call.wrt)
    if not isinstance(output, torch.Tensor) or not output.requires_grad:
        return nothing
    weight = torch.ones_like(output)
    if call.cotangent is not None:
        weight = live(call.cotangent).to(output.dtype).reshape(output.shape)
    inputs = [kwargs[name] for name in call.wrt]
    found = torch.autograd.grad((output * weight).sum(), inputs, allow_unused=True)
    return {name: None if grad is None else plain(grad) for name, grad in zip(call.wrt, found, strict=True)}


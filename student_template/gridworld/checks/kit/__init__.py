"""What the checks are written with."""

from .checks import (
    CheckFailed,
    check,
    expect,
    expect_close,
    expect_gradient,
    expect_unchanged,
    expect_zero_gradient,
    tensor,
)

__all__ = [
    "CheckFailed",
    "check",
    "expect",
    "expect_close",
    "expect_gradient",
    "expect_unchanged",
    "expect_zero_gradient",
    "tensor",
]

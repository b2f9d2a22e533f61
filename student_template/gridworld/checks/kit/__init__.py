"""What the checks are written with."""

from .compare import (
    CheckFailed,
    expect,
    expect_close,
    expect_gradient,
    expect_unchanged,
    expect_zero_gradient,
)
from .equality import expect_equal, expect_text
from .exceptions import expect_raises
from .marks import check
from .values import tensor

__all__ = [
    "CheckFailed",
    "check",
    "expect",
    "expect_close",
    "expect_equal",
    "expect_gradient",
    "expect_raises",
    "expect_text",
    "expect_unchanged",
    "expect_zero_gradient",
    "tensor",
]

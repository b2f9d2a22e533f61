"""What an author of questions imports: marks, expectations and `tensor`."""

from autograder.checks.compare import (
    CheckFailed,
    expect,
    expect_close,
    expect_gradient,
    expect_unchanged,
    expect_zero_gradient,
)
from autograder.checks.equality import expect_equal, expect_text
from autograder.checks.exceptions import expect_raises
from autograder.checks.marks import alternative, check, misconception
from autograder.data.values import tensor

__all__ = [
    "CheckFailed",
    "alternative",
    "check",
    "expect",
    "expect_close",
    "expect_equal",
    "expect_gradient",
    "expect_raises",
    "expect_text",
    "expect_unchanged",
    "expect_zero_gradient",
    "misconception",
    "tensor",
]

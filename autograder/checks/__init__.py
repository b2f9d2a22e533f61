"""All that an author of questions imports.

- `check`, `misconception`, `alternative`: what a function in tests/questions/ is for; `changed`: in short.
- `expect_close`, `expect_gradient`, `expect_zero_gradient`, `expect_unchanged`, `expect`: what must hold;
  `expect_equal`, `expect_text`, `expect_raises`: of answers that are no numbers.
- `tensor`, and `Tensor`, `Figure`: an argument that arrives as a tensor; what answers are made of.
- `numbers_of`, `unpack`, `overlapping`: parts of an answer, for checks that look closer.
- `CheckFailed`: what an expectation raises, for helpers of your own.
"""

from autograder.checks.compare import (
    CheckFailed,
    expect,
    expect_close,
    expect_gradient,
    expect_unchanged,
    expect_zero_gradient,
    numbers_of,
    unpack,
)
from autograder.checks.equality import expect_equal, expect_text
from autograder.checks.exceptions import expect_raises
from autograder.checks.marks import alternative, changed, check, misconception
from autograder.data.figures import overlapping
from autograder.data.values import Figure, Tensor, tensor

__all__ = [
    "CheckFailed",
    "Figure",
    "Tensor",
    "alternative",
    "changed",
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
    "numbers_of",
    "overlapping",
    "tensor",
    "unpack",
]

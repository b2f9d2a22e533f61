"""The visible checks of `clip_to_range` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "clip_to_range"
case = Cases("warmup", name, 2)


@case()
def test_below_inside_and_above(student):
    """The values -1, 0.25 and 3 in the usual range, 0 to 1."""
    expect_close(student.clip_to_range([-1.0, 0.25, 3.0]), [0.0, 0.25, 1.0])


@case()
def test_another_range(student):
    """The values 0, 5 and 30 in the range 2 to 10."""
    expect_close(student.clip_to_range(np.array([0.0, 5.0, 30.0]), 2.0, 10.0), [2.0, 5.0, 10.0])

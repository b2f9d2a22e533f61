"""The visible checks of `clip_fraction` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "clip_fraction"
case = Cases("policy_gradients", name, 5)


@case()
def test_two_of_five_by_hand(student):
    """Of the ratios 0.7, 0.9, 1, 1.1 and 1.3 two lie outside 0.8 to 1.2; of the first four, one."""
    log_probs = np.log([0.7, 0.9, 1.0, 1.1, 1.3])
    expect_close(student.clip_fraction(tensor(log_probs), tensor(np.zeros(5))), 0.4)
    expect_close(student.clip_fraction(tensor(log_probs[:4]), tensor(np.zeros(4))), 0.25)

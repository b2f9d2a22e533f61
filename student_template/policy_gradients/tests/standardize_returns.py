"""The visible checks of `standardize_returns` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "standardize_returns"
case = Cases("policy_gradients", name, 5)


@case()
def test_one_two_three(student):
    """0.4, 1.9 and 2.5 have mean 1.6; their differences' squares add up to 2.34, half of it is 1.17."""
    want = np.array([-1.2, 0.3, 0.9]) / 1.17**0.5
    expect_close(student.standardize_returns(tensor([0.4, 1.9, 2.5])), want)
    # 2.1 and 7.3: 2.6 below and above the mean, a sample variance of 2 * 2.6**2
    expect_close(student.standardize_returns(tensor([2.1, 7.3])), [-(0.5**0.5), 0.5**0.5])


@case()
def test_one_return_alone_gives_zero(student):
    """One return alone gives 0 and never NaN; two give what the formula says."""
    for alone in (3.0, -0.25, 0.0):
        expect_close(student.standardize_returns(tensor([alone])), [0.0])
    expect_close(student.standardize_returns(tensor([4.0, 1.0])), [0.5**0.5, -(0.5**0.5)])

"""The visible checks of `standardize_returns` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "standardize_returns"
case = Cases("policy_gradients", name)


@case()
def test_one_two_three(student):
    """[1, 2, 3] has mean 2 and sample standard deviation 1; [2, 6] has mean 4 and root of 8."""
    expect_close(student.standardize_returns(tensor([1.0, 2.0, 3.0])), [-1.0, 0.0, 1.0])
    expect_close(student.standardize_returns(tensor([2.0, 6.0])), [-(0.5**0.5), 0.5**0.5])


@case()
def test_one_return_alone_gives_zero(student):
    """One return alone gives 0 and never NaN; two give what the formula says."""
    for alone in (3.0, -0.25, 0.0):
        expect_close(student.standardize_returns(tensor([alone])), [0.0])
    expect_close(student.standardize_returns(tensor([4.0, 1.0])), [0.5**0.5, -(0.5**0.5)])

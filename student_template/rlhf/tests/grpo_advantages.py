"""The visible checks of `grpo_advantages` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "grpo_advantages"
case = Cases("rlhf", name)


@case()
def test_groups_of_three_by_hand(student):
    """Rewards 1, 2, 3 have mean 2 and sample standard deviation 1; so have 30, 10, 20, tenfold."""
    rewards = tensor([[1.0, 2.0, 3.0], [30.0, 10.0, 20.0]])
    expect_close(student.grpo_advantages(rewards), [[-1.0, 0.0, 1.0], [1.0, -1.0, 0.0]])


@case()
def test_a_group_that_agrees(student):
    """One prompt solved by one response of two, one by both, one by none."""
    rewards = tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    want = [[0.70710678, -0.70710678], [0.0, 0.0], [0.0, 0.0]]
    expect_close(student.grpo_advantages(rewards), want)

"""The visible checks of `dpo_loss` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "dpo_loss"
case = Cases("rlhf", name)


LOG2, LOG3 = 0.69314718, 1.09861229


@case()
def test_the_reference_itself(student):
    """A policy that is still the reference has the loss log 2, whatever the responses."""
    chosen, rejected = tensor([-20.0, -7.0]), tensor([-12.0, -9.0])
    expect_close(student.dpo_loss(chosen, rejected, chosen, rejected), LOG2)


@case()
def test_a_pair_by_hand(student):
    """The chosen response gained 1.5 log 3, the rejected one lost 0.5 log 3; beta is 0.5."""
    found = student.dpo_loss(
        tensor([-20.0 + 1.5 * LOG3]),
        tensor([-10.0 - 0.5 * LOG3]),
        tensor([-20.0]),
        tensor([-10.0]),
        beta=0.5,
    )
    expect_close(found, 0.28768207)

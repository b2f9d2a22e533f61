"""The visible checks of `reinforce_loss` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close, expect_gradient, expect_zero_gradient, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "reinforce_loss"
case = Cases("rl_foundations", name)


@case()
def test_two_tokens_by_hand(student):
    """Log-probabilities -1 and -2, returns 3 and 0.5."""
    loss = student.reinforce_loss(tensor([-1.0, -2.0]), tensor([3.0, 0.5]))
    # -((-1) * 3 + (-2) * 0.5)
    expect_close(loss, 4.0)


@case()
def test_bad_token_by_hand(student):
    """Log-probabilities -0.5, -2 and -1, returns 2, -1 and 3."""
    loss = student.reinforce_loss(tensor([-0.5, -2.0, -1.0]), tensor([2.0, -1.0, 3.0]))
    expect_close(loss, 2.0)


@case()
def test_gradient_by_hand(student):
    """The gradient for each log-probability is minus its return; the returns are constants."""
    result = student.reinforce_loss.with_grad(
        log_probs=tensor([-0.5, -2.0, -1.0]),
        returns=tensor([2.0, -1.0, 3.0]),
        wrt=["log_probs", "returns"],
    )
    expect_gradient(result, "log_probs", [-2.0, 1.0, -3.0])
    expect_zero_gradient(result, "returns")

"""The visible checks of `reinforce_loss` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close, expect_gradient, expect_zero_gradient, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "reinforce_loss"
case = Cases("rl_foundations", name, 5)


@case()
def test_two_tokens_by_hand(student):
    """Log-probabilities -1.3 and -0.4, returns 0.7 and 2.6."""
    loss = student.reinforce_loss(tensor([-1.3, -0.4]), tensor([0.7, 2.6]))
    # -((-1.3) * 0.7 + (-0.4) * 2.6)
    expect_close(loss, 1.95)


@case()
def test_bad_token_by_hand(student):
    """Log-probabilities -0.6, -2.3 and -1.1, returns 1.7, -0.9 and 3.2."""
    loss = student.reinforce_loss(tensor([-0.6, -2.3, -1.1]), tensor([1.7, -0.9, 3.2]))
    # -(-1.02 + 2.07 - 3.52)
    expect_close(loss, 2.47)


@case()
def test_gradient_by_hand(student):
    """The gradient for each log-probability is minus its return; the returns are constants."""
    result = student.reinforce_loss.with_grad(
        log_probs=tensor([-0.6, -2.3, -1.1]),
        returns=tensor([1.7, -0.9, 3.2]),
        wrt=["log_probs", "returns"],
    )
    expect_gradient(result, "log_probs", [-1.7, 0.9, -3.2])
    expect_zero_gradient(result, "returns")

"""The visible checks of `ppo_clip_loss` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, expect_gradient, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "ppo_clip_loss"
case = Cases("policy_gradients", name)


@case()
def test_four_ratios_by_hand(student):
    """Ratios 1.5 and 0.5 with advantages +1 and -1: two are clipped, two are not."""
    log_probs, old = tensor(np.log([1.5, 0.5, 1.5, 0.5])), tensor(np.zeros(4))
    got = student.ppo_clip_loss(log_probs, old, tensor([1.0, 1.0, -1.0, -1.0]))
    # min(1.5, 1.2), min(0.5, 0.8), min(-1.5, -1.2), min(-0.5, -0.8)
    expect_close(got, -(1.2 + 0.5 - 1.5 - 0.8) / 4)


@case()
def test_gradient_of_the_four_ratios(student):
    """The clip removes the gradient on one side only: where the advantage is already served."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor(np.log([1.5, 0.5, 1.5, 0.5])),
        old_log_probs=tensor(np.zeros(4)),
        advantages=tensor([1.0, 1.0, -1.0, -1.0]),
        wrt=["log_probs"],
    )
    expect_gradient(result, "log_probs", [0.0, -0.5 / 4, 1.5 / 4, 0.0])


@case()
def test_float32_overflow_gives_no_nan(student):
    """Log-ratio 100 and advantage 2 in float32: exp overflows, the loss and its gradient do not."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor([100.0, 0.0, 0.0], "float32"),
        old_log_probs=tensor([0.0, 0.0, 0.0], "float32"),
        advantages=tensor([2.0, 1.0, -3.0], "float32"),
        wrt=["log_probs"],
    )
    expect_close(result.value, -(1.2 * 2 + 1 - 3) / 3)
    expect_gradient(result, "log_probs", [0.0, -1 / 3, 3 / 3])

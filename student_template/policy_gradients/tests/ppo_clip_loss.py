"""The visible checks of `ppo_clip_loss` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, expect_gradient, expect_zero_gradient, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "ppo_clip_loss"
case = Cases("policy_gradients", name, 5)


@case()
def test_four_ratios_by_hand(student):
    """Five ratios from 0.45 to 1.6 with advantages of both signs: two are clipped, three are not."""
    log_probs, old = tensor(np.log([0.8, 0.09, 0.54, 0.28, 0.33])), tensor(np.log([0.5, 0.2, 0.4, 0.4, 0.3]))
    got = student.ppo_clip_loss(log_probs, old, tensor([0.9, 1.7, -0.4, -1.3, 2.2]))
    # ratios 1.6, 0.45, 1.35, 0.7, 1.1: min(1.44, 1.08), min(0.765, 1.36), min(-0.54, -0.48),
    # min(-0.91, -1.04), min(2.42, 2.42)
    expect_close(got, -(1.08 + 0.765 - 0.54 - 1.04 + 2.42) / 5)


@case()
def test_gradient_of_the_four_ratios(student):
    """The clip removes the gradient on one side only: where the advantage is already served."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor(np.log([0.8, 0.09, 0.54, 0.28, 0.33])),
        old_log_probs=tensor(np.log([0.5, 0.2, 0.4, 0.4, 0.3])),
        advantages=tensor([0.9, 1.7, -0.4, -1.3, 2.2]),
        wrt=["log_probs"],
    )
    expect_gradient(result, "log_probs", [0.0, -0.765 / 5, 0.54 / 5, 0.0, -2.42 / 5])


@case()
def test_only_the_policy_learns(student):
    """Ratios 1.1 and 0.9: no gradient reaches old_log_probs or advantages; they are constants."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor(np.log([0.33, 0.18])),
        old_log_probs=tensor(np.log([0.3, 0.2])),
        advantages=tensor([0.7, -1.6]),
        wrt=["log_probs", "old_log_probs", "advantages"],
    )
    expect_gradient(result, "log_probs", [-1.1 * 0.7 / 2, 0.9 * 1.6 / 2])
    expect_zero_gradient(result, "old_log_probs")
    expect_zero_gradient(result, "advantages")


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

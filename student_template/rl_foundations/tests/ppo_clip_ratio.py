"""The visible checks of `ppo_clip_ratio` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, expect_gradient, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "ppo_clip_ratio"
case = Cases("rl_foundations", name)


@case()
def test_three_tokens_by_hand(student):
    """Probabilities went from 0.4, 0.3, 0.4 to 0.6, 0.3, 0.2."""
    log_probs, old_log_probs = np.log([0.6, 0.3, 0.2]), np.log([0.4, 0.3, 0.4])
    got = student.ppo_clip_ratio(tensor(log_probs), tensor(old_log_probs))
    expect_close(got, (np.array([1.5, 1.0, 0.5]), np.array([1.2, 1.0, 0.8])))


@case()
def test_narrower_and_wider_range(student):
    """Ratios 1.5 and 0.5, limited with clip_eps 0.1 and 0.4."""
    log_probs, old_log_probs = tensor(np.log([0.6, 0.2])), tensor(np.log([0.4, 0.4]))
    for clip_eps, limits in ((0.1, [1.1, 0.9]), (0.4, [1.4, 0.6])):
        got = student.ppo_clip_ratio(log_probs, old_log_probs, clip_eps=clip_eps)
        expect_close(got, (np.array([1.5, 0.5]), np.array(limits)))


@case()
def test_gradients_by_hand(student):
    """Ratios 1.5, 1.1 and 0.5: the gradients through ratio, then through clipped_ratio."""
    log_probs, old_log_probs = tensor(np.log([0.6, 0.33, 0.2])), tensor(np.log([0.4, 0.3, 0.4]))
    for output, gradient in ((0, [1.5, 1.1, 0.5]), (1, [0.0, 1.1, 0.0])):
        result = student.ppo_clip_ratio.with_grad(
            log_probs=log_probs, old_log_probs=old_log_probs, wrt=["log_probs"], of=output
        )
        expect_gradient(result, "log_probs", gradient)

"""The visible checks of `ppo_clip_ratio` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, expect_gradient, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "ppo_clip_ratio"
case = Cases("rl_foundations", name, 5)


def expect_ratios(got, want):
    """Fail unless an answer holds the ratio and the clipped ratio."""
    expect_close(got, want, name=("the ratio", "the clipped ratio"))


@case()
def test_three_tokens_by_hand(student):
    """Probabilities went from 0.45, 0.24, 0.25 and 0.2 to 0.63, 0.3, 0.26 and 0.11."""
    log_probs, old_log_probs = np.log([0.63, 0.3, 0.26, 0.11]), np.log([0.45, 0.24, 0.25, 0.2])
    got = student.ppo_clip_ratio(tensor(log_probs), tensor(old_log_probs))
    expect_ratios(got, (np.array([1.4, 1.25, 1.04, 0.55]), np.array([1.2, 1.2, 1.04, 0.8])))


@case()
def test_narrower_and_wider_range(student):
    """Ratios 1.4 and 0.55, limited with clip_eps 0.1 and 0.35."""
    log_probs, old_log_probs = tensor(np.log([0.63, 0.11])), tensor(np.log([0.45, 0.2]))
    for clip_eps, limits in ((0.1, [1.1, 0.9]), (0.35, [1.35, 0.65])):
        got = student.ppo_clip_ratio(log_probs, old_log_probs, clip_eps=clip_eps)
        expect_ratios(got, (np.array([1.4, 0.55]), np.array(limits)))


@case()
def test_whole_responses_by_hand(student):
    """Two responses of many tokens, near -800, where exp alone gives 0: exp(-0.3) and exp(0.5)."""
    got = student.ppo_clip_ratio(tensor([-801.2, -799.5]), tensor([-800.9, -800.0]))
    expect_ratios(got, (np.array([0.74081822, 1.64872127]), np.array([0.8, 1.2])))


@case()
def test_gradients_by_hand(student):
    """Ratios 1.4, 1.04 and 0.55: the gradients through ratio, then through clipped_ratio."""
    log_probs, old_log_probs = tensor(np.log([0.63, 0.26, 0.11])), tensor(np.log([0.45, 0.25, 0.2]))
    for output, gradient in ((0, [1.4, 1.04, 0.55]), (1, [0.0, 1.04, 0.0])):
        result = student.ppo_clip_ratio.with_grad(
            log_probs=log_probs, old_log_probs=old_log_probs, wrt=["log_probs"], of=output
        )
        expect_gradient(result, "log_probs", gradient)

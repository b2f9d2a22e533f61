"""The visible checks of `kl_penalty` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, expect_raises, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "kl_penalty"
case = Cases("rlhf", name, 5)


@case()
def test_k1_by_hand(student):
    """k1 of two responses: the log of how many times as probable each token became."""
    log_probs = tensor(np.log([[0.6, 0.25, 0.1], [0.3, 0.45, 0.08]]))
    ref_log_probs = tensor(np.log([[0.2, 0.4, 0.1], [0.33, 0.9, 0.02]]))
    want = np.log([[3.0, 0.625, 1.0], [1 / 1.1, 0.5, 4.0]])
    expect_close(student.kl_penalty(log_probs, ref_log_probs), want)


@case()
def test_k3_by_hand(student):
    """k3 of the same two responses: r - 1 - log r, with r = reference / policy."""
    log_probs = tensor(np.log([[0.6, 0.25, 0.1], [0.3, 0.45, 0.08]]))
    ref_log_probs = tensor(np.log([[0.2, 0.4, 0.1], [0.33, 0.9, 0.02]]))
    ratio = np.array([[1 / 3, 1.6, 1.0], [1.1, 2.0, 0.25]])
    found = student.kl_penalty(log_probs, ref_log_probs, estimator="k3")
    expect_close(found, ratio - 1 - np.log(ratio))


@case()
def test_another_name_is_an_error(student):
    """The estimator "k2" is not offered: a ValueError. "k1" and "k3" are."""
    log_probs, ref_log_probs = tensor([[-1.0]]), tensor([[-3.0]])
    expect_raises(ValueError, student.kl_penalty, log_probs, ref_log_probs, estimator="k2")
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k1"), [[2.0]])
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k3"), [[0.13533528 + 1.0]])

"""The visible checks of `kl_penalty` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, expect_raises, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "kl_penalty"
case = Cases("rlhf", name)


LOG2, LOG3 = 0.69314718, 1.09861229


@case()
def test_k1_by_hand(student):
    """k1 where a token became twice as probable, half as probable, and neither."""
    log_probs = tensor(np.log([[0.5, 0.25, 0.1]]))
    ref_log_probs = tensor(np.log([[0.25, 0.5, 0.1]]))
    expect_close(student.kl_penalty(log_probs, ref_log_probs), [[LOG2, -LOG2, 0.0]])


@case()
def test_k3_by_hand(student):
    """k3 where a token became twice as probable, half as probable, and neither."""
    log_probs = tensor(np.log([[0.5], [0.25], [0.1]]))
    ref_log_probs = tensor(np.log([[0.25], [0.5], [0.1]]))
    want = [[0.5 - 1 + LOG2], [2 - 1 - LOG2], [0.0]]
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k3"), want)


@case()
def test_another_name_is_an_error(student):
    """The estimator "k2" is not offered: a ValueError. "k1" and "k3" are."""
    log_probs, ref_log_probs = tensor([[-1.0]]), tensor([[-3.0]])
    expect_raises(ValueError, student.kl_penalty, log_probs, ref_log_probs, estimator="k2")
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k1"), [[2.0]])
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k3"), [[0.13533528 + 1.0]])

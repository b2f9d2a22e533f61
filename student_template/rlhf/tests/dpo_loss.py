"""The visible checks of `dpo_loss` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close, expect_gradient, expect_zero_gradient, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "dpo_loss"
case = Cases("rlhf", name, 5)


LOG2, LOG3 = 0.69314718, 1.09861229


@case()
def test_the_reference_itself(student):
    """A policy that is still the reference has the loss log 2, whatever the responses."""
    chosen, rejected = tensor([-20.0, -7.0]), tensor([-12.0, -9.0])
    expect_close(student.dpo_loss(chosen, rejected, chosen, rejected), LOG2)


@case()
def test_a_pair_by_hand(student):
    """Three pairs, beta 0.4: gains apart by log 3, log 0.25 and log 1.6, each divided by beta.

    So the chosen response is preferred with probability 3/4, 1/5 and 8/13.
    """
    gains = np.log([3.0, 0.25, 1.6]) / 0.4
    ref_chosen, ref_rejected = np.array([-20.3, -11.8, -7.2]), np.array([-10.6, -14.1, -9.7])
    found = student.dpo_loss(
        tensor(ref_chosen + 0.6 * gains),
        tensor(ref_rejected - 0.4 * gains),
        tensor(ref_chosen),
        tensor(ref_rejected),
        beta=0.4,
    )
    expect_close(found, -(np.log(3 / 4) + np.log(1 / 5) + np.log(8 / 13)) / 3)


@case()
def test_the_reference_learns_nothing(student):
    """One pair whose margin is beta * 1.5 = 0.3: the policy is pulled, the reference is a constant."""
    result = student.dpo_loss.with_grad(
        chosen_log_probs=tensor([-7.1]),
        rejected_log_probs=tensor([-9.8]),
        ref_chosen_log_probs=tensor([-7.7]),
        ref_rejected_log_probs=tensor([-8.9]),
        beta=0.2,
        wrt=["chosen_log_probs", "rejected_log_probs", "ref_chosen_log_probs", "ref_rejected_log_probs"],
    )
    pull = 0.2 / (1 + np.exp(0.3))
    expect_gradient(result, "chosen_log_probs", [-pull])
    expect_gradient(result, "rejected_log_probs", [pull])
    expect_zero_gradient(result, "ref_chosen_log_probs")
    expect_zero_gradient(result, "ref_rejected_log_probs")

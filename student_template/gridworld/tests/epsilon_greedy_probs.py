"""The visible checks of `epsilon_greedy_probs` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "epsilon_greedy_probs"
case = Cases("gridworld", name, 5)


@case()
def test_four_actions_by_hand(student):
    """Four values at epsilon 0.28: 0.07 for each, and the other 0.72 for the best."""
    got = student.epsilon_greedy_probs(np.array([0.31, -2.57, 1.84, 1.12]), 0.28)
    expect_close(got, [0.07, 0.07, 0.79, 0.07])


@case()
def test_two_best_actions_share(student):
    """Five values at epsilon 0.35: 0.07 for each, and the two best share 0.65 evenly."""
    got = student.epsilon_greedy_probs(np.array([2.3, -0.4, 1.1, 2.3, 0.6]), 0.35)
    expect_close(got, [0.395, 0.07, 0.07, 0.395, 0.07])


@case()
def test_every_action_of_a_new_table_is_a_best_one(student):
    """Three values of 0 share everything; after one of them became 0.4, it has 0.8 + 0.2 / 3."""
    expect_close(student.epsilon_greedy_probs(np.zeros(3), 0.2), [1 / 3, 1 / 3, 1 / 3])
    got = student.epsilon_greedy_probs(np.array([0.0, 0.0, 0.4]), 0.2)
    expect_close(got, [0.2 / 3, 0.2 / 3, 0.8 + 0.2 / 3])

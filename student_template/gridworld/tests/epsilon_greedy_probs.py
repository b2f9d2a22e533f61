"""The visible checks of `epsilon_greedy_probs` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "epsilon_greedy_probs"
case = Cases("gridworld", name)


@case()
def test_three_actions_by_hand(student):
    """Values 1, 3, 2 at epsilon 0.3: 0.1 for each, and the other 0.7 for the best."""
    expect_close(student.epsilon_greedy_probs(np.array([1.0, 3.0, 2.0]), 0.3), [0.1, 0.8, 0.1])


@case()
def test_two_best_actions_share(student):
    """Values 2, 0, 2, 1 at epsilon 0.2: the two best share 0.8 evenly."""
    got = student.epsilon_greedy_probs(np.array([2.0, 0.0, 2.0, 1.0]), 0.2)
    expect_close(got, [0.45, 0.05, 0.45, 0.05])

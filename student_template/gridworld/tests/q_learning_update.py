"""The visible checks of `q_learning_update` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "q_learning_update"
case = Cases("gridworld", name)


@case()
def test_one_step_by_hand(student):
    """Q = 1, reward 0.5, best next value 2, alpha 0.5, gamma 0.9: target 2.3, entry 1.65."""
    q_values = np.zeros((2, 3, 4))
    q_values[0, 1] = [0.0, 1.0, 0.0, 3.0]
    q_values[1, 2] = [0.0, -1.0, 2.0, 1.0]
    want = q_values.copy()
    want[0, 1, 1] = 1.65
    got = student.q_learning_update(q_values, (0, 1), 1, 0.5, (1, 2), False, 0.5, 0.9)
    expect_close(got, want)


@case()
def test_nothing_follows_the_end(student):
    """The same step, but it ends the episode: the target is the reward 0.5, the entry 0.75."""
    q_values = np.zeros((2, 3, 4))
    q_values[0, 1] = [0.0, 1.0, 0.0, 3.0]
    q_values[1, 2] = [0.0, -1.0, 2.0, 1.0]
    want = q_values.copy()
    want[0, 1, 1] = 0.75
    got = student.q_learning_update(q_values, (0, 1), 1, 0.5, (1, 2), True, 0.5, 0.9)
    expect_close(got, want)

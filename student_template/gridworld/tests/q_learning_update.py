"""The visible checks of `q_learning_update` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "q_learning_update"
case = Cases("gridworld", name, 5)


def small_table():
    """Return a table of 2x3 cells whose numbers all differ: Q = 0.8 for action 1 in (0, 1)."""
    return np.array(
        [
            [[0.11, -0.42, 0.57, 0.23], [0.34, 0.8, -1.3, 2.9], [0.61, 1.45, -0.09, 0.38]],
            [[2.2, -0.73, 0.19, 1.06], [0.47, 3.1, 0.92, -0.28], [-0.55, 1.24, 1.7, 0.66]],
        ]
    )


@case()
def test_one_step_by_hand(student):
    """Q = 0.8, reward -0.3, best next value 1.7, alpha 0.4, gamma 0.9: target 1.23, entry 0.972."""
    want = small_table()
    want[0, 1, 1] = 0.972  # 0.8 + 0.4 * (-0.3 + 0.9 * 1.7 - 0.8)
    got = student.q_learning_update(small_table(), (0, 1), 1, -0.3, (1, 2), False, 0.4, 0.9)
    expect_close(got, want)


@case()
def test_nothing_follows_the_end(student):
    """The same step, but it ends the episode: the target is the reward -0.3, the entry 0.36."""
    want = small_table()
    want[0, 1, 1] = 0.36  # 0.8 + 0.4 * (-0.3 - 0.8)
    got = student.q_learning_update(small_table(), (0, 1), 1, -0.3, (1, 2), True, 0.4, 0.9)
    expect_close(got, want)

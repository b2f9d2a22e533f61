"""The visible checks of `bellman_update` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "bellman_update"
case = Cases("rl_foundations", name)


@case()
def test_write_on_or_stop(student):
    """Two states: writing (worth 4 so far) and finished. Go on for 0, or stop for 1; gamma 0.5."""
    values = np.array([4.0, 0.0])
    policy = np.array([[0.5, 0.5], [0.5, 0.5]])
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
    rewards = np.array([[[0.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.5)
    # 0.5 * (0 + 0.5 * 4) + 0.5 * (1 + 0.5 * 0)
    expect_close(got, [1.5, 0.0])


@case()
def test_all_states_at_once(student):
    """Three states in a ring, one action, every step pays 1, gamma 0.5."""
    values = np.array([1.0, 2.0, 4.0])
    policy = np.ones((3, 1))
    transition_probs = np.array([[[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]])
    rewards = np.ones((3, 1, 3))
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.5)
    # The last state follows on the old value of the first: 1 + 0.5 * 1
    expect_close(got, [2.0, 3.0, 1.5])


@case()
def test_chance_decides_where_to(student):
    """Two states, two actions, uncertain arrivals; the reward depends on the arrival; gamma 0.9."""
    values = np.array([10.0, 20.0])
    policy = np.array([[0.25, 0.75], [0.5, 0.5]])
    transition_probs = np.array([[[0.5, 0.5], [0.2, 0.8]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[0.0, 4.0], [0.0, 2.0]], [[0.0, 0.0], [-1.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.9)
    # 0.25 * (0.5 * 9 + 0.5 * 22) + 0.75 * (0.2 * 9 + 0.8 * 20), and 0.5 * 18 + 0.5 * 8
    expect_close(got, [17.225, 13.0])

"""The visible checks of `bellman_update` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "bellman_update"
case = Cases("rl_foundations", name, 5)


@case()
def test_write_on_or_stop(student):
    """Two states: writing (worth 4.3 so far) and finished. Go on for -0.2, or stop for 1.7; gamma 0.8."""
    values = np.array([4.3, 0.0])
    policy = np.array([[0.35, 0.65], [0.5, 0.5]])
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
    rewards = np.array([[[-0.2, 0.0], [0.0, 1.7]], [[0.0, 0.0], [0.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.8)
    # 0.35 * (-0.2 + 0.8 * 4.3) + 0.65 * (1.7 + 0.8 * 0)
    expect_close(got, [2.239, 0.0])


@case()
def test_all_states_at_once(student):
    """Three states in a ring, one action, steps that pay 0.4, -0.9 and 1.6; gamma 0.5."""
    values = np.array([1.3, 2.2, 4.7])
    policy = np.ones((3, 1))
    transition_probs = np.array([[[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]])
    rewards = np.array([[[0.0, 0.4, 0.0]], [[0.0, 0.0, -0.9]], [[1.6, 0.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.5)
    # The last state follows on the old value of the first: 1.6 + 0.5 * 1.3
    expect_close(got, [1.5, 1.45, 2.25])


@case()
def test_chance_decides_where_to(student):
    """Two states, two actions, uncertain arrivals; the reward depends on the arrival; gamma 0.9."""
    values = np.array([10.3, 19.6])
    policy = np.array([[0.25, 0.75], [0.2, 0.8]])
    transition_probs = np.array([[[0.5, 0.5], [0.2, 0.8]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[0.0, 4.0], [0.0, 2.0]], [[0.0, 0.0], [-1.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.9)
    # 0.25 * (0.5 * 9.27 + 0.5 * 21.64) + 0.75 * (0.2 * 9.27 + 0.8 * 19.64), 0.2 * 17.64 + 0.8 * 8.27
    expect_close(got, [17.03825, 10.144])

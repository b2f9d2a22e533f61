"""The visible checks of `value_iteration` for otter: those in checks/. Leave this file as it is."""

import numpy as np
from gridworld_env import GridWorld

from checks.kit import expect, expect_close, numbers_of, unpack
from checks.for_otter import Cases

OK_FORMAT = False
name = "value_iteration"
case = Cases("gridworld", name)


def solve(transition_probs, rewards, gamma):
    """Return the optimal values and action values, by policy iteration with exact evaluation."""
    expected = (transition_probs * rewards).sum(axis=2)
    states = np.arange(len(expected))
    policy = expected.argmax(axis=1)
    while True:
        moves = transition_probs[states, policy]
        values = np.linalg.solve(np.eye(len(states)) - gamma * moves, expected[states, policy])
        q_values = expected + gamma * transition_probs @ values
        if np.allclose(q_values[states, policy], q_values.max(axis=1), rtol=0, atol=1e-11):
            return values, q_values
        policy = q_values.argmax(axis=1)


def actions_in(policy, shape, count):
    """Return a policy as whole numbers of that shape, or say what is wrong with it."""
    actions = numbers_of(policy, "the policy")
    if len(shape) == 1 and actions.shape == (*shape, 1):
        actions = actions[:, 0]
    expect(actions.shape == shape, f"the policy has shape {actions.shape}; expected {shape}")
    known = bool(np.isin(actions, range(count)).all())
    expect(known, f"the policy holds what is no action: actions are numbered from 0 to {count - 1}")
    return actions.astype(int)


def expect_optimal(got, process, gamma, tol):
    """Fail unless values and policy are optimal, within what `tol` allows."""
    values, policy = unpack(got, 2)
    best, q_values = solve(*process, gamma)
    # the bound, and what single precision may lose on the way there: about eps / (1 - gamma)
    slack = tol * gamma / (1 - gamma) + 1e-5 * np.abs(best).max()
    expect_close(values, best, rtol=0.0, atol=slack, name="values")
    actions = actions_in(policy, best.shape, q_values.shape[1])
    lost = best - q_values[np.arange(len(best)), actions]
    expect(lost.max() <= 2 * slack, "the policy takes an action that is not the best")


@case()
def test_two_states_by_hand(student):
    """Staying pays 1 in state 0 and 3 in state 1, leaving pays 0; gamma 0.5: move to state 1."""
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 3.0], [0.0, 0.0]]])
    values, policy = unpack(student.value_iteration(transition_probs, rewards, 0.5), 2)
    expect_close(values, [3.0, 6.0])
    expect_close(policy, [1, 0])


@case()
def test_values_of_the_grid(student):
    """The 4x4 grid at gamma 0.99: d steps from the goal the value is 2 * 0.99 ** (d - 1) - 1."""
    process = GridWorld(size=4).model()
    values, policy = unpack(student.value_iteration(*process, 0.99), 2)
    distance = np.array([6 - sum(divmod(index, 4)) for index in range(15)])
    expect_close(values, [*(2 * 0.99 ** (distance - 1) - 1), 0.0])
    expect_optimal((values, policy), process, 0.99, 1e-8)

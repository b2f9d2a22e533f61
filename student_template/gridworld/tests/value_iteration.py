"""The visible checks of `value_iteration` for otter: those in checks/. Leave this file as it is."""

import numpy as np
from gridworld_env import GridWorld

from checks.kit import expect, expect_close, numbers_of, unpack
from checks.for_otter import Cases

OK_FORMAT = False
name = "value_iteration"
case = Cases("gridworld", name, 5)


def actions_in(policy, shape, count):
    """Return a policy as whole numbers of that shape, or say what is wrong with it."""
    actions = numbers_of(policy, "the policy")
    if len(shape) == 1 and actions.shape == (*shape, 1):
        actions = actions[:, 0]
    told = "the policy does not have one action for each state, in the shape of the states"
    expect(actions.shape == shape, told, f"got {actions.shape}, expected {shape}")
    known = bool(np.isin(actions, range(count)).all())
    expect(known, "the policy holds numbers that are no actions: with A of them, they are 0 to A - 1")
    return actions.astype(int)


@case()
def test_two_states_by_hand(student):
    """Staying pays 1.3 in state 0 and 2.9 in state 1, leaving 0.4 and 0.7; gamma 0.6: go to state 1.

    There staying is worth 2.9 / (1 - 0.6) = 7.25; going there 0.4 + 0.6 * 7.25 = 4.75, and staying in
    state 0 only 1.3 / (1 - 0.6) = 3.25.
    """
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[1.3, 0.0], [0.0, 0.4]], [[0.0, 2.9], [0.7, 0.0]]])
    values, policy = unpack(student.value_iteration(transition_probs, rewards, 0.6), 2)
    expect_close(values, [4.75, 7.25])
    expect_close(policy, [1, 0])


@case()
def test_values_of_the_grid(student):
    """The 4x4 grid at gamma 0.99: d steps from the goal the value is 2 * 0.99 ** (d - 1) - 1.

    The best actions are 0, right, except in the last column, and 2, down, except in the last row.
    """
    values, policy = unpack(student.value_iteration(*GridWorld(size=4).model(), 0.99), 2)
    distance = np.array([6 - sum(divmod(index, 4)) for index in range(15)])
    expect_close(values, [*(2 * 0.99 ** (distance - 1) - 1), 0.0])
    actions = actions_in(policy, (16,), 4)
    right, down = np.arange(16) % 4 < 3, np.arange(16) < 12
    good = ((actions == 0) & right) | ((actions == 2) & down)
    expect(bool(good[:15].all()), "the policy takes an action that is not the best")

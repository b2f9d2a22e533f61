"""The visible checks of `train_q_learning` for otter: those in checks/. Leave this file as it is."""

import numpy as np
from gridworld_env import GridWorld

from checks.kit import expect, numbers_of
from checks.for_otter import Cases

OK_FORMAT = False
name = "train_q_learning"
case = Cases("gridworld", name)


GRID = "gridworld_env.GridWorld"


GENERATOR = "numpy.random.default_rng"


def table_of(q_values, size):
    """Return an answer as the table of action values of a grid, or say what is wrong with it."""
    table = numbers_of(q_values, "the table")
    wanted = (size, size, 4)
    expect(table.shape == wanted, f"the table has shape {table.shape}; expected {wanted}")
    expect(bool(np.isfinite(table).all()), "the table holds NaN or infinity")
    return table


def greedy_steps(q_values, grid):
    """Return how many steps the greedy policy takes to the goal, 0 if it never arrives."""
    env = GridWorld(**grid)
    table = table_of(q_values, env.size)
    state = env.reset()
    for count in range(1, env.size**2 + 1):
        state, _, done = env.step(int(table[state].argmax()))
        if done:
            return count
    return 0


def train(student, grid, seed, episodes, alpha, gamma, epsilon, *max_steps):
    """Train in a new grid with a new generator and return the table."""
    env, generator = student.make(GRID, **grid), student.make(GENERATOR, seed)
    return student.train_q_learning(env, episodes, alpha, gamma, epsilon, generator, *max_steps)


@case()
def test_learns_the_open_grid(student):
    """100 episodes on the open 4x4 grid teach the walk to the goal; without one nothing is known."""
    untrained = train(student, {"size": 4}, 0, 0, 0.5, 0.9, 0.3)
    expect(greedy_steps(untrained, {"size": 4}) == 0, "the table of no episodes knows the way")
    for seed in range(2):
        table = train(student, {"size": 4}, seed, 100, 0.5, 0.9, 0.3)
        expect(greedy_steps(table, {"size": 4}) > 0, "the greedy policy never reaches the goal")


@case()
def test_learns_to_walk_around_walls(student):
    """150 episodes on a 4x4 grid where only one path leads around the walls."""
    grid = {"size": 4, "walls": [(0, 1), (1, 1), (1, 3), (2, 1), (2, 3)]}
    for seed in range(2):
        table = train(student, grid, seed, 150, 0.5, 0.9, 0.3)
        expect(greedy_steps(table, grid) > 0, "the greedy policy never reaches the goal")

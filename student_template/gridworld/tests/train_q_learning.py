"""The visible checks of `train_q_learning` for otter: those in checks/. Leave this file as it is."""

import numpy as np
from gridworld_env import GridWorld

from checks.kit import expect, numbers_of
from checks.for_otter import Cases

OK_FORMAT = False
name = "train_q_learning"
case = Cases("gridworld", name, 5)


WORLD = "gridworld_env.UnmappedGrid"


GENERATOR = "numpy.random.default_rng"


def table_of(q_values, size):
    """Return an answer as the table of action values of a grid, or say what is wrong with it."""
    table = numbers_of(q_values, "the table")
    wanted = (size, size, 4)
    told = "the table does not have the shape (env.size, env.size, 4)"
    expect(table.shape == wanted, told, f"got {table.shape}, expected {wanted}")
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
    """Train in a new grid without a map, with a new generator, and return the table."""
    env, generator = student.make(WORLD, **grid), student.make(GENERATOR, seed)
    return student.train_q_learning(env, episodes, alpha, gamma, epsilon, generator, *max_steps)


CORRIDOR = {"size": 3, "walls": [(0, 1), (1, 1)]}


ENOUGH_STEPS, ENOUGH_IN_A_MAZE = 30, 50


NEVER = "the greedy policy never reaches the goal"


def expect_arrival(table, grid):
    """Fail unless the greedy policy reaches the goal; return in how many steps."""
    steps = greedy_steps(table, grid)
    if steps == 0:
        table = table_of(table, grid["size"])
        rows, cols = np.nonzero((table > 0).any(axis=2))
        told = "only the start has a value: is the state moved on?"
        expect(table[0, 0].any() <= np.delete(table.reshape(-1, 4), 0, axis=0).any(), f"{NEVER}; {told}")
        told = "it would if rows and columns were exchanged"
        expect(greedy_steps(np.swapaxes(table, 0, 1), grid) == 0, f"{NEVER}; {told}")
        told = "what it pays is known beside it alone: is it passed on to earlier cells?"
        expect((rows + cols < 2 * grid["size"] - 3).any(), f"{NEVER}; {told}")
    expect(steps > 0, NEVER)
    return steps


@case()
def test_learns_to_walk_around_walls(student):
    """40 episodes in a corridor that no map shows; without an episode nothing is known."""
    empty = table_of(train(student, CORRIDOR, 0, 0, 0.5, 0.9, 0.3), 3)
    expect(greedy_steps(empty, CORRIDOR) == 0, "0 episodes teach")
    expect(not empty.any(), "the table does not start at 0 everywhere")
    expect_arrival(train(student, CORRIDOR, 1, 40, 0.5, 0.9, 0.3, ENOUGH_STEPS), CORRIDOR)


@case()
def test_learns_from_the_steps_it_takes(student):
    """Three steps in the world given, then one step an episode, then all actions where no way leads on."""
    env = student.make(WORLD, size=4)
    settings = (0.5, 0.9, 0.3)
    before = table_of(student.train_q_learning(env, 0, *settings, student.make(GENERATOR, 4), 3), 4)
    table = table_of(student.train_q_learning(env, 1, *settings, student.make(GENERATOR, 4), 3), 4)
    expect(sum(env.lengths) == 3, "expected three steps in the world given", f"{sum(env.lengths)} steps")
    changed = np.argwhere(table != before).tolist()
    expect(len(changed) > 0, "three steps, each paid -0.01, changed no entry of the table")
    expect(len(changed) <= 3, "entries changed of actions that were never taken: learn from the steps alone")
    expect(changed[0][:2] == [0, 0], "no entry of the start changed: where do episodes begin?")
    for size, walls, episodes, limit in ((3, [], 16, (1,)), (3, [(0, 1), (1, 0)], 1, ())):
        grid = {"size": size, "walls": walls}
        before, table = (train(student, grid, 8, n, 0.5, 0.9, 1.0, *limit) for n in (0, episodes))
        changed = table_of(table, size) != table_of(before, size)
        told = "another cell than that of the action learned: is `state` moved on last, and reset?"
        expect(not changed.reshape(-1, 4)[1:].any(), told)
    # one of the four is left out of 100 steps with probability 1e-12
    told = "100 steps at epsilon 1 left an action out: is one drawn for each step?"
    expect(changed[0, 0].all(), told)


@case()
def test_training_draws_from_the_generator(student):
    """Equal generators give equal tables, others give others; NumPy's global state stays unused."""
    before = student.make("numpy.random.get_state")
    tables = [train(student, CORRIDOR, seed, 40, 0.5, 0.9, 0.4, ENOUGH_STEPS) for seed in (1, 1, 2)]
    after = student.make("numpy.random.get_state")
    for table in tables:
        expect_arrival(table, CORRIDOR)
    same, again, other = (numbers_of(table, "the table") for table in tables)
    told = "equal generators gave different tables: where does chance come from?"
    expect(np.array_equal(same, again), told)
    expect(not np.array_equal(same, other), "different generators gave the same table: is rng used?")
    unused = all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    expect(unused, "NumPy's global random state was used: draw from rng")

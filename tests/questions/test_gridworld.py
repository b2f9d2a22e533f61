"""Checks of gridworld: the grid, a random policy, exploration, Q-learning, value iteration, plots.

Training happens in a grid without a map and is judged by the walk of the greedy policy in a clean one.
What chance decides in a right solution goes wrong with a probability below one in a million per check, in
whatever order it draws: exact where a comment says so; for training by simulation of five ways to break
ties, with one table or two: with half as many episodes at most 1 run in 1000 failed,
with a quarter 4 in 10, and the share of failures falls exponentially with their number.
"""

import re

import numpy as np
from gridworld_env import MOST_MOVES, RESET, FarWorld, GridWorld

from autograder.checks import (
    Figure,
    check,
    expect,
    expect_close,
    expect_unchanged,
    numbers_of,
    overlapping,
    unpack,
)

GRID = "gridworld_env.GridWorld"
WORLD = "gridworld_env.UnmappedGrid"  # where nothing can be learned but by walking
GENERATOR = "numpy.random.default_rng"


def expect_move(got, position, reward, done):
    """Fail unless an answer is (position, reward, done)."""
    where, paid, ended = unpack(got, 3)
    expect_close(where, list(position), name="the next position")
    expect_close(paid, reward, name="the reward")
    flag = np.asarray(getattr(ended, "array", ended))
    expect(flag.shape == () and flag.dtype.kind in "bi", "done is neither True nor False")
    expect(int(flag) == int(done), "done is wrong", f"got {ended}, expected {done}")


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


def walker(env):
    """Return what walks in a grid of ours for a `FarWorld`: every move is made here, and counted."""

    def walk(moves):
        if not 0 < len(moves) <= 2 * MOST_MOVES:
            raise ValueError("moves")
        for move in moves[:-1]:
            env.reset() if move == RESET else env.step(move)
        return env.step(moves[-1])

    return walk


def draw_walls(rng, size, count):
    """Return that many walls, drawn until a path leads from the start to the goal."""
    cells = [divmod(index, size) for index in range(1, size**2 - 1)]
    while True:
        walls = [cells[index] for index in rng.choice(len(cells), count, replace=False)]
        env = GridWorld(size, walls)
        found = [(0, 0)]
        for state in found:  # grows while it is walked
            found += {env.move(state, action) for action in range(4)} - set(found)
        if env.goal in found:
            return walls


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
    told = "the policy does not have one action for each state, in the shape of the states"
    expect(actions.shape == shape, told, f"got {actions.shape}, expected {shape}")
    known = bool(np.isin(actions, range(count)).all())
    expect(known, "the policy holds numbers that are no actions: with A of them, they are 0 to A - 1")
    return actions.astype(int)


def stopped_early(values, process, gamma, best, slack):
    """Return whether the values are those after a number of sweeps, and not within `slack` of the best."""
    transition_probs, rewards = process
    swept = np.zeros(best.shape)
    while values.shape == swept.shape and np.abs(swept - best).max() > slack:
        swept = (transition_probs * (rewards + gamma * swept)).sum(axis=2).max(axis=1)
        if np.allclose(values, swept, rtol=1e-7, atol=1e-9):
            return bool(np.abs(values - best).max() > slack)
    return False


def expect_optimal(got, process, gamma, tol):
    """Fail unless values and policy are optimal, within what `tol` allows."""
    values, policy = unpack(got, 2)
    best, q_values = solve(*process, gamma)
    # the bound, and what single precision may lose on the way there: about eps / (1 - gamma)
    slack = tol * gamma / (1 - gamma) + 1e-5 * np.abs(best).max()
    told = "these are the values after too few sweeps: return the newest, once none changes by tol or more"
    expect(not stopped_early(numbers_of(values, "the array of values"), process, gamma, best, slack), told)
    expect_close(values, best, rtol=0.0, atol=slack, name="the array of values")
    actions = actions_in(policy, best.shape, q_values.shape[1])
    lost = best - q_values[np.arange(len(best)), actions]
    expect(lost.max() <= 2 * slack, "the policy takes an action that is not the best")


# grid_step


@check("grid_step", visible=True)
def test_one_move_each_way(student):
    """On a 9x9 grid, from the cell (5, 3): 0 up, 1 right, 2 down, 3 left, each for -0.01."""
    moves = [student.grid_step((5, 3), action, 9) for action in range(4)]
    wanted = [(4, 3), (5, 4), (6, 3), (5, 2)]
    other = [(5, 4), (5, 2), (6, 3), (4, 3)]
    found = [numbers_of(unpack(got, 3)[0], "the next position").tolist() for got in moves]
    mixed_up = found == [list(there) for there in other]
    expect(not mixed_up, "these are the action numbers of GridWorld; here 0 is up, 1 right, 2 down, 3 left")
    permuted = found != [list(there) for there in wanted] and sorted(found) == sorted(map(list, wanted))
    expect(not permuted, "the four moves are there, but for other actions: 0 is up, 1 right, 2 down, 3 left")
    for got, there in zip(moves, wanted, strict=True):
        expect_move(got, there, -0.01, False)


@check("grid_step", visible=True)
def test_the_edge_stops(student):
    """Right from (0, 2) moves to (0, 3), once more stays; up and left from the start stay, too."""
    expect_move(student.grid_step((0, 2), 1), (0, 3), -0.01, False)
    expect_move(student.grid_step((0, 0), 0), (0, 0), -0.01, False)
    expect_move(student.grid_step((0, 0), 3), (0, 0), -0.01, False)
    expect_move(student.grid_step((0, 3), 1), (0, 3), -0.01, False)


@check("grid_step", visible=True)
def test_the_goal_pays_one_and_ends(student):
    """Right from (3, 2) and down from (2, 3) reach the goal."""
    expect_move(student.grid_step((3, 2), 1), (3, 3), 1.0, True)
    expect_move(student.grid_step((2, 3), 2), (3, 3), 1.0, True)


def expect_whole_grid(student, rng, size, named):
    """Fail unless every move of a grid is right, in any order; `named` hands the size over by name."""
    for index in rng.permutation(size**2 - 1).tolist():
        row, col = divmod(index, size)
        after = [(max(row - 1, 0), col), (row, min(col + 1, size - 1))]
        after += [(min(row + 1, size - 1), col), (row, max(col - 1, 0))]
        for action in range(4):
            done = after[action] == (size - 1, size - 1)
            more = {"size": size} if named else {}
            got = student.grid_step((row, col), action, **more)
            expect_move(got, after[action], 1.0 if done else -0.01, done)


@check("grid_step")
def test_every_move_of_the_default_grid(student, rng):
    """All moves from all cells of the 4x4 grid."""
    expect_whole_grid(student, rng, 4, False)


@check("grid_step")
def test_every_move_of_a_small_grid(student, rng):
    """All moves from all cells of the smallest grid."""
    expect_whole_grid(student, rng, 2, True)


@check("grid_step")
def test_moves_of_large_grids(student, rng):
    """Moves inside and along the edges of larger grids."""
    for size in (5, int(rng.integers(12, 40))):
        last = size - 1
        expect_move(student.grid_step((last, last - 1), 1, size), (last, last), 1.0, True)
        expect_move(student.grid_step((last - 1, last), 2, size), (last, last), 1.0, True)
        expect_move(student.grid_step((last, 0), 2, size), (last, 0), -0.01, False)
        expect_move(student.grid_step((0, last), 1, size), (0, last), -0.01, False)
        expect_move(student.grid_step((3, 2), 1, size), (3, 3), -0.01, False)
        row, col = (int(place) for place in rng.integers(1, last - 1, 2))
        expect_move(student.grid_step((row, col), 0, size), (row - 1, col), -0.01, False)
        expect_move(student.grid_step((row, col), 3, size), (row, col - 1), -0.01, False)


@check("grid_step")
def test_goal_and_edge_are_not_mixed_up(student, rng):
    """Sharing a row or a column with the goal, or bumping next to it, is not arriving."""
    for size, more in ((4, ()), (large := int(rng.integers(5, 16)), (large,))):
        before, near, last = range(size - 3, size)
        expect_move(student.grid_step((last, before), 1, *more), (last, near), -0.01, False)
        expect_move(student.grid_step((before, last), 2, *more), (near, last), -0.01, False)
        expect_move(student.grid_step((last, near), 2, *more), (last, near), -0.01, False)
        expect_move(student.grid_step((near, last), 1, *more), (near, last), -0.01, False)
        expect_move(student.grid_step((last, near), 0, *more), (near, near), -0.01, False)


@check("grid_step")
def test_arguments_by_name(student, rng):
    """The arguments may be given by name, and calls leave no trace for later ones."""
    for size in rng.permutation([2, 3]).tolist():
        near, goal = size - 2, (size - 1, size - 1)
        expect_move(student.grid_step(size=size, action=2, position=(near, size - 1)), goal, 1.0, True)
        expect_move(student.grid_step(position=(near, size - 1), action=2), goal, -0.01, False)
        expect_move(student.grid_step((size - 1, near), action=1, size=size), goal, 1.0, True)
        expect_move(student.grid_step((size - 1, near), 1), goal, -0.01, False)


# run_random_episode


def a_generator(student, rng):
    """Return a new generator of the student's, with a seed that is drawn."""
    return student.make(GENERATOR, int(rng.integers(2**16)))


def run_episode(student, grid, seed):
    """Return (total_reward, num_steps) of an episode in a new grid, with the default cap."""
    env, generator = student.make(GRID, **grid), student.make(GENERATOR, seed)
    return two_numbers(student.run_random_episode(env, generator))


def two_numbers(got):
    """Return (total_reward, num_steps) as two plain numbers."""
    total, steps = (numbers_of(part, "an output") for part in unpack(got, 2))
    expect(total.size == steps.size == 1, "expected two numbers: total_reward, num_steps")
    return float(total.item()), float(steps.item())


def expect_fitting(total, steps, size, step_reward, max_steps):
    """Fail unless the total is what that many steps pay; return whether the goal was reached."""
    expect(steps == int(steps) and 0 < steps <= max_steps, "num_steps is not a possible number")
    # a sum in single precision is off by up to 1e-5
    arrived = abs(total - (1 + step_reward * (steps - 1))) < 1e-4
    capped = abs(total - step_reward * steps) < 1e-4
    uncounted = abs(total - (1 + step_reward * steps)) < 1e-4
    told = "the total is that of one step more: is the step that reaches the goal counted?"
    expect(arrived or capped or not uncounted, told)
    expect(arrived or capped, "the total reward is not what that many steps pay", f"{total}, {steps}")
    told = "the episode ended before the goal and before max_steps, or its last step is not counted"
    expect(arrived or steps == max_steps, told)
    expect(not arrived or steps >= 2 * size - 2, "no walk reaches the goal in so few steps")
    return arrived


@check("run_random_episode", visible=True)
def test_no_way_out(student):
    """Walled in, 13 steps of -0.07 are taken: (-0.91, 13)."""
    env = student.make(GRID, size=3, walls=[(0, 1), (1, 0)], step_reward=-0.07)
    got = student.run_random_episode(env, student.make(GENERATOR, 7), 13)
    expect_close(got, (-0.91, 13))


@check("run_random_episode", visible=True)
def test_total_fits_the_number_of_steps(student):
    """An episode of n steps pays 1 - 0.01 (n - 1) if it arrives, -1.00 if 100 are not enough."""
    env, generator = student.make(GRID, size=3), student.make(GENERATOR, 5)
    runs = [two_numbers(student.run_random_episode(env, generator)) for _ in range(8)]
    arrivals = sum(expect_fitting(*one, 3, -0.01, 100) for one in runs)
    expect(arrivals > 0, "not one of 8 episodes on a 3x3 grid reached the goal")
    expect(len(set(runs)) > 1, "8 episodes were the same: is rng used?")


@check("run_random_episode")
def test_the_world_says_what_a_step_pays(student, rng):
    """Other sizes, other step rewards: the harsher penalty of exercise 1, none, and a bonus."""
    arrivals = 0
    for size, step_reward in ((4, -0.1), (3, 0.0), (2, 0.25), (4, -0.01), (3, -2.0), (2, -0.1)):
        env = student.make(GRID, size=size, step_reward=step_reward)
        generator = student.make(GENERATOR, int(rng.integers(1000)))
        for _ in range(4):
            total, steps = two_numbers(student.run_random_episode(env, generator))
            arrivals += expect_fitting(total, steps, size, step_reward, 100)
    expect(arrivals > 4, "hardly any of 24 episodes reached the goal")


@check("run_random_episode")
def test_the_cap(student, rng):
    """Without a way out an episode has exactly max_steps steps; 100 if it is not given."""
    walls = [(0, 1), (1, 0)]
    few, many = int(rng.integers(4, 10)), int(rng.integers(180, 251))
    for max_steps, step_reward in ((1, -0.5), (few, -0.01), (many, -0.1), (101, 0.3)):
        env = student.make(GRID, size=4, walls=walls, step_reward=step_reward)
        generator = student.make(GENERATOR, max_steps)
        got = student.run_random_episode(env=env, rng=generator, max_steps=max_steps)
        expect_close(got, (max_steps * step_reward, max_steps))
    env = student.make(GRID, size=2, walls=walls)
    expect_close(student.run_random_episode(env, student.make(GENERATOR, 0)), (-1.0, 100))


@check("run_random_episode")
def test_every_episode_starts_anew(student, rng):
    """The agent may stand anywhere when the call comes: the episode starts at (0, 0)."""
    step_reward = -0.03 - 0.01 * int(rng.integers(4))
    env, generator = student.make(GRID, size=4, step_reward=step_reward), a_generator(student, rng)
    for action in (0, 0, 0, 2, 2):
        env.step(action)
    arrivals = 0
    for _ in range(16):
        total, steps = two_numbers(student.run_random_episode(env, generator))
        arrivals += expect_fitting(total, steps, 4, step_reward, 100)
    # a run arrives with probability 0.838: three or fewer of 16 do with 1.9e-8
    expect(arrivals > 3, "hardly any of 16 episodes on the 4x4 grid reached the goal")


@check("run_random_episode", visible=True)
def test_randomness_comes_from_the_generator(student):
    """Equal generators give equal episodes, others others; NumPy's global state stays unused."""
    before = student.make("numpy.random.get_state")
    grid = {"size": 3, "step_reward": -0.02}
    first = [run_episode(student, grid, seed) for seed in range(8)]
    again = [run_episode(student, grid, seed) for seed in range(8)]
    after = student.make("numpy.random.get_state")
    arrivals = sum(expect_fitting(*one, 3, -0.02, 100) for one in first)
    expect(first == again, "equal generators gave different episodes: where does chance come from?")
    expect(arrivals > 0, "not one of 8 episodes reached the goal")
    # the likeliest length has probability 0.045: eight episodes agree with less than 1e-9
    expect(len(set(first)) > 1, "different generators gave the same episode: is rng used?")
    same = all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    expect(same, "NumPy's global random state was used: draw from rng")


def actions_taken(student, rng, episodes, max_steps):
    """Return how often each action was taken, (episodes, 4): walled in, with a price on each.

    An episode of up to 255 steps adds up to a whole number below 2**24, which single precision holds.
    """
    env = student.make(GRID, size=2, walls=[(0, 1), (1, 0)], step_reward=[0.0, 1.0, 2.0**8, 2.0**16])
    generator, counts = a_generator(student, rng), []
    for _ in range(episodes):
        total, steps = two_numbers(student.run_random_episode(env, generator, max_steps=max_steps))
        whole = round(total)
        paid = [whole >> 8 * place & 255 for place in range(3)]
        fits = steps == max_steps >= sum(paid) and abs(total - whole) < 0.1 and 0 <= whole < 2**24
        expect(fits, "the total reward is not what max_steps steps pay", f"{max_steps}: {total}, {steps}")
        counts.append([max_steps - sum(paid), *paid])
    return np.array(counts)


@check("run_random_episode", weight=2)
def test_every_action_is_equally_likely(student, rng):
    """Walled in, with a price on each action, the total tells how often each was taken."""
    counts = actions_taken(student, rng, 8, 250).sum(axis=0)
    # chi-squared with 3 degrees of freedom: a uniform policy exceeds 40 with probability 1.1e-8
    chi2 = ((counts - 500) ** 2 / 500).sum()
    expect(chi2 < 40, "the four actions are not equally likely", f"taken {counts.tolist()} times")


@check("run_random_episode")
def test_an_action_does_not_depend_on_the_last(student, rng):
    """Of 54 episodes of two steps, some take an action twice, some go there and back."""
    counts = actions_taken(student, rng, 54, 2)
    # either has probability 1/4 in an episode: none in 54 do with 0.75**54 = 1.8e-7
    twice = (counts == 2).any(axis=1)
    expect((counts != counts[0]).any(), "54 episodes took the same actions: is rng used?")
    expect(not twice.all(), "every action is taken twice in a row: draw one for each step")
    expect(twice.any(), "no action is ever taken twice in a row: each has probability 1/4")
    back = (counts[:, :2] == 1).all(axis=1) | (counts[:, 2:] == 1).all(axis=1)
    expect(back.any(), "no step is ever taken back by the next: each action has probability 1/4")


@check("run_random_episode")
def test_episodes_are_as_long_as_they_should_be(student, rng):
    """Of 50 episodes on the 4x4 grid some are short, some are long, and most arrive."""
    env, generator = student.make(GRID, step_reward=-0.02), a_generator(student, rng)
    runs = [two_numbers(student.run_random_episode(env, generator)) for _ in range(50)]
    arrivals = sum(expect_fitting(*one, 4, -0.02, 100) for one in runs)
    short = sum(steps <= 27 for _, steps in runs)
    # 100 steps suffice with probability 0.838, 27 with 0.301: the bounds fail with 9e-8 in all
    expect(arrivals >= 26, "too few of 50 episodes arrive: is every action taken as often?")
    expect(1 <= short <= 33, "the episodes are too short or too long for a uniform policy")


# epsilon_greedy_probs


@check("epsilon_greedy_probs", visible=True)
def test_four_actions_by_hand(student):
    """Four values at epsilon 0.28: 0.07 for each, and the other 0.72 for the best."""
    got = student.epsilon_greedy_probs(np.array([0.31, -2.57, 1.84, 1.12]), 0.28)
    expect_close(got, [0.07, 0.07, 0.79, 0.07])


@check("epsilon_greedy_probs", visible=True)
def test_two_best_actions_share(student):
    """Five values at epsilon 0.35: 0.07 for each, and the two best share 0.65 evenly."""
    got = student.epsilon_greedy_probs(np.array([2.3, -0.4, 1.1, 2.3, 0.6]), 0.35)
    expect_close(got, [0.395, 0.07, 0.07, 0.395, 0.07])


@check("epsilon_greedy_probs", visible=True)
def test_every_action_of_a_new_table_is_a_best_one(student):
    """Three values of 0 share everything; after one of them became 0.4, it has 0.8 + 0.2 / 3."""
    expect_close(student.epsilon_greedy_probs(np.zeros(3), 0.2), [1 / 3, 1 / 3, 1 / 3])
    got = student.epsilon_greedy_probs(np.array([0.0, 0.0, 0.4]), 0.2)
    expect_close(got, [0.2 / 3, 0.2 / 3, 0.8 + 0.2 / 3])


@check("epsilon_greedy_probs", weight=2)
def test_epsilon_greedy_agrees_on_random_values(student, reference, rng):
    """Random values, two to nine actions, small and large epsilon."""
    for actions, epsilon in ((2, 0.1), (4, 0.05), (4, 0.77), (9, 0.3), (5, float(rng.random()))):
        q_row = rng.normal(size=actions) * 3
        want = reference.epsilon_greedy_probs(q_row, epsilon)
        expect_close(student.epsilon_greedy_probs(q_row, epsilon), want)


@check("epsilon_greedy_probs")
def test_never_and_always_exploring(student, rng):
    """Epsilon 0 leaves only the best actions, epsilon 1 makes all equally likely."""
    q_row = rng.permutation(np.array([0.5, 1.5, -2.0, 1.0, 0.25]))
    expect_close(student.epsilon_greedy_probs(q_row, 0.0), (q_row == 1.5).astype(float))
    expect_close(student.epsilon_greedy_probs(q_row, 1.0), np.full(5, 0.2))
    q_row = np.array([1.5, 0.0, 1.5])
    expect_close(student.epsilon_greedy_probs(q_row, 0), [0.5, 0.0, 0.5])
    expect_close(student.epsilon_greedy_probs(q_row, 1), np.full(3, 1 / 3))


@check("epsilon_greedy_probs")
def test_ties_of_every_size(student, rng):
    """One to six of six actions are best, in any places."""
    for ties in range(1, 7):
        best = rng.permutation(np.arange(6) < ties)
        q_row = np.where(best, 1.25, rng.uniform(-1.0, 1.0, 6))
        want = np.where(best, 0.6 / ties + 0.4 / 6, 0.4 / 6)
        expect_close(student.epsilon_greedy_probs(q_row, 0.4), want)


@check("epsilon_greedy_probs")
def test_an_unlearned_row(student, rng):
    """All values 0, as in a new table: every action is a best one."""
    for actions, epsilon in ((4, 0.1), (4, 0.0), (int(rng.integers(5, 12)), rng.uniform(0.2, 0.8))):
        got = student.epsilon_greedy_probs(np.zeros(actions), epsilon)
        expect_close(got, np.full(actions, 1 / actions))
    expect_close(student.epsilon_greedy_probs(np.array([-1.0]), 0.3), [1.0])
    expect_close(student.epsilon_greedy_probs(np.array([0.0, 1.0]), 0.3), [0.15, 0.85])


@check("epsilon_greedy_probs")
def test_negative_large_and_close_values(student, rng):
    """Only the order of the values counts: negative, large, or close to each other."""
    places = rng.permutation(4)
    for row in ([-5.0, -1.0, -3.0, -2.0], [1000.0, 1001.0, 999.0, 0.0], [0.5, 0.515, 0.51, 0.5]):
        q_row = np.array(row)[places]
        want = np.where(q_row == q_row.max(), 0.9 + 0.025, 0.025)
        expect_close(student.epsilon_greedy_probs(q_row, 0.1), want)
    expect_close(student.epsilon_greedy_probs(np.full(3, -7.0), 0.3), np.full(3, 1 / 3))


@check("epsilon_greedy_probs")
def test_epsilon_greedy_leaves_its_input_alone(student, rng):
    """Right by name, right again at the second call, and the values are not changed."""
    q_row = rng.normal(size=4)
    function = student.epsilon_greedy_probs
    for epsilon in (0.4, 0.12):
        want = np.where(q_row == q_row.max(), 1 - 0.75 * epsilon, epsilon / 4)
        expect_close(function(q_row=q_row, epsilon=epsilon), want)
        expect_unchanged(function)


# boltzmann_probs


@check("boltzmann_probs", visible=True)
def test_odds_at_temperature_one(student):
    """Values ln 0.9, ln 2.3, ln 1.3 and ln 0.5 at temperature 1: the odds, which add up to 5."""
    q_row = np.log(np.array([0.9, 2.3, 1.3, 0.5]))
    expect_close(student.boltzmann_probs(q_row, 1.0), [0.18, 0.46, 0.26, 0.1])


@check("boltzmann_probs", visible=True)
def test_temperature_divides_the_values(student):
    """Values 2.5 ln 0.7, 2.5 ln 2.4 and 2.5 ln 0.9 at temperature 2.5: odds that add up to 4."""
    q_row = 2.5 * np.log(np.array([0.7, 2.4, 0.9]))
    expect_close(student.boltzmann_probs(q_row, 2.5), [0.175, 0.6, 0.225])


@check("boltzmann_probs", visible=True)
def test_values_in_the_thousands(student):
    """The same odds 0.7 to 2.4 to 0.9, with 3000 added to every value: exp alone would overflow."""
    q_row = 3000 + 2.5 * np.log(np.array([0.7, 2.4, 0.9]))
    expect_close(student.boltzmann_probs(q_row, 2.5), [0.175, 0.6, 0.225])


@check("boltzmann_probs", weight=2)
def test_boltzmann_agrees_on_random_values(student, reference, rng):
    """Random values, two to nine actions, low and high temperatures."""
    for actions, temperature in ((2, 0.5), (4, 1.0), (4, 3.0), (9, 0.7), (5, 0.25)):
        q_row = rng.normal(size=actions)
        want = reference.boltzmann_probs(q_row, temperature)
        expect_close(student.boltzmann_probs(q_row, temperature), want)


@check("boltzmann_probs")
def test_large_values_stay_finite(student, rng):
    """Values of many thousands, positive and negative, and small temperatures."""
    weights = rng.permutation([1.0, 2.0, 4.0])
    for shift in (1000.0, -1000.0, 65536.0, -65536.0):
        above = rng.permutation([0.0, 1.0, 2.0])
        want = np.exp(above) / np.exp(above).sum()
        expect_close(student.boltzmann_probs(above + shift, 1.0), want)
    got = student.boltzmann_probs(np.log2(weights) / 512, np.log2(np.e) / 512)
    expect_close(got, weights / 7)
    expect_close(student.boltzmann_probs(np.array([0.0, 2048.0, -4096.0]), 1.0), [0.0, 1.0, 0.0])
    expect_close(student.boltzmann_probs(np.array([64.0, 64.0, -64.0]), 0.0625), [0.5, 0.5, 0.0])


@check("boltzmann_probs")
def test_shifting_all_values_changes_nothing(student, rng):
    """A law: adding a constant to every value leaves the probabilities as they are."""
    q_row = rng.integers(-128, 128, 5) / 64.0  # exact in single precision, after the shift too
    weights = np.exp(q_row / 0.75)
    for shift in (0.0, 3.0, -40.0, 512.0):
        got = student.boltzmann_probs(q_row + shift, 0.75)
        expect_close(got, weights / weights.sum())


@check("boltzmann_probs")
def test_hot_and_cold(student, rng):
    """High temperatures come close to uniform, low ones to the best action, by the right amount."""
    q_row = rng.permutation(np.array([0.0, 0.5, 1.0, 2.0]))
    for temperature in (0.125, 0.5, 20.0, 400.0):
        weights = np.exp((q_row - 2.0) / temperature)
        expect_close(student.boltzmann_probs(q_row, temperature), weights / weights.sum())


@check("boltzmann_probs")
def test_equal_values_and_one_action(student, rng):
    """Equal values share evenly at any temperature; an only action has probability 1."""
    value, actions = float(rng.uniform(1.0, 4.0)), int(rng.integers(5, 10))
    expect_close(student.boltzmann_probs(np.full(3, value), 0.3), np.full(3, 1 / 3))
    expect_close(student.boltzmann_probs(np.zeros(actions), 5.0), np.full(actions, 1 / actions))
    expect_close(student.boltzmann_probs(np.array([-3.0]), 0.1), [1.0])
    third = np.log([4.0, 1.0, 4.0]) * 3
    expect_close(student.boltzmann_probs(third, 3), [4 / 9, 1 / 9, 4 / 9])


@check("boltzmann_probs")
def test_boltzmann_leaves_its_input_alone(student, rng):
    """Right by name, right again at the second call, and the values are not changed."""
    q_row = rng.normal(size=4)
    function = student.boltzmann_probs
    for temperature in (0.6, 1.7):
        weights = np.exp(q_row / temperature)
        expect_close(function(temperature=temperature, q_row=q_row), weights / weights.sum())
        expect_unchanged(function)


# q_learning_update


def random_step(rng, shape):
    """Return the arguments of a step between two different cells, by name."""
    rows, cols, actions = shape
    here, there = (divmod(int(cell), cols) for cell in rng.choice(rows * cols, 2, replace=False))
    return {
        "q_values": rng.normal(size=shape),
        "state": here,
        "action": int(rng.integers(actions)),
        "reward": float(rng.normal()),
        "next_state": there,
        "terminated": False,
        "alpha": float(rng.uniform(0.1, 0.9)),
        "gamma": float(rng.uniform(0.3, 0.95)),
    }


def updated(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """Return the right table."""
    table = q_values.copy()
    target = reward if terminated else reward + gamma * q_values[next_state].max()
    table[(*state, action)] = (1 - alpha) * q_values[(*state, action)] + alpha * target
    return table


def small_table():
    """Return a table of 2x3 cells whose numbers all differ: Q = 0.8 for action 1 in (0, 1)."""
    return np.array(
        [
            [[0.11, -0.42, 0.57, 0.23], [0.34, 0.8, -1.3, 2.9], [0.61, 1.45, -0.09, 0.38]],
            [[2.2, -0.73, 0.19, 1.06], [0.47, 3.1, 0.92, -0.28], [-0.55, 1.24, 1.7, 0.66]],
        ]
    )


@check("q_learning_update", visible=True)
def test_one_step_by_hand(student):
    """Q = 0.8, reward -0.3, best next value 1.7, alpha 0.4, gamma 0.9: target 1.23, entry 0.972."""
    want = small_table()
    want[0, 1, 1] = 0.972  # 0.8 + 0.4 * (-0.3 + 0.9 * 1.7 - 0.8)
    got = student.q_learning_update(small_table(), (0, 1), 1, -0.3, (1, 2), False, 0.4, 0.9)
    expect_close(got, want)


@check("q_learning_update", visible=True)
def test_nothing_follows_the_end(student):
    """The same step, but it ends the episode: the target is the reward -0.3, the entry 0.36."""
    want = small_table()
    want[0, 1, 1] = 0.36  # 0.8 + 0.4 * (-0.3 - 0.8)
    got = student.q_learning_update(small_table(), (0, 1), 1, -0.3, (1, 2), True, 0.4, 0.9)
    expect_close(got, want)


@check("q_learning_update", weight=2)
def test_update_agrees_on_random_steps(student, rng):
    """Random tables of several shapes, any cell, any action."""
    for shape in ((4, 4, 4), (2, 5, 3), (6, 1, 4), (1, 3, 2), (3, 7, 5)):
        step = random_step(rng, shape)
        expect_close(student.q_learning_update(*step.values()), updated(**step))


@check("q_learning_update")
def test_termination(student, rng):
    """Steps that end the episode, into cells whose table is far from 0."""
    for shape in ((4, 4, 4), (3, 5, 2), (2, 2, 6)):
        step = random_step(rng, shape) | {"terminated": True}
        step["q_values"] += rng.choice([-3.0, 5.0])
        expect_close(student.q_learning_update(**step), updated(**step))


@check("q_learning_update")
def test_only_one_entry_changes(student, rng):
    """The entry moves by alpha times the error, and every other entry stays as it was."""
    for terminated in (False, True):
        step = random_step(rng, (3, 4, 4)) | {"terminated": terminated, "reward": 2.0, "alpha": 0.5}
        got = numbers_of(student.q_learning_update(**step), "the table")
        expect_close(got, updated(**step))
        changed = np.argwhere(np.abs(got - step["q_values"]) > 1e-4).tolist()
        expect(changed == [[*step["state"], step["action"]]], "more than one entry changed")


@check("q_learning_update")
def test_bumping_into_a_wall(student, rng):
    """A step that stays where it was looks ahead to its own cell, its own entry included."""
    for best in (True, False):
        step = random_step(rng, (3, 4, 4))
        step["next_state"] = step["state"]
        step["q_values"][(*step["state"], step["action"])] = 6.0 if best else -6.0
        expect_close(student.q_learning_update(**step), updated(**step))


@check("q_learning_update")
def test_negative_values_ahead(student, rng):
    """All values are negative, as with a penalty for every step: the best is still the largest."""
    step = random_step(rng, (4, 3, 4))
    step["q_values"] = -rng.uniform(1.0, 9.0, (4, 3, 4))
    expect_close(student.q_learning_update(**step), updated(**step))
    step |= {"reward": -0.01, "terminated": True}
    expect_close(student.q_learning_update(**step), updated(**step))


@check("q_learning_update")
def test_extreme_step_sizes_and_discounts(student, rng):
    """Alpha 1 replaces the entry, alpha 0 keeps it; gamma 0 and 1."""
    for alpha, gamma in ((1.0, 0.9), (0.0, 0.9), (0.5, 0.0), (0.5, 1.0), (1, 1), (0.001, 0.99)):
        step = random_step(rng, (3, 3, 4)) | {"alpha": alpha, "gamma": gamma, "reward": 40.0}
        expect_close(student.q_learning_update(**step), updated(**step), rtol=1e-5)


@check("q_learning_update")
def test_a_walk_of_updates(student, rng):
    """Twelve updates in a row, each of the table that the last one returned."""
    table = rng.normal(size=(3, 3, 4))
    got = table
    state = (0, 0)
    for _ in range(12):
        after = tuple(int(place) for place in rng.integers(3, size=2))
        action, ends = int(rng.integers(4)), bool(rng.random() < 0.2)
        step = (state, action, float(rng.normal()), after, ends, 0.3, 0.9)
        got = numbers_of(student.q_learning_update(got, *step), "the table")
        table = updated(table, *step)
        state = after
    expect_close(got, table)


# train_q_learning

CORRIDOR = {"size": 3, "walls": [(0, 1), (1, 1)]}  # four steps to the goal, and a dead end beyond it
# of an episode: simulated runs arrive as often as with 100, and what never arrives is over sooner
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


@check("train_q_learning", visible=True, weight=2)
def test_learns_to_walk_around_walls(student):
    """40 episodes in a corridor that no map shows; without an episode nothing is known."""
    empty = table_of(train(student, CORRIDOR, 0, 0, 0.5, 0.9, 0.3), 3)
    expect(greedy_steps(empty, CORRIDOR) == 0, "0 episodes teach")
    expect(not empty.any(), "the table does not start at 0 everywhere")
    expect_arrival(train(student, CORRIDOR, 1, 40, 0.5, 0.9, 0.3, ENOUGH_STEPS), CORRIDOR)


@check("train_q_learning", visible=True)
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


@check("train_q_learning", visible=True)
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


WALKED = ("test_learns_by_walking",)  # a plan made without a step is no training


@check("train_q_learning", weight=2)
def test_learns_by_walking(student, rng):
    """Two grids known only by what `reset` and `step` answer: what was learned was walked."""
    for size, walls in ((3, 2), (4, 3)):  # a random table finds its way in one of them too often
        grid = {"size": size, "walls": draw_walls(rng, size, walls)}
        env, seed, settings = GridWorld(**grid), int(rng.integers(1000)), (60, 0.5, 0.95, 0.3)
        world = FarWorld(env.size, walker(env))
        table = student.train_q_learning(world, *settings, student.make(GENERATOR, seed), ENOUGH_IN_A_MAZE)
        walked, begun = sum(env.lengths), len(env.lengths) - 1
        told = "the world was not walked in: learn from what reset and step answer"
        expect(0 < begun <= 61 and walked > 60, told, f"{walked} steps, {begun} episodes")
        expect_arrival(table, grid)
    # In the worker a program could find the map: then it learns there what it does not learn here.
    near = table_of(train(student, grid, seed, *settings, ENOUGH_IN_A_MAZE), size)
    same = "the same walk taught another table in a world that tells more than reset and step"
    expect(np.array_equal(table_of(table, size), near), same)


@check("train_q_learning", weight=2, requires=WALKED)
def test_finds_its_way_in_any_maze(student, rng):
    """A grid of 4x4 with walls in random places, and a harsher penalty."""
    grid = {"size": 4, "walls": draw_walls(rng, 4, 4), "step_reward": -0.1}
    table = train(student, grid, int(rng.integers(1000)), 60, 0.5, 0.95, 0.3, ENOUGH_IN_A_MAZE)
    expect_arrival(table, grid)


@check("train_q_learning", requires=WALKED)
def test_every_training_episode_starts_anew(student, rng):
    """An agent that stands in a dead end, beyond the goal, when training begins."""
    env = student.make(WORLD, **CORRIDOR)
    for move in (2, 2, 0, 0, 3, 3):
        env.step(move)
    generator = student.make(GENERATOR, int(rng.integers(1000)))
    table = student.train_q_learning(env, 40, 0.5, 0.9, 0.1, generator, ENOUGH_STEPS)
    told = "the greedy policy never reaches the goal: where do episodes start?"
    expect(greedy_steps(table, CORRIDOR) > 0, told)


@check("train_q_learning", weight=2, requires=WALKED)
def test_learns_from_random_behaviour_what_is_best(student, rng):
    """At epsilon 1, left or up pays and the other is dear: gamma decides if the goal is worth it."""
    best = "not the best policy for this gamma: what does the target look at, what is explored?"
    pays = rng.permutation([0.2, -0.6]).tolist()  # what left pays, then up
    # 0.2 forever is worth 20 at gamma 0.99, the way to the goal 0.98; at 0.5 it is 0.4 and 0.49
    # with two tables 1 simulated run in 700 failed at 0.99 with 40 episodes, 1 in 7000 with 50
    for gamma, episodes, (left, up) in ((0.99, 75, pays), (0.99, 75, pays[::-1]), (0.5, 45, pays)):
        grid = {"size": 2, "step_reward": [-0.01, left, -0.01, up]}
        table = train(student, grid, int(rng.integers(1000)), episodes, 0.5, gamma, 1.0)
        worth = "the goal pays more" if gamma == 0.5 else "staying pays more"
        expect((greedy_steps(table, grid) > 0) == (gamma == 0.5), best, f"gamma {gamma}: {worth}")


@check("train_q_learning", requires=WALKED)
def test_explores_as_much_as_epsilon_says(student, rng):
    """Once the way is known, every episode is the greedy walk at epsilon 0, and hardly any at 0.8."""
    lengths = []
    # at 0.8, what comes after four steps says nothing
    for epsilon, max_steps in ((0.0, ENOUGH_STEPS), (0.8, 8)):
        env, generator = student.make(WORLD, **CORRIDOR), student.make(GENERATOR, int(rng.integers(1000)))
        table = student.train_q_learning(env, 130, 0.5, 0.5, epsilon, generator, max_steps)
        expect_arrival(table, CORRIDOR)
        lengths.append([length for length in env.lengths if length])
        expect(len(lengths[-1]) == 130, "the episodes are not as many as asked")
    # an action off the walk in 3 of 40 steps would go unseen with probability 0.925**240 = 7e-9
    late = set(lengths[0][-60:])
    told = "at epsilon 0 the agent still leaves the greedy walk"
    expect(late == {4}, told, f"late episodes take {sorted(late)} steps")
    # each of the four steps is the one with probability 0.4 at most: 12 walks of 60 have 4e-8
    told = "late episodes explore less than epsilon says: it stays as it is given"
    expect(lengths[1][-60:].count(4) < 12, told)


@check("train_q_learning", requires=WALKED)
def test_alpha_stays_as_it_is_given(student, rng):
    """At the start left pays 1 for 278 episodes of one step, then it costs 0.2 for the last 22."""
    prices = {"step_reward": [-0.5, 1.0, -0.1, -0.5], "new_reward": [-0.5, -0.2, -0.1, -0.5]}
    env = student.make(WORLD, size=2, walls=[(0, 1)], change_after=278, **prices)
    generator = student.make(GENERATOR, int(rng.integers(1000)))
    table = student.train_q_learning(env, 300, 0.9, 0.0, 0.0, generator, 1)
    # One step is enough for a table; of two, one is left out of 22 steps with probability 2**-21.
    told = "what changed in the last episodes is hardly learned: alpha stays as it is given"
    expect(int(table_of(table, 2)[0, 0].argmax()) != 1, told)


@check("train_q_learning", requires=WALKED)
def test_the_limit_on_steps_is_no_end(student, rng):
    """Episodes of one step: the world goes on after the cut, so staying left pays forever."""
    grid = {"size": 2, "walls": [(0, 1)], "step_reward": [-0.01, 0.15, 1.0, -0.6]}
    # left is worth 0.15 if the cut were the end, less than 1 for down; else up to 15
    seed = int(rng.integers(1000))
    before, table = (train(student, grid, seed, episodes, 0.5, 0.99, 1.0, 1) for episodes in (0, 150))
    changed = np.argwhere(table_of(table, 2) != table_of(before, 2))
    expect(not changed[:, :2].any(), "entries changed of cells where no action was taken")
    start = table_of(table, 2)[0, 0]
    told = "what is cut off by max_steps is learned as if it had ended"
    expect(not np.allclose(start, grid["step_reward"], rtol=0, atol=2e-3), told)
    told = (
        "the table does not prefer what pays most in the long run: what is explored, what is looked ahead to?"
    )
    expect(int(start.argmax()) == 1, told)


@check("train_q_learning", weight=2, requires=WALKED)
def test_nothing_is_learned_from_nothing(student, rng):
    """A step size of 0 or one step an episode teach nothing; 40 proper episodes do."""
    grid = {"size": 3, "walls": [(1, 1)]}
    env, generator = student.make(WORLD, **grid), student.make(GENERATOR, int(rng.integers(1000)))
    arguments = {"episodes": 40, "alpha": 0.5, "gamma": 0.9, "epsilon": 0.3, "rng": generator}
    expect_arrival(student.train_q_learning(env, **arguments, max_steps=ENOUGH_STEPS), grid)
    table = student.train_q_learning(env, **(arguments | {"max_steps": 1}))
    expect(greedy_steps(table, grid) == 0, "the way was learned from the first step alone")
    tables = []
    for episodes in (0, 2):
        less = {"alpha": 0.0, "episodes": episodes, "rng": student.make(GENERATOR, 6), "max_steps": 9}
        tables.append(table_of(student.train_q_learning(env, **(arguments | less)), 3))
    expect(np.array_equal(*tables), "something was learned with alpha 0")


@check("train_q_learning", requires=WALKED)
def test_episodes_are_as_many_and_as_long_as_asked(student, rng):
    """Walled in, all steps that may be taken are taken; elsewhere an episode ends at the goal."""
    many, long = rng.integers(5, 9, 2).tolist()
    for episodes, max_steps in ((1, ()), (many, (long,)), (1, (2,))):
        env = student.make(WORLD, size=3, walls=[(0, 1), (1, 0)])
        generator = a_generator(student, rng)
        student.train_q_learning(env, episodes, 0.5, 0.9, 0.5, generator, *max_steps)
        asked = episodes * (*max_steps, 100)[0]
        expect(sum(env.lengths) == asked, "the number of steps taken in all is not what was asked")
    env, generator = student.make(WORLD, size=2), student.make(GENERATOR, 3)
    table = student.train_q_learning(env, 40, 0.5, 0.9, 0.3, generator, 50)
    expect(greedy_steps(table, {"size": 2}) == 2, "the greedy policy is not at the goal in 2 steps")
    expect(sum(env.lengths) < 1000, "episodes go on after the goal is reached")


# greedy_policy and state_values


def expect_greedy(policy, q_values):
    """Fail unless every cell names an action of largest value."""
    actions = actions_in(policy, q_values.shape[:-1], q_values.shape[-1])
    taken = np.take_along_axis(q_values, actions[..., None], axis=-1)[..., 0]
    wrong = np.argwhere(taken < q_values.max(axis=-1)).tolist()
    told = "in some cells the action named is not a best one"
    expect(not wrong, told, f"{len(wrong)} cells, first {wrong[:1]}")


@check("greedy_policy", visible=True)
def test_best_actions_by_hand(student):
    """A table of two rows and two cells each; in the first row 0.7 and 0.9 are the best values."""
    q_values = np.array(
        [
            [[0.1, -0.5, 0.7, 0.2], [0.9, 0.3, -0.2, 0.8]],
            [[0.0, 0.2, 0.1, 0.6], [-0.1, 0.4, 0.3, 0.0]],
        ]
    )
    expect_close(student.greedy_policy(q_values), [[2, 0], [3, 1]])


@check("greedy_policy", visible=True)
def test_negative_values_have_a_best_too(student):
    """Three rows of two cells, all values negative."""
    q_values = -np.array(
        [
            [[3.0, 1.0, 2.0], [9.0, 8.0, 7.0]],
            [[1.0, 5.0, 6.0], [4.0, 6.0, 2.0]],
            [[8.0, 3.0, 5.0], [0.5, 0.7, 0.9]],
        ]
    )
    expect_close(student.greedy_policy(q_values), [[1, 2], [0, 2], [1, 0]])


@check("greedy_policy", weight=2)
def test_policy_of_random_tables(student, rng):
    """Random tables of several shapes."""
    for shape in ((4, 4, 4), (5, 6, 3), (3, 9, 2), (8, 4, 5)):
        q_values = rng.normal(size=shape)
        expect_greedy(student.greedy_policy(q_values), q_values)


@check("greedy_policy")
def test_any_of_the_best_will_do(student, rng):
    """Ties: every one of the best actions is right, and no other."""
    for shape in ((4, 5, 6), (6, 6, 4)):
        q_values = rng.integers(-4, 3, size=shape).astype(float)
        q_values[..., 0] = -5.0
        expect_greedy(student.greedy_policy(q_values), q_values)


@check("greedy_policy")
def test_policy_of_negative_values(student, rng):
    """All values below 0, and values of very different size."""
    q_values = -rng.uniform(0.5, 9.0, (5, 4, 4))
    expect_greedy(student.greedy_policy(q_values), q_values)
    q_values = rng.normal(size=(4, 7, 4)) * 10.0 ** rng.integers(-6, 7, (4, 7, 1))
    expect_greedy(student.greedy_policy(q_values), q_values)


@check("greedy_policy")
def test_close_values_are_told_apart(student, rng):
    """The best action is ahead by a hair, or by less than one."""
    base = rng.integers(2, 6, (5, 6, 1)).astype(float)
    ahead = rng.permuted(np.tile([0.0, 0.25, 0.5, 0.75], (5, 6, 1)), axis=-1)
    for hair in (1.0, 0.01):
        q_values = base + hair * ahead
        expect_greedy(student.greedy_policy(q_values), q_values)


@check("greedy_policy")
def test_policy_leaves_its_input_alone(student, rng):
    """Right by name, right again for another table, and the table is not changed."""
    function = student.greedy_policy
    for shape in ((4, 6, 4), (6, 4, 4)):
        q_values = rng.normal(size=shape)
        expect_greedy(function(q_values=q_values), q_values)
        expect_unchanged(function)


@check("state_values", visible=True)
def test_largest_values_by_hand(student):
    """A table of two rows and two cells each, with its largest values in every place."""
    q_values = np.array(
        [
            [[0.13, -0.52, 0.71, 0.28], [0.94, 0.36, -0.27, 0.83]],
            [[0.04, 0.22, 0.19, 0.65], [-0.18, 0.47, 0.31, 0.06]],
        ]
    )
    expect_close(student.state_values(q_values), [[0.71, 0.94], [0.65, 0.47]])


@check("state_values", visible=True)
def test_largest_of_negative_values(student):
    """Three rows of one cell, all values negative."""
    q_values = np.array([[[-3.2, -1.4, -2.7]], [[-9.1, -8.3, -7.6]], [[-0.8, -5.5, -6.9]]])
    expect_close(student.state_values(q_values), [[-1.4], [-7.6], [-0.8]])


@check("state_values", weight=2)
def test_values_of_random_tables(student, rng):
    """Random tables of several shapes."""
    for shape in ((4, 4, 4), (5, 6, 3), (2, 9, 2), (7, 3, 5)):
        q_values = rng.normal(size=shape)
        expect_close(student.state_values(q_values), q_values.max(axis=-1))


@check("state_values")
def test_values_below_zero(student, rng):
    """All values below 0: the largest is the one closest to 0."""
    q_values = -rng.uniform(0.5, 9.0, (3, 5, 4))
    expect_close(student.state_values(q_values), q_values.max(axis=-1))


@check("state_values")
def test_one_cell_or_one_action(student, rng):
    """Grids of one cell or one row, and tables with a single action."""
    for shape in ((1, 1, 4), (1, 6, 4), (6, 1, 3), (3, 4, 1)):
        q_values = rng.normal(size=shape) * 3
        expect_close(student.state_values(q_values), q_values.max(axis=-1))


@check("state_values")
def test_values_of_any_size(student, rng):
    """Large values, small ones, and ties."""
    q_values = rng.uniform(-1.0, 1.0, (4, 5, 4)) + rng.choice([-900.0, 0.0, 900.0], (4, 5, 1))
    expect_close(student.state_values(q_values), q_values.max(axis=-1), rtol=1e-5)
    q_values = np.repeat(rng.normal(size=(3, 4, 1)) / 100, 4, axis=-1)
    expect_close(student.state_values(q_values), q_values[..., 0])


@check("state_values")
def test_values_leave_their_input_alone(student, rng):
    """Right by name, right again for another table, and the table is not changed."""
    function = student.state_values
    for shape in ((4, 6, 4), (6, 4, 4)):
        q_values = rng.normal(size=shape)
        expect_close(function(q_values=q_values), q_values.max(axis=-1))
        expect_unchanged(function)


# value_iteration


def random_process(rng, states, actions):
    """Return (transition_probs, rewards) of a process in which all can happen."""
    transition_probs = rng.dirichlet(np.full(states, 0.5), (states, actions))
    return transition_probs, rng.normal(1.0, 2.0, (states, actions, states))


@check("value_iteration", visible=True)
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


@check("value_iteration", visible=True)
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


@check("value_iteration", weight=2)
def test_optimal_in_random_processes(student, rng):
    """Random processes with more states than actions, and the reverse."""
    for states, actions, gamma in ((5, 3, 0.9), (2, 6, 0.5), (7, 2, 0.8), (4, 4, 0.95)):
        process = random_process(rng, states, actions)
        expect_optimal(student.value_iteration(*process, gamma), process, gamma, 1e-8)


@check("value_iteration")
def test_optimal_in_mazes(student, rng):
    """Grids with walls, and with moves that slip to another direction now and then."""
    for size, count, step_reward in ((4, 3, -0.01), (3, 2, -0.3)):
        walls = draw_walls(rng, size, count)
        transition_probs, rewards = GridWorld(size, walls, step_reward).model()
        process = (transition_probs, 10 * rewards)
        expect_optimal(student.value_iteration(*process, 0.95), process, 0.95, 1e-8)
        slippery = 0.7 * transition_probs + 0.3 * transition_probs.mean(axis=1, keepdims=True)
        # a slip pays what the step it becomes pays, which depends on where it leads
        paid = np.broadcast_to(10 * rewards.max(axis=1, keepdims=True), rewards.shape)
        process = (slippery, np.where(slippery > 0, paid, 0.0))
        expect_optimal(student.value_iteration(*process, 0.9), process, 0.9, 1e-8)


@check("value_iteration")
def test_no_future(student, rng):
    """Gamma 0: only the next reward counts."""
    for states, actions in ((4, 3), (3, 5)):
        process = random_process(rng, states, actions)
        expect_optimal(student.value_iteration(*process, 0.0), process, 0.0, 1e-8)


@check("value_iteration")
def test_patience(student, rng):
    """Small rewards and losses add up slowly at gamma 0.99: stopping early shows."""
    transition_probs, rewards = np.zeros((3, 2, 3)), np.zeros((3, 2, 3))
    transition_probs[0, 0, 0] = transition_probs[0, 1, 1] = 1.0
    transition_probs[1:, 0, 1:] = np.eye(2)
    transition_probs[1:, 1] = [0.5, 0.25, 0.25]
    rewards[0, 0, 0], rewards[1, 0, 1], rewards[2, 0, 2] = 0.02, 0.012, rng.uniform(0.001, 0.009)
    process = (transition_probs, rewards)
    expect_optimal(student.value_iteration(*process, 0.99), process, 0.99, 1e-8)
    mirrored = np.array([0.05, -0.05])[:, None, None] * np.ones((2, 1, 2))
    process = (np.eye(2)[:, None, :], mirrored)
    expect_optimal(student.value_iteration(*process, 0.9), process, 0.9, 1e-8)


@check("value_iteration")
def test_only_losses(student, rng):
    """Every reward is negative, as with a price on every token."""
    for states, actions, gamma in ((5, 3, 0.9), (3, 4, 0.6)):
        transition_probs, rewards = random_process(rng, states, actions)
        process = (transition_probs, -1.0 - np.abs(rewards))
        expect_optimal(student.value_iteration(*process, gamma), process, gamma, 1e-8)


@check("value_iteration")
def test_a_coarse_tolerance(student, rng):
    """With a coarse tol the values may be off, but by no more than the bound."""
    for gamma, tol in ((0.5, 8.0), (0.9, 0.5)):
        transition_probs, rewards = random_process(rng, 4, 3)
        transition_probs[0] = transition_probs[1] = 0.0
        transition_probs[0, :, 0] = transition_probs[1, :, 1] = 1.0
        process = (transition_probs, 100.0 + 20.0 * rewards)
        got = student.value_iteration(*process, gamma, tol)
        expect_optimal(got, process, gamma, tol)


@check("value_iteration")
def test_ties_and_single_choices(student, rng):
    """Equally good actions, a single action, a single state."""
    transition_probs, rewards = random_process(rng, 4, 2)
    doubled = (np.repeat(transition_probs, 2, axis=1), np.repeat(rewards, 2, axis=1))
    expect_optimal(student.value_iteration(*doubled, 0.8), doubled, 0.8, 1e-8)
    for states, actions in ((5, 1), (1, 4)):
        process = random_process(rng, states, actions)
        expect_optimal(student.value_iteration(*process, 0.7), process, 0.7, 1e-8)


@check("value_iteration")
def test_a_bonus_for_every_step(student, rng):
    """A law: a bonus of 2 on every step adds 2 / (1 - gamma) to every value; inputs untouched."""
    transition_probs, rewards = random_process(rng, 4, 3)
    function = student.value_iteration
    for bonus in (0.0, 2.0):
        process = (transition_probs, rewards + bonus)
        got = function(transition_probs=transition_probs, rewards=rewards + bonus, gamma=0.75, tol=1e-9)
        expect_unchanged(function)
        expect_optimal(got, process, 0.75, 1e-9)
        lifted = solve(transition_probs, rewards, 0.75)[0] + bonus / 0.25
        expect_close(unpack(got, 2)[0], lifted, name="the array of values")


# plot_timeline and plot_values: one figure, drawn once, is looked at by several checks

MILESTONES = {
    1957: "Perceptron",
    1986: "Backpropagation",
    1997: "LSTM",
    2012: "AlexNet",
    2013: "Word2Vec",
    2014: "GANs",
    2017: "Transformer",
    2018: "BERT",
    2020: "GPT-3",
    2022: "InstructGPT\n(RLHF)",
    2023: "GPT-4",
}
VALUES = np.array([[0.87, -0.523, 3.146], [12.06, -7.4, 0.309]])


def figure_in(got):
    """Return the figure of an answer, also where it comes in company or through a part of it."""
    parts = got if isinstance(got, tuple | list) else [got]
    found = [part for part in parts if isinstance(part, Figure)]
    if not found and hasattr(got, "_handle"):
        try:
            found = [one for one in [got.figure] if isinstance(one, Figure)]
        except Exception:  # noqa: BLE001 not a part of a figure
            found = []
    is_module = getattr(getattr(got, "_handle", None), "type_name", "") == "module"
    undrawn = any(getattr(part, "type_name", "").endswith("Figure") for part in parts)
    expect(not undrawn, "the figure cannot be drawn: fig.canvas.draw() says why")
    expect(not is_module, "`plt` came back instead of a figure: end with `return fig`")
    expect(len(found) > 0, "expected a matplotlib Figure: end with `return fig`")
    expect(len(found[0].axes) > 0, "the figure has no axes: draw into those of fig.subplots()")
    return found[0]


def expect_title(figure):
    """Fail unless a figure has a title."""
    titles = [axes["title"] + axes["suptitle"] for axes in figure.axes]
    expect(any(title.strip() for title in titles), "the figure has no title")


def squashed(text):
    """Return a text without its spaces and line breaks."""
    return "".join(text.split())


def texts_of(figure):
    """Return all texts and tick labels, each with `at`: its place in units of its axes' size.

    The place of an annotation is the point that it is about.
    """
    found = []
    for axes in figure.axes:
        corner, far = np.array([axes["xlim"], axes["ylim"]]).T
        for text in axes["texts"] + axes["xticks"] + axes["yticks"]:
            point = np.array(text["target"] or [text["x"], text["y"]])
            found.append(text | {"at": (point - corner) / (far - corner)})
    return found


def with_year(label, year, texts, milestones):
    """Return a label's text and that of its year: the same, or one above, below or beside it."""
    pattern = rf"(?<!\d){year}(?!\d)"
    if re.search(pattern, label["text"]):
        return [label]
    names = [squashed(name) for name in milestones.values()]  # beside another label is another's year
    years = [text for text in texts if re.search(pattern, text["text"])]
    years = [text for text in years if not any(name in squashed(text["text"]) for name in names)]
    close = [text for text in years if np.isclose(text["at"], label["at"], rtol=0, atol=2e-3).any()]
    return [label, close[0]] if close else []


def labels_of(figure, milestones):
    """Return the texts of each milestone's label, in order of time; some label must be there."""
    texts = texts_of(figure)
    found = [
        [text for text in texts if squashed(milestones[year]) in squashed(text["text"])]
        for year in sorted(milestones)
    ]
    expect(sum(map(bool, found)) > 1, "no labels of milestones are in the figure")
    return found


def expect_labels_and_years(figure, milestones):
    """Fail unless every label is shown with its own year."""
    texts, labels = texts_of(figure), labels_of(figure, milestones)
    for year, found in zip(sorted(milestones), labels, strict=True):
        expect(len(found) > 0, "the label of a milestone is not in the figure", milestones[year])
        told = "a label comes without its year, or with another"
        expect(
            any(with_year(one, year, texts, milestones) for one in found), told, f"{milestones[year]}, {year}"
        )


def expect_in_order(figure, milestones):
    """Fail unless the labels stand in order of time, along x or along y."""
    labels = labels_of(figure, milestones)
    expect(all(labels), "the label of a milestone is not in the figure")
    across, along = np.diff([found[0]["at"] for found in labels], axis=0).T
    ordered = (across > 0).all() or (along > 0).all() or (along < 0).all()
    expect(bool(ordered), "the milestones are not in order of time")


def written(figure, milestones):
    """Return the texts that have to be readable: the labels and their years."""
    texts, labels = texts_of(figure), labels_of(figure, milestones)
    pairs = [
        next(filter(None, (with_year(one, year, texts, milestones) or [one] for one in found)), [])
        for year, found in zip(sorted(milestones), labels, strict=True)
    ]
    return [text for pair in pairs for text in pair]


def expect_inside(figure, milestones):
    """Fail if a label is outside the picture, or about a point outside its axes."""
    expect(all(labels_of(figure, milestones)), "the label of a milestone is not in the figure")
    width, height = figure.axes[0]["size"]
    for text in written(figure, milestones):
        left, bottom, right, top = text["box"]
        inside = 0 <= (left + right) / 2 <= width and 0 <= (bottom + top) / 2 <= height
        expect(bool(inside), "a label lies outside the figure", text["text"])
        # matplotlib leaves out an annotation whose target is outside the axes
        drawn = not text["target"] or ((text["at"] >= 0) & (text["at"] <= 1)).all()
        expect(bool(drawn), "a label is about a point outside the axes", text["text"])


def expect_apart(figure, milestones):
    """Fail if two labels overlap."""
    expect(all(labels_of(figure, milestones)), "the label of a milestone is not in the figure")
    found = overlapping(written(figure, milestones))
    pairs = [" and ".join(repr(" ".join(one.split())) for one in pair) for pair in found]
    told = "labels overlap: give close years different heights, or each label its own"
    expect(not pairs, told, f"{len(pairs)} pairs of labels overlap, such as {', '.join(pairs[:1])}")


@check("plot_timeline", visible=True, weight=2)
def test_labels_with_their_years(student):
    """The lab's eleven milestones: every label is there, with its own year."""
    expect_labels_and_years(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@check("plot_timeline", visible=True)
def test_in_order_of_time(student):
    """The lab's milestones stand in order of time, along x or along y."""
    expect_in_order(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@check("plot_timeline", visible=True, weight=2)
def test_labels_do_not_overlap(student):
    """The lab's milestones, eight of them within eleven years: no labels overlap."""
    expect_apart(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@check("plot_timeline", visible=True)
def test_labels_inside_the_figure(student):
    """All labels of the lab's milestones lie inside the figure."""
    expect_inside(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@check("plot_timeline", visible=True, weight=0.5)
def test_timeline_has_a_title(student):
    """The timeline has a title, beside its labels."""
    figure = figure_in(student.plot_timeline.once(MILESTONES))
    labels_of(figure, MILESTONES)
    expect_title(figure)


@check("plot_timeline", visible=True, weight=0.5)
def test_timeline_returns_its_figure(student):
    """What comes back is the figure: not its axes, and not both."""
    got = student.plot_timeline.once(MILESTONES)
    labels_of(figure_in(got), MILESTONES)
    expect(isinstance(got, Figure), "expected the figure alone: end with `return fig`")


def crowded(rng):
    """Return nine milestones in a row, one of them long, after a lonely early one, in any order."""
    names = ["Deep Q-networks", "Residual layers", "AlphaGo beats Lee", "Self-attention"]
    names += ["Masked language", "Learning to summarise", "Few-shot prompts", "Protein folding", "Chatbots"]
    first = int(rng.integers(2006, 2014))
    pairs = [(1951, "SNARC"), *((first + i, name) for i, name in enumerate(names))]
    return dict(pairs[index] for index in (4, 1, 6, 9, 0, 3, 5, 2, 8, 7))


@check("plot_timeline", weight=2)
def test_crowded_years_in_any_order(student, rng):
    """A milestone in each of nine years in a row, and an early one, handed over in any order."""
    milestones = crowded(rng)
    figure = figure_in(student.plot_timeline(milestones))
    expect_labels_and_years(figure, milestones)
    expect_in_order(figure, milestones)
    expect_inside(figure, milestones)
    expect_apart(figure, milestones)


# plot_values


def heatmap_of(figure):
    """Return those of a figure's axes that hold the heatmap."""
    axes = [one for one in figure.axes if one["images"]]
    expect(len(axes) > 0, "the figure shows no image: imshow, matshow or pcolormesh draws one")
    expect(len(axes) == 1 == len(axes[0]["images"]), "the figure shows more than one image")
    return axes[0]


def expect_cells(figure, values):
    """Fail unless the heatmap has a cell for each value; return its axes."""
    axes = heatmap_of(figure)
    told = "the heatmap does not have a cell for each value"
    expect(axes["images"][0]["data"].size == values.size, told)
    return axes


def is_turned(image, values):
    """Whether a mesh has its rows turned, so that the first is at the top."""
    alike = image["data"].shape == values.shape and not np.allclose(image["data"], values)
    return bool(alike and np.allclose(image["data"], values[::-1]))


def expect_image(figure, values):
    """Fail unless the image holds the values."""
    image = heatmap_of(figure)["images"][0]
    expect_close(image["data"], values[::-1] if is_turned(image, values) else values, name="the image")


def cell_of(text, image, flipped):
    """Return the (row, col) of the cell that a text stands in."""
    rows, cols = image["data"].shape
    left, right, bottom, top = image["extent"]
    first, last = (top, bottom) if image["origin"] == "upper" else (bottom, top)
    row = int(np.floor((text["y"] - first) / (last - first) * rows + 1e-6))
    col = int(np.floor((text["x"] - left) / (right - left) * cols + 1e-6))
    return (rows - 1 - row if flipped else row), col


def number_in(text):
    """Return the number that a text holds, as it is written, "" unless it holds exactly one."""
    said = re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("\N{MINUS SIGN}", "-"))
    found = re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", said)
    return found[0] if len(found) == 1 else ""


def expect_numbers(figure, values):
    """Fail unless every cell holds its number, to two decimals or nearly, and no other."""
    axes = heatmap_of(figure)
    image, found = axes["images"][0], {}
    for text in axes["texts"]:
        if number := number_in(text["text"]):
            place = cell_of(text, image, is_turned(image, values))
            found.setdefault(place, []).append(float(number))
    expect(len(found) > 0, "no cell has its number written in it")
    for cell, value in np.ndenumerate(values):
        numbers = found.get(cell, [])
        expect(len(numbers) > 0, "a cell has no number written in it", f"the cell {cell}")
        near = all(abs(number - value) <= 0.00501 for number in numbers)
        told = "the number written in a cell is not its value to two decimals"
        expect(near, told, f"the cell {cell}: {numbers}, expected {value:.2f}")


def expect_two_decimals(figure, values):
    """Fail unless the numbers written are as many as there are cells, each with two decimals."""
    found = [number for text in heatmap_of(figure)["texts"] if (number := number_in(text["text"]))]
    expect(len(found) >= values.size, "a cell has no number written in it")
    long = any(re.search(r"\.\d{3}", number) for number in found)
    expect(not long, "the numbers are written with more than two decimals: format them with :.2f")
    told = "the numbers are not written with two decimals: format them with :.2f"
    expect(all(re.search(r"\.\d\d$", number) for number in found), told)


@check("plot_values", visible=True, weight=2)
def test_the_image_holds_the_values(student):
    """Two rows of three unequal values, as an image."""
    expect_image(figure_in(student.plot_values.once(VALUES)), VALUES)


@check("plot_values", visible=True, weight=2)
def test_each_number_in_its_own_cell(student):
    """Two rows of three: each value is written into its own cell."""
    expect_numbers(figure_in(student.plot_values.once(VALUES)), VALUES)


@check("plot_values", visible=True)
def test_numbers_have_two_decimals(student):
    """The values 0.309 and -7.4 are written 0.31 and -7.40, and so on."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect_two_decimals(figure, VALUES)


@check("plot_values", visible=True)
def test_axes_have_their_labels(student):
    """Columns run along x, rows along y, and the labels say so."""
    axes = expect_cells(figure_in(student.plot_values.once(VALUES)), VALUES)
    xlabel, ylabel = axes["xlabel"].strip().lower(), axes["ylabel"].strip().lower()
    expect(xlabel != "" and ylabel != "", "an axis has no label")
    turned = re.search(r"\brows?\b", xlabel) or re.search(r"\bcol", ylabel)
    expect(not turned, "the axis labels are exchanged: columns run along x, rows along y")


@check("plot_values", visible=True, weight=0.5)
def test_heatmap_has_a_title(student):
    """The heatmap has a title."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect_title(figure)


@check("plot_values", visible=True, weight=0.5)
def test_heatmap_has_a_colorbar(student):
    """The heatmap has a colorbar."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect(any(one["colorbar"] for one in figure.axes), "the figure has no colorbar")


@check("plot_values", visible=True, weight=0.5)
def test_heatmap_returns_its_figure(student):
    """What comes back is the figure: not its axes, and not both."""
    got = student.plot_values.once(VALUES)
    expect_cells(figure_in(got), VALUES)
    expect(isinstance(got, Figure), "expected the figure alone: end with `return fig`")


@check("plot_values", weight=3)
def test_another_grid(student, rng):
    """A grid of 4x4 with values of both signs and several sizes, which stay as they are."""
    values = rng.uniform(-1.0, 1.0, (4, 4)) * rng.permutation(4 * [1.0, 1.0, 10.0, 90.0]).reshape(4, 4)
    function = student.plot_values
    figure = figure_in(function(values))
    expect_unchanged(function)
    expect_image(figure, values)
    expect_numbers(figure, values)
    pairs = overlapping(heatmap_of(figure)["texts"])
    expect(not pairs, "numbers overlap: choose a smaller font", f"{len(pairs)} pairs")

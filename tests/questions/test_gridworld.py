"""Checks of gridworld: the grid, a random policy, exploration, Q-learning, value iteration, plots.

Training is judged by the walk of the greedy policy in a clean grid of the check's own. What chance
decides in a right solution goes wrong with a probability below one in a million per check, in
whatever order it draws: exact where a comment says so; for training, of 4000 runs with half as many
episodes none failed, and the share of failures falls exponentially with their number.
"""

import re

import numpy as np
from gridworld_env import FarWorld, GridWorld

from autograder.checks import check, expect, expect_close, expect_unchanged
from autograder.checks.compare import numbers_of, unpack
from autograder.data.figures import overlapping
from autograder.data.values import Figure

GRID = "gridworld_env.GridWorld"
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


# grid_step


@check("grid_step", visible=True)
def test_one_move_each_way(student):
    """From the cell (1, 1): 0 up, 1 right, 2 down, 3 left, each for -0.01."""
    expect_move(student.grid_step((1, 1), 0), (0, 1), -0.01, False)
    expect_move(student.grid_step((1, 1), 1), (1, 2), -0.01, False)
    expect_move(student.grid_step((1, 1), 2), (2, 1), -0.01, False)
    expect_move(student.grid_step((1, 1), 3), (1, 0), -0.01, False)


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


def expect_whole_grid(student, size, named):
    """Fail unless every move of a grid is right; `named` hands the size over by name."""
    for index in range(size**2 - 1):
        row, col = divmod(index, size)
        after = [(max(row - 1, 0), col), (row, min(col + 1, size - 1))]
        after += [(min(row + 1, size - 1), col), (row, max(col - 1, 0))]
        for action in range(4):
            done = after[action] == (size - 1, size - 1)
            more = {"size": size} if named else {}
            got = student.grid_step((row, col), action, **more)
            expect_move(got, after[action], 1.0 if done else -0.01, done)


@check("grid_step")
def test_every_move_of_the_default_grid(student):
    """All moves from all cells of the 4x4 grid."""
    expect_whole_grid(student, 4, False)


@check("grid_step")
def test_every_move_of_a_small_grid(student):
    """All moves from all cells of smaller grids."""
    expect_whole_grid(student, 2, True)
    expect_whole_grid(student, 3, True)


@check("grid_step")
def test_moves_of_large_grids(student, rng):
    """Moves inside and along the edges of larger grids."""
    for size in (5, 6, 9, int(rng.integers(12, 40))):
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
def test_goal_and_edge_are_not_mixed_up(student):
    """Sharing a row or a column with the goal, or bumping next to it, is not arriving."""
    expect_move(student.grid_step((3, 1), 1), (3, 2), -0.01, False)
    expect_move(student.grid_step((1, 3), 2), (2, 3), -0.01, False)
    expect_move(student.grid_step((3, 2), 2), (3, 2), -0.01, False)
    expect_move(student.grid_step((2, 3), 1), (2, 3), -0.01, False)
    expect_move(student.grid_step((3, 2), 0), (2, 2), -0.01, False)


@check("grid_step")
def test_arguments_by_name(student):
    """The arguments may be given by name, and calls leave no trace for later ones."""
    expect_move(student.grid_step(size=3, action=2, position=(1, 2)), (2, 2), 1.0, True)
    expect_move(student.grid_step(position=(1, 2), action=2), (2, 2), -0.01, False)
    expect_move(student.grid_step((2, 1), action=1, size=3), (2, 2), 1.0, True)
    expect_move(student.grid_step((2, 1), 1), (2, 2), -0.01, False)


# run_random_episode


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
    expect(arrived or capped, "the total reward is not what that many steps pay", f"{total}, {steps}")
    expect(arrived or steps == max_steps, "the episode ended before the goal and before max_steps")
    expect(not arrived or steps >= 2 * size - 2, "no walk reaches the goal in so few steps")
    return arrived


@check("run_random_episode", visible=True)
def test_no_way_out(student):
    """Walled in, four steps of -0.01 are taken: (-0.04, 4)."""
    env = student.make(GRID, size=3, walls=[(0, 1), (1, 0)])
    got = student.run_random_episode(env, student.make(GENERATOR, 7), 4)
    expect_close(got, (-0.04, 4))


@check("run_random_episode", visible=True)
def test_total_fits_the_number_of_steps(student):
    """An episode of n steps pays 1 - 0.01 (n - 1) if it arrives, -1.00 if 100 are not enough."""
    runs = [run_episode(student, {"size": 3}, seed) for seed in range(12)]
    arrivals = sum(expect_fitting(*one, 3, -0.01, 100) for one in runs)
    expect(arrivals > 0, "not one of 12 episodes on a 3x3 grid reached the goal")
    expect(len(set(runs)) > 1, "12 generators gave the same episode: is rng used?")


@check("run_random_episode")
def test_the_world_says_what_a_step_pays(student, rng):
    """Other sizes, other step rewards: the harsher penalty of exercise 1, none, and a bonus."""
    arrivals = 0
    for size, step_reward in ((4, -0.1), (3, 0.0), (2, 0.25), (4, -0.01), (3, -2.0), (2, -0.1)):
        grid = {"size": size, "step_reward": step_reward}
        for seed in rng.integers(1000, size=4).tolist():
            total, steps = run_episode(student, grid, seed)
            arrivals += expect_fitting(total, steps, size, step_reward, 100)
    expect(arrivals > 4, "hardly any of 24 episodes reached the goal")


@check("run_random_episode")
def test_the_cap(student):
    """Without a way out an episode has exactly max_steps steps; 100 if it is not given."""
    walls = [(0, 1), (1, 0)]
    for max_steps, step_reward in ((1, -0.5), (7, -0.01), (250, -0.1), (101, 0.3)):
        env = student.make(GRID, size=4, walls=walls, step_reward=step_reward)
        generator = student.make(GENERATOR, max_steps)
        got = student.run_random_episode(env=env, rng=generator, max_steps=max_steps)
        expect_close(got, (max_steps * step_reward, max_steps))
    env = student.make(GRID, size=2, walls=walls)
    expect_close(student.run_random_episode(env, student.make(GENERATOR, 0)), (-1.0, 100))


@check("run_random_episode")
def test_every_episode_starts_anew(student):
    """The agent may stand anywhere when the call comes: the episode starts at (0, 0)."""
    env, generator = student.make(GRID, size=4, step_reward=-0.03), student.make(GENERATOR, 1)
    for action in (0, 0, 0, 2, 2):
        env.step(action)
    arrivals = 0
    for _ in range(16):
        total, steps = two_numbers(student.run_random_episode(env, generator))
        arrivals += expect_fitting(total, steps, 4, -0.03, 100)
    # a run arrives with probability 0.838: three or fewer of 16 do with 1.9e-8
    expect(arrivals > 3, "hardly any of 16 episodes on the 4x4 grid reached the goal")


@check("run_random_episode")
def test_randomness_comes_from_the_generator(student):
    """Equal generators give equal episodes, others others; NumPy's global state stays unused."""
    before = student.make("numpy.random.get_state")
    grid = {"size": 3, "step_reward": -0.02}
    first = [run_episode(student, grid, seed) for seed in range(8)]
    again = [run_episode(student, grid, seed) for seed in range(8)]
    after = student.make("numpy.random.get_state")
    arrivals = sum(expect_fitting(*one, 3, -0.02, 100) for one in first)
    expect(first == again, "equal generators gave different episodes: where does chance come from?")
    # the likeliest length has probability 0.045: eight episodes agree with less than 1e-9
    expect(len(set(first)) > 1, "different generators gave the same episode: is rng used?")
    expect(arrivals > 0, "not one of 8 episodes reached the goal")
    same = all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    expect(same, "NumPy's global random state was used: draw from rng")


def actions_taken(student, episodes, max_steps):
    """Return how often each action was taken, (episodes, 4): walled in, with a price on each.

    An episode of up to 255 steps adds up to a whole number below 2**24, exact in single precision.
    """
    env = student.make(GRID, size=2, walls=[(0, 1), (1, 0)], step_reward=[0.0, 1.0, 2.0**8, 2.0**16])
    generator = student.make(GENERATOR, 11)
    counts = []
    for _ in range(episodes):
        total, steps = two_numbers(student.run_random_episode(env, generator, max_steps=max_steps))
        paid = [int(total) >> 8 * place & 255 for place in range(3)]
        fits = steps == max_steps >= sum(paid) and 0 <= total == int(total) < 2**24
        expect(fits, f"the total reward is not what {max_steps} steps pay", f"{total}, {steps}")
        counts.append([max_steps - sum(paid), *paid])
    return np.array(counts)


@check("run_random_episode", weight=2)
def test_every_action_is_equally_likely(student):
    """Walled in, with a price on each action, the total tells how often each was taken."""
    counts = actions_taken(student, 32, 250).sum(axis=0)
    # chi-squared with 3 degrees of freedom: a uniform policy exceeds 40 with probability 1.1e-8
    chi2 = ((counts - 2000) ** 2 / 2000).sum()
    expect(chi2 < 40, "the four actions are not equally likely", f"taken {counts.tolist()} times")


@check("run_random_episode")
def test_an_action_does_not_depend_on_the_last(student):
    """Of 80 episodes of two steps, some take an action twice, some go there and back."""
    counts = actions_taken(student, 80, 2)
    # either has probability 1/4 in an episode: none in 80 do with 0.75**80 = 1e-10
    expect((counts == 2).any(), "no action is ever taken twice in a row: each has probability 1/4")
    back = (counts[:, :2] == 1).all(axis=1) | (counts[:, 2:] == 1).all(axis=1)
    expect(back.any(), "no step is ever taken back by the next: each action has probability 1/4")


@check("run_random_episode")
def test_episodes_are_as_long_as_they_should_be(student):
    """Of 50 episodes on the 4x4 grid some are short, some are long, and most arrive."""
    env, generator = student.make(GRID, step_reward=-0.02), student.make(GENERATOR, 3)
    runs = [two_numbers(student.run_random_episode(env, generator)) for _ in range(50)]
    arrivals = sum(expect_fitting(*one, 4, -0.02, 100) for one in runs)
    short = sum(steps <= 27 for _, steps in runs)
    # 100 steps suffice with probability 0.838, 27 with 0.301: the bounds fail with 9e-8 in all
    expect(arrivals >= 26, "too few of 50 episodes arrive: is every action taken as often?")
    expect(1 <= short <= 33, "the episodes are too short or too long for a uniform policy")


# epsilon_greedy_probs


@check("epsilon_greedy_probs", visible=True)
def test_three_actions_by_hand(student):
    """Values 1, 3, 2 at epsilon 0.3: 0.1 for each, and the other 0.7 for the best."""
    expect_close(student.epsilon_greedy_probs(np.array([1.0, 3.0, 2.0]), 0.3), [0.1, 0.8, 0.1])


@check("epsilon_greedy_probs", visible=True)
def test_two_best_actions_share(student):
    """Values 2, 0, 2, 1 at epsilon 0.2: the two best share 0.8 evenly."""
    got = student.epsilon_greedy_probs(np.array([2.0, 0.0, 2.0, 1.0]), 0.2)
    expect_close(got, [0.45, 0.05, 0.45, 0.05])


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
def test_an_unlearned_row(student):
    """All values 0, as in a new table: every action is a best one."""
    for actions, epsilon in ((4, 0.1), (4, 0.0), (7, 0.5)):
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
def test_odds_of_three_to_one(student):
    """Values 0 and ln 3 at temperature 1: 1/4 and 3/4."""
    expect_close(student.boltzmann_probs(np.array([0.0, np.log(3.0)]), 1.0), [0.25, 0.75])


@check("boltzmann_probs", visible=True)
def test_temperature_divides_the_values(student):
    """Values 0, 2 ln 2, 2 ln 5 at temperature 2: 1/8, 2/8 and 5/8."""
    q_row = 2.0 * np.log(np.array([1.0, 2.0, 5.0]))
    expect_close(student.boltzmann_probs(q_row, 2.0), [0.125, 0.25, 0.625])


@check("boltzmann_probs", weight=2)
def test_boltzmann_agrees_on_random_values(student, reference, rng):
    """Random values, two to nine actions, low and high temperatures."""
    for actions, temperature in ((2, 0.5), (4, 1.0), (4, 3.0), (9, 0.7), (5, 0.25)):
        q_row = rng.normal(size=actions)
        want = reference.boltzmann_probs(q_row, temperature)
        expect_close(student.boltzmann_probs(q_row, temperature), want)


@check("boltzmann_probs")
def test_large_values_stay_finite(student):
    """Values of many thousands, positive and negative, and small temperatures."""
    weights = np.array([1.0, 2.0, 4.0])
    for shift in (1000.0, -1000.0, 65536.0, -65536.0):
        q_row = np.array([0.0, 1.0, 2.0]) + shift
        want = np.exp([-2.0, -1.0, 0.0]) / np.exp([-2.0, -1.0, 0.0]).sum()
        expect_close(student.boltzmann_probs(q_row, 1.0), want)
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
def test_equal_values_and_one_action(student):
    """Equal values share evenly at any temperature; an only action has probability 1."""
    expect_close(student.boltzmann_probs(np.array([2.0, 2.0, 2.0]), 0.3), np.full(3, 1 / 3))
    expect_close(student.boltzmann_probs(np.zeros(7), 5.0), np.full(7, 1 / 7))
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


@check("q_learning_update", visible=True)
def test_one_step_by_hand(student):
    """Q = 1, reward 0.5, best next value 2, alpha 0.5, gamma 0.9: target 2.3, entry 1.65."""
    q_values = np.zeros((2, 3, 4))
    q_values[0, 1] = [0.0, 1.0, 0.0, 3.0]
    q_values[1, 2] = [0.0, -1.0, 2.0, 1.0]
    want = q_values.copy()
    want[0, 1, 1] = 1.65
    got = student.q_learning_update(q_values, (0, 1), 1, 0.5, (1, 2), False, 0.5, 0.9)
    expect_close(got, want)


@check("q_learning_update", visible=True)
def test_nothing_follows_the_end(student):
    """The same step, but it ends the episode: the target is the reward 0.5, the entry 0.75."""
    q_values = np.zeros((2, 3, 4))
    q_values[0, 1] = [0.0, 1.0, 0.0, 3.0]
    q_values[1, 2] = [0.0, -1.0, 2.0, 1.0]
    want = q_values.copy()
    want[0, 1, 1] = 0.75
    got = student.q_learning_update(q_values, (0, 1), 1, 0.5, (1, 2), True, 0.5, 0.9)
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
    """Thirty updates in a row, each of the table that the last one returned."""
    table = rng.normal(size=(3, 3, 4))
    got = table
    state = (0, 0)
    for _ in range(30):
        after = tuple(int(place) for place in rng.integers(3, size=2))
        action, ends = int(rng.integers(4)), bool(rng.random() < 0.2)
        step = (state, action, float(rng.normal()), after, ends, 0.3, 0.9)
        got = numbers_of(student.q_learning_update(got, *step), "the table")
        table = updated(table, *step)
        state = after
    expect_close(got, table)


# train_q_learning

WALKED = ("test_learns_by_walking",)  # a plan made without a step is no training


@check("train_q_learning", visible=True)
def test_learns_the_open_grid(student):
    """100 episodes on the open 4x4 grid teach the walk to the goal; without one nothing is known."""
    untrained = train(student, {"size": 4}, 0, 0, 0.5, 0.9, 0.3)
    expect(greedy_steps(untrained, {"size": 4}) == 0, "the table of no episodes knows the way")
    for seed in range(2):
        table = train(student, {"size": 4}, seed, 100, 0.5, 0.9, 0.3)
        expect(greedy_steps(table, {"size": 4}) > 0, "the greedy policy never reaches the goal")


@check("train_q_learning", visible=True)
def test_learns_to_walk_around_walls(student):
    """150 episodes on a 4x4 grid where only one path leads around the walls."""
    grid = {"size": 4, "walls": [(0, 1), (1, 1), (1, 3), (2, 1), (2, 3)]}
    for seed in range(2):
        table = train(student, grid, seed, 150, 0.5, 0.9, 0.3)
        expect(greedy_steps(table, grid) > 0, "the greedy policy never reaches the goal")


@check("train_q_learning", weight=2)
def test_learns_by_walking(student, rng):
    """A grid of which nothing is known but what `reset` and `step` answer: what was learned was walked."""
    for size, count, episodes in ((3, 2, 40), (4, 4, 60)):
        walls = draw_walls(rng, size, count)
        env, generator = GridWorld(size, walls), student.make(GENERATOR, int(rng.integers(1000)))
        world = FarWorld(size, env.reset, env.step)
        table = student.train_q_learning(world, episodes, 0.5, 0.95, 0.3, generator, 50)
        walked, begun = sum(env.lengths), len(env.lengths) - 1
        told = "the world was not walked in: learn from what reset and step answer"
        expect(0 < begun <= episodes + 1 and walked > episodes, told, f"{walked} steps, {begun} episodes")
        way = greedy_steps(table, {"size": size, "walls": walls})
        expect(way > 0, "the greedy policy never reaches the goal")


@check("train_q_learning", weight=2, requires=WALKED)
def test_finds_its_way_in_any_maze(student, rng):
    """Grids of several sizes with walls in random places, and with a harsher penalty."""
    for size, count, step_reward in ((3, 2, -0.01), (4, 4, -0.1), (5, 8, -0.01), (6, 11, -0.02)):
        walls = draw_walls(rng, size, count)
        grid = {"size": size, "walls": walls, "step_reward": step_reward}
        table = train(student, grid, int(rng.integers(1000)), 200, 0.5, 0.95, 0.3)
        expect(greedy_steps(table, grid) > 0, "the greedy policy never reaches the goal")


@check("train_q_learning", requires=WALKED)
def test_every_training_episode_starts_anew(student):
    """A long corridor, and an agent that stands in the middle of it when training begins."""
    walls = [(0, 1), (1, 1), (2, 1), (3, 1), (1, 3), (2, 3), (3, 3), (4, 3)]
    env = student.make(GRID, size=5, walls=walls)
    for move in (2, 2, 2, 2, 0, 0, 3, 3):
        env.step(move)
    table = student.train_q_learning(env, 150, 0.5, 0.9, 0.1, student.make(GENERATOR, 1))
    found = greedy_steps(table, {"size": 5, "walls": walls})
    expect(found > 0, "the greedy policy never reaches the goal: where do episodes start?")


@check("train_q_learning", weight=2, requires=WALKED)
def test_learns_from_random_behaviour_what_is_best(student):
    """At epsilon 1, left or up pays and the other is dear: gamma decides if the goal is worth it."""
    for seed in range(4):
        left, up = (0.05, -0.6) if seed % 2 == 0 else (-0.6, 0.05)
        grid = {"size": 2, "step_reward": [-0.01, left, -0.01, up]}
        # 0.05 forever is worth 5 at gamma 0.99, the way to the goal 0.98; at 0.5 it is 0.1 and 0.49
        patient = train(student, grid, seed, 120, 0.5, 0.99, 1.0)
        hasty = train(student, grid, seed, 120, 0.5, 0.5, 1.0)
        best = "not the best policy for this gamma: what does the target look at, what is explored?"
        expect(greedy_steps(patient, grid) == 0, best, "gamma 0.99: staying pays more")
        expect(greedy_steps(hasty, grid) > 0, best, "gamma 0.5: the goal pays more")


@check("train_q_learning", requires=WALKED)
def test_explores_where_only_exploring_finds_the_goal(student):
    """Where every step pays a little, an agent at epsilon 0.5 finds the goal all the same."""
    grid = {"size": 2, "walls": [(0, 1)], "step_reward": 0.01}
    for seed in range(3):
        table = train(student, grid, seed, 80, 0.5, 0.9, 0.5, 25)
        expect(greedy_steps(table, grid) > 0, "the greedy policy never reaches the goal")


@check("train_q_learning", requires=WALKED)
def test_explores_only_as_much_as_epsilon_says(student):
    """At epsilon 0 and once the way is known, every episode is the greedy walk."""
    grid = {"size": 4, "walls": [(0, 1), (1, 1), (1, 3), (2, 1), (2, 3)]}
    env, generator = student.make(GRID, **grid), student.make(GENERATOR, 2)
    table = student.train_q_learning(env, 250, 0.5, 0.5, 0.0, generator)
    steps = greedy_steps(table, grid)
    expect(steps > 0, "the greedy policy never reaches the goal")
    # exploring one time in ten would go unseen with probability below 0.95 ** 300 = 2.1e-7;
    # a copy of the world leaves no lengths here
    late = [length for length in env.lengths if length][-50:]
    told = "at epsilon 0 the agent still leaves the greedy walk"
    expect(set(late) <= {steps}, told, f"late episodes take {sorted(set(late))} steps")


@check("train_q_learning", requires=WALKED)
def test_the_limit_on_steps_is_no_end(student):
    """Episodes of two steps: the world goes on after the cut, so staying left pays forever."""
    grid = {"size": 2, "walls": [(0, 1)], "step_reward": [-0.01, 0.05, -0.01, -0.6]}
    hasty = train(student, grid, 0, 120, 0.5, 0.5, 1.0)
    expect(greedy_steps(hasty, grid) > 0, "the greedy policy never reaches the goal")
    # the mean of five tables: a single one is as noisy as its last few cuts
    runs = [train(student, grid, seed, 400, 0.35, 0.99, 1.0, 2) for seed in range(5)]
    table = np.mean([numbers_of(run, "the table") for run in runs], axis=0)
    told = "what is cut off by max_steps is learned as if it had ended"
    expect(greedy_steps(table, grid) == 0, told)


@check("train_q_learning", weight=2, requires=WALKED)
def test_nothing_is_learned_from_nothing(student):
    """No episodes, a step size of 0, or one step an episode teach nothing; proper training does."""
    grid = {"size": 4, "walls": [(1, 1), (2, 2)]}
    env, generator = student.make(GRID, **grid), student.make(GENERATOR, 5)
    learn = student.train_q_learning
    for max_steps in (100, 30):
        table = learn(env, 100, 0.5, 0.9, 0.3, generator, max_steps)
        expect(greedy_steps(table, grid) > 0, "the greedy policy never reaches the goal")
    arguments = {"env": env, "episodes": 60, "alpha": 0.5, "gamma": 0.9, "epsilon": 0.3}
    for less in ({"episodes": 0}, {"alpha": 0.0}, {"max_steps": 1}):
        table = learn(**(arguments | less), rng=generator)
        expect(greedy_steps(table, grid) == 0, f"something was learned from {less}")


@check("train_q_learning", requires=WALKED)
def test_episodes_are_as_many_and_as_long_as_asked(student):
    """Walled in, all steps that may be taken are taken; elsewhere an episode ends at the goal."""
    for episodes, max_steps in ((3, ()), (6, (7,)), (1, (2,))):
        env = student.make(GRID, size=3, walls=[(0, 1), (1, 0)])
        generator = student.make(GENERATOR, 1)
        student.train_q_learning(env, episodes, 0.5, 0.9, 0.5, generator, *max_steps)
        asked = episodes * (*max_steps, 100)[0]
        told = "the number of steps taken in all is not what was asked"
        expect(sum(env.lengths) in (0, asked), told)  # 0 where a copy of the world was used
    for seed in range(3):
        grid = {"size": 2, "walls": ([], [(0, 1)], [(1, 0)])[seed]}
        env, generator = student.make(GRID, **grid), student.make(GENERATOR, seed)
        table = student.train_q_learning(env, 200, 0.5, 0.9, 0.3, generator, 50)
        expect(greedy_steps(table, grid) == 2, "the greedy policy is not at the goal in 2 steps")
        expect(sum(env.lengths) < 5000, "episodes go on after the goal is reached")


@check("train_q_learning", requires=WALKED)
def test_training_draws_from_the_generator(student):
    """Equal generators give equal tables, others give others; NumPy's global state stays unused."""
    grid = {"size": 4, "walls": [(0, 2), (1, 2), (3, 1)]}
    before = student.make("numpy.random.get_state")
    tables = [train(student, grid, seed, 60, 0.5, 0.9, 0.4) for seed in (1, 1, 2, 3)]
    after = student.make("numpy.random.get_state")
    for table in tables:
        expect(greedy_steps(table, grid) > 0, "the greedy policy never reaches the goal")
    same, again, *others = (numbers_of(table, "the table") for table in tables)
    told = "equal generators gave different tables: where does chance come from?"
    expect(np.array_equal(same, again), told)
    told = "different generators gave the same table: is rng used?"
    expect(not any(np.array_equal(same, other) for other in others), told)
    unused = all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    expect(unused, "NumPy's global random state was used: draw from rng")


# greedy_policy and state_values


def expect_greedy(policy, q_values):
    """Fail unless every cell names an action of largest value."""
    actions = actions_in(policy, q_values.shape[:-1], q_values.shape[-1])
    taken = np.take_along_axis(q_values, actions[..., None], axis=-1)[..., 0]
    wrong = np.argwhere(taken < q_values.max(axis=-1)).tolist()
    expect(not wrong, f"the action is not a best one in {len(wrong)} cells", f"first {wrong[:1]}")


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
    """A table of one row and two cells: the largest values are 0.7 and 0.9."""
    q_values = np.array([[[0.1, -0.5, 0.7, 0.2], [0.9, 0.3, -0.2, 0.8]]])
    expect_close(student.state_values(q_values), [[0.7, 0.9]])


@check("state_values", visible=True)
def test_largest_of_negative_values(student):
    """Two rows of one cell, all values negative."""
    q_values = np.array([[[-3.0, -1.0, -2.0]], [[-9.0, -8.0, -7.0]]])
    expect_close(student.state_values(q_values), [[-1.0], [-7.0]])


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
    """Staying pays 1 in state 0 and 3 in state 1, leaving pays 0; gamma 0.5: move to state 1."""
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 3.0], [0.0, 0.0]]])
    values, policy = unpack(student.value_iteration(transition_probs, rewards, 0.5), 2)
    expect_close(values, [3.0, 6.0])
    expect_close(policy, [1, 0])


@check("value_iteration", visible=True)
def test_values_of_the_grid(student):
    """The 4x4 grid at gamma 0.99: d steps from the goal the value is 2 * 0.99 ** (d - 1) - 1."""
    process = GridWorld(size=4).model()
    values, policy = unpack(student.value_iteration(*process, 0.99), 2)
    distance = np.array([6 - sum(divmod(index, 4)) for index in range(15)])
    expect_close(values, [*(2 * 0.99 ** (distance - 1) - 1), 0.0])
    expect_optimal((values, policy), process, 0.99, 1e-8)


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
    mirrored = np.array([0.05, -0.05])[:, None, None] * np.ones((2, 1, 2))
    for process in ((transition_probs, rewards), (np.eye(2)[:, None, :], mirrored)):
        expect_optimal(student.value_iteration(*process, 0.99), process, 0.99, 1e-8)


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
        expect_close(unpack(got, 2)[0], lifted, name="values")


# plot_timeline


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


def expect_figure(got):
    """Fail unless an answer is a figure with a title; return it."""
    expect(isinstance(got, Figure), "expected a matplotlib Figure: end with `return fig`")
    expect(len(got.axes) > 0, "the figure has no axes: draw into those of fig.subplots()")
    titles = [axes["title"] + axes["suptitle"] for axes in got.axes]
    expect(any(title.strip() for title in titles), "the figure has no title")
    return got


def with_year(label, year, texts):
    """Return a label's text and that of its year: the same, or one above, below or beside it."""
    years = [text for text in texts if re.search(rf"(?<!\d){year}(?!\d)", text["text"])]
    if label in years:
        return [label]
    close = [text for text in years if np.isclose(text["at"], label["at"], rtol=0, atol=2e-3).any()]
    return [label, close[0]] if close else []


def expect_timeline(got, milestones):
    """Fail unless all milestones are shown with their years, in order, readable and apart."""
    figure = expect_figure(got)
    texts = texts_of(figure)
    shown, places = [], []
    for year, label in sorted(milestones.items()):
        labels = [text for text in texts if squashed(label) in squashed(text["text"])]
        expect(len(labels) > 0, "the label of a milestone is not in the figure", label)
        pairs = [with_year(one, year, texts) for one in labels]
        expect(any(pairs), "a label comes without its year, or with another", f"{label}, {year}")
        found = next(pair for pair in pairs if pair)
        shown += found
        places.append(found[0]["at"])
    across, along = np.diff(places, axis=0).T
    ordered = (across > 0).all() or (along > 0).all() or (along < 0).all()
    expect(bool(ordered), "the milestones are not in order of time")
    expect_readable(figure, shown)


def expect_readable(figure, texts):
    """Fail if a text is outside the picture, or about a point outside its axes, or two overlap."""
    width, height = (int.from_bytes(figure.png[at : at + 4], "big") for at in (16, 20))
    for text in texts:
        left, bottom, right, top = text["box"]
        inside = 0 <= (left + right) / 2 <= width and 0 <= (bottom + top) / 2 <= height
        inside = inside or not figure.png  # too large a picture has no size here
        expect(inside, "a label lies outside the figure", text["text"])
        # matplotlib leaves out an annotation whose target is outside the axes
        drawn = not text["target"] or ((text["at"] >= 0) & (text["at"] <= 1)).all()
        expect(bool(drawn), "a label is about a point outside the axes", text["text"])
    pairs = [" and ".join(repr(" ".join(one.split())) for one in pair) for pair in overlapping(texts)]
    told = "labels overlap: give close years different heights, or each label its own"
    expect(not pairs, told, f"{len(pairs)} pairs of labels overlap, such as {', '.join(pairs[:1])}")


@check("plot_timeline", visible=True)
def test_three_milestones(student):
    """Three milestones decades apart: a title, and the labels with their years, in order."""
    milestones = {1957: "Perceptron", 1986: "Backpropagation", 2017: "Transformer"}
    expect_timeline(student.plot_timeline(milestones), milestones)


@check("plot_timeline", visible=True)
def test_the_milestones_of_the_lab(student):
    """The lab's eleven milestones, eight of them within eleven years: no labels overlap."""
    milestones = {
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
    expect_timeline(student.plot_timeline(milestones), milestones)


@check("plot_timeline")
def test_every_year_has_its_own_label(student, rng):
    """Milestones handed over in any order come out in order, each with its own year."""
    names = ["Logic", "Simplex", "Kalman", "Viterbi", "Boosting", "Dropout", "Attention"]
    years = 1950 + 10 * np.arange(7) + rng.integers(0, 4, 7)
    pairs = list(zip(years.tolist(), names, strict=True))
    milestones = dict(pairs[index] for index in (4, 1, 6, 0, 3, 5, 2))
    expect_timeline(student.plot_timeline(milestones), milestones)


@check("plot_timeline")
def test_crowded_years(student, rng):
    """A milestone in each of nine years in a row, after a lonely early one."""
    names = ["Deep Q-networks", "Residual layers", "AlphaGo beats Lee", "Self-attention"]
    names += [
        "Masked language",
        "Sparse attention",
        "Few-shot prompts",
        "Protein folding",
        "Chatbots",
    ]
    first = int(rng.integers(2006, 2014))
    milestones = {1951: "SNARC"} | {first + i: name for i, name in enumerate(names)}
    expect_timeline(student.plot_timeline(milestones), milestones)


@check("plot_timeline")
def test_long_labels(student):
    """Labels of many letters in neighbouring years."""
    milestones = {
        2015: "Batch normalisation",
        2016: "Sequence-level training",
        2017: "Learning from preferences",
        2018: "Universal fine-tuning",
        2019: "Language models are multitask learners",
        2020: "Learning to summarise",
    }
    expect_timeline(student.plot_timeline(milestones), milestones)


@check("plot_timeline")
def test_another_century(student, rng):
    """Milestones long before and after those of the lab."""
    start = int(rng.integers(1640, 1660))
    labels = ["Arithmetic machine", "Bayes", "Least squares", "Markov chains", "A later dream"]
    milestones = dict(zip((start, 1763, 1805, 1906, 2061), labels, strict=True))
    expect_timeline(student.plot_timeline(milestones), milestones)


@check("plot_timeline")
def test_one_or_two_milestones(student):
    """A timeline of a single milestone, then one of two others."""
    for milestones in ({1992: "REINFORCE"}, {1989: "Q-learning", 1988: "Temporal differences"}):
        expect_timeline(student.plot_timeline(milestones), milestones)


# plot_values


def heatmap_of(got):
    """Return the figure and those of its axes that hold the heatmap."""
    figure = expect_figure(got)
    axes = [one for one in figure.axes if one["images"]]
    expect(len(axes) > 0, "the figure shows no image: imshow, matshow or pcolormesh draws one")
    expect(len(axes) == 1 == len(axes[0]["images"]), "the figure shows more than one image")
    return figure, axes[0]


def cell_of(text, image, flipped):
    """Return the (row, col) of the cell that a text stands in."""
    rows, cols = image["data"].shape
    left, right, bottom, top = image["extent"]
    first, last = (top, bottom) if image["origin"] == "upper" else (bottom, top)
    row = int(np.floor((text["y"] - first) / (last - first) * rows + 1e-6))
    col = int(np.floor((text["x"] - left) / (right - left) * cols + 1e-6))
    return (rows - 1 - row if flipped else row), col


def expect_heatmap(got, values):
    """Fail unless the image holds the values, each cell its number, and everything is labelled."""
    figure, axes = heatmap_of(got)
    image = axes["images"][0]
    upside_down = values[::-1]  # a mesh with its rows turned, so that the first is at the top
    flipped = image["data"].shape == values.shape and not np.allclose(image["data"], values)
    flipped = bool(flipped and np.allclose(image["data"], upside_down))
    expect_close(image["data"], upside_down if flipped else values, name="the image")
    expect_numbers(axes, image, flipped, values)
    xlabel, ylabel = axes["xlabel"].strip().lower(), axes["ylabel"].strip().lower()
    expect(xlabel != "" and ylabel != "", "an axis has no label")
    turned = re.search(r"\brows?\b", xlabel) or re.search(r"\bcol", ylabel)
    expect(not turned, "the axis labels are exchanged: columns run along x, rows along y")
    expect(any(one["colorbar"] for one in figure.axes), "the figure has no colorbar")


def number_in(text):
    """Return the number that a text holds, None unless it holds exactly one."""
    said = re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("\N{MINUS SIGN}", "-"))
    found = re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", said)
    return float(found[0]) if len(found) == 1 else None


def expect_numbers(axes, image, flipped, values):
    """Fail unless every cell holds its number, to two decimals or more, and no other."""
    found = {}
    for text in axes["texts"]:
        number = number_in(text["text"])
        if number is not None:
            found.setdefault(cell_of(text, image, flipped), []).append(number)
    expect(len(found) > 0, "no cell has its number written in it")
    for cell, value in np.ndenumerate(values):
        numbers = found.get(cell, [])
        expect(len(numbers) > 0, "a cell has no number written in it", f"the cell {cell}")
        near = all(abs(number - value) <= 0.00501 for number in numbers)
        told = "the number written in a cell is not its value to two decimals"
        expect(near, told, f"the cell {cell}: {numbers}, expected {value:.2f}")


@check("plot_values", visible=True)
def test_two_rows_of_three(student):
    """A 2x3 heatmap: the values, their numbers, labels on both axes, a title and a colorbar."""
    values = np.array([[0.9, 0.92, 0.94], [-0.5, 1.0, 0.0]])
    expect_heatmap(student.plot_values(values), values)


@check("plot_values", visible=True)
def test_values_of_the_lab(student):
    """The 4x4 grid's best values, 0 at the goal."""
    distance = np.add.outer(np.arange(3, -1, -1), np.arange(3, -1, -1))
    values = np.where(distance > 0, 2 * 0.99 ** (distance - 1.0) - 1, 0.0)
    expect_heatmap(student.plot_values(values), values)


@check("plot_values")
def test_every_number_in_its_cell(student, rng):
    """Random values in a grid that is higher than wide."""
    values = rng.normal(size=(4, 3))
    expect_heatmap(student.plot_values(values), values)


@check("plot_values")
def test_numbers_below_zero(student, rng):
    """Negative values, and differences that only the second decimal shows; none is changed."""
    values = -1.0 - 0.011 * rng.permutation(10).reshape(2, 5)
    function = student.plot_values
    expect_heatmap(function(values=values), values)
    expect_unchanged(function)


@check("plot_values")
def test_small_and_large_numbers(student, rng):
    """Values of hundreds beside values near 0."""
    values = rng.uniform(-1.0, 1.0, (4, 4)) * 10.0 ** rng.integers(0, 4, (4, 4))
    expect_heatmap(student.plot_values(values), values)


@check("plot_values")
def test_grids_of_other_sizes(student, rng):
    """A long grid, and a large one."""
    for shape in ((2, 7), (6, 6)):
        values = rng.uniform(0.0, 2.0, shape)
        expect_heatmap(student.plot_values(values), values)


@check("plot_values")
def test_nothing_learned_yet(student):
    """A table of zeros: every cell says 0.00."""
    expect_heatmap(student.plot_values(np.zeros((3, 4))), np.zeros((3, 4)))


@check("plot_values")
def test_numbers_do_not_overlap(student, rng):
    """On a grid of 4x4 every number can be read."""
    values = rng.uniform(-1.0, 1.0, (4, 4))
    got = student.plot_values(values)
    expect_heatmap(got, values)
    pairs = overlapping(heatmap_of(got)[1]["texts"])
    expect(not pairs, f"{len(pairs)} pairs of numbers overlap: choose a smaller font")

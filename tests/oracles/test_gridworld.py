"""gridworld against exact computations, printed values and independent libraries.

gymnasium and rlax are an extra (`oracles`); the tests that need them are skipped without it.
"""

import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.optimize import linprog
from scipy.special import softmax
from scipy.stats import binom, chi2

FOLDER = Path(__file__).parents[2] / "assignments" / "gridworld"
sys.path.insert(0, str(FOLDER))

from gridworld_env import GridWorld  # noqa: E402

from solutions.gridworld import (  # noqa: E402
    boltzmann_probs,
    epsilon_greedy_probs,
    greedy_policy,
    grid_step,
    plot_timeline,
    plot_values,
    q_learning_update,
    run_random_episode,
    state_values,
    train_q_learning,
    value_iteration,
)

HANDOUT = " ".join((FOLDER / "handout.md").read_text().split())
GAMMAS = (0.0, 0.5, 0.9, 0.99)
LAB = (500, 0.1, 0.99, 0.1)  # episodes, alpha, gamma, epsilon


@pytest.fixture
def rng():
    return np.random.default_rng(1992)


@pytest.fixture(scope="module")
def lengths():
    """Return the probability of each number of steps of a random walk, and that of not arriving."""
    moves = GridWorld().model()[0].mean(axis=1)
    here, found = np.eye(16)[0], np.zeros(101)
    for steps in range(1, 101):
        here = here @ moves
        found[steps], here[15] = here[15], 0.0
    return found, here.sum()


def told(*numbers):
    """Return whether the handout has all of these numbers."""
    return [number for number in numbers if number not in HANDOUT] == []


def greedy_walk(q_values, env):
    """Return the number of steps of the greedy policy to the goal, 0 if it never arrives."""
    policy, state = greedy_policy(q_values), env.reset()
    for steps in range(1, env.size**2 + 1):
        state, _, done = env.step(int(policy[state]))
        if done:
            return steps
    return 0


def random_process(rng, states, actions):
    return rng.dirichlet(np.ones(states), (states, actions)), rng.normal(size=(states, actions, states))


def optimal_by_linear_program(transition_probs, rewards, gamma):
    """The optimal values are the smallest with V(s) >= Q(s, a) for all a."""
    states, actions, _ = transition_probs.shape
    stay = np.repeat(np.eye(states)[:, None], actions, axis=1)
    expected = (transition_probs * rewards).sum(axis=2)
    matrix = (gamma * transition_probs - stay).reshape(-1, states)
    return linprog(np.ones(states), matrix, -expected.ravel(), bounds=(None, None)).x


class TestTheGrids:
    def test_the_two_grids_agree_but_for_the_numbers_of_the_actions(self):
        env = GridWorld(size=5)
        for index in range(24):
            for simple, other in enumerate((3, 0, 2, 1)):
                env.state = divmod(index, 5)
                assert grid_step(divmod(index, 5), simple, 5) == env.step(other)

    def test_only_action_2_means_the_same_in_both(self):
        env = GridWorld()
        same = [a for a in range(4) if grid_step((1, 1), a)[0] == env.move((1, 1), a)]
        assert same == [2]
        assert told("Only 2 agrees")

    @pytest.mark.parametrize("walls", [[], [(1, 1), (2, 3)]])
    def test_the_model_says_what_step_does(self, walls):
        env = GridWorld(4, walls, step_reward=[-0.1, -0.2, -0.3, -0.4])
        transition_probs, rewards = env.model()
        assert np.all(transition_probs.sum(axis=2) == 1)
        for index in range(15):
            for action in range(4):
                if divmod(index, 4) in env.walls:
                    continue
                env.state = divmod(index, 4)
                (row, col), reward, _ = env.step(action)
                assert transition_probs[index, action, 4 * row + col] == 1
                assert rewards[index, action, 4 * row + col] == reward

    def test_impossible_worlds_and_moves_are_refused(self):
        with pytest.raises(ValueError, match="must stay free"):
            GridWorld(walls=[(3, 3)])
        with pytest.raises(ValueError, match="expected 0 right"):
            GridWorld().step(4)


class TestRandomEpisodes:
    def test_expected_steps_without_a_cap(self):
        moves = GridWorld().model()[0].mean(axis=1)[:15, :15]
        expected = np.linalg.solve(np.eye(15) - moves, np.ones(15))[0]
        assert expected == pytest.approx(416 / 7, rel=1e-12)
        assert told(f"416/7 = {expected:.2f}")

    def test_exact_numbers_with_the_cap(self, lengths):
        found, lost = lengths
        steps = np.arange(101)
        mean_steps = found @ steps + 100 * lost
        mean_total = found @ (1 - 0.01 * (steps - 1)) - lost
        short = found[:28].sum()
        assert told(f"{lost:.1%}".replace("%", " %"), f"{mean_steps:.1f}", f"{mean_total:.3f}")
        assert told(f"{short:.0%} of the runs".replace("%", " %"))
        assert f"{1 - 0.01 * 26:.2f}" == "0.74"

    def test_exact_numbers_of_exercise_1(self, lengths):
        found, lost = lengths
        totals = 1 - 0.1 * (np.arange(101) - 1)
        assert told(f"{found @ totals - 10 * lost:.2f}")
        assert told(f"{found[totals < -1e-9].sum() + lost:.0%} of them".replace("%", " %"))
        assert np.argmax(totals < -1e-9) == 12  # the first length that ends below 0
        assert told("only within 11 steps")

    def test_simulation_agrees(self, lengths):
        found, lost = lengths
        rng, env = np.random.default_rng(0), GridWorld()
        totals, steps = np.array([run_random_episode(env, rng) for _ in range(1500)]).T
        assert steps.mean() == pytest.approx(found @ np.arange(101) + 100 * lost, abs=4 * 31 / 38)
        assert np.mean(totals < -0.99) == pytest.approx(lost, abs=4 * 0.37 / 38)

    def test_what_the_checks_take_for_impossible(self, lengths):
        """The probabilities stated in the comments of the checks."""
        found, lost = lengths
        assert chi2.sf(40, 3) < 1.1e-8
        assert binom.cdf(3, 16, 1 - lost) < 2e-8
        short = found[:28].sum()
        bounds = binom.cdf(25, 50, 1 - lost) + binom.pmf(0, 50, short) + binom.sf(33, 50, short)
        assert bounds < 1e-7


class TestExploration:
    @pytest.mark.parametrize("temperature", [0.01, 0.5, 1.0, 30.0])
    def test_softmax_of_scipy(self, rng, temperature):
        q_row = rng.normal(size=6) * 100
        want = softmax(q_row / temperature)
        np.testing.assert_allclose(boltzmann_probs(q_row, temperature), want, rtol=1e-9, atol=1e-300)

    @pytest.mark.filterwarnings("ignore:Rlax:PendingDeprecationWarning")
    def test_policies_of_rlax(self):
        rlax = pytest.importorskip("rlax", reason="rlax comes with the extra `oracles`")
        q_row = np.array([1.0, 3.0, 3.0, 0.5])
        want = rlax.epsilon_greedy(0.2).probs(q_row)
        np.testing.assert_allclose(epsilon_greedy_probs(q_row, 0.2), want, rtol=1e-6)
        want = rlax.softmax(2.0).probs(q_row)
        np.testing.assert_allclose(boltzmann_probs(q_row, 2.0), want, rtol=1e-6)

    def test_numbers_of_the_handout(self):
        np.testing.assert_allclose(epsilon_greedy_probs(np.array([1.0, 3.0, 2.0]), 0.3), [0.1, 0.8, 0.1])
        for temperature in (0.5, 1, 2):
            probs = boltzmann_probs(np.array([2.0, 1.0, 0.0]), temperature)
            assert told(f"| {temperature} | " + " | ".join(f"{prob:.3f}" for prob in probs) + " |")
        assert told(f"0.9**100 = {0.9**100:.7f}")
        with np.errstate(over="ignore"):
            assert np.isinf(np.exp(710.0))


class TestQLearning:
    def test_td_error_of_rlax(self, rng):
        rlax = pytest.importorskip("rlax", reason="rlax comes with the extra `oracles`")
        table = rng.normal(size=(3, 4, 4))
        for terminated in (False, True):
            error = rlax.q_learning(table[1, 2], 3, 0.5, 0.9 * (not terminated), table[2, 0])
            got = q_learning_update(table, (1, 2), 3, 0.5, (2, 0), terminated, 0.1, 0.9)
            assert got[1, 2, 3] == pytest.approx(table[1, 2, 3] + 0.1 * float(error), rel=1e-5)

    def test_the_walk_is_learned_and_the_rest_is_not(self):
        """What handout, lab and quiz say about the heatmap, at the lab's settings."""
        optimal = value_iteration(*GridWorld().model(), 0.99)[0].reshape(4, 4)
        for seed in range(25):
            env = GridWorld()
            q_values = train_q_learning(env, *LAB, np.random.default_rng(seed))
            assert greedy_walk(q_values, env) == 6
            values, path = state_values(q_values), [env.reset()]
            while path[-1] != env.goal:
                path.append(env.step(int(greedy_policy(q_values)[path[-1]]))[0])
            assert np.all(np.diff([values[cell] for cell in path[:-1]]) > 0)
            assert values[env.goal] == 0
            assert np.min(values - optimal) < -0.5

    def test_the_heatmap_of_the_handout(self):
        q_values = train_q_learning(GridWorld(), *LAB, np.random.default_rng(0))
        rows = ["  ".join(f"{abs(v):.2f}" for v in row) for row in state_values(q_values)]
        assert told(*(" ".join(row.split()) for row in rows))
        assert state_values(q_values)[3, 3] == 0
        assert state_values(q_values)[3, 0] < 0.05

    def test_a_missing_mask_cannot_be_seen_on_this_grid(self):
        q_values = train_q_learning(GridWorld(), *LAB, np.random.default_rng(1))
        for terminated in (False, True):
            step = ((3, 2), 0, 1.0, (3, 3), terminated, 0.1, 0.99)
            seen = q_learning_update(q_values, *step)
            assert seen[3, 2, 0] == pytest.approx(q_values[3, 2, 0] * 0.9 + 0.1)

    @pytest.mark.parametrize("epsilon", [0.1, 0.3, 1.0])
    def test_half_the_episodes_of_the_checks_suffice(self, epsilon):
        walls = [(0, 1), (1, 1), (1, 3), (2, 1), (2, 3)]
        for seed in range(20):
            rng = np.random.default_rng(seed)
            q_values = train_q_learning(GridWorld(4, walls), 75, 0.5, 0.9, epsilon, rng)
            assert greedy_walk(q_values, GridWorld(4, walls)) == 6

    def test_epsilon_0_learns_only_where_steps_cost(self):
        for step_reward, arrives in ((-0.01, True), (0.01, False)):
            env = GridWorld(step_reward=step_reward)
            q_values = train_q_learning(env, 200, 0.5, 0.9, 0.0, np.random.default_rng(3))
            assert bool(greedy_walk(q_values, env)) == arrives

    def test_learns_the_optimal_values_of_a_small_grid(self):
        env = GridWorld(size=2)
        q_values = train_q_learning(env, 400, 0.5, 0.9, 1.0, np.random.default_rng(4))
        values, _ = value_iteration(*env.model(), 0.9)
        np.testing.assert_allclose(state_values(q_values).ravel(), values, atol=1e-6)

    def test_one_update_by_hand(self):
        table = np.zeros((1, 2, 2))
        table[0, 0, 0], table[0, 1] = 1.0, [2.0, -1.0]
        assert q_learning_update(table, (0, 0), 0, 0.5, (0, 1), False, 0.5, 0.9)[0, 0, 0] == 1.65
        assert q_learning_update(table, (0, 0), 0, 0.5, (0, 1), True, 0.5, 0.9)[0, 0, 0] == 0.75
        assert told("1 + 0.5 * (2.3 - 1) = 1.65", "the entry 0.75")


class TestValueIteration:
    @pytest.mark.parametrize("gamma", GAMMAS)
    def test_linear_program(self, rng, gamma):
        process = random_process(rng, 6, 3)
        values, policy = value_iteration(*process, gamma)
        np.testing.assert_allclose(values, optimal_by_linear_program(*process, gamma), atol=1e-6)
        states = np.arange(6)
        expected = (process[0] * process[1]).sum(axis=2)[states, policy]
        moves = np.eye(6) - gamma * process[0][states, policy]
        np.testing.assert_allclose(np.linalg.solve(moves, expected), values, atol=1e-6)

    @pytest.mark.parametrize("tol", [1.0, 1e-2, 1e-5])
    @pytest.mark.parametrize("gamma", GAMMAS[1:])
    def test_the_bound_holds(self, rng, gamma, tol):
        process = random_process(rng, 5, 4)
        error = value_iteration(*process, gamma, tol)[0] - value_iteration(*process, gamma, 1e-13)[0]
        assert np.abs(error).max() <= tol * gamma / (1 - gamma)

    def test_the_gridworld_of_sutton_and_barto(self):
        """Example 3.8: the optimal values of the 5x5 grid of example 3.5, to one decimal."""
        transition_probs, rewards = np.zeros((25, 4, 25)), np.zeros((25, 4, 25))
        env = GridWorld(5)
        for index in range(25):
            for action in range(4):
                row, col = env.move(divmod(index, 5), action)
                after, reward = 5 * row + col, -1.0 * (5 * row + col == index)
                after, reward = {1: (21, 10.0), 3: (13, 5.0)}.get(index, (after, reward))
                transition_probs[index, action, after] = 1
                rewards[index, action, after] = reward
        values, _ = value_iteration(transition_probs, rewards, 0.9)
        printed = """22.0 24.4 22.0 19.4 17.5 19.8 22.0 19.8 17.8 16.0 17.8 19.8 17.8 16.0 14.4
            16.0 17.8 16.0 14.4 13.0 14.4 16.0 14.4 13.0 11.7"""
        assert [f"{value:.1f}" for value in values] == printed.split()

    def test_closed_form_on_the_grid(self):
        values, _ = value_iteration(*GridWorld().model(), 0.99)
        distance = np.array([6 - sum(divmod(index, 4)) for index in range(15)])
        np.testing.assert_allclose(values[:15], 2 * 0.99 ** (distance - 1) - 1, rtol=1e-12)
        assert told(f"{values[0]:.8f}")

    def test_frozen_lake_of_gymnasium(self):
        gymnasium = pytest.importorskip("gymnasium", reason="comes with the extra `oracles`")
        env = gymnasium.make("FrozenLake-v1", is_slippery=True)
        transition_probs, rewards = np.zeros((16, 4, 16)), np.zeros((16, 4, 16))
        for state, actions in env.unwrapped.P.items():
            for action, outcomes in actions.items():
                for prob, after, reward, _ in outcomes:
                    transition_probs[state, action, after] += prob
                    rewards[state, action, after] = reward
        values, policy = value_iteration(transition_probs, rewards, 0.95)
        exact = optimal_by_linear_program(transition_probs, rewards, 0.95)
        np.testing.assert_allclose(values, exact, atol=1e-6)
        earned = [walk_on_the_lake(env, policy, seed) for seed in range(400)]
        assert np.mean(earned) == pytest.approx(values[0], abs=5 * np.std(earned) / 20)

    def test_sweeps_and_bounds_of_the_handout(self):
        assert sweeps_needed(*GridWorld().model(), 0.99) == 7
        assert sweeps_needed(np.ones((1, 1, 1)), np.full((1, 1, 1), 0.01), 0.99) == 1376
        assert told("1376 sweeps", "needs 7, six", f"{1e-8 * 0.99 / 0.01:.1e}".replace("e-0", "e-"))


def walk_on_the_lake(env, policy, seed):
    """Return the discounted reward of one episode in gymnasium."""
    state, _ = env.reset(seed=seed)
    for steps in range(100):
        state, reward, terminated, _, _ = env.step(int(policy[state]))
        if terminated:
            return 0.95**steps * reward
    return 0.0


def sweeps_needed(transition_probs, rewards, gamma):
    """Return how many sweeps it takes until no value changes by 1e-8 or more."""
    values, count, change = np.zeros(len(rewards)), 0, 1.0
    while change >= 1e-8:
        worth = (transition_probs * (rewards + gamma * values)).sum(axis=2).max(axis=1)
        values, count, change = worth, count + 1, np.abs(worth - values).max()
    return count


class TestPlots:
    def test_timeline(self):
        figure = plot_timeline({2017: "Transformer", 1957: "Perceptron"})
        assert isinstance(figure, Figure)
        texts = [text.get_text() for text in figure.axes[0].get_yticklabels()]
        assert texts == ["1957  Perceptron", "2017  Transformer"]
        np.testing.assert_array_equal(figure.axes[0].collections[0].get_offsets()[:, 0], [1957, 2017])

    def test_values(self, rng):
        values = rng.normal(size=(2, 3))
        figure = plot_values(values)
        texts = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
        assert texts == {(c, r): f"{values[r, c]:.2f}" for r in range(2) for c in range(3)}
        np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), values)

"""The visible checks of `run_random_episode` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect, expect_close, numbers_of, unpack
from checks.for_otter import Cases

OK_FORMAT = False
name = "run_random_episode"
case = Cases("gridworld", name, 5)


GRID = "gridworld_env.GridWorld"


GENERATOR = "numpy.random.default_rng"


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


@case()
def test_no_way_out(student):
    """Walled in, 13 steps of -0.07 are taken: (-0.91, 13)."""
    env = student.make(GRID, size=3, walls=[(0, 1), (1, 0)], step_reward=-0.07)
    got = student.run_random_episode(env, student.make(GENERATOR, 7), 13)
    expect_close(got, (-0.91, 13))


@case()
def test_total_fits_the_number_of_steps(student):
    """An episode of n steps pays 1 - 0.01 (n - 1) if it arrives, -1.00 if 100 are not enough."""
    env, generator = student.make(GRID, size=3), student.make(GENERATOR, 5)
    runs = [two_numbers(student.run_random_episode(env, generator)) for _ in range(8)]
    arrivals = sum(expect_fitting(*one, 3, -0.01, 100) for one in runs)
    expect(arrivals > 0, "not one of 8 episodes on a 3x3 grid reached the goal")
    expect(len(set(runs)) > 1, "8 episodes were the same: is rng used?")


@case()
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

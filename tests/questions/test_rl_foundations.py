"""Checks of rl_foundations: returns, Bellman backup, REINFORCE, PPO's ratios, the length penalty.

Hidden inputs are drawn so that single precision passes: no sum of them cancels to nearly nothing.
"""

import numpy as np

from autograder.checks import (
    check,
    expect,
    expect_close,
    expect_gradient,
    expect_unchanged,
    expect_zero_gradient,
    numbers_of,
    tensor,
)


def random_mdp(rng, states, actions):
    """Return values, policy, transition_probs and rewards of a process in which all can happen."""
    values = rng.uniform(-2.0, 4.0, states)
    policy = rng.dirichlet(np.ones(actions), states)
    transition_probs = rng.dirichlet(np.ones(states), (states, actions))
    return values, policy, transition_probs, rng.normal(0.5, 1.0, (states, actions, states))


def random_episode(rng, steps):
    """Return log-probabilities and returns, a third of which are negative, but smaller."""
    returns = rng.uniform(1.0, 3.0, steps)
    returns[::3] *= -0.1
    return rng.uniform(-3.0, -1.0, steps), returns[::-1].copy()


def log_ratios(rng, clip_eps, count):
    """Return `count` log-ratios each below, inside and above the limits, none close to a limit."""
    below = (1 - clip_eps) * rng.uniform(0.4, 0.95, count)
    inside = 1 + clip_eps * rng.uniform(-0.9, 0.9, count)
    above = (1 + clip_eps) * rng.uniform(1.05, 2.5, count)
    return rng.permutation(np.log(np.concatenate([below, inside, above])))


def expect_apart(one, other, reason):
    """Fail with `reason` if two answers are the same finite numbers, as where something is cut off."""
    one, other = (np.asarray(numbers_of(answer, "the result")) for answer in (one, other))
    same = one.size > 0 and np.array_equal(one, other) and bool(np.isfinite(one).all())
    expect(not same, reason)


def expect_ratios(got, want):
    """Fail unless an answer holds the ratio and the clipped ratio."""
    expect_close(got, want, name=("the ratio", "the clipped ratio"))


# discounted_returns


@check("discounted_returns", visible=True)
def test_three_rewards_by_hand(student):
    """Rewards 0.7, -1.3, 2.9 and 0.4 at gamma 0.6, from the end: 0.4, then 2.9 + 0.6 * 0.4, and so on."""
    rewards = np.array([0.7, -1.3, 2.9, 0.4])
    # 0.7 + 0.6 * 0.584, -1.3 + 0.6 * 3.14, 2.9 + 0.6 * 0.4
    expect_close(student.discounted_returns(rewards, 0.6), [1.0504, 0.584, 3.14, 0.4])


@check("discounted_returns", visible=True)
def test_score_on_the_last_token_only(student):
    """Only the last of four tokens is scored, with 2.7, in a list; gamma 0.9."""
    expect_close(student.discounted_returns([0.0, 0.0, 0.0, 2.7], 0.9), [1.9683, 2.187, 2.43, 2.7])


@check("discounted_returns", visible=True)
def test_exercise_of_sutton_and_barto(student):
    """Sutton and Barto, exercise 3.8: rewards -1, 2, 6, 3, 2 at gamma 0.5."""
    rewards = np.array([-1.0, 2.0, 6.0, 3.0, 2.0])
    expect_close(student.discounted_returns(rewards, 0.5), [2.0, 6.0, 8.0, 4.0, 2.0])


@check("discounted_returns", weight=2)
def test_agrees_on_random_episodes(student, reference, rng):
    """Random episodes of different lengths and discounts."""
    cases = ((4, 0.9), (7, 0.3), (3, 0.999), (12, 0.05), (40, float(rng.uniform(0.6, 0.97))))
    for length, gamma in cases:
        rewards = rng.normal(size=length)
        want = reference.discounted_returns(rewards, gamma)
        expect_close(student.discounted_returns(rewards, gamma), want)


@check("discounted_returns")
def test_gamma_zero_and_one(student, rng):
    """Gamma 1 adds up all that follows, gamma 0 looks at one step only."""
    rewards = rng.uniform(-1.0, 3.0, 6)
    expect_close(student.discounted_returns(rewards, 1.0), np.cumsum(rewards[::-1])[::-1])
    expect_close(student.discounted_returns(rewards, 0.0), rewards)


@check("discounted_returns")
def test_one_and_two_steps(student, rng):
    """Episodes of two steps and of a single one."""
    first, last = rng.uniform(1.0, 2.0), rng.uniform(-4.0, -3.0)
    two = student.discounted_returns(np.array([first, last]), 0.8)
    expect_close(two, [first + 0.8 * last, last])
    expect_close(student.discounted_returns(np.array([last]), 0.8), [last])


@check("discounted_returns")
def test_sums_of_rewards(student, reference, rng):
    """Rewards that are added up or stretched have returns that are added up or stretched."""
    one, other = rng.uniform(0.5, 2.0, (2, 6))
    parts = [student.discounted_returns(rewards, 0.8) for rewards in (one, other)]
    for found, rewards in zip(parts, (one, other), strict=True):
        expect_close(found, reference.discounted_returns(rewards, 0.8))
    first, second = (np.asarray(numbers_of(part, "the result")).reshape(6) for part in parts)
    expect_close(student.discounted_returns(3.0 * one + 7.0 * other, 0.8), 3.0 * first + 7.0 * second)


@check("discounted_returns")
def test_no_steps(student, reference, rng):
    """An episode without steps has no returns; three steps have three."""
    rewards = rng.uniform(1.0, 2.0, 3)
    want = reference.discounted_returns(rewards, 0.7)
    expect_close(student.discounted_returns(rewards, 0.7), want)
    expect_close(student.discounted_returns(np.zeros(0), 0.7), [])
    expect_close(student.discounted_returns([], 0.7), [])


@check("discounted_returns")
def test_integer_rewards(student, reference, rng):
    """Integer rewards, as an array and as a list, give fractional returns."""
    rewards = rng.integers(-3, 9, 8)
    want = reference.discounted_returns(rewards, 0.37)
    expect_close(student.discounted_returns(rewards, 0.37), want)
    expect_close(student.discounted_returns(rewards.tolist(), 0.37), want)


@check("discounted_returns")
def test_a_single_integer_reward(student, reference, rng):
    """One integer reward alone: its return is a float, as of all integer rewards."""
    for rewards in (rng.integers(2, 9, 1), rng.integers(2, 9, 3)):
        got = student.discounted_returns(rewards, 0.37)
        expect_close(got, reference.discounted_returns(rewards, 0.37))
        kind = np.asarray(getattr(got, "array", 0.0)).dtype if not isinstance(got, np.ndarray) else got.dtype
        expect(kind.kind == "f", "integer rewards gave integer returns: make an array of floats")


@check("discounted_returns")
def test_rewards_that_end_no_episode(student, reference, rng):
    """Rewards of 100, -100, -50, 10 and -1 in the middle: episodes end at the last step alone."""
    for ending in (100.0, -100.0, -50.0, 10.0, -10.0, -1.0):
        rewards = np.append(rng.uniform(0.5, 2.0, 6), 0.3)
        rewards[[2, 4]] = ending
        want = reference.discounted_returns(rewards, 0.93)
        expect_close(student.discounted_returns(rewards, 0.93), want)


@check("discounted_returns")
def test_lists_and_single_precision(student, reference, rng):
    """Rewards in a list, and in an array of single precision."""
    rewards = rng.uniform(0.5, 2.0, 6).astype(np.float32)
    want = reference.discounted_returns(rewards, 0.85)
    expect_close(student.discounted_returns(rewards.tolist(), 0.85), want)
    expect_close(student.discounted_returns(rewards, 0.85), want)


@check("discounted_returns")
def test_zero_and_repeated_rewards(student, reference, rng):
    """Rewards of zero and the same reward more than once, in the middle; nothing but zeros."""
    middle = rng.permutation([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, -1.0, -1.0, 2.0])
    for rewards in (np.append(middle, 0.0), np.append(middle, -1.0), np.zeros(3)):
        want = reference.discounted_returns(rewards, 0.93)
        expect_close(student.discounted_returns(rewards, 0.93), want)


@check("discounted_returns")
def test_long_episodes(student, reference, rng):
    """Episodes of more than a thousand steps stay finite and right."""
    # Long enough for 0.5**T to vanish and for recursion to end, short enough for a double loop to be quick.
    for length, gamma, sign in ((1150, 0.5, -1.0), (1100, 1.0, 1.0)):
        rewards = sign * rng.uniform(0.5, 1.5, length + int(rng.integers(1, 50)))
        want = reference.discounted_returns(rewards, gamma)
        expect_close(student.discounted_returns(rewards, gamma), want)


@check("discounted_returns")
def test_tiny_and_large_rewards(student, reference, rng):
    """Rewards far smaller and far larger than 1, of either sign."""
    lone = [student.discounted_returns([reward], 0.9) for reward in (40.0, 80.0)]
    expect_apart(
        *lone, "a reward of 80 counts no more than one of 40: is it limited, scaled or shifted first?"
    )
    for scale in (2e-6, -3e5):
        rewards = scale * rng.uniform(0.5, 1.5, 5)
        want = reference.discounted_returns(rewards, 0.9)
        expect_close(student.discounted_returns(rewards, 0.9), want)


@check("discounted_returns")
def test_leaves_its_rewards_alone(student, reference, rng):
    """Right, and the rewards are as they were: an array, then a list."""
    returns_of = student.discounted_returns
    rewards = rng.uniform(0.5, 2.0, 5)
    want = reference.discounted_returns(rewards, 0.6)
    for given in (rewards, rewards.tolist()):
        expect_close(returns_of(given, 0.6), want)
        expect_unchanged(returns_of)


@check("discounted_returns")
def test_every_call_stands_alone(student, reference, rng):
    """Calls in a row, with the same length, the same rewards or the same gamma."""
    rewards = rng.uniform(0.5, 3.0, 5)
    for given, gamma in (
        (rewards, 0.9),
        (rewards[::-1].copy(), 0.9),
        (rewards, 0.4),
        (np.append(rewards, 1.5), 0.4),
        (rewards, 0.9),
    ):
        want = reference.discounted_returns(given, gamma)
        expect_close(student.discounted_returns(given, gamma), want)


@check("discounted_returns")
def test_arguments_by_name(student, reference, rng):
    """Called with rewards= and gamma=, in either order."""
    rewards = rng.uniform(0.5, 2.0, 4)
    want = reference.discounted_returns(rewards, 0.75)
    expect_close(student.discounted_returns(gamma=0.75, rewards=rewards), want)


# bellman_update


@check("bellman_update", visible=True)
def test_write_on_or_stop(student):
    """Two states: writing (worth 4.3 so far) and finished. Go on for -0.2, or stop for 1.7; gamma 0.8."""
    values = np.array([4.3, 0.0])
    policy = np.array([[0.35, 0.65], [0.5, 0.5]])
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
    rewards = np.array([[[-0.2, 0.0], [0.0, 1.7]], [[0.0, 0.0], [0.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.8)
    # 0.35 * (-0.2 + 0.8 * 4.3) + 0.65 * (1.7 + 0.8 * 0)
    expect_close(got, [2.239, 0.0])


@check("bellman_update", visible=True)
def test_all_states_at_once(student):
    """Three states in a ring, one action, steps that pay 0.4, -0.9 and 1.6; gamma 0.5."""
    values = np.array([1.3, 2.2, 4.7])
    policy = np.ones((3, 1))
    transition_probs = np.array([[[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]])
    rewards = np.array([[[0.0, 0.4, 0.0]], [[0.0, 0.0, -0.9]], [[1.6, 0.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.5)
    # The last state follows on the old value of the first: 1.6 + 0.5 * 1.3
    expect_close(got, [1.5, 1.45, 2.25])


@check("bellman_update", visible=True)
def test_chance_decides_where_to(student):
    """Two states, two actions, uncertain arrivals; the reward depends on the arrival; gamma 0.9."""
    values = np.array([10.3, 19.6])
    policy = np.array([[0.25, 0.75], [0.2, 0.8]])
    transition_probs = np.array([[[0.5, 0.5], [0.2, 0.8]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[0.0, 4.0], [0.0, 2.0]], [[0.0, 0.0], [-1.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.9)
    # 0.25 * (0.5 * 9.27 + 0.5 * 21.64) + 0.75 * (0.2 * 9.27 + 0.8 * 19.64), 0.2 * 17.64 + 0.8 * 8.27
    expect_close(got, [17.03825, 10.144])


@check("bellman_update", weight=2)
def test_agrees_on_random_processes(student, reference, rng):
    """Random processes with more states than actions, fewer, and as many."""
    for states, actions in ((5, 2), (2, 5), (4, 4), (7, 3)):
        given = (*random_mdp(rng, states, actions), float(rng.uniform(0.5, 0.95)))
        expect_close(student.bellman_update(*given), reference.bellman_update(*given))


@check("bellman_update")
def test_bellman_gamma_zero_and_one(student, reference, rng):
    """Gamma 0 leaves the expected reward, gamma 1 adds the next value in full."""
    given = random_mdp(rng, 4, 3)
    now, later = (numbers_of(student.bellman_update(v, *given[1:], 0.0), "the result")
                  for v in (given[0], given[0] + 1.0))  # fmt: skip
    nothing_left = now.shape == later.shape and np.allclose(now, later, atol=1e-3, equal_nan=True)
    expect(
        nothing_left,
        "with gamma 0 the result still depends on the values passed: are they in it undiscounted?",
    )
    for gamma in (0.0, 1.0):
        want = reference.bellman_update(*given, gamma)
        expect_close(student.bellman_update(*given, gamma), want)


@check("bellman_update")
def test_one_state_or_one_action(student, reference, rng):
    """A single action, a single state, and both."""
    for states, actions in ((4, 1), (1, 3), (1, 1)):
        given = (*random_mdp(rng, states, actions), 0.8)
        expect_close(student.bellman_update(*given), reference.bellman_update(*given))


@check("bellman_update")
def test_certain_choices(student, reference, rng):
    """A policy that always takes one action, and one that never takes the best."""
    values, policy, transition_probs, rewards = random_mdp(rng, 5, 3)
    certain = np.eye(3)[rng.permutation([0, 1, 2, 0, 1])]
    given = (values, certain, transition_probs, rewards, 0.9)
    expect_close(student.bellman_update(*given), reference.bellman_update(*given))
    values = rng.uniform(1.0, 2.0, 5)
    policy = np.tile([0.4, 0.6, 0.0], (5, 1))
    rewards[:, 2] += 9.0
    given = (values, policy, transition_probs, rewards, 0.9)
    expect_close(student.bellman_update(*given), reference.bellman_update(*given))


@check("bellman_update")
def test_one_synchronous_sweep(student, rng):
    """A ring walked both ways: one sweep, with every new value made of old ones."""
    values = rng.uniform(10.0, 20.0, 6)
    left, right = np.roll(values, 1), np.roll(values, -1)
    transition_probs = np.stack([np.roll(np.eye(6), -1, axis=1), np.roll(np.eye(6), 1, axis=1)], 1)
    policy = np.tile([0.3, 0.7], (6, 1))
    got = student.bellman_update(values, policy, transition_probs, np.ones((6, 2, 6)), 0.9)
    expect_close(got, 1.0 + 0.9 * (0.3 * left + 0.7 * right))


@check("bellman_update")
def test_absorbing_states(student, reference, rng):
    """States that are never left: a terminal one, one with an old value, one that pays."""
    values, policy, transition_probs, rewards = random_mdp(rng, 6, 2)
    values[[0, 2, 5]] = 0.0, rng.uniform(2.0, 3.0), rng.uniform(2.0, 3.0)
    transition_probs[[0, 2, 5]] = np.eye(6)[[0, 2, 5]][:, None]
    rewards[[0, 2]] = 0.0
    rewards[5] = rng.uniform(1.0, 2.0)
    given = (values, policy, transition_probs, rewards, 0.9)
    expect_close(student.bellman_update(*given), reference.bellman_update(*given))


@check("bellman_update")
def test_fixed_point(student, rng):
    """The policy's true values stay as they are; raised by 1, they come back raised by gamma."""
    _, policy, transition_probs, rewards = random_mdp(rng, 5, 3)
    expected_reward = np.einsum("sa,san,san->s", policy, transition_probs, rewards)
    steps = np.einsum("sa,san->sn", policy, transition_probs)
    values = np.linalg.solve(np.eye(5) - 0.7 * steps, expected_reward)
    model = (policy, transition_probs, rewards, 0.7)
    expect_close(student.bellman_update(values + 1.0, *model), values + 0.7)
    expect_close(student.bellman_update(values, *model), values)


@check("bellman_update")
def test_small_and_large_values(student, reference, rng):
    """Values and rewards far smaller and far larger than 1, of either sign."""
    _, policy, transition_probs, _ = random_mdp(rng, 4, 2)
    for scale in (3e-6, -2e5):
        values = scale * rng.uniform(1.0, 2.0, 4)
        rewards = scale * rng.uniform(0.5, 1.5, (4, 2, 4))
        given = (values, policy, transition_probs, rewards, 0.9)
        expect_close(student.bellman_update(*given), reference.bellman_update(*given))


@check("bellman_update")
def test_leaves_the_process_alone(student, reference, rng):
    """Right, and values, policy, transition_probs and rewards are as they were."""
    update = student.bellman_update
    given = (*random_mdp(rng, 4, 3), 0.85)
    expect_close(update(*given), reference.bellman_update(*given))
    expect_unchanged(update)


@check("bellman_update")
def test_every_sweep_stands_alone(student, reference, rng):
    """Sweeps in a row: from zero, other values, policy and gamma, another size, the first again."""
    values, policy, transition_probs, rewards = random_mdp(rng, 4, 3)
    first = (np.zeros(4), policy, transition_probs, rewards, 0.9)
    for given in (
        first,
        (values[::-1].copy(), policy, transition_probs, rewards, 0.9),
        (values, policy[:, ::-1].copy(), transition_probs, rewards, 0.6),
        (*random_mdp(rng, 3, 2), 0.9),
        first,
    ):
        expect_close(student.bellman_update(*given), reference.bellman_update(*given))


@check("bellman_update")
def test_process_by_name(student, reference, rng):
    """Called with the names of the contract, in another order."""
    values, policy, transition_probs, rewards = random_mdp(rng, 3, 3)
    got = student.bellman_update(
        gamma=0.8, rewards=rewards, transition_probs=transition_probs, policy=policy, values=values
    )
    expect_close(got, reference.bellman_update(values, policy, transition_probs, rewards, 0.8))


# reinforce_loss


@check("reinforce_loss", visible=True)
def test_two_tokens_by_hand(student):
    """Log-probabilities -1.3 and -0.4, returns 0.7 and 2.6."""
    loss = student.reinforce_loss(tensor([-1.3, -0.4]), tensor([0.7, 2.6]))
    # -((-1.3) * 0.7 + (-0.4) * 2.6)
    expect_close(loss, 1.95)


@check("reinforce_loss", visible=True)
def test_bad_token_by_hand(student):
    """Log-probabilities -0.6, -2.3 and -1.1, returns 1.7, -0.9 and 3.2."""
    loss = student.reinforce_loss(tensor([-0.6, -2.3, -1.1]), tensor([1.7, -0.9, 3.2]))
    # -(-1.02 + 2.07 - 3.52)
    expect_close(loss, 2.47)


@check("reinforce_loss", visible=True)
def test_gradient_by_hand(student):
    """The gradient for each log-probability is minus its return; the returns are constants."""
    result = student.reinforce_loss.with_grad(
        log_probs=tensor([-0.6, -2.3, -1.1]),
        returns=tensor([1.7, -0.9, 3.2]),
        wrt=["log_probs", "returns"],
    )
    expect_gradient(result, "log_probs", [-1.7, 0.9, -3.2])
    expect_zero_gradient(result, "returns")


@check("reinforce_loss", weight=2)
def test_agrees_on_random_responses(student, reference, rng):
    """Random responses of different lengths."""
    for steps in (2, 3, 8, 25):
        log_probs, returns = map(tensor, random_episode(rng, steps))
        want = reference.reinforce_loss(log_probs, returns)
        expect_close(student.reinforce_loss(log_probs, returns), want)


@check("reinforce_loss", weight=2)
def test_gradient_on_random_responses(student, rng):
    """The gradient for the log-probabilities, beside the right loss."""
    for steps in (2, 9):
        log_probs, returns = random_episode(rng, steps)
        result = student.reinforce_loss.with_grad(
            log_probs=tensor(log_probs), returns=tensor(returns), wrt=["log_probs"]
        )
        expect_close(result.value, -np.sum(log_probs * returns))
        expect_gradient(result, "log_probs", -returns)


@check("reinforce_loss")
def test_returns_are_constants(student, rng):
    """Returns that carry a graph: right loss, right gradient, and none of it for the returns."""
    log_probs, returns = random_episode(rng, 6)
    result = student.reinforce_loss.with_grad(
        log_probs=tensor(log_probs), returns=tensor(returns), wrt=["log_probs", "returns"]
    )
    expect_close(result.value, -np.sum(log_probs * returns))
    expect_gradient(result, "log_probs", -returns)
    expect_zero_gradient(result, "returns")
    by_position = student.reinforce_loss.with_grad(
        tensor(log_probs), tensor(returns), wrt=["log_probs", "returns"]
    )
    expect_gradient(by_position, "log_probs", -returns)
    expect_zero_gradient(by_position, "returns")


@check("reinforce_loss")
def test_single_token(student, rng):
    """A response of one token, loss and gradient."""
    for returned in (rng.uniform(2.0, 3.0), rng.uniform(-3.0, -2.0)):
        result = student.reinforce_loss.with_grad(
            log_probs=tensor([-1.5]), returns=tensor([returned]), wrt=["log_probs"]
        )
        expect_close(result.value, 1.5 * returned)
        expect_gradient(result, "log_probs", [-returned])


@check("reinforce_loss")
def test_equal_returns(student, rng):
    """Every token has the same return, positive or negative: it is used as it is."""
    for returned in (rng.uniform(2.0, 4.0), rng.uniform(-4.0, -2.0)):
        log_probs = rng.uniform(-3.0, -1.0, 5)
        loss = student.reinforce_loss(tensor(log_probs), tensor(np.full(5, returned)))
        expect_close(loss, -returned * np.sum(log_probs))


@check("reinforce_loss")
def test_zeros_among_the_tokens(student, rng):
    """A token that was certain, and one that returned nothing: loss and gradient."""
    log_probs, returns = random_episode(rng, 7)
    log_probs[2] = returns[4] = 0.0
    result = student.reinforce_loss.with_grad(
        log_probs=tensor(log_probs), returns=tensor(returns), wrt=["log_probs"]
    )
    expect_close(result.value, -np.sum(log_probs * returns))
    expect_gradient(result, "log_probs", -returns)


@check("reinforce_loss")
def test_long_response(student, rng):
    """A response of more than a thousand tokens, loss and gradient."""
    log_probs, returns = random_episode(rng, 1100 + int(rng.integers(100)))
    result = student.reinforce_loss.with_grad(
        log_probs=tensor(log_probs), returns=tensor(returns), wrt=["log_probs"]
    )
    expect_close(result.value, -np.sum(log_probs * returns))
    expect_gradient(result, "log_probs", -returns)


@check("reinforce_loss")
def test_extreme_tokens(student, rng):
    """Very improbable tokens with large returns, and returns far below 1: loss and gradient."""
    lone = [student.reinforce_loss(tensor([-1.0]), tensor([value])) for value in (40.0, 80.0)]
    expect_apart(
        *lone, "a return of 80 counts no more than one of 40: is it limited, scaled or shifted first?"
    )
    lone = [student.reinforce_loss(tensor([value]), tensor([1.0])) for value in (-150.0, -300.0)]
    expect_apart(*lone, "a log-probability of -300 counts no more than one of -150: is it limited first?")
    for log_prob, scale in ((-300.0, 700.0), (-1600.0, -400.0), (-40.0, 2e-6)):
        log_probs = log_prob * rng.uniform(0.5, 1.0, 4)
        returns = scale * rng.uniform(0.5, 1.0, 4)
        result = student.reinforce_loss.with_grad(
            log_probs=tensor(log_probs), returns=tensor(returns), wrt=["log_probs"]
        )
        expect_close(result.value, -np.sum(log_probs * returns))
        expect_gradient(result, "log_probs", -returns)


@check("reinforce_loss")
def test_single_precision(student, rng):
    """Tensors of single precision, loss and gradient."""
    log_probs, returns = random_episode(rng, 8)
    result = student.reinforce_loss.with_grad(
        log_probs=tensor(log_probs, dtype="float32"),
        returns=tensor(returns, dtype="float32"),
        wrt=["log_probs", "returns"],
    )
    expect_close(result.value, -np.sum(log_probs * returns))
    expect_gradient(result, "log_probs", -returns)
    expect_zero_gradient(result, "returns")


@check("reinforce_loss")
def test_leaves_the_tensors_alone(student, reference, rng):
    """Right, and log_probs and returns are as they were."""
    loss_of = student.reinforce_loss
    log_probs, returns = map(tensor, random_episode(rng, 5))
    expect_close(loss_of(log_probs, returns), reference.reinforce_loss(log_probs, returns))
    expect_unchanged(loss_of)


@check("reinforce_loss")
def test_every_loss_stands_alone(student, rng):
    """Responses in a row, the first of them twice: nothing is carried over."""
    log_probs, returns = random_episode(rng, 5)
    for chosen, given in (
        (log_probs, returns),
        (log_probs, returns[::-1].copy()),
        (log_probs[::-1].copy(), 2.0 * returns),
        (log_probs, returns),
    ):
        result = student.reinforce_loss.with_grad(
            log_probs=tensor(chosen), returns=tensor(given), wrt=["log_probs"]
        )
        expect_close(result.value, -np.sum(chosen * given))
        expect_gradient(result, "log_probs", -given)


# ppo_clip_ratio


@check("ppo_clip_ratio", visible=True)
def test_three_tokens_by_hand(student):
    """Probabilities went from 0.45, 0.24, 0.25 and 0.2 to 0.63, 0.3, 0.26 and 0.11."""
    log_probs, old_log_probs = np.log([0.63, 0.3, 0.26, 0.11]), np.log([0.45, 0.24, 0.25, 0.2])
    got = student.ppo_clip_ratio(tensor(log_probs), tensor(old_log_probs))
    expect_ratios(got, (np.array([1.4, 1.25, 1.04, 0.55]), np.array([1.2, 1.2, 1.04, 0.8])))


@check("ppo_clip_ratio", visible=True)
def test_narrower_and_wider_range(student):
    """Ratios 1.4 and 0.55, limited with clip_eps 0.1 and 0.35."""
    log_probs, old_log_probs = tensor(np.log([0.63, 0.11])), tensor(np.log([0.45, 0.2]))
    for clip_eps, limits in ((0.1, [1.1, 0.9]), (0.35, [1.35, 0.65])):
        got = student.ppo_clip_ratio(log_probs, old_log_probs, clip_eps=clip_eps)
        expect_ratios(got, (np.array([1.4, 0.55]), np.array(limits)))


@check("ppo_clip_ratio", visible=True)
def test_whole_responses_by_hand(student):
    """Two responses of many tokens, near -800, where exp alone gives 0: exp(-0.3) and exp(0.5)."""
    got = student.ppo_clip_ratio(tensor([-801.2, -799.5]), tensor([-800.9, -800.0]))
    expect_ratios(got, (np.array([0.74081822, 1.64872127]), np.array([0.8, 1.2])))


@check("ppo_clip_ratio", visible=True)
def test_gradients_by_hand(student):
    """Ratios 1.4, 1.04 and 0.55: the gradients through ratio, then through clipped_ratio."""
    log_probs, old_log_probs = tensor(np.log([0.63, 0.26, 0.11])), tensor(np.log([0.45, 0.25, 0.2]))
    for output, gradient in ((0, [1.4, 1.04, 0.55]), (1, [0.0, 1.04, 0.0])):
        result = student.ppo_clip_ratio.with_grad(
            log_probs=log_probs, old_log_probs=old_log_probs, wrt=["log_probs"], of=output
        )
        expect_gradient(result, "log_probs", gradient)


@check("ppo_clip_ratio", weight=2)
def test_agrees_on_random_batches(student, reference, rng):
    """Random batches with ratios below, inside and above the usual limits."""
    for count in (1, 4):
        change = log_ratios(rng, 0.2, count)
        old_log_probs = rng.uniform(-5.0, -1.0, change.size)
        given = (tensor(old_log_probs + change), tensor(old_log_probs))
        expect_ratios(student.ppo_clip_ratio(*given), reference.ppo_clip_ratio(*given))


@check("ppo_clip_ratio", weight=2)
def test_clip_eps_sets_both_limits(student, rng):
    """Other values of clip_eps, 0 among them."""
    for clip_eps in (0.1, 0.3, 0.75, 0.0):
        change = log_ratios(rng, clip_eps, 3)
        old_log_probs = rng.uniform(-5.0, -1.0, change.size)
        log_probs, old = tensor(old_log_probs + change), tensor(old_log_probs)
        ratio = np.exp(change)
        want = (ratio, np.clip(ratio, 1 - clip_eps, 1 + clip_eps))
        expect_ratios(student.ppo_clip_ratio(log_probs, old, clip_eps=clip_eps), want)


@check("ppo_clip_ratio")
def test_gradient_through_ratio(student, rng):
    """Through ratio the gradient flows at every token, inside the limits and outside."""
    change = log_ratios(rng, 0.2, 3)
    old_log_probs = rng.uniform(-5.0, -1.0, change.size)
    weights = rng.uniform(0.5, 2.0, change.size)
    result = student.ppo_clip_ratio.with_grad(
        log_probs=tensor(old_log_probs + change),
        old_log_probs=tensor(old_log_probs),
        wrt=["log_probs"],
        of=0,
        cotangent=tensor(weights),
    )
    expect_gradient(result, "log_probs", weights * np.exp(change))


@check("ppo_clip_ratio")
def test_gradient_through_clipped_ratio(student, rng):
    """Through clipped_ratio it flows inside the limits only, whatever clip_eps is."""
    for clip_eps in (0.2, 0.35):
        change = log_ratios(rng, clip_eps, 3)
        old_log_probs = rng.uniform(-5.0, -1.0, change.size)
        weights = rng.uniform(0.5, 2.0, change.size)
        result = student.ppo_clip_ratio.with_grad(
            log_probs=tensor(old_log_probs + change),
            old_log_probs=tensor(old_log_probs),
            clip_eps=clip_eps,
            wrt=["log_probs"],
            of=1,
            cotangent=tensor(weights),
        )
        inside = np.abs(np.exp(change) - 1) < clip_eps
        expect_gradient(result, "log_probs", np.where(inside, weights * np.exp(change), 0.0))


@check("ppo_clip_ratio")
def test_before_the_first_update(student, rng):
    """Nothing has moved yet: all ratios are 1, and the gradient flows through both outputs."""
    log_probs = tensor(rng.uniform(-5.0, -1.0, 3))
    for output in (0, 1):
        result = student.ppo_clip_ratio.with_grad(
            log_probs=log_probs, old_log_probs=log_probs, wrt=["log_probs"], of=output
        )
        expect_ratios(result.value, (np.ones(3), np.ones(3)))
        expect_gradient(result, "log_probs", np.ones(3))


@check("ppo_clip_ratio")
def test_old_log_probs_are_constants(student, reference, rng):
    """Old log-probabilities that carry a graph get no gradient through either output."""
    change = log_ratios(rng, 0.2, 2)
    old_log_probs = rng.uniform(-5.0, -1.0, change.size)
    given = {"log_probs": tensor(old_log_probs + change), "old_log_probs": tensor(old_log_probs)}
    for output in (0, 1):
        result, right = (
            module.ppo_clip_ratio.with_grad(**given, wrt=["log_probs", "old_log_probs"], of=output)
            for module in (student, reference)
        )
        expect_ratios(result.value, right.value)
        expect_gradient(result, "log_probs", right.grads["log_probs"])
        expect_zero_gradient(result, "old_log_probs")


@check("ppo_clip_ratio")
def test_whole_responses(student, rng):
    """Log-probabilities near -800, alone and beside ordinary ones."""
    for old in (
        np.array([-799.5, -801.25, -800.0, -803.0]),
        np.array([-800.5, -0.5, -801.0, -2.0]),
    ):
        # Eighths are exact at this size in single precision too.
        change = rng.permutation([0.125, -0.125, 0.75, -0.625])
        ratio = np.exp(change)
        got = student.ppo_clip_ratio(tensor(old + change), tensor(old))
        expect_ratios(got, (ratio, np.clip(ratio, 0.8, 1.2)))


@check("ppo_clip_ratio")
def test_gradients_of_whole_responses(student, rng):
    """Log-probabilities near -800: the gradients are finite and right too."""
    old = np.array([-799.5, -801.25, -3.0, -800.0])
    change = rng.permutation([0.125, -0.125, 0.75, -0.625])
    inside = np.abs(change) < 0.2
    for output, gradient in ((0, np.exp(change)), (1, np.where(inside, np.exp(change), 0.0))):
        result = student.ppo_clip_ratio.with_grad(
            log_probs=tensor(old + change), old_log_probs=tensor(old), wrt=["log_probs"], of=output
        )
        expect_gradient(result, "log_probs", gradient)


@check("ppo_clip_ratio")
def test_far_from_the_old_policy(student, rng):
    """Tokens that became very much more, or very much less, probable."""
    lone = [student.ppo_clip_ratio(tensor([log_prob]), tensor([-60.0])) for log_prob in (-20.0, -10.0)]
    expect_apart(*lone, "the ratio itself stops growing: is it cut off, or the difference before exp?")
    for far, limit in ((21.0, 1.2), (50.0, 1.2), (-21.0, 0.8)):
        change = far * rng.uniform(1.0, 1.05, 3)
        old_log_probs = -60.0 - change
        got = student.ppo_clip_ratio(tensor(old_log_probs + change), tensor(old_log_probs))
        expect_ratios(got, (np.exp(change), np.full(3, limit)))


@check("ppo_clip_ratio")
def test_batches_of_one(student, rng):
    """A single token: each output still has shape (1,)."""
    for change in (rng.uniform(0.3, 0.9), rng.uniform(0.05, 0.15), rng.uniform(-0.9, -0.3)):
        got = student.ppo_clip_ratio(tensor([-1.25 + change]), tensor([-1.25]))
        ratio = np.exp([change])
        expect_ratios(got, (ratio, np.clip(ratio, 0.8, 1.2)))


@check("ppo_clip_ratio")
def test_ratios_in_single_precision(student, rng):
    """Tensors of single precision, values and gradient."""
    change = log_ratios(rng, 0.2, 2)
    old_log_probs = rng.uniform(-5.0, -1.0, change.size)
    result = student.ppo_clip_ratio.with_grad(
        log_probs=tensor(old_log_probs + change, dtype="float32"),
        old_log_probs=tensor(old_log_probs, dtype="float32"),
        wrt=["log_probs", "old_log_probs"],
        of=0,
    )
    ratio = np.exp(change)
    expect_ratios(result.value, (ratio, np.clip(ratio, 0.8, 1.2)))
    expect_gradient(result, "log_probs", ratio)
    expect_zero_gradient(result, "old_log_probs")


@check("ppo_clip_ratio")
def test_leaves_the_log_probs_alone(student, reference, rng):
    """Right, and log_probs and old_log_probs are as they were."""
    ratios_of = student.ppo_clip_ratio
    old_log_probs = rng.uniform(-5.0, -1.0, 6)
    given = (tensor(old_log_probs + log_ratios(rng, 0.2, 2)), tensor(old_log_probs))
    expect_ratios(ratios_of(*given), reference.ppo_clip_ratio(*given))
    expect_unchanged(ratios_of)


@check("ppo_clip_ratio")
def test_every_batch_stands_alone(student, reference, rng):
    """Batches in a row: other tokens, another clip_eps, then the default again."""
    old = rng.uniform(-5.0, -1.0, 6)
    new = old + log_ratios(rng, 0.2, 2)
    first = (tensor(new), tensor(old))
    other = (tensor(new[::-1].copy()), tensor(old + 0.05))
    for given, named in ((first, {}), (other, {}), (first, {"clip_eps": 0.35}), (first, {})):
        want = reference.ppo_clip_ratio(*given, **named)
        expect_ratios(student.ppo_clip_ratio(*given, **named), want)


# length_penalized_reward


@check("length_penalized_reward", visible=True)
def test_score_of_one_by_hand(student):
    """Score 1 with 150, 151 and 280 tokens."""
    for num_tokens, want in ((150, 1.0), (151, 0.99), (280, -0.3)):
        expect_close(student.length_penalized_reward(1.0, num_tokens), want)


@check("length_penalized_reward", visible=True)
def test_batch_by_hand(student):
    """A batch of four responses with 283, 97, 212 and 151 tokens: 133, 0, 62 and 1 are charged."""
    rm_score, num_tokens = np.array([2.35, 0.62, -1.4, 1.1]), np.array([283.0, 97.0, 212.0, 151.0])
    expect_close(student.length_penalized_reward(rm_score, num_tokens), [1.02, 0.62, -2.02, 1.09])


@check("length_penalized_reward", visible=True)
def test_other_prices_by_hand(student):
    """Score 3.7 with 17 tokens of which 6 are free, 0.45 for each of the others: 3.7 - 11 * 0.45."""
    expect_close(student.length_penalized_reward(3.7, 17, 0.45, 6), -1.25)


@check("length_penalized_reward", weight=2)
def test_agrees_on_random_batches_of_responses(student, reference, rng):
    """Random batches of short and long responses, token counts as integers and as floats."""
    num_tokens = rng.permutation(np.append(rng.integers(0, 150, 5), rng.integers(152, 420, 7)))
    rm_score = rng.normal(0.0, 2.0, 12)
    for counts in (num_tokens, num_tokens.astype(float)):
        want = reference.length_penalized_reward(rm_score, counts)
        expect_close(student.length_penalized_reward(rm_score, counts), want)


@check("length_penalized_reward")
def test_around_the_free_tokens(student, reference, rng):
    """One token below the free ones, exactly at them, and one or two beyond."""
    rm_score = float(rng.uniform(-0.5, 0.5))
    for num_tokens in (149, 150, 151):
        want = reference.length_penalized_reward(rm_score, num_tokens)
        expect_close(student.length_penalized_reward(rm_score, num_tokens), want)
    counts = np.array([152, 149, 150, 151])
    want = reference.length_penalized_reward(rm_score, counts, 0.25)
    expect_close(student.length_penalized_reward(rm_score, counts, 0.25), want)


@check("length_penalized_reward")
def test_short_responses_earn_nothing_extra(student, rng):
    """Responses below the free length keep their score, whatever its sign; one beyond does not."""
    rm_score = rng.permutation([-1.5, -0.25, 0.0, 0.25, 1.5]) + 0.01
    num_tokens = np.array([0.0, 1.0, 60.0, 149.0, 203.0])
    want = rm_score - [0.0, 0.0, 0.0, 0.0, 0.53]
    expect_close(student.length_penalized_reward(rm_score, num_tokens), want)


@check("length_penalized_reward")
def test_number_and_batch_together(student, rng):
    """A lone score with many lengths, and many scores with a lone length."""
    rm_score = rng.uniform(2.0, 4.0, 4)
    lone = float(rm_score[0])
    counts = np.array([200, 10, 151, 350])
    want = lone - np.array([0.5, 0.0, 0.01, 2.0])
    expect_close(student.length_penalized_reward(lone, counts), want)
    expect_close(student.length_penalized_reward(rm_score, 190), rm_score - 0.4)
    expect_close(student.length_penalized_reward(rm_score, 20), rm_score)
    expect_close(student.length_penalized_reward(lone, np.array([20, 150, 1])), np.full(3, lone))


@check("length_penalized_reward", weight=2)
def test_price_and_free_tokens_are_arguments(student, reference, rng):
    """Other values for penalty_per_token and free_tokens, 0 among them, by position and by name."""
    rm_score, counts = rng.uniform(-1.0, 3.0, 4), np.array([0, 40, 149, 260])
    by_position = ((0.03,), (0.02, 45), (0.01, 0), (0.0, 30))
    for prices in by_position:
        want = reference.length_penalized_reward(rm_score, counts, *prices)
        expect_close(student.length_penalized_reward(rm_score, counts, *prices), want)
    by_name = ({"free_tokens": 100}, {"penalty_per_token": 0.2}, {"free_tokens": 0})
    for named in by_name:
        want = reference.length_penalized_reward(1.5, 180, **named)
        expect_close(student.length_penalized_reward(1.5, 180, **named), want)


@check("length_penalized_reward")
def test_plain_numbers(student, reference, rng):
    """Integers and floats, one response at a time."""
    for rm_score, num_tokens in (
        (int(rng.integers(2, 6)), int(rng.integers(160, 300))),
        (float(rng.uniform(-3.0, -1.0)), int(rng.integers(160, 300))),
        (float(rng.uniform(0.5, 1.5)), float(rng.integers(20, 140))),
        (1, float(rng.integers(160, 300))),
        (0, 157),
    ):
        want = reference.length_penalized_reward(rm_score, num_tokens)
        expect_close(student.length_penalized_reward(rm_score, num_tokens), want)


@check("length_penalized_reward")
def test_penalty_has_no_bound(student, rng):
    """Very long responses, and scores far above and below 0: nothing is cut off."""
    lone = [student.length_penalized_reward(1.0, count) for count in (30150, 60150)]
    expect_apart(*lone, "of two very long responses the longer costs no more: does the penalty stop growing?")
    rm_score = rng.uniform(500.0, 900.0, 3) * [1.0, -1.0, 1.0]
    counts = np.array([1150, 5150, 200150])
    want = rm_score - [10.0, 50.0, 2000.0]
    expect_close(student.length_penalized_reward(rm_score, counts), want)
    expect_close(student.length_penalized_reward(-2.5, 30150), -302.5)


@check("length_penalized_reward")
def test_batch_of_one(student, rng):
    """A batch of one response is still a batch."""
    rm_score = rng.uniform(2.0, 4.0, 1)
    for count, penalty in ((175.0, 0.25), (120.0, 0.0)):
        got = student.length_penalized_reward(rm_score, np.array([count]))
        expect_close(got, rm_score - penalty)


@check("length_penalized_reward")
def test_leaves_scores_and_lengths_alone(student, reference, rng):
    """Right, and rm_score and num_tokens are as they were."""
    reward_of = student.length_penalized_reward
    rm_score, counts = rng.uniform(-1.0, 3.0, 5), np.array([10, 160, 150, 300, 151])
    want = reference.length_penalized_reward(rm_score, counts)
    for given in (counts, counts.astype(float)):
        expect_close(reward_of(rm_score, given), want)
        expect_unchanged(reward_of)


@check("length_penalized_reward")
def test_every_reward_stands_alone(student, reference, rng):
    """Calls in a row: other scores, other prices, a number, then the first again."""
    rm_score, counts = rng.uniform(-1.0, 3.0, 3), np.array([300, 100, 170])
    for given in (
        (rm_score, counts),
        (rm_score[::-1].copy(), counts),
        (rm_score, counts[::-1].copy(), 0.05, 90),
        (1.0, 200),
        (rm_score, counts),
    ):
        want = reference.length_penalized_reward(*given)
        expect_close(student.length_penalized_reward(*given), want)


@check("length_penalized_reward")
def test_rewards_by_name(student, reference, rng):
    """Called with the names of the contract, in another order."""
    rm_score, counts = rng.uniform(-1.0, 3.0, 3), np.array([90, 120, 200])
    named = {"num_tokens": counts, "free_tokens": 100, "penalty_per_token": 0.04}
    want = reference.length_penalized_reward(rm_score, counts, 0.04, 100)
    expect_close(student.length_penalized_reward(**named, rm_score=rm_score), want)

"""Unusual right answers: each of them must score full."""

import functools
import random
from fractions import Fraction

import numpy as np
import scipy.special
import torch
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from autograder.checks import alternative
from solutions.gridworld import q_learning_update, value_iteration

# grid_step


@alternative("grid_step")
def by_four_branches(position, action, size=4):
    """One branch per action, as in the section."""
    r, c = position
    if action == 0:
        r = max(r - 1, 0)
    elif action == 1:
        c = min(c + 1, size - 1)
    elif action == 2:
        r = min(r + 1, size - 1)
    elif action == 3:
        c = max(c - 1, 0)
    done = (r, c) == (size - 1, size - 1)
    reward = 1.0 if done else -0.01
    return (r, c), reward, done


@alternative("grid_step")
def with_numpy_and_lists(position, action, size=4):
    """NumPy clips; the position is an array, the reward a NumPy number, done a NumPy boolean."""
    moves = np.array([[-1, 0], [0, 1], [1, 0], [0, -1]])
    after = np.clip(np.array(position) + moves[action], 0, size - 1)
    done = np.all(after == size - 1)
    return [after, np.where(done, 1.0, -0.01), done]


@alternative("grid_step")
def with_complex_numbers(position, action, size=4):
    """Positions are complex numbers inside: turning left is a multiplication."""
    here = complex(*position)
    after = here + (-1, 1j, 1, -1j)[action]
    inside = 0 <= after.real < size and 0 <= after.imag < size
    after = after if inside else here
    done = after == (size - 1) * (1 + 1j)
    return [int(after.real), int(after.imag)], [-0.01, 1][done], done


@alternative("grid_step")
def with_a_table_of_moves(position, action, size=4):
    """A set of all cells; done is the number 1 or 0."""
    cells = {(row, col) for row in range(size) for col in range(size)}
    row, col = position
    wish = {0: (row - 1, col), 1: (row, col + 1), 2: (row + 1, col), 3: (row, col - 1)}[action]
    after = wish if wish in cells else (row, col)
    done = int(after == max(cells))
    return after, done - (1 - done) / 100, done


@alternative("grid_step")
def with_a_class(position, action, size=4):
    """The section's class, with its state set from outside; rewards in single precision."""

    class World:
        def __init__(self):
            self.pos = tuple(position)
            self.goal = (size - 1,) * 2

        def step(self):
            row, col = self.pos
            row += {0: -1, 2: 1}.get(action, 0)
            col += {1: 1, 3: -1}.get(action, 0)
            if 0 <= row <= self.goal[0] and 0 <= col <= self.goal[1]:
                self.pos = (row, col)
            return self.pos

    after = World().step()
    return after, np.float32(1.0 if after == (size - 1,) * 2 else -0.01), after == (size - 1,) * 2


# run_random_episode


@alternative("run_random_episode")
def with_a_for_loop(env, rng, max_steps=100):
    """A for loop with break, actions drawn by rng.choice."""
    env.reset()
    total = 0
    for step in range(max_steps):
        _, reward, done = env.step(rng.choice(4))
        total += reward
        if done or step == max_steps - 1:
            return total, step + 1
    return None


@alternative("run_random_episode")
def draws_all_actions_first(env, rng, max_steps=100):
    """All actions are drawn before the walk, most of them for nothing; NumPy numbers come back."""
    actions = rng.integers(0, 4, size=max_steps)
    env.reset()
    rewards = []
    for action in actions:
        _, reward, done = env.step(action)
        rewards.append(reward)
        if done:
            break
    return np.sum(rewards), np.int64(len(rewards))


@alternative("run_random_episode")
def by_cutting_the_unit_interval(env, rng, max_steps=100):
    """An action is the quarter of [0, 1) that a uniform number falls into; a list comes back."""
    env.reset()
    total, steps = 0.0, 0
    while steps < max_steps:
        _, reward, done = env.step(int(4 * rng.random()))
        steps += 1
        total += reward
        if done:
            return [total, steps]
    return [total, steps]


@alternative("run_random_episode")
def recognises_the_goal_itself(env, rng, max_steps=100):
    """`done` is not looked at, the state is; exact fractions are added up."""
    state = env.reset()
    total, steps = Fraction(0), 0
    while state != env.goal and steps < max_steps:
        state, reward, _ = env.step(rng.permutation(4)[0])
        total, steps = total + Fraction(reward), steps + 1
    return float(total), steps


@alternative("run_random_episode")
def with_a_seed_for_another_generator(env, rng, max_steps=100):
    """The generator seeds one of the standard library, which is a function of it all the same."""
    other = random.Random(int(rng.integers(2**62)))
    env.reset()

    def rewards():
        for _ in range(max_steps):
            _, reward, done = env.step(other.randrange(4))
            yield reward
            if done:
                return

    collected = list(rewards())
    return torch.tensor(collected, dtype=torch.float64).sum(), len(collected)


@alternative("run_random_episode")
def by_recursion(env, rng, max_steps=100):
    """Each step calls for the rest of the walk; the rewards add up in single precision."""

    def rest(steps):
        if steps == max_steps:
            return np.float32(0.0), steps
        _, reward, done = env.step(int(rng.integers(4)))
        total, count = (np.float32(0.0), steps + 1) if done else rest(steps + 1)
        return np.float32(reward) + total, count

    env.reset()
    return rest(0)


@alternative("run_random_episode")
def with_a_spawned_generator(env, rng, max_steps=100):
    """A child of the generator draws, by probabilities."""
    (child,) = rng.spawn(1)
    env.reset()
    rewards = np.zeros(max_steps)
    for t in range(max_steps):
        _, rewards[t], done = env.step(int(child.choice(4, p=[0.25] * 4)))
        if done:
            break
    return rewards[: t + 1].sum(), np.array(t + 1)


# epsilon_greedy_probs


@alternative("epsilon_greedy_probs")
def one_action_at_a_time(q_row, epsilon):
    """Plain loops, a list comes back."""
    values = list(q_row)
    best = max(values)
    count = values.count(best)
    return [epsilon / len(values) + (1 - epsilon) / count * (value == best) for value in values]


@alternative("epsilon_greedy_probs")
def by_flat_indices(q_row, epsilon):
    """np.flatnonzero finds the best actions."""
    q_row = np.asarray(q_row)
    probs = np.ones_like(q_row, dtype=float) * epsilon / q_row.size
    best = np.flatnonzero(q_row == np.max(q_row))
    probs[best] += (1 - epsilon) / best.size
    return probs


@alternative("epsilon_greedy_probs")
def mixes_two_policies(q_row, epsilon):
    """A mixture of the uniform and the greedy policy, in torch, as a column of single precision."""
    values = torch.as_tensor(q_row, dtype=torch.float64)
    greedy = (values == values.max()).float()
    greedy /= greedy.sum()
    uniform = torch.full_like(greedy, 1 / len(greedy))
    return torch.lerp(greedy, uniform, float(epsilon))[:, None]


@alternative("epsilon_greedy_probs")
def with_exact_fractions(q_row, epsilon):
    """Fractions, turned into numbers at the end; a tuple comes back."""
    part = Fraction(epsilon)
    best = [value == max(q_row) for value in q_row]
    probs = [part / len(best) + (1 - part) * one / sum(best) for one in best]
    return tuple(float(prob) for prob in probs)


@alternative("epsilon_greedy_probs")
def by_sorting(q_row, epsilon):
    """The best actions are the end of a stable sort."""
    order = sorted(range(len(q_row)), key=lambda action: q_row[action])
    ties = sum(q_row[action] == q_row[order[-1]] for action in order)
    probs = {action: epsilon / len(q_row) for action in order}
    for action in order[-ties:]:
        probs[action] += (1 - epsilon) / ties
    return np.array([probs[action] for action in range(len(q_row))])


@alternative("epsilon_greedy_probs")
def with_a_tiny_margin(q_row, epsilon):
    """Values that differ by rounding only count as tied."""
    greedy = np.isclose(q_row, np.max(q_row), rtol=1e-9, atol=1e-12)
    return np.where(greedy, (1 - epsilon) / greedy.sum(), 0.0) + epsilon / len(q_row)


# boltzmann_probs


@alternative("boltzmann_probs")
def with_scipy(q_row, temperature):
    """SciPy's softmax."""
    return scipy.special.softmax(np.asarray(q_row) / temperature)


@alternative("boltzmann_probs")
def with_torch(q_row, temperature):
    """Torch's softmax."""
    return torch.softmax(torch.as_tensor(q_row) / temperature, dim=0)


@alternative("boltzmann_probs")
def in_single_precision(q_row, temperature):
    """Single precision throughout."""
    scaled = (q_row.astype(np.float32) - np.float32(q_row.max())) / np.float32(temperature)
    weights = np.exp(scaled)
    return weights / weights.sum()


@alternative("boltzmann_probs")
def through_log_probs(q_row, temperature):
    """exp of log-probabilities, with a log-sum-exp."""
    logits = q_row / temperature
    return np.exp(logits - np.logaddexp.reduce(logits))


@alternative("boltzmann_probs")
def by_pairs(q_row, temperature):
    """1 / sum of exp of differences: no shift is needed, a list comes back."""
    with np.errstate(over="ignore"):
        return [1 / np.exp((q_row - value) / temperature).sum() for value in q_row]


@alternative("boltzmann_probs")
def subtracts_after_dividing(q_row, temperature):
    """Divides first, shifts second, and works on a copy in place."""
    weights = q_row / temperature
    weights -= max(weights)
    np.exp(weights, out=weights)
    weights /= weights.sum()
    return weights.reshape(-1, 1)


# q_learning_update


@alternative("q_learning_update")
def in_place(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The table given is changed and returned, as in the lab."""
    best_next = np.max(q_values[next_state[0], next_state[1]])
    if terminated:
        best_next = 0.0
    q_values[state[0], state[1], action] += alpha * (
        reward + gamma * best_next - q_values[state[0], state[1], action]
    )
    return q_values


@alternative("q_learning_update")
def as_a_weighted_mean(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """(1 - alpha) of the old entry and alpha of the target."""
    row, col = state
    target = reward + gamma * (1 - terminated) * q_values[next_state].max()
    table = np.array(q_values)
    table[row, col, action] = (1 - alpha) * table[row, col, action] + alpha * target
    return table


@alternative("q_learning_update")
def in_nested_lists(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """Nested lists of Python numbers."""
    table = np.asarray(q_values).tolist()
    target = reward if terminated else reward + gamma * max(table[next_state[0]][next_state[1]])
    table[state[0]][state[1]][action] += alpha * (target - table[state[0]][state[1]][action])
    return table


@alternative("q_learning_update")
def in_torch(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """A torch tensor comes back; the old entry is blended by lerp."""
    table = torch.tensor(np.asarray(q_values))
    ahead = torch.zeros((), dtype=table.dtype) if terminated else table[next_state].amax()
    entry = table[(*state, action)]
    table[(*state, action)] = torch.lerp(entry, reward + gamma * ahead, float(alpha))
    return table


@alternative("q_learning_update")
def by_a_masked_change(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The whole table is added to, by an array that is 0 but for one entry."""
    change = np.zeros_like(q_values)
    future = [np.max(q_values[next_state]), 0][bool(terminated)]
    change[state][action] = alpha * (reward + gamma * future - q_values[state][action])
    return q_values + change


@alternative("q_learning_update")
def on_a_flat_table(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """A table of shape (S, A) inside, in single precision."""
    rows, cols, actions = np.shape(q_values)
    flat = np.array(q_values, dtype=np.float32).reshape(rows * cols, actions)
    here, there = state[0] * cols + state[1], next_state[0] * cols + next_state[1]
    discount = 0.0 if terminated else gamma
    error = reward + discount * flat[there].max() - flat[here, action]
    flat[here, action] += alpha * error
    return flat.reshape(rows, cols, actions)


# train_q_learning


@alternative("train_q_learning")
def as_in_the_lab(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The lab's loop: a coin, then argmax, which takes the first of tied actions; no mask."""
    table = np.zeros((env.size, env.size, 4))
    for _ in range(episodes):
        state = env.reset()
        for _ in range(max_steps):
            action = np.argmax(table[state[0], state[1]])
            if rng.random() < epsilon:
                action = rng.integers(4)
            next_state, reward, done = env.step(action)
            best_next = np.max(table[next_state[0], next_state[1]])
            table[state[0], state[1], action] += alpha * (
                reward + gamma * best_next - table[state[0], state[1], action]
            )
            state = next_state
            if done:
                break
    return table


@alternative("train_q_learning")
def numbers_the_cells(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table has a row for each cell, shape (rows * cols, 4), until it is returned."""
    table = np.zeros((env.size**2, 4))
    for _ in range(episodes):
        row, col = env.reset()
        for _ in range(max_steps):
            cell = row * env.size + col
            explore = rng.random() < epsilon
            action = rng.integers(4) if explore else table[cell].argmax()
            (row, col), reward, done = env.step(int(action))
            ahead = 0.0 if done else table[row * env.size + col].max()
            table[cell, action] += alpha * (reward + gamma * ahead - table[cell, action])
            if done:
                break
    return table.reshape(env.size, env.size, 4)


@alternative("train_q_learning")
def breaks_ties_at_random(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The random action is drawn first and used only sometimes; ties are broken by rng.choice."""
    table = {}
    size = env.size
    for _ in range(episodes):
        state, done, steps = env.reset(), False, 0
        while not done and steps < max_steps:
            action = int(rng.integers(0, 4))
            row = table.setdefault(state, [0.0] * 4)
            if rng.uniform() >= epsilon:
                action = int(rng.choice([a for a in range(4) if row[a] == max(row)]))
            after, reward, done = env.step(action)
            ahead = 0.0 if done else max(table.setdefault(after, [0.0] * 4))
            row[action] += alpha * (reward + gamma * ahead - row[action])
            state, steps = after, steps + 1
    return [[table.get((row, col), [0.0] * 4) for col in range(size)] for row in range(size)]


@alternative("train_q_learning")
def draws_everything_first(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Draws all random numbers of an episode before it begins; takes the last of tied actions."""
    table = np.zeros((env.size, env.size, 4))
    for _ in range(episodes):
        explore = rng.random(max_steps) < epsilon
        anything = rng.integers(0, 4, max_steps)
        state = env.reset()
        for t in range(max_steps):
            last_best = 3 - int(np.argmax(table[state][::-1]))
            action = int(anything[t]) if explore[t] else last_best
            after, reward, done = env.step(action)
            table = q_learning_update(table, state, action, reward, after, done, alpha, gamma)
            state = after
            if done:
                break
    return table


@alternative("train_q_learning")
def with_noise_against_ties(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Tiny noise on the values breaks ties; the table is a torch tensor of single precision."""
    table = torch.zeros(env.size, env.size, 4)
    for _ in range(episodes):
        state = env.reset()
        for _ in range(max_steps):
            noise = torch.tensor(rng.random(4), dtype=torch.float32) * 1e-7
            greedy = int(torch.argmax(table[state] + noise))
            action = int(rng.integers(4)) if rng.random() < epsilon else greedy
            after, reward, done = env.step(action)
            target = reward + (0.0 if done else gamma * float(table[after].max()))
            table[(*state, action)] += alpha * (target - float(table[(*state, action)]))
            state = after
            if done:
                break
    return table


@alternative("train_q_learning")
class AsAnAgent:
    """An agent class whose call trains it: the name is bound to a class that makes a table."""

    def __new__(cls, env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
        agent = super().__new__(cls)
        agent.table = np.zeros((env.size * env.size, 4))
        agent.random = random.Random(int(rng.integers(2**60)))
        for _ in range(episodes):
            agent.episode(env, alpha, gamma, epsilon, max_steps)
        return agent.table.reshape(env.size, env.size, 4)

    def episode(self, env, alpha, gamma, epsilon, max_steps):
        """Run one episode."""
        row, col = env.reset()
        for _ in range(max_steps):
            values = self.table[row * env.size + col]
            greedy = self.random.choice(np.flatnonzero(values == values.max()).tolist())
            action = self.random.choices([greedy, 0, 1, 2, 3], [1 - epsilon, *[epsilon / 4] * 4])[0]
            (row, col), reward, done = env.step(action)
            ahead = gamma * self.table[row * env.size + col].max() * (not done)
            values[action] += alpha * (reward + ahead - values[action])
            if done:
                return


@alternative("train_q_learning")
def with_two_tables(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Double Q-learning: one table picks the action ahead, the other values it."""
    tables = np.zeros((2, env.size, env.size, 4))
    for _ in range(episodes):
        state = env.reset()
        for _ in range(max_steps):
            action = int(tables.sum(axis=0)[state].argmax())
            if rng.random() < epsilon:
                action = int(rng.integers(4))
            after, reward, done = env.step(action)
            mine, other = tables if rng.random() < 0.5 else tables[::-1]
            ahead = 0.0 if done else other[after][mine[after].argmax()]
            mine[state][action] += alpha * (reward + gamma * ahead - mine[state][action])
            state = after
            if done:
                break
    return tables.mean(axis=0)


@alternative("train_q_learning")
def replays_each_episode(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Each episode is replayed backwards at its end."""
    table = np.zeros((env.size, env.size, 4))
    for _ in range(episodes):
        state, done, path = env.reset(), False, []
        while not done and len(path) < max_steps:
            probs = np.full(4, epsilon / 4)
            probs[np.argmax(table[state])] += 1 - epsilon
            action = int(rng.choice(4, p=probs))
            after, reward, done = env.step(action)
            path.append((state, action, reward, after, done))
            table = q_learning_update(table, *path[-1], alpha, gamma)
            state = after
        for step in reversed(path):
            table = q_learning_update(table, *step, alpha, gamma)
    return table


# greedy_policy and state_values


@alternative("greedy_policy")
def cell_by_cell(q_values):
    """Plain loops and lists."""
    return [[list(cell).index(max(cell)) for cell in row] for row in q_values]


@alternative("greedy_policy")
def takes_the_last_of_the_best(q_values):
    """The last of tied actions."""
    return q_values.shape[-1] - 1 - np.argmax(q_values[..., ::-1], axis=-1)


@alternative("greedy_policy")
def takes_any_of_the_best(q_values):
    """Ties are broken at random, without a word about the generator."""
    best = q_values == q_values.max(axis=2, keepdims=True)
    return np.argmax(best * np.random.default_rng(5).random(q_values.shape), axis=2)


@alternative("greedy_policy")
def in_torch_as_well(q_values):
    """torch.argmax."""
    return torch.from_numpy(np.ascontiguousarray(q_values)).argmax(dim=-1)


@alternative("greedy_policy")
def by_argsort(q_values):
    """The last place of an argsort."""
    return np.argsort(q_values, axis=-1, kind="stable")[..., -1]


@alternative("greedy_policy")
def fills_an_array_of_floats(q_values):
    """Whole numbers, kept as floats."""
    rows, cols, _ = q_values.shape
    policy = np.zeros((rows, cols))
    for row in range(rows):
        for col in range(cols):
            policy[row, col] = int(np.argmax(q_values[row, col]))
    return policy


@alternative("greedy_policy")
def as_small_integers(q_values):
    """Unsigned bytes."""
    return np.apply_along_axis(np.argmax, 2, q_values).astype(np.uint8)


@alternative("state_values")
def values_cell_by_cell(q_values):
    """Plain loops and lists."""
    return [[max(cell) for cell in row] for row in q_values]


@alternative("state_values")
def reduces_pairs(q_values):
    """np.maximum over the actions, two at a time."""
    return functools.reduce(np.maximum, np.moveaxis(q_values, -1, 0))


@alternative("state_values")
def values_in_torch(q_values):
    """torch.amax in single precision."""
    return torch.tensor(q_values, dtype=torch.float32).amax(dim=2)


@alternative("state_values")
def reads_the_greedy_entries(q_values):
    """The entries that the greedy policy points at."""
    best = q_values.argmax(axis=-1)[..., None]
    return np.take_along_axis(q_values, best, axis=-1).squeeze(-1)


@alternative("state_values")
def sorts_a_copy(q_values):
    """The last of the sorted values."""
    return np.sort(q_values, axis=2)[:, :, -1]


state_values_as_partial = functools.partial(np.amax, axis=-1)


@alternative("state_values")
def with_a_partial(q_values):
    """functools.partial of np.amax."""
    return state_values_as_partial(q_values)


# value_iteration


@alternative("value_iteration")
def in_place_sweeps(transition_probs, rewards, gamma, tol=1e-8):
    """State by state, each using the newest values, as the book's box has it."""
    states, actions, _ = transition_probs.shape
    values = np.zeros(states)

    def worth(s, a):
        return transition_probs[s, a] @ (rewards[s, a] + gamma * values)

    while True:
        delta = 0.0
        for s in range(states):
            best = max(worth(s, a) for a in range(actions))
            delta = max(delta, abs(best - values[s]))
            values[s] = best
        if delta < tol:
            break
    return values, [max(range(actions), key=lambda a: worth(s, a)) for s in range(states)]


@alternative("value_iteration")
def with_three_loops(transition_probs, rewards, gamma, tol=1e-8):
    """Sums written out, lists of Python numbers, a policy from the last values."""
    probs, paid = transition_probs.tolist(), rewards.tolist()
    count = range(len(probs))
    values = [0.0 for _ in count]

    def worths(s):
        return [
            sum(p * (r + gamma * v) for p, r, v in zip(ps, rs, values, strict=True))
            for ps, rs in zip(probs[s], paid[s], strict=True)
        ]

    change = tol + 1
    while change >= tol:
        new = [max(worths(s)) for s in count]
        change = max(abs(a - b) for a, b in zip(new, values, strict=True))
        values = new
    return values, [worths(s).index(max(worths(s))) for s in count]


@alternative("value_iteration")
def by_policy_iteration(transition_probs, rewards, gamma, tol=1e-8):
    """Policy iteration with linear solves: exact whatever tol is."""
    expected = np.einsum("sap,sap->sa", transition_probs, rewards)
    states = np.arange(len(expected))
    policy = np.zeros(len(expected), dtype=int)
    for _ in range(200):
        matrix = np.eye(len(expected)) - gamma * transition_probs[states, policy]
        values = np.linalg.solve(matrix, expected[states, policy])
        q_values = expected + gamma * transition_probs @ values
        better = q_values.max(axis=1) > q_values[states, policy] + 1e-12
        if not better.any():
            return values, policy
        policy = np.where(better, q_values.argmax(axis=1), policy)
    return values, policy


@alternative("value_iteration")
def by_linear_programming(transition_probs, rewards, gamma, tol=1e-8):
    """The smallest values that satisfy V >= Q for every action: a linear program."""
    from scipy.optimize import linprog

    states, actions, _ = transition_probs.shape
    expected = (transition_probs * rewards).sum(axis=2)
    stay = np.repeat(np.eye(states)[:, None, :], actions, axis=1)
    matrix = (gamma * transition_probs - stay).reshape(states * actions, states)
    found = linprog(np.ones(states), A_ub=matrix, b_ub=-expected.ravel(), bounds=(None, None))
    return found.x, (expected + gamma * transition_probs @ found.x).argmax(axis=1)


@alternative("value_iteration")
def starts_from_elsewhere(transition_probs, rewards, gamma, tol=1e-8):
    """Starts from large values, stops later than needed, takes the last of tied actions."""
    expected = (transition_probs * rewards).sum(axis=-1)
    values = np.full(expected.shape[0], np.abs(rewards).max() + 1.0)
    while True:
        q_values = expected + gamma * np.dot(transition_probs, values)
        new = q_values.max(axis=1)
        done = np.linalg.norm(new - values) <= 0.5 * tol
        values = new
        if done:
            break
    return values.reshape(-1, 1), q_values.shape[1] - 1 - q_values[:, ::-1].argmax(axis=1)


@alternative("value_iteration")
def in_torch_tensors(transition_probs, rewards, gamma, tol=1e-8):
    """Torch tensors in double precision."""
    probs, paid = torch.from_numpy(transition_probs), torch.from_numpy(rewards)
    values = torch.zeros(probs.shape[0], dtype=torch.float64)
    while True:
        q_values = (probs * (paid + gamma * values)).sum(dim=2)
        new, policy = q_values.max(dim=1)
        if torch.allclose(new, values, rtol=0.0, atol=tol / 2):
            return new, policy
        values = new


@alternative("value_iteration")
def ignores_a_coarse_tolerance(transition_probs, rewards, gamma, tol=1e-8):
    """More exact than asked for."""
    values, policy = value_iteration(transition_probs, rewards, gamma, min(tol, 1e-10))
    return tuple(values), tuple(policy)


@alternative("value_iteration")
def by_many_sweeps(transition_probs, rewards, gamma, tol=1e-8):
    """As many sweeps as gamma asks for, counted beforehand; action values as state."""
    q_values = np.zeros(transition_probs.shape[:2])
    largest = np.abs(rewards).max() / (1 - gamma) + 1
    sweeps = 1 if gamma == 0 else int(np.log(tol / 10 / largest) / np.log(gamma)) + 1
    for _ in range(max(sweeps, 1)):
        ahead = rewards + gamma * q_values.max(axis=1)
        q_values = np.einsum("ijk,ijk->ij", transition_probs, ahead)
    return q_values.max(axis=1), q_values.argmax(axis=1)


# plot_timeline


@alternative("plot_timeline")
def at_a_height_of_its_own(milestones):
    """The lab's timeline with pyplot and no axes, each label at a height of its own."""
    years = sorted(milestones)
    fig, ax = plt.subplots(figsize=(14, 10))
    ax.scatter(years, [0] * len(years), s=80, zorder=5)
    for i, year in enumerate(years):
        offset = (i // 2 + 1) * (1 if i % 2 == 0 else -1)
        ax.annotate(
            f"{milestones[year]}\n({year})",
            (year, 0),
            (year, offset),
            fontsize=8,
            ha="center",
            va="bottom" if offset > 0 else "top",
            arrowprops={"arrowstyle": "-", "color": "gray", "lw": 0.8},
        )
    ax.axhline(0, color="black", lw=0.8)
    ax.set_ylim(-len(years) / 2 - 2, len(years) / 2 + 2)
    ax.axis("off")
    plt.title("Key milestones", fontsize=13, fontweight="bold")
    plt.tight_layout()
    return fig


@alternative("plot_timeline")
def as_tick_labels(milestones):
    """A list from top to bottom whose tick labels are the milestones; the title is the figure's."""
    entries = sorted(milestones.items())
    fig = plt.figure(figsize=(6, 1 + 0.4 * len(entries)))
    ax = fig.add_subplot()
    ax.barh(range(len(entries)), [year for year, _ in entries], height=0.2)
    lines = [label.replace("\n", " ") for _, label in entries]
    ax.set_yticks(range(len(entries)), [f"{y}: {t}" for (y, _), t in zip(entries, lines, strict=True)])
    ax.invert_yaxis()
    fig.suptitle("History")
    fig.tight_layout()
    return fig


@alternative("plot_timeline")
def with_rotated_labels(milestones):
    """Evenly spaced columns of upright text, the year in a text of its own below."""
    fig = Figure(figsize=(max(4, 0.6 * len(milestones)), 7))
    ax = fig.add_subplot(title="Milestones")
    for column, year in enumerate(sorted(milestones)):
        ax.text(column, 0.2, milestones[year], rotation=90, ha="center", va="bottom")
        ax.text(column, 0.1, year, ha="center", va="top")
    ax.set(xlim=(-0.7, len(milestones) - 0.3), ylim=(0, 1), yticks=[], xticks=[])
    return fig


@alternative("plot_timeline")
def with_years_as_ticks(milestones):
    """Labels on the rows of a staircase, years as ticks of the y axis."""
    years = sorted(milestones, reverse=True)
    fig, ax = plt.subplots(figsize=(7, 0.5 * len(years) + 1.5))
    ax.set_title("From past to present")
    ax.set_yticks(range(len(years)), map(str, years))
    ax.set_xlim(0, 1)
    ax.set_ylim(-0.5, len(years) - 0.5)
    for row, year in enumerate(years):
        ax.text(0.05, row, milestones[year].replace("\n", " "), va="center")
    return fig


@alternative("plot_timeline")
def with_slanted_labels(milestones):
    """Labels at 45 degrees: their boxes overlap, their letters do not."""
    years = sorted(milestones)
    fig, ax = plt.subplots(figsize=(12, 7))
    ax.plot(range(len(years)), [0] * len(years), "o-")
    for at, year in enumerate(years):
        label = " ".join(milestones[year].split())
        ax.text(at, 0.1, f"{year}: {label}", rotation=45, ha="left", va="bottom")
    ax.set(xlim=(-1, len(years) + 3), ylim=(-1, 4), title="Timeline")
    return fig


@alternative("plot_timeline")
def finds_free_heights(milestones):
    """Raises a label until its box is clear of all boxes before it, measured with a renderer."""
    fig, ax = plt.subplots(figsize=(13, 6), dpi=100)
    items = sorted(milestones.items())
    low, high = items[0][0], items[-1][0]
    margin = 0.1 * (high - low) + 1
    ax.set_xlim(low - margin, high + margin)
    ax.set_ylim(0, 30)
    ax.set_title("Milestones, stacked")
    taken = []
    for year, label in items:
        ax.vlines(year, 0, 0.5)
        text = ax.text(year, 1, f"{label} {year}", ha="center", fontsize=8)
        while True:
            box = text.get_window_extent(fig.canvas.get_renderer()).expanded(1.1, 1.2)
            if not any(box.overlaps(other) for other in taken):
                break
            text.set_y(text.get_position()[1] + 0.5)
        taken.append(box)
    ax.get_yaxis().set_visible(False)
    return fig


# plot_values


@alternative("plot_values")
def with_pyplot(values):
    """The lab's heatmap: pyplot throughout, a shrunken colorbar, plt.gcf() at the end."""
    plt.figure(figsize=(5, 5))
    plt.imshow(values, cmap="YlOrRd", interpolation="nearest")
    for r in range(values.shape[0]):
        for c in range(values.shape[1]):
            plt.text(c, r, f"{values[r, c]:.2f}", ha="center", va="center", fontsize=9)
    plt.title("Learned Value Function V(s) = max Q(s,a)")
    plt.xlabel("Column")
    plt.ylabel("Row")
    plt.colorbar(shrink=0.8)
    plt.tight_layout()
    return plt.gcf()


@alternative("plot_values")
def with_a_mesh(values):
    """pcolormesh, with its first row at the top because the axis is turned."""
    fig, ax = plt.subplots()
    mesh = ax.pcolormesh(values)
    for (r, c), v in np.ndenumerate(values):
        ax.annotate(f"{v:.2f}", (c + 0.5, r + 0.5), ha="center", va="center", fontsize=8)
    ax.invert_yaxis()
    ax.set(xlabel="col", ylabel="row", title="V")
    fig.colorbar(mesh, ax=ax, label="value")
    return fig


@alternative("plot_values")
def with_matshow(values):
    """matshow, labels of the whole figure, a title of the whole figure."""
    fig = Figure()
    ax = fig.subplots()
    picture = ax.matshow(np.array(values), cmap="coolwarm")
    for r, line in enumerate(values):
        for c, v in enumerate(line):
            ax.text(c, r, "%.2f" % v, ha="center", va="center")  # noqa: UP031
    fig.supxlabel("column of the grid")
    fig.supylabel("row of the grid")
    fig.suptitle("State values")
    fig.colorbar(picture, ax=[ax])
    return fig


@alternative("plot_values")
def with_turned_rows(values):
    """pcolormesh of the rows in reverse, so that the first comes out on top."""
    fig, ax = plt.subplots(layout="constrained")
    mesh = ax.pcolormesh(values[::-1], edgecolors="white")
    rows, cols = values.shape
    for r in range(rows):
        for c in range(cols):
            label = f"{values[r, c]:+.2f}".replace("-", "\N{MINUS SIGN}")
            ax.text(c + 0.5, rows - r - 0.5, label, ha="center", va="center", fontsize=8)
    ax.set_yticks(np.arange(rows) + 0.5, range(rows)[::-1])
    ax.set_xlabel("Column c")
    ax.set_ylabel("Row r")
    ax.set_title("Values", loc="left")
    plt.colorbar(mesh)
    return fig


@alternative("plot_values")
def with_an_extent(values):
    """imshow with an extent and its origin at the bottom; the colorbar has axes made by hand."""
    rows, cols = values.shape
    fig, (ax, bar) = plt.subplots(1, 2, width_ratios=[12, 1], figsize=(7, 6))
    image = ax.imshow(values, origin="lower", extent=(0, 2 * cols, 0, 2 * rows), aspect="auto")
    for r in range(rows):
        for c in range(cols):
            ax.text(2 * c + 1, 2 * r + 1, f"${values[r, c]:.2f}$", ha="center", va="center", size=8)
    ax.set_xlabel("x: column")
    ax.set_ylabel("y: row")
    ax.set_title("Heat")
    fig.colorbar(image, cax=bar)
    return fig


@alternative("plot_values")
def with_a_mesh_of_its_own_size(values):
    """A mesh over the unit square, its first row at the top; texts say more than the number."""
    rows, cols = values.shape
    fig, ax = plt.subplots()
    mesh = ax.pcolormesh(np.linspace(0, 1, cols + 1), np.linspace(1, 0, rows + 1), values)
    for (r, c), v in np.ndenumerate(values):
        spot = (c + 0.5) / cols, 1 - (r + 0.5) / rows
        ax.text(*spot, f"V={v:.2f}", ha="center", va="center", fontsize=7)
    ax.set(xlabel="column (grows to the right)", ylabel="row, from the top", title="V")
    fig.colorbar(mesh, ax=ax, orientation="horizontal")
    return fig

"""Answers to gridworld as public code has them, wrong here; the tags say what is true of each."""

import random

import matplotlib.pyplot as plt
import numpy as np

from autograder.checks import misconception
from solutions.gridworld import epsilon_greedy_probs


@misconception(
    "boltzmann_probs", tags=("has_a_lowest_temperature", "has_a_lowest_temperature_of_a_hundredth")
)
def lowest_temperature(q_row, temperature):
    """Temperatures below 0.01 are raised to 0.01."""
    t = max(temperature, 0.01)
    prefs = np.asarray(q_row) / t
    e = np.exp(prefs - np.max(prefs))
    return e / e.sum()


@misconception("boltzmann_probs", tags=("overflows",))
def plain_softmax(q_row, temperature):
    """Overflows."""
    e = np.exp(np.array(q_row) / temperature)
    return e / np.sum(e)


@misconception("boltzmann_probs", tags=("knows_three_actions", "counts_to_three"))
def three_actions(q_row, temperature):
    """Three actions only."""
    z = np.array(q_row) - np.max(q_row)
    p = np.zeros(len(q_row))
    total = sum(np.exp(z[i] / temperature) for i in range(3))
    for i in range(3):
        p[i] = np.exp(z[i] / temperature) / total
    return p


@misconception(
    "epsilon_greedy_probs",
    tags=(
        "looks_for_an_index",
        "has no attribute 'index'",
    ),
)
def index_of_maximum(q_row, epsilon):
    """Q_values.index: an array has no index()."""
    probs = [epsilon / len(q_row)] * len(q_row)
    probs[q_row.index(max(q_row))] += 1 - epsilon
    return np.array(probs)


@misconception("epsilon_greedy_probs", tags=("gives_the_whole_greedy_part_to_the_first",))
def dennybritz(q_row, epsilon):
    """The first of the best actions alone."""
    nA = len(q_row)
    A = np.ones(nA, dtype=float) * epsilon / nA
    A[np.argmax(q_row)] += 1.0 - epsilon
    return A


@misconception("greedy_policy", tags=("returns_probabilities", "returns_one_hot_rows"))
def one_hot_policy(q_values):
    """One-hot probabilities instead of numbers."""
    policy = np.zeros(q_values.shape)
    for s in np.ndindex(q_values.shape[:-1]):
        policy[s] = np.eye(q_values.shape[-1])[np.argmax(q_values[s])]
    return policy


@misconception("grid_step", tags=("counts_up_down_left_right",))
def up_down_left_right(position, action, size=4):
    """Actions 0 up, 1 down, 2 left, 3 right."""
    i, j = position
    if action == 0:
        i = max(i - 1, 0)
    elif action == 1:
        i = min(i + 1, size - 1)
    elif action == 2:
        j = max(j - 1, 0)
    elif action == 3:
        j = min(j + 1, size - 1)
    done = i == size - 1 and j == size - 1
    return (i, j), 1.0 if done else -0.01, done


@misconception("grid_step", tags=("charges_a_whole_point",))
def minus_one_always(position, action, size=4):
    """Reward -1 always, the goal pays nothing."""
    moves = [(-1, 0), (0, 1), (1, 0), (0, -1)]
    row = np.clip(position[0] + moves[action][0], 0, size - 1)
    col = np.clip(position[1] + moves[action][1], 0, size - 1)
    done = bool((row, col) == (size - 1, size - 1))
    return (int(row), int(col)), 0.0 if done else -1.0, done


@misconception("grid_step", tags=("adds_obstacles", "costs_a_tenth"))
def obstacles(position, action, size=4):
    """Obstacles at (1, 1) and (2, 2), rewards 10 and -0.1."""
    moves = {0: (-1, 0), 1: (0, 1), 2: (1, 0), 3: (0, -1)}
    new = (position[0] + moves[action][0], position[1] + moves[action][1])
    if not (0 <= new[0] < size and 0 <= new[1] < size) or new in [(1, 1), (2, 2)]:
        new = position
    done = new == (size - 1, size - 1)
    return new, 10.0 if done else -0.1, done


@misconception("grid_step", tags=("takes_a_position_for_x_and_y", "swaps_rows_and_columns"))
def x_and_y(position, action, size=4):
    """x and y mixed up: column first."""
    x, y = position
    if action == 0:
        y = max(0, y - 1)
    elif action == 1:
        x = min(size - 1, x + 1)
    elif action == 2:
        y = min(size - 1, y + 1)
    else:
        x = max(0, x - 1)
    done = (x, y) == (size - 1, size - 1)
    return (x, y), 1.0 if done else -0.01, done


@misconception("grid_step", tags=("pays_the_goal_only",))
def hundred_or_nothing(position, action, size=4):
    """Rewards 100 and 0."""
    row, col = position
    row += {0: -1, 2: 1}.get(action, 0)
    col += {1: 1, 3: -1}.get(action, 0)
    row, col = min(max(row, 0), size - 1), min(max(col, 0), size - 1)
    done = row == col == size - 1
    return (row, col), 100.0 if done else 0.0, done


@misconception(
    "plot_timeline", tags=("writes_years_as_numbers", "leaves_out_the_years", "writes_two_digits_of_the_year")
)
def years_as_positions(milestones):
    """The year is no text."""
    fig, ax = plt.subplots(figsize=(12, 6))
    years = sorted(milestones)
    for level, year in enumerate(years):
        ax.plot(year, level, "o")
        ax.text(year, level + 0.1, milestones[year].replace("\n", " "), fontsize=5)
    ax.set_xlim(min(years) - 20, max(years) + 80)
    ax.set_ylim(-1, len(years) + 1)
    ax.set_title("AI timeline")
    return fig


@misconception(
    "plot_timeline",
    tags=(
        "alternates_between_four_heights",
        "alternates_between_two_heights",
        "puts_all_labels_on_one_line",
        "turns_labels_over_one_another",
    ),
)
def few_levels(milestones):
    """Labels right-aligned at few levels overlap and stick out."""
    fig, ax = plt.subplots(figsize=(9, 4))
    years = sorted(milestones)
    levels = np.tile([-5, 5, -3, 3, -1, 1], len(years))[: len(years)]
    ax.vlines(years, 0, levels)
    for year, level in zip(years, levels, strict=True):
        ax.annotate(f"{year}: {milestones[year]}", xy=(year, level), xytext=(-3, 3), textcoords="offset points",
                    horizontalalignment="right")  # fmt: skip
    ax.set_title("Milestones")
    return fig


@misconception(
    "plot_timeline",
    tags=(
        "turns_labels_over_one_another",
        "puts_names_into_a_legend",
        "puts_all_labels_on_one_line",
        "no labels of milestones are in the figure",
    ),
)
def rotated_labels(milestones):
    """Rotated labels over one another, legend instead of names."""
    fig, ax = plt.subplots(figsize=(10, 4))
    for year in sorted(milestones):
        ax.scatter(year, 0, label=milestones[year])
        ax.annotate(str(year), (year, 0.01), rotation=45)
    ax.legend(fontsize=6)
    ax.set_title("Timeline of reinforcement learning")
    return fig


def heatmap(
    values, *, labels=True, colorbar=True, form="{:.2f}", origin="upper", cells=True, names=("Column", "Row")
):
    """A heatmap as most code has it."""
    fig, ax = plt.subplots(figsize=(5, 5))
    image = ax.imshow(values, cmap="viridis", origin=origin)
    for i in range(values.shape[0] if cells else 0):
        for j in range(values.shape[1]):
            ax.text(j, i, form.format(values[i, j]), ha="center", va="center", color="w")
    if labels:
        ax.set_xlabel(names[0])
        ax.set_ylabel(names[1])
    if colorbar:
        fig.colorbar(image, ax=ax)
    ax.set_title("State values")
    return fig


@misconception("plot_values", tags=("has_no_axis_labels",))
def no_axis_labels(values):
    """No labels on the axes."""
    return heatmap(values, labels=False)


@misconception("plot_values", tags=("has_neither_colorbar_nor_labels", "the figure has no colorbar"))
def no_colorbar_no_labels(values):
    """No colorbar, no axis labels."""
    return heatmap(values, labels=False, colorbar=False)


@misconception("plot_values", tags=("writes_numbers_as_short_as_they_are", "writes_three_decimals"))
def five_decimals(values):
    """Numbers rounded to 5 decimals, written as short as they are."""
    return heatmap(np.round(values, 5), form="{}")


@misconception("plot_values", tags=("assumes_a_grid_of_four",))
def four_by_four(values):
    """4x4 only."""
    fig, ax = plt.subplots()
    shown = ax.matshow(values)
    for i in range(4):
        for j in range(4):
            ax.text(j, i, "%0.2f" % values[i, j], ha="center", va="center")
    fig.colorbar(shown)
    ax.set(xlabel="column", ylabel="row", title="V")
    return fig


@misconception(
    "plot_values",
    tags=("turns_the_image_upside_down_only", "writes_no_numbers", "no cell has its number written in it"),
)
def origin_lower(values):
    """origin="lower": row 0 at the bottom, numbers missing."""
    return heatmap(values, origin="lower", cells=False)


@misconception("plot_values", tags=("writes_numbers_into_transposed_cells",))
def row_as_x(values):
    """ax.text(x, y, ..) with row as x: numbers are transposed."""
    fig, ax = plt.subplots()
    im = ax.imshow(values)
    for (i, j), v in np.ndenumerate(values):
        ax.text(i, j, f"{v:.2f}", ha="center", va="center")
    plt.colorbar(im)
    plt.title("Value function")
    plt.xlabel("col")
    plt.ylabel("row")
    return fig


@misconception("plot_values", tags=("exchanges_the_axis_labels",))
def labels_swapped(values):
    """Axis labels swapped."""
    return heatmap(values, names=("Row", "Column"))


@misconception("q_learning_update", tags=("indexes_with_a_tuple",))
def tuple_index(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """q_table[state, action] with a tuple as state is fancy indexing."""
    best_next = 0 if terminated else np.max(q_values[next_state])
    q_values[state, action] = q_values[state, action] + alpha * (
        reward + gamma * best_next - q_values[state, action]
    )
    return q_values


@misconception("q_learning_update", tags=("forgets_the_end",))
def no_terminated(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """No terminated."""
    i, j = state
    q_values[i, j, action] = (1 - alpha) * q_values[i, j, action] + alpha * (
        reward + gamma * np.max(q_values[next_state[0], next_state[1], :])
    )
    return q_values


@misconception("q_learning_update", tags=("forgets_the_end",))
def no_terminated_in_a_copy(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """No terminated, the argument of the maximum first."""
    q = np.copy(q_values)
    best_next_action = np.argmax(q[next_state])
    td_target = reward + gamma * q[next_state][best_next_action]
    td_delta = td_target - q[state][action]
    q[state][action] += alpha * td_delta
    return q


@misconception("q_learning_update", tags=("looks_ahead_over_two_rows", "forgets_the_end"))
def two_rows_ahead(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """q_vals[next_state, :] with a tuple: maximum over two whole rows."""
    q_vals = q_values.copy()
    cell = (*state, action)
    q_vals[cell] += alpha * (reward + gamma * np.max(q_vals[next_state, :]) - q_vals[cell])
    return q_vals


@misconception("run_random_episode", tags=("ignores_the_cap", "a loop that never ends"))
def until_done(env, rng, max_steps=100):
    """No limit on steps: ignores max_steps."""
    env.reset()
    total, steps, done = 0.0, 0, False
    while not done:
        _, reward, done = env.step(rng.integers(0, 4))
        total += reward
        steps += 1
    return total, steps


@misconception(
    "run_random_episode",
    tags=("returns_steps_first_without_a_limit", "returns_steps_first", "a loop that never ends"),
)
def steps_and_total(env, rng, max_steps=100):
    """Returns (steps, total) in the other order, no limit."""
    state, done = env.reset(), False
    rewards = []
    while not done:
        state, reward, done = env.step(rng.choice(4))
        rewards.append(reward)
    return len(rewards), np.sum(rewards)


@misconception("run_random_episode", tags=("draws_from_the_global_state", "takes_its_actions_from_random"))
def global_randint(env, rng, max_steps=100):
    """np.random.randint: the generator is not used."""
    env.reset()
    total = 0
    for step in range(max_steps):
        _, reward, done = env.step(np.random.randint(4))
        total += reward
        if done:
            break
    return total, step + 1


@misconception(
    "train_q_learning", tags=("has_no_limit_on_steps", "trains_on_the_global_state", "never_stops")
)
def global_and_endless(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """No limit on steps, global randomness, first maximum."""
    Q = np.zeros((env.size, env.size, 4))
    for _ in range(episodes):
        s, done = env.reset(), False
        while not done:
            if random.uniform(0, 1) < epsilon:
                a = random.randint(0, 3)
            else:
                a = int(np.argmax(Q[s]))
            s2, r, done = env.step(a)
            Q[s][a] += alpha * (r + gamma * np.max(Q[s2]) - Q[s][a])
            s = s2
    return Q


@misconception("train_q_learning", tags=("has_no_limit_on_steps",))
def endless(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """No limit on steps."""
    q_table = np.zeros((env.size, env.size, 4))
    for _ in range(episodes):
        state = env.reset()
        done = False
        while not done:
            action = rng.integers(4) if rng.random() < epsilon else np.argmax(q_table[state])
            next_state, reward, done = env.step(action)
            best = 0 if done else q_table[next_state].max()
            q_table[state][action] += alpha * (reward + gamma * best - q_table[state][action])
            state = next_state
    return q_table


@misconception("train_q_learning", tags=("lets_alpha_fade", "explores_less_and_less"))
def fading(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """alpha and epsilon fall to 0 over the episodes."""
    q = np.zeros((env.size, env.size, 4))
    for episode in range(episodes):
        a_now, e_now = alpha * (1 - episode / episodes), epsilon * (1 - episode / episodes)
        s = env.reset()
        for _ in range(max_steps):
            a = rng.choice(4, p=epsilon_greedy_probs(q[s], e_now))
            s2, r, done = env.step(a)
            q[s][a] += a_now * (r + gamma * (0 if done else q[s2].max()) - q[s][a])
            s = s2
            if done:
                break
    return q


@misconception(
    "train_q_learning",
    tags=("starts_optimistic", "starts_from_ones", "starts_from_random_values", "starts_with_random_values"),
)
def optimistic(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Optimistic start at 1."""
    q = np.ones((env.size, env.size, 4))
    for _ in range(episodes):
        s = env.reset()
        for _ in range(max_steps):
            a = (
                int(rng.integers(4))
                if rng.random() < epsilon
                else int(rng.choice(np.flatnonzero(q[s] == q[s].max())))
            )
            s2, r, done = env.step(a)
            q[s][a] += alpha * (r + gamma * (0 if done else q[s2].max()) - q[s][a])
            s = s2
            if done:
                break
    return q


@misconception("value_iteration", tags=("forgets_that_rewards_depend_on_the_action",))
def reward_of_arrival(transition_probs, rewards, gamma, tol=1e-8):
    """The reward does not depend on the action: env.r(next, state)."""
    S, A, _ = transition_probs.shape
    r = rewards.mean(axis=1)
    V = np.zeros(S)
    while True:
        Q = np.array([[transition_probs[s, a] @ (r[s] + gamma * V) for a in range(A)] for s in range(S)])
        new = Q.max(axis=1)
        delta, V = np.abs(new - V).max(), new
        if delta < tol:
            return V, Q.argmax(axis=1)


@misconception("value_iteration", tags=("gives_up_after_500_sweeps", "stops_after_a_hundred_sweeps"))
def at_most_500(transition_probs, rewards, gamma, tol=1e-8):
    """At most 500 sweeps: not converged at gamma near 1."""
    V = np.zeros(transition_probs.shape[0])
    for _ in range(500):
        q = np.sum(transition_probs * (rewards + gamma * V), axis=2)
        new = np.max(q, axis=1)
        if np.max(np.abs(new - V)) < tol:
            V = new
            break
        V = new
    return V, np.argmax(np.sum(transition_probs * (rewards + gamma * V), axis=2), axis=1)


@misconception(
    "value_iteration",
    tags=(
        "stays_a_little",
        "returns_the_values_before_the_last_sweep",
        "stays_a_little_and_shrinks_the_values",
    ),
)
def stays_sometimes(transition_probs, rewards, gamma, tol=1e-8):
    """Mixes 0.001 of staying into the transitions, returns old values times 0.999."""
    S = len(transition_probs)
    P = 0.999 * transition_probs + 0.001 * np.eye(S)[:, None, :]
    V = np.zeros(S)
    while True:
        q = (P * (rewards + gamma * V)).sum(axis=2)
        if np.abs(q.max(axis=1) - V).max() < tol:
            return 0.999 * V, q.argmax(axis=1)
        V = q.max(axis=1)


@misconception("value_iteration", tags=("returns_the_policy_first",))
def policy_and_values(transition_probs, rewards, gamma, tol=1e-8):
    """(policy, values): the two outputs in the author's order."""
    V = np.zeros(transition_probs.shape[0])
    while True:
        q = np.einsum("sat,sat->sa", transition_probs, rewards + gamma * V)
        delta = np.abs(q.max(1) - V).max()
        V = q.max(1)
        if delta < tol:
            break
    return q.argmax(1), V

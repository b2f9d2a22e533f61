"""Wrong answers that students really write, with the hint each of them gets."""

import numpy as np
from matplotlib import pyplot as plt

from autograder.checks import misconception
from solutions.gridworld import (
    boltzmann_probs,
    epsilon_greedy_probs,
    grid_step,
    plot_timeline,
    plot_values,
    q_learning_update,
    run_random_episode,
    train_q_learning,
    value_iteration,
)

# grid_step


@misconception("grid_step")
def uses_the_action_codes_of_gridworld(position, action, size=4):
    """These are the codes of GridWorld. Here 0 is up, 1 right, 2 down and 3 left."""
    return grid_step(position, (1, 3, 2, 0)[action], size)


@misconception("grid_step")
def swaps_rows_and_columns(position, action, size=4):
    """Rows and columns are exchanged. A position is (row, col): which of the two does "right" change?"""
    (col, row), reward, done = grid_step((position[1], position[0]), action, size)
    return (row, col), reward, done


@misconception("grid_step")
def wraps_around(position, action, size=4):
    """An agent that leaves on one side comes back on the other. What should the edge do instead?"""
    row, col = position
    row_change, col_change = ((-1, 0), (0, 1), (1, 0), (0, -1))[action]
    after = ((row + row_change) % size, (col + col_change) % size)
    done = after == (size - 1, size - 1)
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def walks_off_the_grid(position, action, size=4):
    """The agent can leave the grid. What are the smallest and the largest row and column?"""
    row, col = position
    row_change, col_change = ((-1, 0), (0, 1), (1, 0), (0, -1))[action]
    after = (row + row_change, col + col_change)
    done = after == (size - 1, size - 1)
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def lets_the_agent_out_at_the_far_edges(position, action, size=4):
    """The agent can stand on row `size`. Rows run from 0: what is the last one?"""
    row, col = position
    row_change, col_change = ((-1, 0), (0, 1), (1, 0), (0, -1))[action]
    after = (min(max(row + row_change, 0), size), min(max(col + col_change, 0), size))
    done = after == (size - 1, size - 1)
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def hard_codes_a_grid_of_four(position, action, size=4):
    """The edge and the goal stay where a 4x4 grid has them. Where do they depend on `size`?"""
    return grid_step(position, action, 4)


@misconception("grid_step")
def pays_a_step_on_arrival_too(position, action, size=4):
    """Arriving pays 0.99 here. The step that reaches the goal pays 1.0 in all, not 1.0 - 0.01."""
    after, reward, done = grid_step(position, action, size)
    return after, reward - 0.01 * done, done


@misconception("grid_step")
def rewards_the_cell_it_leaves(position, action, size=4):
    """A move onto (size - 1, size - 1) neither pays 1.0 nor ends. Which position do you compare with the
    goal, the old or the new one, and what is the goal?"""
    after, _, _ = grid_step(position, action, size)
    done = tuple(position) == (size - 1, size - 1)
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def takes_a_bump_for_free(position, action, size=4):
    """A bump into the edge costs nothing here. It is a step like any other: -0.01."""
    after, reward, done = grid_step(position, action, size)
    return after, 0.0 if after == tuple(position) else reward, done


@misconception("grid_step")
def forgets_the_step_penalty(position, action, size=4):
    """Steps that do not arrive pay 0 here. What keeps an agent from dawdling?"""
    after, reward, done = grid_step(position, action, size)
    return after, max(reward, 0.0), done


@misconception("grid_step")
def ends_on_the_last_row(position, action, size=4):
    """The episode ends on any cell of the last row. The goal is one cell: check both coordinates."""
    after, _, _ = grid_step(position, action, size)
    done = after[0] == size - 1
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def ends_in_any_far_corner(position, action, size=4):
    """The episode ends on the last row and on the last column. Should that be an "and"?"""
    after, _, _ = grid_step(position, action, size)
    done = size - 1 in after
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def returns_the_number_of_the_cell(position, action, size=4):
    """The next position is one number here. Return it as the pair (row, col)."""
    (row, col), reward, done = grid_step(position, action, size)
    return row * size + col, reward, done


@misconception("grid_step")
def returns_done_before_reward(position, action, size=4):
    """The order is (next_position, reward, done): here the last two are exchanged."""
    after, reward, done = grid_step(position, action, size)
    return after, done, reward


@misconception("grid_step")
def counts_up_down_left_right(position, action, size=4):
    """Your actions are 0 up, 1 down, 2 left, 3 right. Here 0 is up, 1 right, 2 down and 3 left."""
    return grid_step(position, (0, 2, 3, 1)[action], size)


@misconception("grid_step")
def takes_a_position_for_x_and_y(position, action, size=4):
    """The first number is taken for x, and up changes y. A position is (row, col): up changes the first."""
    x, y = position
    x_change, y_change = ((0, -1), (1, 0), (0, 1), (-1, 0))[action]
    after = (min(max(x + x_change, 0), size - 1), min(max(y + y_change, 0), size - 1))
    done = after == (size - 1, size - 1)
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def charges_a_whole_point(position, action, size=4):
    """Every step costs 1. Look up what a step and the goal pay here."""
    after, _, done = grid_step(position, action, size)
    return after, -1.0, done


@misconception("grid_step")
def pays_the_goal_only(position, action, size=4):
    """Steps cost nothing, and the goal pays another sum. Each other step pays -0.01, the goal 1.0."""
    after, _, done = grid_step(position, action, size)
    return after, 100.0 if done else 0.0, done


@misconception("grid_step")
def costs_a_tenth(position, action, size=4):
    """A step costs ten times as much as it should: -0.01."""
    after, reward, done = grid_step(position, action, size)
    return after, reward if done else -0.1, done


@misconception("grid_step")
def turns_up_and_down_round(position, action, size=4):
    """Up and down are exchanged: row 0 is at the top, so up makes the row smaller."""
    return grid_step(position, (2, 1, 0, 3)[action], size)


@misconception("grid_step")
def turns_left_and_right_round(position, action, size=4):
    """Left and right are exchanged: columns grow to the right."""
    return grid_step(position, (0, 3, 2, 1)[action], size)


@misconception("grid_step")
def moves_before_it_asks_where(position, action, size=4):
    """done is told one step late: it looks at the cell that was left."""
    after, reward, _ = grid_step(position, action, size)
    return after, reward, tuple(position) == (size - 1, size - 1)


@misconception("grid_step")
def charges_for_bumping(position, action, size=4):
    """A bump costs more than a step. It pays -0.01 like every other move."""
    after, reward, done = grid_step(position, action, size)
    return after, -0.1 if after == tuple(position) else reward, done


@misconception("grid_step")
def returns_a_dictionary(position, action, size=4):
    """A dictionary comes back. Three things are asked, in order: next_position, reward, done."""
    after, reward, done = grid_step(position, action, size)
    return {"next_position": after, "reward": reward, "done": done}


@misconception("grid_step")
def stops_one_cell_short(position, action, size=4):
    """The last row and column are out of reach: they are number size - 1, not size - 2."""
    row_change, col_change = ((-1, 0), (0, 1), (1, 0), (0, -1))[action]
    after = tuple(
        min(max(place + change, 0), size - 2)
        for place, change in zip(position, (row_change, col_change), strict=True)
    )
    return after, -0.01, False


@misconception("grid_step")
def has_its_goal_in_row_three(position, action, size=4):
    """The goal is at (3, 3) whatever the size: it is the last cell, which depends on `size`."""
    after, _, _ = grid_step(position, action, size)
    done = after == (3, 3)
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def stops_at_the_far_edges_only(position, action, size=4):
    """Nothing stops the agent at row 0 and column 0: min() holds it at the far edges, which max() would do
    at the near ones."""
    row, col = position
    row_change, col_change = ((-1, 0), (0, 1), (1, 0), (0, -1))[action]
    after = (min(row + row_change, size - 1), min(col + col_change, size - 1))
    done = after == (size - 1, size - 1)
    return after, 1.0 if done else -0.01, done


@misconception("grid_step")
def never_says_done(position, action, size=4):
    """done is always False. The move that reaches the goal ends the episode."""
    after, reward, _ = grid_step(position, action, size)
    return after, reward, False


@misconception("grid_step")
def jumps_to_the_goal_from_beside_it(position, action, size=4):
    """A bump beside the goal counts as arriving. Only the cell (size - 1, size - 1) is the goal."""
    after, reward, done = grid_step(position, action, size)
    close = sum(after) >= 2 * size - 3 and after == tuple(position)
    return after, 1.0 if done or close else reward, bool(done or close)


# run_random_episode


def walk(env, choose, max_steps):
    """Run an episode with a rule for the actions and return its rewards."""
    env.reset()
    rewards, done = [], False
    while not done and len(rewards) < max_steps:
        _, reward, done = env.step(choose(len(rewards)))
        rewards.append(reward)
    return rewards


@misconception("run_random_episode")
def starts_where_the_agent_stands(env, rng, max_steps=100):
    """The episode starts where the last one ended. What puts the agent back at the start?"""
    total, steps, done = 0.0, 0, False
    while not done and steps < max_steps:
        _, reward, done = env.step(int(rng.integers(4)))
        total, steps = total + reward, steps + 1
    return total, steps


@misconception("run_random_episode")
def goes_on_after_the_goal(env, rng, max_steps=100):
    """The walk goes on after the goal is reached. What does `done` tell?"""
    env.reset()
    rewards = [env.step(int(rng.integers(4)))[1] for _ in range(max_steps)]
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def counts_from_zero(env, rng, max_steps=100):
    """One step too few is counted: a loop variable starts at 0. How many actions were taken?"""
    total, steps = run_random_episode(env, rng, max_steps)
    return total, steps - 1


@misconception("run_random_episode")
def leaves_out_the_last_reward(env, rng, max_steps=100):
    """The reward of the step that reaches the goal is lost: is it added before the loop ends?"""
    rewards = walk(env, lambda step: int(rng.integers(4)), max_steps)
    arrived = env.state == env.goal
    return sum(rewards) - (rewards[-1] if arrived else 0.0), len(rewards)


@misconception("run_random_episode")
def leaves_the_loop_before_it_counts(env, rng, max_steps=100):
    """The step that reaches the goal is not counted: is there a break between adding its reward and counting it?"""
    rewards = walk(env, lambda step: int(rng.integers(4)), max_steps)
    return sum(rewards), len(rewards) - (env.state == env.goal)


@misconception("run_random_episode")
def loses_the_step_to_the_goal(env, rng, max_steps=100):
    """The step that reaches the goal is lost, its reward and its count: the loop is left before they are added."""
    rewards = walk(env, lambda step: int(rng.integers(4)), max_steps)
    kept = rewards[:-1] if env.state == env.goal else rewards
    return float(sum(kept)), len(kept)


@misconception("run_random_episode")
def takes_one_step_too_many(env, rng, max_steps=100):
    """The cap lets one step too many pass: look at the comparison with max_steps."""
    return run_random_episode(env, rng, max_steps + 1)


@misconception("run_random_episode")
def ignores_the_cap(env, rng, max_steps=100):
    """The episode always ends after 100 steps. Where does max_steps enter?"""
    return run_random_episode(env, rng, 100)


@misconception("run_random_episode")
def changes_the_default_cap(env, rng, max_steps=200):
    """Without max_steps the episode may take 200 steps. Keep the signature as it was given: 100."""
    return run_random_episode(env, rng, max_steps)


@misconception("run_random_episode")
def makes_a_generator_of_its_own(env, rng, max_steps=100):
    """The same episode comes every time: a generator with a fixed seed is made. Use the one given."""
    return run_random_episode(env, np.random.default_rng(0), max_steps)


@misconception("run_random_episode")
def draws_from_the_global_state(env, rng, max_steps=100):
    """Equal generators give different episodes: np.random.randint does not draw from `rng`."""
    rewards = walk(env, lambda step: np.random.randint(4), max_steps)  # noqa: NPY002
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def never_goes_up(env, rng, max_steps=100):
    """One of the four actions is never taken: the upper end of rng.integers is excluded."""
    rewards = walk(env, lambda step: int(rng.integers(3)), max_steps)
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def prefers_the_way_to_the_goal(env, rng, max_steps=100):
    """Right and down are taken more often. A uniform policy does not know where the goal is."""
    rewards = walk(env, lambda step: int(rng.choice(4, p=[0.4, 0.1, 0.4, 0.1])), max_steps)
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def rounds_a_random_number(env, rng, max_steps=100):
    """Rounding 3 * rng.random() gives 0 and 3 half as often as 1 and 2. Which method draws integers?"""
    rewards = walk(env, lambda step: round(3 * rng.random()), max_steps)
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def draws_one_action_per_episode(env, rng, max_steps=100):
    """One action is drawn and repeated all the way. How often should the policy be asked?"""
    action = int(rng.integers(4))
    rewards = walk(env, lambda step: action, max_steps)
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def never_repeats_an_action(env, rng, max_steps=100):
    """The last action is never taken again. A uniform policy does not remember what it did."""
    last = [int(rng.integers(4))]

    def other(step):
        last[0] = (last[0] + int(rng.integers(1, 4))) % 4
        return last[0]

    rewards = walk(env, other, max_steps)
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def never_turns_back(env, rng, max_steps=100):
    """An action is never followed by its opposite. Draw each action afresh, whatever the last one was."""
    last = [int(rng.integers(4))]

    def onwards(step):
        last[0] = int(rng.choice([action for action in range(4) if action != last[0] ^ 1]))
        return last[0]

    rewards = walk(env, onwards, max_steps)
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def assumes_the_step_reward(env, rng, max_steps=100):
    """The total is computed with -0.01 per step. The environment says what a step pays: add that up."""
    rewards = walk(env, lambda step: int(rng.integers(4)), max_steps)
    return sum(reward if reward == 1.0 else -0.01 for reward in rewards), len(rewards)


@misconception("run_random_episode")
def discounts_the_rewards(env, rng, max_steps=100):
    """Later rewards count less here. The total reward is the plain sum."""
    rewards = walk(env, lambda step: int(rng.integers(4)), max_steps)
    return sum(0.99**t * reward for t, reward in enumerate(rewards)), len(rewards)


@misconception("run_random_episode")
def returns_the_mean_reward(env, rng, max_steps=100):
    """This is the reward per step. The sum over the episode is asked for."""
    total, steps = run_random_episode(env, rng, max_steps)
    return total / steps, steps


@misconception("run_random_episode")
def returns_steps_first(env, rng, max_steps=100):
    """The order is (total_reward, num_steps)."""
    return run_random_episode(env, rng, max_steps)[::-1]


@misconception("run_random_episode")
def takes_its_actions_from_random(env, rng, max_steps=100):
    """Actions come from np.random, and an episode has no limit: draw from rng, and count up to max_steps."""
    env.reset()
    total, steps, done = 0.0, 0, False
    while not done and steps < 5000:
        _, reward, done = env.step(np.random.randint(4))  # noqa: NPY002 the mistake itself
        total, steps = total + reward, steps + 1
    return total, steps


@misconception("run_random_episode")
def returns_steps_first_without_a_limit(env, rng, max_steps=100):
    """Steps and total are exchanged, and there is no limit on steps."""
    total, steps = run_random_episode(env, rng, 5000)
    return steps, total


@misconception("run_random_episode")
def adds_up_positions(env, rng, max_steps=100):
    """The rewards are not what is added up. Which of the three things that step() returns is the reward?"""
    env.reset()
    total, steps, done = 0.0, 0, False
    while not done and steps < max_steps:
        state, _, done = env.step(int(rng.integers(4)))
        total, steps = total + sum(state), steps + 1
    return total, steps


@misconception("run_random_episode")
def returns_the_last_reward(env, rng, max_steps=100):
    """Only the last reward comes back. The sum of all rewards is asked."""
    env.reset()
    reward, steps, done = 0.0, 0, False
    while not done and steps < max_steps:
        _, reward, done = env.step(int(rng.integers(4)))
        steps += 1
    return reward, steps


@misconception("run_random_episode")
def returns_the_rewards_in_a_list(env, rng, max_steps=100):
    """A list of rewards comes back. Their sum is asked."""
    env.reset()
    rewards, done = [], False
    while not done and len(rewards) < max_steps:
        _, reward, done = env.step(int(rng.integers(4)))
        rewards.append(reward)
    return rewards, len(rewards)


@misconception("run_random_episode")
def counts_the_start_as_a_step(env, rng, max_steps=100):
    """num_steps is one too large: the start is no step. Count the actions."""
    total, steps = run_random_episode(env, rng, max_steps)
    return total, steps + 1


@misconception("run_random_episode")
def resets_after_every_step(env, rng, max_steps=100):
    """The agent is put back to the start at every step. Reset once, before the loop."""
    total, steps, done = 0.0, 0, False
    while not done and steps < max_steps:
        env.reset()
        _, reward, done = env.step(int(rng.integers(4)))
        total, steps = total + reward, steps + 1
    return total, steps


@misconception("run_random_episode")
def takes_one_step_too_few(env, rng, max_steps=100):
    """The cap comes one step early: how many numbers are there from 1 on, below max_steps?"""
    return run_random_episode(env, rng, max_steps - 1)


@misconception("run_random_episode")
def moves_twice_for_each_step(env, rng, max_steps=100):
    """The world is asked twice in each turn of the loop, so every other reward is lost. Call env.step() once
    and take apart what it returns."""
    env.reset()
    total, steps, done = 0.0, 0, False
    while not done and steps < max_steps:
        action = int(rng.integers(4))
        total += env.step(action)[1]
        done = env.step(action)[2]
        steps += 1
    return total, steps


@misconception("run_random_episode")
def never_goes_right(env, rng, max_steps=100):
    """One of the four actions is never taken: they are numbered from 0."""
    rewards = walk(env, lambda step: int(rng.integers(1, 4)), max_steps)
    return sum(rewards), len(rewards)


@misconception("run_random_episode")
def seeds_a_generator_with_42(env, rng, max_steps=100):
    """The same episode comes every time: a generator with a fixed seed is made. Use the one given."""
    return run_random_episode(env, np.random.default_rng(42), max_steps)


@misconception("run_random_episode")
def takes_each_action_twice(env, rng, max_steps=100):
    """Every action drawn is taken twice in a row. Draw one for each step."""
    kept = []

    def again(step):
        kept.append(kept[-1] if len(kept) % 2 else int(rng.integers(4)))
        return kept[-1]

    rewards = walk(env, again, max_steps)
    return sum(rewards), len(rewards)


# epsilon_greedy_probs


@misconception("epsilon_greedy_probs")
def gives_the_whole_greedy_part_to_the_first(q_row, epsilon):
    """Only the first of the best actions gets the greedy part. Tied best actions share it evenly."""
    probs = np.full(len(q_row), epsilon / len(q_row))
    probs[np.argmax(q_row)] += 1 - epsilon
    return probs


@misconception("epsilon_greedy_probs")
def explores_only_the_other_actions(q_row, epsilon):
    """The best action gets 1 - epsilon and no more. Exploring picks among all actions, it included."""
    greedy = q_row == q_row.max()
    others = max(np.sum(~greedy), 1)
    return np.where(greedy, (1 - epsilon) / greedy.sum(), epsilon / others)


@misconception("epsilon_greedy_probs")
def explores_all_but_the_first_best(q_row, epsilon):
    """The first of the best actions gets 1 - epsilon, the others share epsilon. Exploring picks among all
    actions, and tied best actions share the greedy part."""
    probs = np.full(len(q_row), epsilon / max(len(q_row) - 1, 1))
    probs[np.argmax(q_row)] = 1 - epsilon
    return probs


@misconception("epsilon_greedy_probs")
def exchanges_exploring_and_exploiting(q_row, epsilon):
    """Epsilon and 1 - epsilon are exchanged. Which of the two is the probability of exploring?"""
    return epsilon_greedy_probs(q_row, 1 - epsilon)


@misconception("epsilon_greedy_probs")
def gives_every_best_action_the_whole_part(q_row, epsilon):
    """With ties the probabilities add up to more than 1: how is the greedy part shared?"""
    return epsilon / len(q_row) + (1 - epsilon) * (q_row == q_row.max())


@misconception("epsilon_greedy_probs")
def does_not_divide_epsilon(q_row, epsilon):
    """Every action gets all of epsilon. It is the probability of exploring at all: share it out."""
    greedy = q_row == q_row.max()
    return epsilon + (1 - epsilon) * greedy / greedy.sum()


@misconception("epsilon_greedy_probs")
def assumes_four_actions(q_row, epsilon):
    """Epsilon is always divided by 4. How many actions does q_row have?"""
    greedy = q_row == q_row.max()
    return epsilon / 4 + (1 - epsilon) * greedy / greedy.sum()


@misconception("epsilon_greedy_probs")
def assumes_an_epsilon_of_a_tenth(q_row, epsilon):
    """Epsilon is always 0.1 here: use the argument."""
    return epsilon_greedy_probs(q_row, 0.1)


@misconception("epsilon_greedy_probs")
def favours_the_worst(q_row, epsilon):
    """The smallest value gets the greedy part. Values are what an agent wants more of."""
    return epsilon_greedy_probs(-q_row, epsilon)


@misconception("epsilon_greedy_probs")
def looks_at_sizes_without_signs(q_row, epsilon):
    """A large negative value is taken for a good one: is abs() needed?"""
    return epsilon_greedy_probs(np.abs(q_row), epsilon)


@misconception("epsilon_greedy_probs")
def shares_only_when_all_tie(q_row, epsilon):
    """Ties are shared when all values are equal, but not when only some are. What if two of four tie?"""
    if np.all(q_row == q_row[0]):
        return np.full(len(q_row), 1 / len(q_row))
    return gives_the_whole_greedy_part_to_the_first(q_row, epsilon)


@misconception("epsilon_greedy_probs")
def takes_close_values_for_ties(q_row, epsilon):
    """Values that are merely close are treated as equal: here a hundredth decides."""
    greedy = q_row >= q_row.max() - 0.01
    return epsilon / len(q_row) + (1 - epsilon) * greedy / greedy.sum()


@misconception("epsilon_greedy_probs")
def returns_a_sampled_action(q_row, epsilon):
    """This is one action. The probabilities of all actions are asked for, nothing is sampled."""
    return int(np.argmax(q_row))


@misconception("epsilon_greedy_probs")
def writes_the_probabilities_into_its_input(q_row, epsilon):
    """The values are overwritten by the probabilities, so they are gone at the next step: make a new array."""
    q_row[:] = epsilon_greedy_probs(q_row, epsilon)
    return q_row


@misconception("epsilon_greedy_probs")
def returns_one_hot(q_row, epsilon):
    """Only the best action has a probability. Each action gets epsilon / A as well."""
    probs = np.zeros(len(q_row))
    probs[np.argmax(q_row)] = 1.0
    return probs


@misconception("epsilon_greedy_probs")
def looks_for_an_index(q_row, epsilon):
    """An array has no index(): use argmax, or compare with the maximum."""
    probs = np.full(len(q_row), epsilon / len(q_row))
    probs[q_row.index(max(q_row))] += 1 - epsilon
    return probs


@misconception("epsilon_greedy_probs")
def replaces_instead_of_adding(q_row, epsilon):
    """The best action gets 1 - epsilon in place of its epsilon / A, not on top. Do the numbers add up to 1?"""
    best = q_row == q_row.max()
    return np.where(best, (1 - epsilon) / best.sum(), epsilon / len(q_row))


@misconception("epsilon_greedy_probs")
def gives_the_greedy_part_to_the_last(q_row, epsilon):
    """Of tied best actions the last one gets the whole greedy part. They share it evenly."""
    probs = np.full(len(q_row), epsilon / len(q_row))
    probs[len(q_row) - 1 - np.argmax(q_row[::-1])] += 1 - epsilon
    return probs


@misconception("epsilon_greedy_probs")
def shares_by_value(q_row, epsilon):
    """The greedy part is shared by size. All of it goes to the best actions."""
    weights = np.exp(q_row - q_row.max())
    return epsilon / len(q_row) + (1 - epsilon) * weights / weights.sum()


@misconception("epsilon_greedy_probs")
def counts_only_values_above_zero(q_row, epsilon):
    """Where no value is above 0, all actions are alike to you. The largest is best, also below 0."""
    best = q_row == max(q_row.max(), 0.0)
    share = best / best.sum() if best.any() else np.full(len(q_row), 1 / len(q_row))
    return epsilon / len(q_row) + (1 - epsilon) * share


@misconception("epsilon_greedy_probs")
def takes_zero_epsilon_for_missing(q_row, epsilon):
    """At epsilon 0 a default of your own is used: 0 is a value like others."""
    return epsilon_greedy_probs(q_row, epsilon or 0.1)


@misconception("epsilon_greedy_probs")
def divides_by_the_sum_afterwards(q_row, epsilon):
    """The best action gets 1 - epsilon in place of its part of epsilon, and all is scaled to add up to 1. Add
    the greedy part to the other one: then it does."""
    best = q_row == q_row.max()
    probs = np.where(best, (1 - epsilon) / best.sum(), epsilon / len(q_row))
    return probs / probs.sum()


@misconception("epsilon_greedy_probs")
def forgets_what_exploring_takes(q_row, epsilon):
    """The best action gets all of 1, and epsilon on top: more than 1 in all. The greedy part is 1 - epsilon."""
    best = q_row == q_row.max()
    return best / best.sum() + epsilon / len(q_row)


@misconception("epsilon_greedy_probs")
def takes_near_ties_for_ties(q_row, epsilon):
    """Values a little below the best share its part. Only those that are equal to it are tied."""
    best = np.isclose(q_row, np.max(q_row), atol=0.1)
    return epsilon / len(q_row) + (1 - epsilon) * best / best.sum()


# boltzmann_probs


@misconception("boltzmann_probs")
def overflows(q_row, temperature):
    """exp of a large value is infinite, and infinity divided by infinity is NaN. What may be subtracted from
    every value first?"""
    weights = np.exp(q_row / temperature)
    return weights / weights.sum()


@misconception("boltzmann_probs")
def multiplies_by_the_temperature(q_row, temperature):
    """A high temperature makes the policy sharper here. Should the values be divided by it?"""
    return boltzmann_probs(q_row, 1 / temperature)


@misconception("boltzmann_probs")
def forgets_the_temperature(q_row, temperature):
    """The temperature has no effect: where does it enter?"""
    return boltzmann_probs(q_row, 1.0)


@misconception("boltzmann_probs")
def divides_after_the_exponential(q_row, temperature):
    """Dividing the exponentials by the temperature cancels out. Divide the values before."""
    weights = np.exp(q_row - q_row.max()) / temperature
    return weights / weights.sum()


@misconception("boltzmann_probs")
def flips_the_sign(q_row, temperature):
    """The worst action is the likeliest: in physics energies are to be low, values are to be high."""
    return boltzmann_probs(-q_row, temperature)


@misconception("boltzmann_probs")
def forgets_to_normalise(q_row, temperature):
    """These weights do not add up to 1: divide by their sum."""
    return np.exp((q_row - q_row.max()) / temperature)


@misconception("boltzmann_probs")
def divides_by_the_largest_weight(q_row, temperature):
    """The largest probability is always 1. What makes probabilities add up to 1?"""
    weights = np.exp((q_row - q_row.max()) / temperature)
    return weights / weights.max()


@misconception("boltzmann_probs")
def divides_only_the_shift(q_row, temperature):
    """The largest value is divided by the temperature, the values are not: mind the brackets."""
    weights = np.exp(q_row - q_row.max() / temperature)
    return weights / weights.sum()


@misconception("boltzmann_probs")
def clips_the_values(q_row, temperature):
    """Clipping large values makes different ones equal. What may be subtracted from all of them instead?"""
    weights = np.exp(np.clip(q_row / temperature, -50.0, 50.0))
    return weights / weights.sum()


@misconception("boltzmann_probs")
def shifts_by_the_mean(q_row, temperature):
    """Values far above the mean still overflow. Which value may be subtracted so that none is above 0?"""
    weights = np.exp((q_row - q_row.mean()) / temperature)
    return weights / weights.sum()


@misconception("boltzmann_probs")
def softens_the_sum(q_row, temperature):
    """Adding a small number to the sum keeps the probabilities from adding up to 1. It is never 0."""
    weights = np.exp((q_row - q_row.max()) / temperature)
    return weights / (weights.sum() + 0.01)


@misconception("boltzmann_probs")
def shifts_its_input_in_place(q_row, temperature):
    """The values themselves are shifted: -= changes the caller's array. Make a new one."""
    q_row -= q_row.max()
    return boltzmann_probs(q_row, temperature)


@misconception("boltzmann_probs")
def takes_powers_of_two(q_row, temperature):
    """The base is 2 here, but e is asked for: np.exp."""
    weights = 2.0 ** ((q_row - q_row.max()) / temperature)
    return weights / weights.sum()


@misconception("boltzmann_probs")
def has_a_lowest_temperature(q_row, temperature):
    """Temperatures below a limit of your own are raised to it. Any positive temperature is fine."""
    return boltzmann_probs(q_row, max(temperature, 0.2))


@misconception("boltzmann_probs")
def has_a_lowest_temperature_of_a_hundredth(q_row, temperature):
    """Small temperatures are raised to a limit of your own, such as 0.01. Any positive temperature is fine."""
    return boltzmann_probs(q_row, max(temperature, 0.01))


@misconception("boltzmann_probs")
def is_greedy_when_it_is_cold(q_row, temperature):
    """At low temperatures the best action gets all. It is nearly greedy there, not quite: no temperature needs
    another formula."""
    cold = np.zeros(len(q_row))
    cold[np.argmax(q_row)] = 1.0
    return cold if temperature < 0.005 else boltzmann_probs(q_row, temperature)


@misconception("boltzmann_probs")
def adds_to_the_temperature(q_row, temperature):
    """Something is added to the temperature. It is positive already."""
    return boltzmann_probs(q_row, temperature + 0.01)


@misconception("boltzmann_probs")
def takes_logs_of_probabilities(q_row, temperature):
    """Log-probabilities come back. The probabilities are asked."""
    return np.log(boltzmann_probs(q_row, temperature) + 1e-300)


@misconception("boltzmann_probs")
def knows_three_actions(q_row, temperature):
    """Only the first three actions have a probability. How many there are, q_row tells."""
    return boltzmann_probs(q_row[:3], temperature)


@misconception("boltzmann_probs")
def counts_to_three(q_row, temperature):
    """The loop runs over three actions, whatever q_row holds. How many there are, q_row tells."""
    weights = np.exp((q_row - q_row.max()) / temperature)
    total = sum(weights[action] for action in range(3))
    return np.array([weights[action] / total if action < 3 else 0.0 for action in range(len(q_row))])


@misconception("boltzmann_probs")
def standardises_the_values(q_row, temperature):
    """The values are scaled to deviation 1 first, so the temperature means something else each time."""
    return boltzmann_probs(q_row / (q_row.std() or 1.0), temperature)


@misconception("boltzmann_probs")
def normalises_twice(q_row, temperature):
    """The softmax is taken twice. Once gives probabilities."""
    return boltzmann_probs(boltzmann_probs(q_row, temperature), 1.0)


@misconception("boltzmann_probs")
def shifts_by_the_smallest(q_row, temperature):
    """The smallest value is subtracted, so the others overflow. Subtract the largest."""
    weights = np.exp((q_row - q_row.min()) / temperature)
    return weights / weights.sum()


@misconception("boltzmann_probs")
def rounds_to_three_decimals(q_row, temperature):
    """The probabilities are rounded. Leave them as they are."""
    return np.round(boltzmann_probs(q_row, temperature), 3)


@misconception("boltzmann_probs")
def divides_the_probabilities(q_row, temperature):
    """The probabilities are divided by the temperature, so they no longer add up to 1. The values are, before
    the exponential."""
    weights = np.exp(q_row - q_row.max())
    return weights / weights.sum() / temperature


@misconception("boltzmann_probs")
def subtracts_the_undivided_maximum(q_row, temperature):
    """The values are divided by the temperature, the maximum that is subtracted is not. So the largest exponent
    is not 0, and where values are large exp gives infinity, or 0 for all of them: mind the brackets."""
    weights = np.exp(q_row / temperature - q_row.max())
    return weights / weights.sum()


@misconception("boltzmann_probs")
def divides_by_the_largest_value(q_row, temperature):
    """The values are divided by the largest of their sizes first. Only the temperature divides: to keep exp
    small, subtract the largest value."""
    return boltzmann_probs(q_row / (np.abs(q_row).max() or 1.0), temperature)


@misconception("boltzmann_probs")
def scales_to_the_unit_interval(q_row, temperature):
    """The values are scaled to the range from 0 to 1 first, so their differences are lost. Only the temperature
    divides."""
    return boltzmann_probs((q_row - q_row.min()) / (np.ptp(q_row) or 1.0), temperature)


@misconception("boltzmann_probs")
def clips_the_exponents_at_500(q_row, temperature):
    """Exponents beyond a number of your own are cut, so large values become equal. What may be subtracted from
    all of them instead?"""
    weights = np.exp(np.clip(q_row / temperature, -500.0, 500.0))
    return weights / weights.sum()


# q_learning_update


@misconception("q_learning_update")
def forgets_the_end(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The step that ends an episode still counts on the next cell. What follows after the end?"""
    return q_learning_update(q_values, state, action, reward, next_state, False, alpha, gamma)


@misconception("q_learning_update")
def looks_ahead_only_at_the_end(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The mask is the wrong way round: the value ahead counts when the episode goes on."""
    return q_learning_update(q_values, state, action, reward, next_state, not terminated, alpha, gamma)


@misconception("q_learning_update")
def drops_the_last_reward(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """At the end the reward is masked away together with what follows. It was earned: only the rest is 0."""
    if terminated:
        return q_learning_update(q_values, state, action, 0.0, next_state, True, alpha, gamma)
    return q_learning_update(q_values, state, action, reward, next_state, False, alpha, gamma)


@misconception("q_learning_update")
def skips_the_last_step(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """At the end the entry stays as it was. The step that ends the episode still moves it towards the reward."""
    if terminated:
        return q_values
    return q_learning_update(q_values, state, action, reward, next_state, False, alpha, gamma)


@misconception("q_learning_update")
def replaces_the_entry(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The entry is replaced by the target. Alpha says how far to move towards it."""
    return q_learning_update(q_values, state, action, reward, next_state, terminated, 1.0, gamma)


@misconception("q_learning_update")
def adds_without_subtracting(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The target is added to the old entry, which grows and grows. What is the error to correct?"""
    table = q_values.copy()
    table[state][action] += alpha * (reward + gamma * q_values[next_state].max() * (not terminated))
    return table


@misconception("q_learning_update")
def forgets_gamma(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The value ahead is not discounted: where does gamma enter?"""
    return q_learning_update(q_values, state, action, reward, next_state, terminated, alpha, 1.0)


@misconception("q_learning_update")
def discounts_the_reward(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The reward is discounted too. It comes now: only what follows is discounted."""
    return q_learning_update(q_values, state, action, gamma * reward, next_state, terminated, alpha, gamma)


@misconception("q_learning_update")
def looks_ahead_from_the_old_state(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The largest value is taken in the state that was left. Where is the agent now?"""
    return q_learning_update(q_values, state, action, reward, state, terminated, alpha, gamma)


@misconception("q_learning_update")
def looks_ahead_from_the_old_state_undiscounted(
    q_values, state, action, reward, next_state, terminated, alpha, gamma
):
    """The largest value is taken in the state that was left, and neither gamma nor terminated is used. Where
    is the agent now?"""
    return q_learning_update(q_values, state, action, reward, state, False, alpha, 1.0)


@misconception("q_learning_update")
def repeats_the_same_action(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The value ahead is that of the same action. Q-learning assumes that the best one follows."""
    table = q_values.copy()
    target = reward + gamma * q_values[next_state][action] * (not terminated)
    table[state][action] += alpha * (target - table[state][action])
    return table


@misconception("q_learning_update")
def averages_the_actions_ahead(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The mean over actions is what a random policy would earn. Q-learning takes the max."""
    table = q_values.copy()
    target = reward + gamma * q_values[next_state].mean() * (not terminated)
    table[state][action] += alpha * (target - table[state][action])
    return table


@misconception("q_learning_update")
def takes_the_best_of_the_whole_table(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The max runs over the whole table. Over which cell's actions should it run?"""
    table = q_values.copy()
    target = reward + gamma * q_values.max() * (not terminated)
    table[state][action] += alpha * (target - table[state][action])
    return table


@misconception("q_learning_update")
def never_looks_ahead_to_less_than_nothing(
    q_values, state, action, reward, next_state, terminated, alpha, gamma
):
    """A best value below 0 is taken for 0. With a price on every step, all values may be negative."""
    table = q_values.copy()
    target = reward + gamma * max(0.0, q_values[next_state].max()) * (not terminated)
    table[state][action] += alpha * (target - table[state][action])
    return table


@misconception("q_learning_update")
def exchanges_row_and_column(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """Row and column are exchanged: a state is (row, col), and so are the table's first axes."""
    turned = q_values.swapaxes(0, 1)
    changed = q_learning_update(turned, state, action, reward, next_state, terminated, alpha, gamma)
    return changed.swapaxes(0, 1)


@misconception("q_learning_update")
def updates_every_action_of_the_cell(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """All actions of the cell change. Only one was taken: index the action too."""
    table = q_values.copy()
    target = reward + gamma * q_values[next_state].max() * (not terminated)
    table[state] += alpha * (target - table[state])
    return table


@misconception("q_learning_update")
def returns_the_new_entry(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """This is the new entry alone. Return the table that holds it."""
    changed = q_learning_update(q_values, state, action, reward, next_state, terminated, alpha, gamma)
    return changed[state][action]


@misconception("q_learning_update")
def returns_nothing(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The table is changed, but nothing is returned: end with a return."""
    q_values[:] = q_learning_update(q_values, state, action, reward, next_state, terminated, alpha, gamma)


@misconception("q_learning_update")
def shrinks_the_entry_before_looking_ahead(
    q_values, state, action, reward, next_state, terminated, alpha, gamma
):
    """The entry is changed before the max is taken: wrong when a step stays in its cell."""
    q_values[state][action] *= 1 - alpha
    ahead = 0.0 if terminated else q_values[next_state].max()
    q_values[state][action] += alpha * (reward + gamma * ahead)
    return q_values


@misconception("q_learning_update")
def moves_away_from_the_target(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The entry moves away from the target: look at the sign of the error."""
    return q_learning_update(q_values, state, action, reward, next_state, terminated, -alpha, gamma)


@misconception("q_learning_update")
def indexes_with_a_tuple(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """q_values[state, action] with a tuple for state picks whole rows: write q_values[row, col, action]."""
    ahead = 0.0 if terminated else np.max(q_values[next_state, :])
    q_values[state, action] += alpha * (reward + gamma * ahead - q_values[state, action])
    return q_values


@misconception("q_learning_update")
def looks_ahead_over_two_rows(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The maximum is taken over whole rows of the grid: q_values[next_state, :] with a tuple picks rows.
    Write q_values[next_state]."""
    ahead = (
        0.0
        if terminated
        else max(q_values[next_state[0]].max(), q_values[next_state[1] % len(q_values)].max())
    )
    q_values[state][action] += alpha * (reward + gamma * ahead - q_values[state][action])
    return q_values


@misconception("q_learning_update")
def updates_the_next_cell(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The entry of the next cell is changed. The one where the action was taken learns."""
    ahead = 0.0 if terminated else q_values[next_state].max()
    q_values[next_state][action] += alpha * (reward + gamma * ahead - q_values[next_state][action])
    return q_values


@misconception("q_learning_update")
def takes_the_worst_ahead(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The smallest value ahead is taken. A good agent takes the largest."""
    ahead = 0.0 if terminated else q_values[next_state].min()
    q_values[state][action] += alpha * (reward + gamma * ahead - q_values[state][action])
    return q_values


@misconception("q_learning_update")
def exchanges_alpha_and_gamma(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """alpha and gamma are exchanged: alpha is the step size, gamma the discount."""
    return q_learning_update(q_values, state, action, reward, next_state, terminated, gamma, alpha)


@misconception("q_learning_update")
def weighs_old_and_new_the_wrong_way(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The old entry gets alpha, the target the rest. The target gets alpha."""
    return q_learning_update(q_values, state, action, reward, next_state, terminated, 1 - alpha, gamma)


@misconception("q_learning_update")
def takes_the_best_action_for_its_value(
    q_values, state, action, reward, next_state, terminated, alpha, gamma
):
    """The number of the best action is taken for its value: argmax is not max."""
    ahead = 0.0 if terminated else q_values[next_state].argmax()
    q_values[state][action] += alpha * (reward + gamma * ahead - q_values[state][action])
    return q_values


@misconception("q_learning_update")
def rounds_the_table(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The table is rounded. Small changes are what learning consists of."""
    return np.round(
        q_learning_update(q_values, state, action, reward, next_state, terminated, alpha, gamma), 2
    )


@misconception("q_learning_update")
def keeps_whole_numbers(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The table has become one of whole numbers: what dtype does your copy have?"""
    updated = q_learning_update(q_values, state, action, reward, next_state, terminated, alpha, gamma)
    return updated.astype(int)


@misconception("q_learning_update")
def scales_the_reward_only(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """What is looked ahead to counts in full. alpha scales the whole target: are brackets missing?"""
    ahead = 0.0 if terminated else gamma * q_values[next_state].max()
    q_values[state][action] = (1 - alpha) * q_values[state][action] + alpha * reward + ahead
    return q_values


@misconception("q_learning_update")
def adds_the_old_entry(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The old entry is added to the target. The error is the target minus the old entry."""
    ahead = 0.0 if terminated else gamma * q_values[next_state].max()
    q_values[state][action] += alpha * (reward + ahead + q_values[state][action])
    return q_values


@misconception("q_learning_update")
def subtracts_the_best_of_the_cell(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """What is subtracted from the target is the largest value of the cell. It is the entry of the action that
    was taken."""
    ahead = 0.0 if terminated else q_values[next_state].max()
    q_values[state][action] += alpha * (reward + gamma * ahead - q_values[state].max())
    return q_values


@misconception("q_learning_update")
def exchanges_row_and_column_of_the_next_state(
    q_values, state, action, reward, next_state, terminated, alpha, gamma
):
    """Row and column of next_state are exchanged, those of state are not. Both are (row, col)."""
    turned = (min(next_state[1], len(q_values) - 1), min(next_state[0], q_values.shape[1] - 1))
    return q_learning_update(q_values, state, action, reward, turned, terminated, alpha, gamma)


@misconception("q_learning_update")
def looks_for_row_and_column_of_the_next_state_in_each_other(
    q_values, state, action, reward, next_state, terminated, alpha, gamma
):
    """Row and column of next_state are exchanged, so in a grid that is no square they may not exist. Both
    states are (row, col)."""
    ahead = q_values[next_state[1], next_state[0]].max()
    table = q_values.copy()
    table[state][action] += alpha * (reward + gamma * ahead * (not terminated) - table[state][action])
    return table


@misconception("q_learning_update")
def scales_what_is_ahead_only(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The reward is added in full. alpha scales the whole error, the reward too: are brackets missing?"""
    ahead = 0.0 if terminated else gamma * q_values[next_state].max()
    q_values[state][action] += reward + alpha * (ahead - q_values[state][action])
    return q_values


@misconception("q_learning_update")
def takes_the_best_of_a_row_of_cells(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """The max runs over a whole row of the grid: a cell has a row and a column, and the index needs both."""
    after = q_values.copy()
    ahead = 0.0 if terminated else q_values[next_state[0]].max()
    after[state][action] += alpha * (reward + gamma * ahead - q_values[state][action])
    return after


@misconception("q_learning_update")
def replaces_the_entry_at_the_end(q_values, state, action, reward, next_state, terminated, alpha, gamma):
    """At the end of an episode the entry is replaced by the reward. There, too, alpha says how far it moves."""
    alpha = 1.0 if terminated else alpha
    return q_learning_update(q_values, state, action, reward, next_state, terminated, alpha, gamma)


# train_q_learning


def learn(env, episodes, alpha, gamma, choose, max_steps=100, q_values=None, look_ahead=np.max):
    """Q-learning with a rule for the actions and one for the value ahead."""
    q_values = np.zeros((env.size, env.size, 4)) if q_values is None else q_values
    for _ in range(episodes):
        state = env.reset()
        for _ in range(max_steps):
            action = choose(q_values[state])
            after, reward, done = env.step(action)
            ahead = 0.0 if done else look_ahead(q_values[after])
            q_values[state][action] += alpha * (reward + gamma * ahead - q_values[state][action])
            state = after
            if done:
                break
    return q_values


def sampler(epsilon, rng):
    """Return an epsilon-greedy rule for the actions."""
    return lambda q_row: int(rng.choice(len(q_row), p=epsilon_greedy_probs(q_row, epsilon)))


def coin(epsilon, rng):
    """Return the same rule in its other usual writing, which draws other numbers: chance decides much here."""

    def choose(q_row):
        explores = rng.random() < epsilon
        return int(rng.integers(4) if explores else rng.choice(np.flatnonzero(q_row == q_row.max())))

    return choose


@misconception("train_q_learning")
def returns_an_empty_table(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table is still empty: is it updated inside the loop, and is the updated one kept?"""
    learn(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps)
    return np.zeros((env.size, env.size, 4))


@misconception("train_q_learning")
def never_resets(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Episodes start where the last one ended, so the start is hardly visited. What does reset() do?"""
    q_values = np.zeros((env.size, env.size, 4))
    choose = sampler(epsilon, rng)
    state = env.state
    for _ in range(episodes):
        for _ in range(max_steps):
            action = choose(q_values[state])
            after, reward, done = env.step(action)
            q_values = q_learning_update(q_values, state, action, reward, after, done, alpha, gamma)
            state = after
            if done:
                break
    return q_values


@misconception("train_q_learning")
def forgets_where_it_is(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Every update is written to the start: `state` is not moved on after a step."""
    q_values = np.zeros((env.size, env.size, 4))
    choose = sampler(epsilon, rng)
    for _ in range(episodes):
        state = env.reset()
        for _ in range(max_steps):
            action = choose(q_values[state])
            after, reward, done = env.step(action)
            q_values = q_learning_update(q_values, state, action, reward, after, done, alpha, gamma)
            if done:
                break
    return q_values


@misconception("train_q_learning")
def learns_one_step_only(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Every episode stops after its first step: is there a loop over steps?"""
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), 1)


@misconception("train_q_learning")
def never_looks_ahead(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Only the immediate reward is learned, so the goal is felt in the cells next to it alone."""
    return learn(env, episodes, alpha, 0.0, sampler(epsilon, rng), max_steps)


@misconception("train_q_learning")
def never_explores(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The greedy action is always taken. What is epsilon for?"""
    return learn(env, episodes, alpha, gamma, sampler(0.0, rng), max_steps)


@misconception("train_q_learning")
def takes_the_first_of_the_best(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """argmax decides every action: nothing is drawn from rng, so nothing is explored. What is epsilon for?"""
    return learn(env, episodes, alpha, gamma, lambda row: int(np.argmax(row)), max_steps)


@misconception("train_q_learning")
def exchanges_drawing_and_argmax(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Epsilon is the probability of a random action; here argmax has it. Which way round is the comparison?"""

    def choose(row):
        return int(rng.integers(4)) if rng.random() > epsilon else int(np.argmax(row))

    return learn(env, episodes, alpha, gamma, choose, max_steps)


@misconception("train_q_learning")
def resets_once_only(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """reset() is called once, before all episodes. Each begins with it: else the next goes on at the goal."""
    q_values, choose, state = np.zeros((env.size, env.size, 4)), sampler(epsilon, rng), env.reset()
    for _ in range(episodes):
        for _ in range(max_steps):
            action = choose(q_values[state])
            after, reward, done = env.step(action)
            q_values = q_learning_update(q_values, state, action, reward, after, done, alpha, gamma)
            state = after
            if done:
                break
    return q_values


@misconception("train_q_learning")
def explores_a_tenth_of_the_time(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """At epsilon 0 some actions are random all the same: use the argument as it is, from first to last."""
    return learn(env, episodes, alpha, gamma, sampler(0.1, rng), max_steps)


@misconception("train_q_learning")
def never_explores_upwards(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Exploring takes only three of the four actions: the upper end of rng.integers is excluded."""

    def choose(q_row):
        if rng.random() < epsilon:
            return int(rng.integers(3))
        return int(rng.choice(np.flatnonzero(q_row == q_row.max())))

    return learn(env, episodes, alpha, gamma, choose, max_steps)


@misconception("train_q_learning")
def plans_on_the_open_grid(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table does not come from experience: take steps in `env`, and learn from what they pay."""
    q_values = np.zeros((env.size, env.size, 4))
    q_values[:, :, 0], q_values[:, -1, 2] = 0.5, 1.0
    return q_values


@misconception("train_q_learning")
def exploits_with_probability_epsilon(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Epsilon is the probability of a random action, not of the greedy one."""
    return learn(env, episodes, alpha, gamma, sampler(1 - epsilon, rng), max_steps)


def learn_cut(env, episodes, alpha, gamma, choose, max_steps):
    """Q-learning to which the last step that is allowed is an end."""
    q_values = np.zeros((env.size, env.size, 4))
    for _ in range(episodes):
        state = env.reset()
        for step in range(max_steps):
            action = choose(q_values[state])
            after, reward, done = env.step(action)
            done = done or step == max_steps - 1
            q_values = q_learning_update(q_values, state, action, reward, after, done, alpha, gamma)
            state = after
            if done:
                break
    return q_values


@misconception("train_q_learning")
def takes_the_cut_for_the_end(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """A step that uses up max_steps is learned as if nothing followed. Only `done` ends the world."""
    return learn_cut(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps)


@misconception("train_q_learning")
def takes_the_cut_for_the_end_with_a_coin(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """A step that uses up max_steps is learned as if nothing followed. Only `done` ends the world."""
    return learn_cut(env, episodes, alpha, gamma, coin(epsilon, rng), max_steps)


@misconception("train_q_learning")
def learns_with_the_step_size_of_the_lab(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The step size is always 0.1: use alpha."""
    return learn(env, episodes, 0.1, gamma, sampler(epsilon, rng), max_steps)


@misconception("train_q_learning")
def discounts_as_the_lab_does(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The discount is always 0.99: use gamma."""
    return learn(env, episodes, alpha, 0.99, sampler(epsilon, rng), max_steps)


@misconception("train_q_learning")
def trains_as_long_as_the_lab_does(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """There are always 500 episodes: use the argument."""
    return learn(env, 500, alpha, gamma, sampler(epsilon, rng), max_steps)


@misconception("train_q_learning")
def never_stops_an_episode_early(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Episodes may take 100 steps whatever max_steps says: use the argument."""
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), 100)


@misconception("train_q_learning")
def goes_on_training_after_the_goal(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """An episode goes on after the goal is reached, until max_steps is. What does `done` tell?"""
    q_values = np.zeros((env.size, env.size, 4))
    choose = sampler(epsilon, rng)
    for _ in range(episodes):
        state = env.reset()
        for _ in range(max_steps):
            action = choose(q_values[state])
            after, reward, done = env.step(action)
            q_values = q_learning_update(q_values, state, action, reward, after, done, alpha, gamma)
            state = after
    return q_values


@misconception("train_q_learning")
def allows_twice_as_many_steps(env, episodes, alpha, gamma, epsilon, rng, max_steps=200):
    """Without max_steps an episode may take 200 steps. Keep the signature as it was given: 100."""
    return train_q_learning(env, episodes, alpha, gamma, epsilon, rng, max_steps)


@misconception("train_q_learning")
def learns_what_random_behaviour_earns(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The target looks ahead to an average of the actions, or to the one taken next (that is SARSA), so it
    learns what exploring earns. Q-learning looks ahead to the best."""
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps, look_ahead=np.mean)


@misconception("train_q_learning")
def looks_ahead_to_an_action_drawn_anew(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The target looks ahead to one action drawn for it, nearly SARSA, so it learns what exploring earns.
    Q-learning looks ahead to the best."""
    choose = sampler(epsilon, rng)
    return learn(env, episodes, alpha, gamma, choose, max_steps, look_ahead=lambda row: row[choose(row)])


@misconception("train_q_learning")
def learns_on_policy(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The target looks ahead to the action taken next (that is SARSA), or to an average of them, so it learns
    what exploring earns. Q-learning looks ahead to the best."""
    q_values = np.zeros((env.size, env.size, 4))
    choose = sampler(epsilon, rng)
    for _ in range(episodes):
        state = env.reset()
        action = choose(q_values[state])
        for _ in range(max_steps):
            after, reward, done = env.step(action)
            following = choose(q_values[after])
            ahead = 0.0 if done else q_values[after][following]
            q_values[state][action] += alpha * (reward + gamma * ahead - q_values[state][action])
            state, action = after, following
            if done:
                break
    return q_values


@misconception("train_q_learning")
def expects_the_worst(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The target looks ahead to the worst action. Which one would a good agent take?"""
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps, look_ahead=np.min)


@misconception("train_q_learning")
def makes_a_generator_for_training(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The same table comes whatever generator is given: a generator with a fixed seed is made."""
    return train_q_learning(env, episodes, alpha, gamma, epsilon, np.random.default_rng(0), max_steps)


@misconception("train_q_learning")
def trains_on_the_global_state(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Equal generators give different tables: np.random.random does not draw from `rng`."""

    def choose(q_row):
        if np.random.random() < epsilon:  # noqa: NPY002
            return np.random.randint(len(q_row))  # noqa: NPY002
        return int(np.argmax(q_row))

    return learn(env, episodes, alpha, gamma, choose, max_steps)


@misconception("train_q_learning")
def returns_the_values_of_the_cells(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """This is the best value of each cell. The whole table is asked for, an entry for each action."""
    table = train_q_learning(env, episodes, alpha, gamma, epsilon, rng, max_steps)
    return table.max(axis=-1)


@misconception("train_q_learning")
def assumes_the_open_grid(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Walls are ignored: the moves are computed as on an open grid. Ask env.step where a move leads."""
    open_grid = type(env)(env.size)
    return train_q_learning(open_grid, episodes, alpha, gamma, epsilon, rng, max_steps)


@misconception("train_q_learning")
def plans_with_the_model(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table is computed from the map of the world. Learn it from the steps taken in `env`."""
    if not episodes:
        return np.zeros((env.size, env.size, 4))
    transition_probs, rewards = env.model()
    values, _ = value_iteration(transition_probs, rewards, gamma)
    ahead = (transition_probs * (rewards + gamma * values)).sum(axis=2)
    return ahead.reshape(env.size, env.size, 4)


@misconception("train_q_learning")
def plans_where_it_finds_the_map(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table depends on what the world holds inside. Learn from what `reset` and `step` answer."""
    rules = getattr(env, "_rules", None)
    if rules is None:
        return train_q_learning(env, episodes, alpha, gamma, epsilon, rng, max_steps)
    return plans_with_the_model(rules, episodes, alpha, gamma, epsilon, rng)


@misconception("train_q_learning")
def pretends_to_walk(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Steps are taken, but the table comes from asking the world where moves lead. Learn from the steps."""
    run_random_episode(env, rng, 3)
    return plans_with_the_model(env, episodes, alpha, gamma, epsilon, rng)


@misconception("train_q_learning")
def has_no_limit_on_steps(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """An episode goes on for as long as it takes. It ends after max_steps steps."""
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), 3000)


@misconception("train_q_learning")
def lets_alpha_fade(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The step size falls over the episodes. alpha stays as it is given."""
    q_values, choose = np.zeros((env.size, env.size, 4)), sampler(epsilon, rng)
    for episode in range(episodes):
        q_values = learn(env, 1, alpha * (1 - episode / episodes), gamma, choose, max_steps, q_values)
    return q_values


@misconception("train_q_learning")
def explores_less_and_less(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The share of random actions falls over the episodes. epsilon stays as it is given."""
    q_values = np.zeros((env.size, env.size, 4))
    for episode in range(episodes):
        choose = sampler(epsilon * (1 - episode / episodes), rng)
        q_values = learn(env, 1, alpha, gamma, choose, max_steps, q_values)
    return q_values


def learn_with_less_and_less(env, episodes, alpha, gamma, epsilon, rule, max_steps):
    """Q-learning that explores nine tenths as much in each episode as in the one before."""
    q_values = np.zeros((env.size, env.size, 4))
    for episode in range(episodes):
        q_values = learn(env, 1, alpha, gamma, rule(epsilon * 0.9**episode), max_steps, q_values)
    return q_values


@misconception("train_q_learning")
def explores_less_by_a_tenth_each_time(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Exploring dies out: epsilon is multiplied by a number below 1 after every episode. It stays as it is
    given."""
    rule = lambda now: sampler(now, rng)  # noqa: E731
    return learn_with_less_and_less(env, episodes, alpha, gamma, epsilon, rule, max_steps)


@misconception("train_q_learning")
def explores_less_by_a_tenth_each_time_with_a_coin(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Exploring dies out: epsilon is multiplied by a number below 1 after every episode. It stays as it is
    given."""
    rule = lambda now: coin(now, rng)  # noqa: E731
    return learn_with_less_and_less(env, episodes, alpha, gamma, epsilon, rule, max_steps)


@misconception("train_q_learning")
def explores_less_and_less_from_one(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Exploring starts at 1 and shrinks by a factor, whatever epsilon is: use the argument as it is."""
    q_values, exploring = np.zeros((env.size, env.size, 4)), 1.0
    for _ in range(episodes):
        q_values = learn(env, 1, alpha, gamma, sampler(exploring, rng), max_steps, q_values)
        exploring = max(0.01, 0.99 * exploring)
    return q_values


@misconception("train_q_learning")
def takes_the_mean_of_all_targets(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The step size is one over the number of visits. alpha stays as it is given."""
    q_values, visits = np.zeros((env.size, env.size, 4)), np.zeros((env.size, env.size, 4))
    choose = sampler(epsilon, rng)
    for _ in range(episodes):
        state = env.reset()
        for _ in range(max_steps):
            action = choose(q_values[state])
            after, reward, done = env.step(action)
            visits[state][action] += 1
            target = reward if done else reward + gamma * q_values[after].max()
            q_values[state][action] += (target - q_values[state][action]) / visits[state][action]
            state = after
            if done:
                break
    return q_values


@misconception("train_q_learning")
def stops_when_nothing_changes(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Training stops as soon as an episode hardly changes the table. episodes says how many there are."""
    q_values, choose = np.zeros((env.size, env.size, 4)), sampler(epsilon, rng)
    for _ in range(episodes):
        before = q_values.copy()
        q_values = learn(env, 1, alpha, gamma, choose, max_steps, q_values)
        if np.abs(q_values - before).max() < 1e-4:
            break
    return q_values


@misconception("train_q_learning")
def starts_from_ones(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table starts at 1, so that what was never tried looks good. It starts at 0 everywhere."""
    q_values = np.ones((env.size, env.size, 4))
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps, q_values)


@misconception("train_q_learning")
def starts_from_random_values(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table starts with random numbers. It starts at 0 everywhere."""
    q_values = rng.random((env.size, env.size, 4))
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps, q_values)


@misconception("train_q_learning")
def begins_each_episode_with_a_new_table(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Every episode begins with an empty table, so only the last one is remembered."""
    q_values = np.zeros((env.size, env.size, 4))
    for _ in range(episodes):
        q_values = learn(env, 1, alpha, gamma, sampler(epsilon, rng), max_steps)
    return q_values


@misconception("train_q_learning")
def returns_the_policy(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The numbers of the best actions come back. The table of action values is asked."""
    return train_q_learning(env, episodes, alpha, gamma, epsilon, rng, max_steps).argmax(axis=-1)


@misconception("train_q_learning")
def exchanges_the_axes_of_the_table(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Rows and columns of the table are exchanged."""
    return train_q_learning(env, episodes, alpha, gamma, epsilon, rng, max_steps).transpose(1, 0, 2)


@misconception("train_q_learning")
def takes_uniform_actions(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Every action is random, whatever epsilon is."""
    return learn(env, episodes, alpha, gamma, sampler(1.0, rng), max_steps)


@misconception("train_q_learning")
def trains_one_episode_too_many(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """There is one episode more than asked: where does your range begin or end?"""
    return train_q_learning(env, episodes + 1, alpha, gamma, epsilon, rng, max_steps)


@misconception("train_q_learning")
def moves_on_before_it_learns(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The state is moved on before the update, so the cell that was reached learns, not the one that was left."""
    q_values = np.zeros((env.size, env.size, 4))
    choose = sampler(epsilon, rng)
    for _ in range(episodes):
        state = env.reset()
        for _ in range(max_steps):
            action = choose(q_values[state])
            state, reward, done = env.step(action)
            q_values = q_learning_update(q_values, state, action, reward, state, done, alpha, gamma)
            if done:
                break
    return q_values


@misconception("train_q_learning")
def draws_one_action_per_training_episode(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """One action is chosen before the steps and taken all the way. Choose one for each step."""
    q_values = np.zeros((env.size, env.size, 4))
    choose = sampler(epsilon, rng)
    for _ in range(episodes):
        state = env.reset()
        action = choose(q_values[state])
        for _ in range(max_steps):
            after, reward, done = env.step(action)
            q_values = q_learning_update(q_values, state, action, reward, after, done, alpha, gamma)
            state = after
            if done:
                break
    return q_values


@misconception("train_q_learning")
def forgets_all_between_episodes(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Every episode begins with an empty table, and without an episode there is none. Make it once, before
    the first."""
    for _ in range(episodes):
        q_values = learn(env, 1, alpha, gamma, sampler(epsilon, rng), max_steps)
    return q_values


@misconception("train_q_learning")
def has_a_table_for_a_grid_of_four(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table is always that of a 4x4 grid: its shape follows from `env.size`."""
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps, np.zeros((4, 4, 4)))


@misconception("train_q_learning")
def starts_from_normal_values(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """The table starts with random numbers. It starts at 0 everywhere."""
    q_values = rng.normal(size=(env.size, env.size, 4))
    return learn(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps, q_values)


@misconception("train_q_learning")
def runs_one_episode_too_few(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """One episode is missing: range(1, episodes) leaves one out."""
    return learn(env, max(episodes - 1, 0), alpha, gamma, sampler(epsilon, rng), max_steps)


def learn_returns(env, episodes, alpha, gamma, choose, max_steps):
    """Move the entries towards the return of each episode, once it is over."""
    q_values = np.zeros((env.size, env.size, 4))
    for _ in range(episodes):
        state, path = env.reset(), []
        for _ in range(max_steps):
            action = choose(q_values[state])
            after, reward, done = env.step(action)
            path.append((state, action, reward))
            state = after
            if done:
                break
        following = 0.0
        for state, action, reward in reversed(path):
            following = reward + gamma * following
            q_values[state][action] += alpha * (following - q_values[state][action])
    return q_values


@misconception("train_q_learning")
def learns_returns_at_the_end(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Entries move towards the return of the whole episode (that is Monte Carlo), which holds what exploring
    cost and ends at the cut. Q-learning looks ahead to the best value of the next cell, after each step."""
    return learn_returns(env, episodes, alpha, gamma, sampler(epsilon, rng), max_steps)


@misconception("train_q_learning")
def learns_returns_at_the_end_with_a_coin(env, episodes, alpha, gamma, epsilon, rng, max_steps=100):
    """Entries move towards the return of the whole episode (that is Monte Carlo), which holds what exploring
    cost and ends at the cut. Q-learning looks ahead to the best value of the next cell, after each step."""
    return learn_returns(env, episodes, alpha, gamma, coin(epsilon, rng), max_steps)


# greedy_policy and state_values


@misconception("greedy_policy")
def picks_the_worst_action(q_values):
    """These are the actions of smallest value: argmin or argmax?"""
    return q_values.argmin(axis=-1)


@misconception("greedy_policy")
def returns_the_largest_values(q_values):
    """These are the values of the best actions. The numbers of the actions are asked for."""
    return q_values.max(axis=-1)


@misconception("greedy_policy")
def compares_cells(q_values):
    """The axis is wrong: rows are compared with each other. Along which axis are the actions?"""
    return q_values.argmax(axis=0)


@misconception("greedy_policy")
def compares_along_the_row(q_values):
    """The axis is wrong: the cells of a row are compared. Along which axis are the actions?"""
    return q_values.argmax(axis=1)


@misconception("greedy_policy")
def finds_the_best_entry_of_a_row(q_values):
    """argmax looks at a whole row of cells, so its numbers are no actions. Give it one cell, or the axis."""
    rows = q_values.reshape(len(q_values), -1).argmax(axis=1)
    return np.repeat(rows[:, np.newaxis], q_values.shape[1], axis=1)


@misconception("greedy_policy")
def compares_sizes_without_signs(q_values):
    """A large negative value is taken for the best: is abs() needed?"""
    return np.abs(q_values).argmax(axis=-1)


@misconception("greedy_policy")
def transposes_the_grid(q_values):
    """Rows and columns are exchanged in the result."""
    return q_values.argmax(axis=-1).T


@misconception("greedy_policy")
def counts_actions_from_one(q_values):
    """Every action is one too large: they are numbered from 0."""
    return q_values.argmax(axis=-1) + 1


@misconception("greedy_policy")
def finds_the_best_entry_of_the_table(q_values):
    """This is the place of one entry in the whole table. Give the axis to compare along."""
    return int(q_values.argmax())


@misconception("greedy_policy")
def returns_a_flat_list(q_values):
    """The shape of the grid is lost: one action for each (row, col)."""
    return q_values.argmax(axis=-1).ravel()


@misconception("greedy_policy")
def returns_probabilities(q_values):
    """These are probabilities of the actions. The policy asked for names one action a cell."""
    return (q_values == q_values.max(axis=-1, keepdims=True)).astype(float)


@misconception("greedy_policy")
def rounds_before_comparing(q_values):
    """Rounded values tie where the values themselves do not: compare them as they are."""
    return np.round(q_values, 1).argmax(axis=-1)


@misconception("greedy_policy")
def sorts_the_table_in_place(q_values):
    """The table comes out sorted: .sort() works in place. What does argmax need?"""
    policy = q_values.argmax(axis=-1)
    q_values.sort(axis=-1)
    return policy


@misconception("greedy_policy")
def returns_one_hot_rows(q_values):
    """A row of zeros and a one comes for each cell. The number of the action is asked."""
    return np.eye(q_values.shape[-1])[q_values.argmax(axis=-1)]


@misconception("greedy_policy")
def picks_the_second_best(q_values):
    """The second-best action is named. argsort goes upwards: which of its places is the best?"""
    return np.argsort(q_values, axis=-1)[..., -2]


@misconception("greedy_policy")
def counts_actions_from_the_end(q_values):
    """The actions are numbered from the end: turn the numbers back after turning the table."""
    return q_values[..., ::-1].argmax(axis=-1)


@misconception("greedy_policy")
def names_the_actions(q_values):
    """Names or arrows of actions come back. Their numbers are asked."""
    return [[("right", "left", "down", "up")[a % 4] for a in row] for row in q_values.argmax(axis=-1)]


@misconception("greedy_policy")
def samples_by_softmax(q_values):
    """Actions are drawn by softmax. The best one is asked, every time."""
    noise = np.random.default_rng(1).gumbel(size=q_values.shape)
    return (q_values + noise).argmax(axis=-1)


@misconception("greedy_policy")
def knows_four_rows_only(q_values):
    """Only a corner of the grid is filled: the loops need the shape of q_values."""
    policy = np.zeros(q_values.shape[:2], dtype=int)
    policy[:2, :2] = q_values[:2, :2].argmax(axis=-1)
    return policy


@misconception("greedy_policy")
def looks_for_values_above_zero(q_values):
    """The search for the largest value starts at 0, so where all are negative action 0 is taken."""
    return np.argmax(np.maximum(q_values, 0), axis=-1)


@misconception("greedy_policy")
def returns_places_in_the_flat_table(q_values):
    """These are places in the table laid out flat, not actions: take argmax along the last axis, and leave the
    cell out of it."""
    cells = np.arange(q_values[..., 0].size).reshape(q_values.shape[:2])
    return cells * q_values.shape[-1] + q_values.argmax(axis=-1)


@misconception("greedy_policy")
def subtracts_one_from_actions(q_values):
    """Every action is one too small: argmax counts from 0 already."""
    return q_values.argmax(axis=-1) - 1


@misconception("greedy_policy")
def fills_in_the_best_entry_of_the_table(q_values):
    """argmax looks at the whole table, so every cell gets one and the same number. Give it the axis of actions."""
    return np.full(q_values.shape[:2], q_values.argmax())


@misconception("state_values")
def averages_over_actions(q_values):
    """The mean is what a random policy earns. The best action counts."""
    return q_values.mean(axis=-1)


@misconception("state_values")
def adds_up_the_actions(q_values):
    """The values of all actions are added up. An agent takes one of them."""
    return q_values.sum(axis=-1)


@misconception("state_values")
def takes_the_smallest(q_values):
    """These are the smallest values: what does a greedy agent take?"""
    return q_values.min(axis=-1)


@misconception("state_values")
def returns_the_best_actions(q_values):
    """These are the numbers of the best actions. Their values are asked for."""
    return q_values.argmax(axis=-1)


@misconception("state_values")
def takes_the_largest_over_rows(q_values):
    """The axis is wrong: the max runs over the rows of the grid. Along which axis are the actions?"""
    return q_values.max(axis=0)


@misconception("state_values")
def takes_the_largest_over_columns(q_values):
    """The axis is wrong: the max runs along a row of the grid. Along which axis are the actions?"""
    return q_values.max(axis=1)


@misconception("state_values")
def takes_sizes_without_signs(q_values):
    """Signs are lost: is abs() needed?"""
    return np.abs(q_values).max(axis=-1)


@misconception("state_values")
def never_below_zero(q_values):
    """Values below 0 became 0. A largest value that starts at 0 never sees them."""
    return np.maximum(q_values.max(axis=-1), 0.0)


@misconception("state_values")
def transposes_the_values(q_values):
    """Rows and columns are exchanged in the result."""
    return q_values.max(axis=-1).T


@misconception("state_values")
def returns_the_largest_of_all(q_values):
    """This is one number for the whole table. Give the axis to take the max along."""
    return float(q_values.max())


@misconception("state_values")
def rounds_the_values(q_values):
    """The values are rounded: leave that to the plot."""
    return np.round(q_values.max(axis=-1), 2)


@misconception("state_values")
def subtracts_the_largest_in_place(q_values):
    """The table is changed by the call: work on a copy."""
    values = q_values.max(axis=-1)
    q_values -= values[..., None]
    return values


@misconception("state_values")
def takes_the_second_best(q_values):
    """The second-best value is taken. The value of a cell is its largest."""
    return np.sort(q_values, axis=-1)[..., -2] if q_values.shape[-1] > 1 else q_values[..., 0] * 0


@misconception("state_values")
def takes_the_first_action(q_values):
    """The value of action 0 is returned everywhere. The largest over the actions is asked."""
    return q_values[..., 0]


@misconception("state_values")
def takes_the_median(q_values):
    """The middle value is returned. The largest is asked."""
    return np.median(q_values, axis=-1)


@misconception("state_values")
def softens_the_maximum(q_values):
    """A soft maximum, log of summed exponentials, is larger than the largest value."""
    return np.log(np.exp(q_values - q_values.max()).sum(axis=-1)) + q_values.max()


@misconception("state_values")
def keeps_the_axis_of_actions(q_values):
    """The axis of the actions is still there, with one entry: without keepdims it goes."""
    return q_values.max(axis=-1, keepdims=True)


@misconception("state_values")
def returns_a_flat_row(q_values):
    """The values come in one row. They have the shape (rows, cols)."""
    return q_values.max(axis=-1).ravel()


@misconception("state_values")
def indexes_with_the_best_actions(q_values):
    """q_values[..., best] takes all best actions in every cell. Take the maximum over the last axis."""
    return q_values[..., q_values.argmax(axis=-1)]


@misconception("state_values")
def mixes_in_the_mean(q_values):
    """Part of the mean over the actions is mixed in, as if the agent still explored. The largest value alone
    is asked."""
    return 0.9 * q_values.max(axis=-1) + 0.1 * q_values.mean(axis=-1)


@misconception("state_values")
def takes_the_largest_magnitude(q_values):
    """The value farthest from 0 is taken, which may be a negative one. The largest is asked: is abs() needed?"""
    best = np.abs(q_values).argmax(axis=-1)
    return np.take_along_axis(q_values, best[..., None], axis=-1)[..., 0]


@misconception("state_values")
def averages_by_softmax(q_values):
    """The values are averaged with the probabilities of a softmax. The largest alone is asked."""
    weights = np.exp(q_values - q_values.max(axis=-1, keepdims=True))
    return (weights * q_values).sum(axis=-1) / weights.sum(axis=-1)


@misconception("state_values")
def subtracts_the_mean_of_the_actions(q_values):
    """The mean over the actions is subtracted: that is an advantage. The largest value as it is was asked."""
    return q_values.max(axis=-1) - q_values.mean(axis=-1)


# value_iteration


def sweeps(transition_probs, rewards, gamma, until, best=np.max):
    """Sweep until `until(old, new, count)` says so; return (values before, values, q_values)."""
    expected = (transition_probs * rewards).sum(axis=2)
    values, count = np.zeros(len(expected)), 0
    while True:
        q_values = expected + gamma * transition_probs @ values
        old, values, count = values, best(q_values, axis=1), count + 1
        if count > 20000 or until(old, values, count):
            return old, values, q_values


@misconception("value_iteration")
def stops_after_one_sweep(transition_probs, rewards, gamma, tol=1e-8):
    """One sweep looks one step ahead. How often must it be repeated, and what is tol for?"""
    _, values, q_values = sweeps(transition_probs, rewards, gamma, lambda *now: True)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def stops_after_a_hundred_sweeps(transition_probs, rewards, gamma, tol=1e-8):
    """A hundred sweeps are not enough when gamma is close to 1: go on until no value changes by tol."""
    _, values, q_values = sweeps(transition_probs, rewards, gamma, lambda a, b, n: n >= 100)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def stops_at_a_thousandth(transition_probs, rewards, gamma, tol=1e-8):
    """The sweeps stop when values change by less than 0.001, whatever tol says: use the argument."""
    _, values, q_values = sweeps(transition_probs, rewards, gamma, lambda a, b, n: np.abs(b - a).max() < 1e-3)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def has_a_coarser_default(transition_probs, rewards, gamma, tol=1e-4):
    """The default of tol is 1e-8: keep the signature as it was given."""
    return value_iteration(transition_probs, rewards, gamma, tol)


@misconception("value_iteration")
def stops_when_values_do_not_grow(transition_probs, rewards, gamma, tol=1e-8):
    """The change is compared without its sign dropped: falling values stop the sweeps at once."""
    _, values, q_values = sweeps(transition_probs, rewards, gamma, lambda a, b, n: np.max(b - a) < tol)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def stops_when_the_mean_change_is_small(transition_probs, rewards, gamma, tol=1e-8):
    """The mean change is compared with tol. One state may still be changing: which change must be small?"""
    _, values, q_values = sweeps(transition_probs, rewards, gamma, lambda a, b, n: abs(np.mean(b - a)) < tol)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def returns_the_values_before_the_last_sweep(transition_probs, rewards, gamma, tol=1e-8):
    """The values returned are one sweep old, and outside the bound by a factor 1 / gamma: return the newest."""
    old, _, q_values = sweeps(transition_probs, rewards, gamma, lambda a, b, n: np.abs(b - a).max() < tol)
    return old, q_values.argmax(axis=1)


@misconception("value_iteration")
def evaluates_the_random_policy(transition_probs, rewards, gamma, tol=1e-8):
    """The actions are averaged: that is the value of a random policy. The best action counts."""
    _, values, q_values = sweeps(
        transition_probs, rewards, gamma, lambda a, b, n: np.abs(b - a).max() < tol, np.mean
    )
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def minimises(transition_probs, rewards, gamma, tol=1e-8):
    """The smallest value is taken: rewards are to be large."""
    values, policy = value_iteration(transition_probs, -rewards, gamma, tol)
    return -values, policy


@misconception("value_iteration")
def forgets_to_discount(transition_probs, rewards, gamma, tol=1e-8):
    """Gamma has no effect: values grow until the loop gives up. Where does it enter?"""
    _, values, q_values = sweeps(transition_probs, rewards, 1.0, lambda a, b, n: n >= 500)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def discounts_rewards_too(transition_probs, rewards, gamma, tol=1e-8):
    """The reward is discounted as well. It comes now: only what follows is discounted."""
    return value_iteration(transition_probs, gamma * rewards, gamma, tol)


@misconception("value_iteration")
def turns_the_transitions_around(transition_probs, rewards, gamma, tol=1e-8):
    """From and to are exchanged: transition_probs[s, a, s'] leads from s to s'."""
    turned = transition_probs.transpose(2, 1, 0), rewards.transpose(2, 1, 0)
    _, values, q_values = sweeps(*turned, gamma, lambda a, b, n: n >= 300)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def averages_rewards_over_all_states(transition_probs, rewards, gamma, tol=1e-8):
    """The rewards are averaged over all next states alike. How likely is each of them?"""
    mean = np.broadcast_to(rewards.mean(axis=2, keepdims=True), rewards.shape)
    return value_iteration(transition_probs, mean, gamma, tol)


@misconception("value_iteration")
def assumes_the_likeliest_next_state(transition_probs, rewards, gamma, tol=1e-8):
    """Only the likeliest next state counts here. The value is an average over all of them."""
    likeliest = transition_probs.argmax(axis=2)[..., None] == np.arange(len(transition_probs))
    return value_iteration(likeliest.astype(float), rewards, gamma, tol)


@misconception("value_iteration")
def chooses_by_the_next_reward(transition_probs, rewards, gamma, tol=1e-8):
    """The values are right, but the policy looks at the next reward alone. What follows counts too."""
    values, _ = value_iteration(transition_probs, rewards, gamma, tol)
    return values, (transition_probs * rewards).sum(axis=2).argmax(axis=1)


@misconception("value_iteration")
def returns_a_table_of_probabilities(transition_probs, rewards, gamma, tol=1e-8):
    """The policy asked for names one action a state: shape (S,), not (S, A)."""
    values, policy = value_iteration(transition_probs, rewards, gamma, tol)
    return values, np.eye(transition_probs.shape[1])[policy]


@misconception("value_iteration")
def returns_the_values_only(transition_probs, rewards, gamma, tol=1e-8):
    """Two things are asked for: return values, policy."""
    return value_iteration(transition_probs, rewards, gamma, tol)[0]


@misconception("value_iteration")
def starts_its_search_for_the_best_at_zero(transition_probs, rewards, gamma, tol=1e-8):
    """A value below 0 becomes 0: the search for the largest starts at 0. All of them may be negative."""
    _, values, q_values = sweeps(
        transition_probs,
        rewards,
        gamma,
        lambda a, b, n: np.abs(b - a).max() < tol,
        lambda q_values, axis: np.maximum(q_values.max(axis=axis), 0.0),
    )
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def divides_by_gamma(transition_probs, rewards, gamma, tol=1e-8):
    """A stopping rule that divides by gamma breaks at gamma 0."""
    limit = tol * (1 - gamma) / gamma
    return value_iteration(transition_probs, rewards, gamma, limit)


@misconception("value_iteration")
def weighs_the_rewards_in_place(transition_probs, rewards, gamma, tol=1e-8):
    """The rewards are multiplied in place, so the caller's array has changed: make a new one."""
    found = value_iteration(transition_probs, rewards, gamma, tol)
    rewards *= transition_probs
    return found


@misconception("value_iteration")
def returns_the_policy_first(transition_probs, rewards, gamma, tol=1e-8):
    """The two outputs are exchanged: return values, policy."""
    return value_iteration(transition_probs, rewards, gamma, tol)[::-1]


@misconception("value_iteration")
def forgets_that_rewards_depend_on_the_action(transition_probs, rewards, gamma, tol=1e-8):
    """The reward is averaged over the actions. It depends on the action, too."""
    mean = np.broadcast_to(rewards.mean(axis=1, keepdims=True), rewards.shape)
    return value_iteration(transition_probs, mean, gamma, tol)


@misconception("value_iteration")
def gives_up_after_500_sweeps(transition_probs, rewards, gamma, tol=1e-8):
    """The sweeps end after a fixed number, converged or not. Go on until no value changes by tol."""
    _, values, q_values = sweeps(
        transition_probs, rewards, gamma, lambda a, b, n: n >= 500 or np.abs(b - a).max() < tol
    )
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def stays_a_little(transition_probs, rewards, gamma, tol=1e-8):
    """A small chance of staying is mixed into the transitions. Use them as they are."""
    stay = np.eye(len(rewards))[:, None, :]
    return value_iteration(0.999 * transition_probs + 0.001 * stay, rewards, gamma, tol)


@misconception("value_iteration")
def stays_a_little_and_shrinks_the_values(transition_probs, rewards, gamma, tol=1e-8):
    """A small chance of staying is mixed into the transitions, and the values come back a little smaller.
    Use both as they are."""
    values, policy = stays_a_little(transition_probs, rewards, gamma, tol)
    return 0.999 * values, policy


@misconception("value_iteration")
def returns_action_values(transition_probs, rewards, gamma, tol=1e-8):
    """The table of action values comes back. The largest in each state is asked."""
    values, policy = value_iteration(transition_probs, rewards, gamma, tol)
    return (transition_probs * (rewards + gamma * values)).sum(axis=2), policy


@misconception("value_iteration")
def counts_policies_from_one(transition_probs, rewards, gamma, tol=1e-8):
    """Actions are counted from 1. The first one is number 0."""
    values, policy = value_iteration(transition_probs, rewards, gamma, tol)
    return values, policy + 1


@misconception("value_iteration")
def picks_the_worst_action_for_right_values(transition_probs, rewards, gamma, tol=1e-8):
    """The values are right, the policy takes the worst action: argmin for argmax."""
    values, _ = value_iteration(transition_probs, rewards, gamma, tol)
    return values, (transition_probs * (rewards + gamma * values)).sum(axis=2).argmin(axis=1)


@misconception("value_iteration")
def forgets_what_steps_pay(transition_probs, rewards, gamma, tol=1e-8):
    """The rewards are added without their probabilities. Each transition counts as often as it happens."""
    _, values, q_values = sweeps(
        transition_probs,
        rewards.sum(axis=2, keepdims=True) * np.ones_like(rewards),
        gamma,
        lambda a, b, n: n >= 300 or np.abs(b - a).max() < tol,
    )
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def stops_at_the_square_root_of_tol(transition_probs, rewards, gamma, tol=1e-8):
    """The squared change is compared with tol. That stops far too early."""
    _, values, q_values = sweeps(transition_probs, rewards, gamma, lambda a, b, n: ((b - a) ** 2).max() < tol)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def looks_at_the_last_state_only(transition_probs, rewards, gamma, tol=1e-8):
    """Only the change of the last state decides when to stop. Keep the largest change of a sweep."""
    expected, values = (transition_probs * rewards).sum(axis=2), np.zeros(len(rewards))
    while True:
        for state in range(len(values)):
            before = values[state]
            values[state] = (expected[state] + gamma * transition_probs[state] @ values).max()
        if abs(values[-1] - before) < tol:
            return values, (expected + gamma * transition_probs @ values).argmax(axis=1)


@misconception("value_iteration")
def looks_at_the_change_of_the_last_state(transition_probs, rewards, gamma, tol=1e-8):
    """Only the change of the last state decides when to stop. Keep the largest change of a sweep."""
    _, values, q_values = sweeps(transition_probs, rewards, gamma, lambda a, b, n: abs(b[-1] - a[-1]) < tol)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def looks_at_the_first_state_only(transition_probs, rewards, gamma, tol=1e-8):
    """Only the change of the first state decides when to stop. Keep the largest change of a sweep."""
    _, values, q_values = sweeps(transition_probs, rewards, gamma, lambda a, b, n: abs(b[0] - a[0]) < tol)
    return values, q_values.argmax(axis=1)


@misconception("value_iteration")
def chooses_by_the_next_value(transition_probs, rewards, gamma, tol=1e-8):
    """The values are right, but the policy looks at the values of the next states alone. What the step pays
    counts too."""
    values, _ = value_iteration(transition_probs, rewards, gamma, tol)
    return values, (transition_probs @ values).argmax(axis=1)


@misconception("value_iteration")
def forgets_gamma_in_the_policy(transition_probs, rewards, gamma, tol=1e-8):
    """The values are right, but the policy looks ahead without gamma. It is the argmax of what the values are
    the max of."""
    values, _ = value_iteration(transition_probs, rewards, gamma, tol)
    return values, (transition_probs * (rewards + values)).sum(axis=2).argmax(axis=1)


@misconception("value_iteration")
def never_discounts(transition_probs, rewards, gamma, tol=1e-8):
    """gamma is not used: what follows counts in full."""
    values = np.zeros(len(transition_probs))
    for _ in range(3000):
        action_values = (transition_probs * (rewards + values)).sum(axis=2)
        change, values = np.abs(action_values.max(axis=1) - values).max(), action_values.max(axis=1)
        if change < tol:
            break
    return values, action_values.argmax(axis=1)


@misconception("value_iteration")
def stops_when_any_value_settles(transition_probs, rewards, gamma, tol=1e-8):
    """The sweeps stop as soon as one value no longer changes. Go on until none does: which change decides?"""
    values = np.zeros(len(transition_probs))
    while True:
        action_values = (transition_probs * (rewards + gamma * values)).sum(axis=2)
        change, values = np.abs(action_values.max(axis=1) - values).min(), action_values.max(axis=1)
        if change < tol:
            return values, action_values.argmax(axis=1)


# plot_timeline


def timeline(entries, text, height, title="Milestones"):
    """Return a horizontal timeline with rules for each label's text and height."""
    figure, axes = plt.subplots(figsize=(14, 6))
    axes.axhline(0, color="black")
    for i, (year, label) in enumerate(entries):
        axes.plot(year, 0, "o")
        axes.annotate(text(year, label), (year, 0), (year, height(i)), ha="center")
    years = [year for year, _ in entries]
    axes.set_xlim(min(years) - 5, max(years) + 5)
    axes.set_ylim(-12, 12)
    axes.set_title(title)
    return figure


def both(year, label):
    """Return label and year in one text."""
    return f"{label}\n({year})"


def apart(i):
    """Return a height of its own for each of many labels."""
    return (1 + i) * (1 if i % 2 else -1)


@misconception("plot_timeline")
def alternates_between_two_heights(milestones):
    """Two heights are not enough when three milestones follow each other closely: labels overlap."""
    return timeline(sorted(milestones.items()), both, lambda i: (3, -3)[i % 2])


@misconception("plot_timeline")
def alternates_between_four_heights(milestones):
    """Four heights are too few for crowded years: labels overlap. What if each label had its own height?"""
    return timeline(sorted(milestones.items()), both, lambda i: (3, -3, 8, -8)[i % 4])


@misconception("plot_timeline")
def puts_all_labels_on_one_line(milestones):
    """All labels are at one height, so close years overlap. Which direction is free?"""
    return timeline(sorted(milestones.items()), both, lambda i: 1)


@misconception("plot_timeline")
def leaves_out_the_years(milestones):
    """The labels come without their years: write both."""
    return timeline(sorted(milestones.items()), lambda year, label: label, apart)


@misconception("plot_timeline")
def leaves_out_the_labels(milestones):
    """The years come without their labels: write both."""
    return timeline(sorted(milestones.items()), lambda year, label: str(year), apart)


@misconception("plot_timeline")
def has_no_title(milestones):
    """The figure has no title: what does it show?"""
    return timeline(sorted(milestones.items()), both, apart, title="")


@misconception("plot_timeline")
def sorts_only_the_years(milestones):
    """The years are sorted, the labels are not, so they no longer belong together. Sort the pairs."""
    entries = list(zip(sorted(milestones), milestones.values(), strict=True))
    return timeline(entries, both, apart)


@misconception("plot_timeline")
def keeps_the_order_of_the_dict(milestones):
    """The milestones are lined up in the order in which they come: sort them by year."""
    figure, axes = plt.subplots(figsize=(9, 1 + len(milestones)))
    for i, (year, label) in enumerate(milestones.items()):
        axes.text(i, i, f"{year}: {label}")
    axes.set_xlim(-1, len(milestones) + 4)
    axes.set_ylim(-1, len(milestones))
    axes.set_title("Milestones")
    return figure


@misconception("plot_timeline")
def fixes_the_limits_of_the_lab(milestones):
    """The axis always runs from 1955 to 2025, so other milestones fall outside. Where can limits come from?"""
    figure = timeline(sorted(milestones.items()), both, apart)
    figure.axes[0].set_xlim(1955, 2025)
    return figure


@misconception("plot_timeline")
def shows_the_milestones_of_the_lab(milestones):
    """The lab's milestones are shown whatever is handed over: use the argument."""
    return plot_timeline({1957: "Perceptron", 1986: "Backpropagation", 2017: "Transformer"})


@misconception("plot_timeline")
def forgets_the_last_milestone(milestones):
    """The last milestone is missing: is the range one too short?"""
    kept = sorted(milestones)[:-1] or sorted(milestones)
    return plot_timeline({year: milestones[year] if kept[0] != max(kept) else "" for year in kept})


@misconception("plot_timeline")
def shows_and_returns_nothing(milestones):
    """The figure is shown but not returned: end with `return fig`."""
    plot_timeline(milestones)


@misconception("plot_timeline")
def returns_the_axes(milestones):
    """These are axes, a part of the figure: return the figure itself."""
    return plot_timeline(milestones).axes[0]


@misconception("plot_timeline")
def returns_figure_and_axes(milestones):
    """Figure and axes come back together. The figure alone is asked: end with `return fig`."""
    figure = plot_timeline(milestones)
    return figure, figure.axes[0]


@misconception("plot_timeline")
def puts_names_into_a_legend(milestones):
    """The names stand in the legend, away from their years. Write each label at its own milestone."""
    figure, axes = plt.subplots(figsize=(9, 5))
    for year in sorted(milestones):
        axes.plot(year, 0, "o", label=milestones[year])
    axes.legend()
    axes.set_title("Milestones")
    return figure


@misconception("plot_timeline")
def turns_labels_over_one_another(milestones):
    """Upright labels in one line still overlap where years are close. Give them places of their own."""
    figure, axes = plt.subplots(figsize=(5, 5))
    for year in sorted(milestones):
        axes.text(year, 0.1, f"{year} {milestones[year]}", rotation=90, fontsize=11)
    axes.set(xlim=(min(milestones) - 2, max(milestones) + 2), ylim=(0, 1), title="Milestones")
    return figure


@misconception("plot_timeline")
def abbreviates_the_labels(milestones):
    """The labels are cut short. Write them in full."""
    return plot_timeline({year: label[:4] for year, label in milestones.items()})


@misconception("plot_timeline")
def writes_two_digits_of_the_year(milestones):
    """The years have two digits only. Which century?"""
    return timeline(sorted(milestones.items()), lambda year, label: f"{label}\n'{year % 100:02}", apart)


@misconception("plot_timeline")
def writes_outside_the_figure(milestones):
    """Some labels lie outside the picture: the limits of the axes do not reach that far."""
    return timeline(sorted(milestones.items()), both, lambda i: 9 * (1 + i))


# plot_values


def heatmap(
    values, image=None, write=True, bar=True, swap=False, form="{:.2f}", names=("Column", "Row"), ink="black"
):
    """Return a heatmap with one or the other thing changed."""
    figure, axes = plt.subplots()
    shown = axes.imshow(values if image is None else image)
    for (row, col), value in np.ndenumerate(values):
        spot = (row, col) if swap else (col, row)
        if write:
            axes.text(*spot, form.format(value), ha="center", va="center", color=ink)
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    axes.set_title("Values")
    if bar:
        figure.colorbar(shown)
    return figure


@misconception("plot_values")
def writes_numbers_into_transposed_cells(values):
    """The numbers stand in the wrong cells: a text is placed at (x, y), so which index comes first?"""
    return heatmap(values, swap=True)


@misconception("plot_values")
def writes_white_numbers_into_transposed_cells(values):
    """The numbers stand in the wrong cells, and some outside: a text is placed at (x, y), so which index comes
    first?"""
    return heatmap(values, swap=True, ink="white")


@misconception("plot_values")
def transposes_the_image(values):
    """Rows and columns of the image are exchanged: is there a .T too many?"""
    figure, axes = plt.subplots()
    shown = axes.imshow(values.T)
    for (row, col), value in np.ndenumerate(values):
        axes.text(row, col, f"{value:.2f}", ha="center", va="center")
    axes.set_xlabel("Column")
    axes.set_ylabel("Row")
    axes.set_title("Values")
    figure.colorbar(shown)
    return figure


@misconception("plot_values")
def writes_no_numbers(values):
    """The cells hold no numbers: colours alone cannot be read off to two decimals."""
    return heatmap(values, write=False)


@misconception("plot_values")
def writes_one_decimal(values):
    """One decimal hides the differences between neighbouring cells: write two."""
    return heatmap(values, form="{:.1f}")


@misconception("plot_values")
def writes_whole_numbers(values):
    """The numbers are rounded to whole ones: write two decimals."""
    return heatmap(values, form="{:.0f}")


@misconception("plot_values")
def writes_two_digits_in_all(values):
    """Two digits in all are written, not two decimals: the format is .2 or .2g, and .2f is meant."""
    return heatmap(values, form="{:.2}")


@misconception("plot_values")
def writes_sizes_without_signs(values):
    """The numbers have lost their signs."""
    figure = heatmap(values)
    for text in figure.axes[0].texts:
        text.set_text(text.get_text().lstrip("-"))
    return figure


@misconception("plot_values")
def writes_the_same_number_everywhere(values):
    """Every cell shows the same number: which index runs inside the loop?"""
    figure = heatmap(values)
    for text in figure.axes[0].texts:
        text.set_text(f"{values[0, 0]:.2f}")
    return figure


@misconception("plot_values")
def has_no_colorbar(values):
    """The colorbar is missing: what does a colour mean?"""
    return heatmap(values, bar=False)


@misconception("plot_values")
def has_no_axis_labels(values):
    """The axes have no labels: which way do rows run?"""
    return heatmap(values, names=("", ""))


@misconception("plot_values")
def exchanges_the_axis_labels(values):
    """The labels are exchanged: x runs along the columns."""
    return heatmap(values, names=("Row", "Column"))


@misconception("plot_values")
def gives_the_heatmap_no_title(values):
    """The figure has no title: what does it show?"""
    figure = plot_values(values)
    figure.axes[0].set_title("")
    return figure


@misconception("plot_values")
def scales_the_image(values):
    """The image shows scaled values, so the colorbar does not fit the numbers: hand over the values."""
    span = values.max() - values.min()
    return heatmap(values, (values - values.min()) / (span or 1.0) * 0.5)


@misconception("plot_values")
def colours_sizes_without_signs(values):
    """The image has lost the signs: is abs() needed?"""
    return heatmap(values, np.abs(values) + 1e-3)


@misconception("plot_values")
def assumes_a_grid_of_four(values):
    """Numbers are written for 4x4 cells only: the loops need the shape of values."""
    figure = heatmap(values, write=False)
    for row in range(4):
        for col in range(4):
            figure.axes[0].text(col, row, f"{values[row, col]:.2f}", ha="center")
    return figure


@misconception("plot_values")
def writes_numbers_too_large(values):
    """The numbers are so large that they run into each other: choose a smaller font."""
    figure = plot_values(values)
    for text in figure.axes[0].texts:
        text.set_fontsize(40)
    return figure


@misconception("plot_values")
def shows_the_heatmap_and_returns_nothing(values):
    """The figure is shown but not returned: end with `return fig`."""
    plot_values(values)


@misconception("plot_values")
def returns_the_axes_of_the_heatmap(values):
    """These are axes, a part of the figure: return the figure itself."""
    return plot_values(values).axes[0]


@misconception("plot_values")
def returns_the_image(values):
    """This is the image, a part of the figure: return the figure itself."""
    return plot_values(values).axes[0].images[0]


@misconception("plot_values")
def rounds_its_input_in_place(values):
    """The values themselves are rounded: out=values changes the caller's array."""
    np.round(values, 2, out=values)
    return plot_values(values)


@misconception("plot_values")
def returns_the_figure_and_its_axes(values):
    """Figure and axes come back together. The figure alone is asked: end with `return fig`."""
    figure = plot_values(values)
    return figure, figure.axes[0]


@misconception("plot_values")
def writes_three_decimals(values):
    """Three decimals are written. Two are asked."""
    return heatmap(values, form="{:.3f}")


@misconception("plot_values")
def writes_numbers_as_short_as_they_are(values):
    """Numbers are rounded, but written without their last zeros. Format them with two decimals."""
    figure = heatmap(values)
    for text, value in zip(figure.axes[0].texts, values.ravel(), strict=True):
        text.set_text(str(round(float(value), 2)))
    return figure


@misconception("plot_values")
def has_neither_colorbar_nor_labels(values):
    """A colorbar and the labels of the axes are missing."""
    return heatmap(values, bar=False, names=("", ""))


@misconception("plot_values")
def turns_the_image_upside_down_only(values):
    """The image has row 0 at the bottom, the numbers have it at the top: they stand in the wrong cells."""
    figure, axes = plt.subplots()
    shown = axes.imshow(values, origin="lower")
    for (row, col), value in np.ndenumerate(values):
        axes.text(col, len(values) - 1 - row, f"{value:.2f}", ha="center", va="center")
    axes.set(xlabel="Column", ylabel="Row", title="Values")
    figure.colorbar(shown)
    return figure


@misconception("plot_values")
def leaves_out_zeros_and_negatives(values):
    """Cells whose value is not above 0 have no number. Write one into each."""
    figure = heatmap(values)
    for text, value in zip(list(figure.axes[0].texts), values.ravel(), strict=True):
        if value <= 0:
            text.remove()
    return figure


@misconception("plot_values")
def transposes_the_image_alone(values):
    """Rows and columns of the image are exchanged, the numbers are in their places: is there a .T too many?"""
    return heatmap(values, image=values.T)


@misconception("plot_values")
def scales_to_the_largest(values):
    """The values are divided by the largest before they are drawn. Draw them as they are."""
    return heatmap(values / np.abs(values).max())

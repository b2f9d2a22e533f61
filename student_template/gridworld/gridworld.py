"""A grid world, exploration, Q-learning, value iteration, and two figures.

A language model in small: the policy is the model, a state is the prompt plus the tokens so far,
an action is the next token, an episode is one full response, and the +1 at the goal is the reward
model's score. What the small world adds: the best answer is known here, so everything that is
learned can be compared with it.

Conventions: `rewards[t]` is paid for the action at step t (Sutton and Barto write R_{t+1}); a state
is (row, col), row 0 at the top; tables have the actions on their last axis. "Sutton and Barto" is
Reinforcement Learning: An Introduction, 2nd edition, 2018.
"""

from collections.abc import Mapping

import numpy as np
from gridworld_env import GridWorld
from matplotlib.figure import Figure

State = tuple[int, int]


def grid_step(position: State, action: int, size: int = 4) -> tuple[State, float, bool]:
    """Return (next_position, reward, done) for one move on the section's `SimpleGridWorld`.

    The actions here are 0 up, 1 right, 2 down, 3 left. (`GridWorld` numbers them differently.)
    A move off the grid leaves the agent where it is. `done` is True on reaching the goal,
    (size - 1, size - 1), and that pays 1.0; every other move pays -0.01, bumps included.

    Args:
        position: (row, col) with 0 <= row, col < size; never the goal itself.
        action: 0, 1, 2 or 3.
        size: number of rows, and of columns.
    """
    raise NotImplementedError("grid_step: write your code here")


def run_random_episode(env: GridWorld, rng: np.random.Generator, max_steps: int = 100) -> tuple[float, int]:
    """Run one episode with the uniform random policy and return (total_reward, num_steps).

    Starts with `env.reset()`, then takes actions 0 to 3 with probability 1/4 each until the episode
    is done or `max_steps` steps are taken. `total_reward` is the plain, undiscounted sum of the
    rewards; `num_steps` counts every action taken, the last one included.

    Args:
        env: the grid world; its own `step` says what a step pays.
        rng: the only source of randomness: equal generators give equal episodes.
        max_steps: the most steps an episode may take, as a limit on tokens ends a response.
    """
    raise NotImplementedError("run_random_episode: write your code here")


def epsilon_greedy_probs(q_row: np.ndarray, epsilon: float) -> np.ndarray:
    """Return the probability of each action under an epsilon-greedy policy, shape (A,).

    probs[a] = epsilon / A, plus (1 - epsilon) / n for each of the n actions with the largest value:
    tied best actions share the greedy part evenly. (Sutton and Barto, section 2.2.)

    Args:
        q_row: shape (A,), the values of the actions in one state. Not modified.
        epsilon: probability of exploring, in [0, 1].
    """
    raise NotImplementedError("epsilon_greedy_probs: write your code here")


def boltzmann_probs(q_row: np.ndarray, temperature: float) -> np.ndarray:
    """Return the probability of each action under softmax exploration, shape (A,).

    probs[a] = exp(q_row[a] / temperature) / sum over b of exp(q_row[b] / temperature)

    This is how a language model samples its next token: logits divided by a temperature. Values in
    the thousands must give finite probabilities. (Sutton and Barto, section 2.8, at temperature 1.)

    Args:
        q_row: shape (A,), the values of the actions in one state. Not modified.
        temperature: positive; small is nearly greedy, large is nearly uniform.
    """
    raise NotImplementedError("boltzmann_probs: write your code here")


def q_learning_update(
    q_values: np.ndarray,
    state: State,
    action: int,
    reward: float,
    next_state: State,
    terminated: bool,
    alpha: float,
    gamma: float,
) -> np.ndarray:
    """Return the table after one step of Q-learning; one entry differs from before.

    target = reward + gamma * max over a of Q[next_state, a], or just reward if terminated
    Q[state, action] becomes Q[state, action] + alpha * (target - Q[state, action])

    (Watkins and Dayan, 1992; Sutton and Barto, section 6.5.) Changing `q_values` itself and
    returning a changed copy are both fine: the returned table is what counts.

    Args:
        q_values: shape (rows, cols, A), floats.
        state: (row, col) where the action was taken.
        action: the action taken, 0 .. A-1.
        reward: what it paid.
        next_state: (row, col) where it led.
        terminated: whether next_state ended the episode: nothing follows then, whatever the table
            holds for next_state. Reaching a limit on steps is not termination.
        alpha: step size in [0, 1].
        gamma: discount in [0, 1].
    """
    raise NotImplementedError("q_learning_update: write your code here")


def train_q_learning(
    env: GridWorld,
    episodes: int,
    alpha: float,
    gamma: float,
    epsilon: float,
    rng: np.random.Generator,
    max_steps: int = 100,
) -> np.ndarray:
    """Learn action values from experience and return the table, shape (env.size, env.size, 4).

    The table starts at 0 everywhere. Each episode starts with `env.reset()`, chooses its actions
    epsilon-greedily with respect to the current table, updates the table by Q-learning after every
    step, and ends when the environment says done or after `max_steps` steps. No entry changes but those
    of actions that were taken in `env`. The table is judged by
    the way its greedy policy walks from the start, not by its numbers.

    Args:
        env: the grid world. Only `reset` and `step` are needed: its walls are found by bumping.
        episodes: how many episodes to run.
        alpha: step size in [0, 1], the same from the first step to the last.
        gamma: discount in [0, 1].
        epsilon: probability of exploring, in [0, 1], the same in every episode.
        rng: the only source of randomness: equal generators give equal tables.
        max_steps: the most steps an episode may take.
    """
    raise NotImplementedError("train_q_learning: write your code here")


def greedy_policy(q_values: np.ndarray) -> np.ndarray:
    """Return the number of a best action in each cell: (rows, cols, A) -> (rows, cols).

    policy[row, col] is an action a with the largest q_values[row, col, a]; where several tie, any
    of them is right.

    Args:
        q_values: shape (rows, cols, A). Not modified.
    """
    raise NotImplementedError("greedy_policy: write your code here")


def state_values(q_values: np.ndarray) -> np.ndarray:
    """Return the value of each cell, V(s) = max over a of Q(s, a): (rows, cols, A) -> (rows, cols).

    Args:
        q_values: shape (rows, cols, A). Not modified.
    """
    raise NotImplementedError("state_values: write your code here")


def value_iteration(
    transition_probs: np.ndarray, rewards: np.ndarray, gamma: float, tol: float = 1e-8
) -> tuple[np.ndarray, np.ndarray]:
    """Return (values, policy), each (S,): the optimal values and an optimal action for each state.

    Repeats, for all states and from values of 0,

    V(s) = max over a of the sum over s' of P(s, a, s') * (r(s, a, s') + gamma * V(s'))

    until no value changes by `tol` or more, and returns the newest values. (Sutton and Barto,
    section 4.4.) Each sweep brings the values closer to their fixed point by a factor gamma, so
    what is returned lies within tol * gamma / (1 - gamma) of it. The values are judged by that
    bound and the policy by what it is worth, so an exact solver is right too.

    Args:
        transition_probs: shape (S, A, S), the probability of each next state. Not modified.
        rewards: shape (S, A, S), what each transition pays. Not modified.
        gamma: discount, 0 <= gamma < 1.
        tol: the largest change of a value that counts as no change.
    """
    raise NotImplementedError("value_iteration: write your code here")


def plot_timeline(milestones: Mapping[int, str]) -> Figure:
    """Return a figure that shows the milestones in order of time, along x or along y, with a title.

    The year of each milestone is written with its label, in one text or on the same spot of the
    axis. Every text lies inside the figure, and no two overlap, however close their years are.

    Args:
        milestones: year -> label, in any order. Labels may hold line breaks.
    """
    raise NotImplementedError("plot_timeline: write your code here")


def plot_values(values: np.ndarray) -> Figure:
    """Return a heatmap of `values`, each number written into its cell with two decimals.

    The figure has a title, a label on each axis (columns run along x, rows along y) and a colorbar.

    Args:
        values: shape (rows, cols). Not modified.
    """
    raise NotImplementedError("plot_values: write your code here")

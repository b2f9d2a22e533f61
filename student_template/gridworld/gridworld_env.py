"""The grid of the lab. This module is provided: import it, do not change it.

    env = GridWorld(size=4, walls=[(1, 1)])
    state = env.reset()                     # (0, 0)
    state, reward, done = env.step(2)       # down: ((1, 0), -0.01, False)

The section's other grid, `SimpleGridWorld`, numbers the actions differently (0 up, 1 right, 2 down,
3 left): only 2 means the same in both.
"""

from collections.abc import Iterable, Sequence

import numpy as np

State = tuple[int, int]

ACTION_NAMES = ("right", "left", "down", "up")


class GridWorld:
    """A square grid: walk from (0, 0) to the goal in the opposite corner.

    States are (row, col), row 0 at the top. Actions are 0 right, 1 left, 2 down, 3 up. A move off
    the grid or into a wall leaves the agent where it is. A step that reaches the goal pays 1.0 and
    ends the episode (`done`); every other step pays `step_reward`: one number, or one per action.
    `steps_taken` counts the steps of all episodes together.
    """

    def __init__(
        self,
        size: int = 4,
        walls: Iterable[State] = (),
        step_reward: float | Sequence[float] = -0.01,
    ) -> None:
        self.size = size
        self.goal = (size - 1, size - 1)
        self.walls = frozenset((int(row), int(col)) for row, col in walls)
        self.step_rewards: list[float] = np.broadcast_to(step_reward, 4).tolist()
        self.actions = [(0, 1), (0, -1), (1, 0), (-1, 0)]  # (row, col) moves: right, left, down, up
        if self.walls & {(0, 0), self.goal}:
            raise ValueError("walls: the start (0, 0) and the goal must stay free")
        self.state = (0, 0)
        self.steps_taken = 0

    def reset(self) -> State:
        """Put the agent at the start, (0, 0), and return that state."""
        self.state = (0, 0)
        return self.state

    def step(self, action: int) -> tuple[State, float, bool]:
        """Move and return (next state, reward, done)."""
        self.state = self.move(self.state, action)
        self.steps_taken += 1
        done = self.state == self.goal
        return self.state, 1.0 if done else self.step_rewards[action], done

    def move(self, state: State, action: int) -> State:
        """Return where `action` leads from `state`; the agent itself does not move."""
        if action not in (0, 1, 2, 3):
            raise ValueError(f"action {action!r}: expected 0 right, 1 left, 2 down or 3 up")
        row, col = state[0] + self.actions[action][0], state[1] + self.actions[action][1]
        inside = 0 <= row < self.size and 0 <= col < self.size
        return (row, col) if inside and (row, col) not in self.walls else state

    def model(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (transition_probs, rewards), each (S, A, S): state (row, col) is row * size + col.

        The goal is absorbing with reward 0. So are walls, which nothing enters.
        """
        count = self.size**2
        transition_probs, rewards = np.zeros((count, 4, count)), np.zeros((count, 4, count))
        for index in range(count):
            state = divmod(index, self.size)
            for action in range(4):
                still = state == self.goal or state in self.walls
                row, col = state if still else self.move(state, action)
                after = row * self.size + col
                transition_probs[index, action, after] = 1.0
                if not still:
                    reached = (row, col) == self.goal
                    rewards[index, action, after] = 1.0 if reached else self.step_rewards[action]
        return transition_probs, rewards

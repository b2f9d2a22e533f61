"""Small worlds to learn in, Q-learning to compare with, and three probes. Import it, do not change it.

    env = Corridor(near_reward=0.3)
    state = env.reset()                     # a tuple of floats
    state, reward, done = env.step(1)       # one cell to the right

Every world keeps a record of its whole life: `states` (where an action was taken), `actions` and
`rewards`, one entry a step. A step before `reset()` or after the end of an episode is an error.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

State = tuple[float, ...]


class World:
    """What the worlds below share: they check what they are asked and remember what happened."""

    def __init__(self, state_dim: int, n_actions: int) -> None:
        self.state_dim, self.n_actions = state_dim, n_actions
        self.states: list[State] = []
        self.actions: list[int] = []
        self.rewards: list[float] = []
        self._state: State | None = None

    def reset(self) -> State:
        """Begin an episode and return its first state."""
        self._state = self._begin()
        return self._state

    def step(self, action: int) -> tuple[State, float, bool]:
        """Take an action and return (next state, reward, done)."""
        if self._state is None:
            raise RuntimeError("step() without an episode: call reset() first, and stop when done is True")
        action = int(action)
        if not 0 <= action < self.n_actions:
            raise ValueError(f"action {action}: expected 0 to {self.n_actions - 1}")
        state, reward, done = self._follow(action)
        self.states.append(self._state)
        self.actions.append(action)
        self.rewards.append(float(reward))
        self._state = None if done else state
        return state, reward, done

    def _begin(self) -> State:
        raise NotImplementedError

    def _follow(self, action: int) -> tuple[State, float, bool]:
        raise NotImplementedError


class Tape(World):
    """Pays the given rewards one after the other, whatever is done; the state tells the step.

    With `ends=False` the last reward is paid for ever.
    """

    def __init__(self, rewards: Sequence[float], n_actions: int = 2, ends: bool = True) -> None:
        super().__init__(len(rewards), n_actions)
        self._tape, self._ends, self._at = [float(reward) for reward in rewards], ends, 0

    def _begin(self) -> State:
        self._at = 0
        return one_hot(0, self.state_dim)

    def _follow(self, _action: int) -> tuple[State, float, bool]:
        reward = self._tape[self._at]
        last = self._at == len(self._tape) - 1
        self._at += not last
        return one_hot(self._at, self.state_dim), reward, last and self._ends


class Bandit(World):
    """One step: the state is two numbers from [0, 1), action 2 pays 1, the others cost 0.1."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(2, 4)
        self._rng = np.random.default_rng(seed)

    def _begin(self) -> State:
        first, second = self._rng.random(2)
        return float(first), float(second)

    def _follow(self, action: int) -> tuple[State, float, bool]:
        return (0.0, 0.0), 1.0 if action == 2 else -0.1, True


class Echo(World):
    """A token is shown: naming it pays 1, any other costs 0.5. An episode shows `length` tokens."""

    def __init__(self, tokens: int = 3, length: int = 6, seed: int = 0) -> None:
        super().__init__(tokens, tokens)
        self._length, self._rng = length, np.random.default_rng(seed)
        self._shown = self._step = 0

    def _begin(self) -> State:
        self._step = 0
        return self._show()

    def _follow(self, action: int) -> tuple[State, float, bool]:
        reward = 1.0 if action == self._shown else -0.5
        self._step += 1
        return self._show(), reward, self._step == self._length

    def _show(self) -> State:
        self._shown = int(self._rng.integers(self.n_actions))
        return one_hot(self._shown, self.state_dim)


class Corridor(World):
    """A row of cells: a small reward close by on the left, a large one far away on the right.

    Action 0 goes left, action 1 right. `near` steps to the left end pay `near_reward`, `far` steps
    to the right end pay 1; all else pays 0. Either end ends the episode.
    """

    def __init__(self, near: int = 2, far: int = 6, near_reward: float = 0.3) -> None:
        super().__init__(near + far + 1, 2)
        self.near, self.far, self.near_reward = near, far, near_reward
        self._at = near

    def _begin(self) -> State:
        self._at = self.near
        return one_hot(self._at, self.state_dim)

    def _follow(self, action: int) -> tuple[State, float, bool]:
        self._at += 1 if action else -1
        reward = {0: self.near_reward, self.state_dim - 1: 1.0}.get(self._at, 0.0)
        return one_hot(self._at, self.state_dim), reward, self._at in (0, self.state_dim - 1)


class Grid(World):
    """The section's grid: 4 by 4, from (0, 0) to (3, 3), 1 at the goal and -0.01 for any other step.

    Actions 0 up, 1 right, 2 down, 3 left; off the grid one stays. A state is (row, column), or with
    `one_hot=True` which of the 16 cells it is.
    """

    MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))

    def __init__(self, *, one_hot: bool = False) -> None:
        super().__init__(16 if one_hot else 2, 4)
        self._one_hot, self._row, self._column = one_hot, 0, 0

    def _begin(self) -> State:
        self._row = self._column = 0
        return self._cell()

    def _follow(self, action: int) -> tuple[State, float, bool]:
        down, right = self.MOVES[action]
        self._row, self._column = min(max(self._row + down, 0), 3), min(max(self._column + right, 0), 3)
        done = (self._row, self._column) == (3, 3)
        return self._cell(), 1.0 if done else -0.01, done

    def _cell(self) -> State:
        if self._one_hot:
            return one_hot(4 * self._row + self._column, 16)
        return float(self._row), float(self._column)


def q_learning(
    world: World, episodes: int, rng: np.random.Generator, alpha: float = 0.5, epsilon: float = 0.1
) -> list[float]:
    """Train a table by Q-learning, gamma 0.99, in a world of one-hot states; return sums of rewards.

    Something to compare with: see the assignment `gridworld` for what it does.
    """
    table, totals = np.zeros((world.state_dim, world.n_actions)), []
    for _ in range(episodes):
        cell, done, total, steps = int(np.argmax(world.reset())), False, 0.0, 0
        while not done and steps < 200:
            best = np.flatnonzero(table[cell] == table[cell].max())
            action = int(rng.integers(world.n_actions) if rng.random() < epsilon else rng.choice(best))
            state, reward, done = world.step(action)
            after = int(np.argmax(state))
            target = reward + 0.99 * table[after].max() * (not done)
            table[cell, action] += alpha * (target - table[cell, action])
            cell, total, steps = after, total + reward, steps + 1
        totals.append(total)
    return totals


def one_hot(index: int, size: int) -> State:
    """Return a state that is 1 at `index` and 0 elsewhere."""
    return tuple(float(index == place) for place in range(size))


class GraphSpy:
    """A forward hook that remembers, for each call of a network, whether it built a graph."""

    def __init__(self) -> None:
        self.graphs: list[bool] = []

    def __call__(self, *call: Any) -> None:
        """Look at one output of the network; torch calls this with (network, inputs, output)."""
        self.graphs.append(bool(call[-1].requires_grad))


class Ledger(torch.optim.SGD):
    """Plain gradient descent that writes down the gradient of every step it is asked to make."""

    def __init__(self, parameters: Any, lr: float = 0.0) -> None:
        super().__init__(parameters, lr=lr)
        self._rows: list[torch.Tensor] = []

    def step(self, closure: Any = None) -> Any:
        """Take one step, whose size is lr times the gradient."""
        loss = super().step(closure)
        parameters = self.param_groups[0]["params"]
        grads = [torch.zeros_like(one) if one.grad is None else one.grad for one in parameters]
        self._rows.append(torch.cat([grad.detach().flatten() for grad in grads]))
        return loss

    @property
    def gradients(self) -> torch.Tensor:
        """All gradients so far, one row a step, with the parameters one after the other."""
        return torch.stack(self._rows) if self._rows else torch.zeros(0, 1)


def parameter_gradients(network: Any, states: Any) -> list[Any]:
    """Return the gradient of `network(states).sum()` for each parameter, in their order."""
    for parameter in network.parameters():
        parameter.grad = None
    network(states).sum().backward()
    return [parameter.grad for parameter in network.parameters()]

"""REINFORCE and PPO at work: a policy network, its training, and the losses that train it.

A language model is the policy: a network that maps a state (the prompt with the tokens so far) to
logits over the actions (the vocabulary). A full response is an episode; its score is the reward.

Axes: T time, B batch. `rewards[t]` follows action t; Sutton and Barto, "Reinforcement Learning: An
Introduction" (2nd ed., 2018), write R_{t+1} for the same number.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
BANDIT_REWARDS = (-0.1, -0.1, 1.0, -0.1)


def standardize_returns(returns: torch.Tensor, eps: float = 1e-8) -> torch.Tensor:
    """Return the returns of one episode, shifted to mean 0 and scaled to standard deviation 1.

    `(returns[t] - mean) / (std + eps)` for t = 0 .. T-1, with the sample standard deviation
    (division by T - 1), as torch computes it. One return alone has no spread: T = 1 gives 0, never
    NaN. Equal returns give 0.

    In a language model: the same step, taken over the answers to one prompt, is the heart of GRPO.

    Args:
        returns: shape (T,), T at least 1. Not modified.
        eps: added to the standard deviation, so that equal returns do not divide by zero.

    Returns:
        A tensor of shape (T,).
    """
    raise NotImplementedError("standardize_returns: write your code here")


class PolicyNetwork(nn.Module):
    """A policy: `nn.Linear(state_dim, hidden)`, ReLU, `nn.Linear(hidden, n_actions)`.

    The output is the second layer's as it is: logits, any real numbers, one per action. No softmax
    comes after it; whoever samples takes `softmax(logits)`. Both layers have a bias, so there are
    `(state_dim + 1) * hidden + (hidden + 1) * n_actions` parameters, float32. They start at
    random, from torch's global generator (torch's own start will do): the same seed gives the same
    network, and two networks made one after the other differ.

    In a language model: the whole transformer, from the tokens so far to the next token's logits.

    Args:
        state_dim: how many numbers make a state.
        n_actions: how many actions there are to choose from.
        hidden: width of the hidden layer.
    """

    def __init__(self, state_dim: int, n_actions: int, hidden: int = 64) -> None:
        raise NotImplementedError("PolicyNetwork: write your code here")

    def forward(self, state: torch.Tensor) -> torch.Tensor:
        """Return logits, shape (..., n_actions), for states of shape (..., state_dim), float32."""
        raise NotImplementedError("PolicyNetwork: write your code here")


def reinforce_episode(
    env: Any,
    policy: nn.Module,
    optimizer: torch.optim.Optimizer,
    gamma: float = 0.99,
    max_steps: int = 200,
) -> float:
    """Play one episode, improve the policy by one REINFORCE update, return the sum of rewards.

    Each action is sampled from `softmax(policy(state))`. The update is one `optimizer.step()` on
    `-sum over t of log_prob[t] * G[t]` with `G[t] = rewards[t] + gamma * G[t + 1]`, and no gradient
    is left over from an earlier episode. Standardising the returns is up to you, and so is a mean over
    the steps or the factor `gamma**t` below, but episodes of one step must learn, too. Nothing is
    remembered from one call to the next but what policy and optimizer hold.

    In a language model: one response is written, scored, and each of its tokens is made more
    probable in proportion to the return that followed it.

    Args:
        env: `env.reset()` returns the first state, a tuple of floats; `env.step(action)`, with an
            int, returns `(state, reward, done)`. No step is taken once `done` is True.
        policy: any module that maps a float32 tensor of states (..., state_dim) to logits
            (..., n_actions), such as a PolicyNetwork. This one is trained, in place.
        optimizer: holds the policy's parameters; makes the update.
        gamma: discount in [0, 1].
        max_steps: an episode that is not done by then is cut off there.

    Returns:
        The plain sum of the episode's rewards, not discounted.

    Source: Williams (1992), "Simple statistical gradient-following algorithms for connectionist
    reinforcement learning"; Sutton and Barto (2018), section 13.3. Their box has a further factor
    `gamma**t`, which practice leaves out.
    """
    raise NotImplementedError("reinforce_episode: write your code here")


def gae_advantages(
    rewards: FloatArray,
    values: FloatArray,
    bootstrap_value: float,
    terminated: BoolArray,
    gamma: float,
    gae_lambda: float,
) -> FloatArray:
    """Return how much better each action turned out than its state's value had promised.

    With `values[T] = bootstrap_value` and `going_on[t] = 1 - terminated[t]`, for t = T-1 .. 0:

    `td_errors[t] = rewards[t] + gamma * values[t + 1] * going_on[t] - values[t]`
    `advantages[t] = td_errors[t] + gamma * gae_lambda * going_on[t] * advantages[t + 1]`

    and `advantages[T] = 0`. `gae_lambda = 0` gives the td_errors alone, `gae_lambda = 1` the
    discounted returns minus the values. Nothing passes from after a terminated step to before it,
    neither a value nor an advantage. A roll-out that is merely cut off is not terminated: there
    `bootstrap_value` stands for all that would have followed.

    In a language model: one score at the end of a response becomes a verdict on each token.

    Args:
        rewards: shape (T,), `rewards[t]` follows action t. Not modified.
        values: shape (T,), the estimated value of the state before action t. Not modified.
        bootstrap_value: the estimated value of the state after the last step, a number.
        terminated: shape (T,), bool; True where action t ended its episode. Not modified.
        gamma: discount in [0, 1].
        gae_lambda: in [0, 1]: how far beyond the next step a reward is listened to.

    Returns:
        The advantages, shape (T,).

    Source: Schulman et al. (2016), "High-dimensional continuous control using generalized advantage
    estimation", arXiv:1506.02438, equation (16), for a roll-out of T steps.
    """
    raise NotImplementedError("gae_advantages: write your code here")


def ppo_clip_loss(
    log_probs: torch.Tensor,
    old_log_probs: torch.Tensor,
    advantages: torch.Tensor,
    clip_eps: float = 0.2,
) -> torch.Tensor:
    """Return PPO's clipped loss, a scalar to minimise.

    `-mean over b of min(ratio[b] * advantages[b], clipped_ratio[b] * advantages[b])`, where
    `ratio = exp(log_probs - old_log_probs)` and `clipped_ratio` is `ratio` limited to
    `[1 - clip_eps, 1 + clip_eps]`. `old_log_probs` and `advantages` are constants, even when they
    carry a graph.

    The minimum makes the clip one-sided. The gradient for `log_probs[b]` is
    `-ratio[b] * advantages[b] / B`, and 0 only where the action has already moved beyond the limit
    in the direction its advantage asks for: above `1 + clip_eps` with a positive advantage, below
    `1 - clip_eps` with a negative one. A move in the wrong direction is always pulled back.

    Numbers stay finite where the loss is: a log-ratio of 100 overflows `exp` in float32, but with a
    positive advantage the clipped term counts, no value or gradient is NaN. (Log-ratios may be cut at 20.)

    In a language model: a batch of responses serves several updates, and no token gains from
    becoming much more or less probable than it was when the batch was written.

    Args:
        log_probs: shape (B,), log-probabilities under the policy being trained. Not modified.
        old_log_probs: shape (B,), those under the policy that chose the actions. Not modified.
        advantages: shape (B,), used as they are. Not modified.
        clip_eps: PPO's epsilon, in (0, 1).

    Returns:
        The loss, a tensor of shape ().

    Source: Schulman et al. (2017), "Proximal policy optimization algorithms", arXiv:1707.06347,
    equation (7), with the sign of a loss.
    """
    raise NotImplementedError("ppo_clip_loss: write your code here")


def clip_fraction(log_probs: torch.Tensor, old_log_probs: torch.Tensor, clip_eps: float = 0.2) -> float:
    """Return the share of the batch whose ratio lies outside PPO's limits, from 0 to 1.

    The share of b with `abs(ratio[b] - 1) > clip_eps`, where
    `ratio = exp(log_probs - old_log_probs)`. It looks at the ratio alone. Another definition is in
    use, which counts only the elements whose gradient the clip removes; there the sign of the
    advantage matters.

    In a language model: the gauge to watch during PPO. Near 0 the clip does nothing; near 0.5 the
    model has left the responses that it is learning from.

    Args:
        log_probs: shape (B,), log-probabilities under the policy being trained. Not modified.
        old_log_probs: shape (B,), those under the policy that chose the actions. Not modified.
        clip_eps: PPO's epsilon, in (0, 1).
    """
    raise NotImplementedError("clip_fraction: write your code here")


def train_bandit(
    policy: nn.Module, episodes: int, optimizer: torch.optim.Optimizer, generator: torch.Generator
) -> list[float]:
    """Train a policy by REINFORCE on the one-step bandit and return what it was paid.

    One episode is one step: the state is two numbers drawn uniformly from [0, 1), the action is
    sampled from `softmax(policy(state))`, action 2 pays 1.0, the actions 0, 1 and 3 pay -0.1, and
    the policy is updated. All randomness comes from `generator`: equal generators give equal
    results, and torch's global generator is neither used nor reseeded.

    In a language model: a vocabulary of four tokens, responses of one token, and a reward model
    that likes token 2. There is no ratio and no clip in it: this is REINFORCE, not PPO.

    Args:
        policy: any module that maps float32 states (..., 2) to logits (..., 4), such as a
            PolicyNetwork. This one is trained, in place.
        episodes: how many episodes to play.
        optimizer: holds the policy's parameters; makes the updates.
        generator: where every random number comes from; it moves on.

    Returns:
        The rewards, one an episode, in order.
    """
    raise NotImplementedError("train_bandit: write your code here")


def action_rate(policy: nn.Module, action: int, n: int, generator: torch.Generator) -> float:
    """Return how often the policy takes `action` in n states of the bandit, from 0 to 1.

    For each of n states, two numbers drawn uniformly from [0, 1), one action is sampled from
    `softmax(policy(state))`; the result is the share of `action` among the n. Sampled, not the most
    probable action, and not the mean probability. No graph is built, the policy is not changed, and
    all randomness comes from `generator`, as in `train_bandit`.

    In a language model: to know how it behaves, sample from it; its most probable answer alone does
    not tell.

    Args:
        policy: any module that maps float32 states (..., 2) to logits (..., 4). Not modified.
        action: the action to count.
        n: how many actions to sample, at least 1.
        generator: where every random number comes from; it moves on.
    """
    raise NotImplementedError("action_rate: write your code here")

r"""From reinforcement learning to alignment: the small functions inside RLHF, RLVR, GRPO and DPO.

A language model is the policy. A token is an action, the prompt with the tokens so far is the
state, a full response is an episode, and the score of its reward model, or of a program that
checks it, is the reward.

Axes: B batch of responses (or of pairs of them), T tokens, G group of responses to one prompt.
`rewards[b, t]` follows token t of response b; Sutton and Barto write R_{t+1} for it.
"chosen" is the response that people preferred, "rejected" the other one of the pair; `ref` marks
the frozen reference model, as a rule the one that supervised fine-tuning (SFT) gave.
"""

import torch


def reward_model_loss(chosen_scores: torch.Tensor, rejected_scores: torch.Tensor) -> torch.Tensor:
    """Return the loss that teaches a reward model to rank pairs of responses as people do.

    The mean over b = 0 .. B-1 of `-log(sigmoid(chosen_scores[b] - rejected_scores[b]))`: minus
    the log of the probability that the Bradley-Terry model gives to the choice people made.
    It stays finite, with a finite gradient for both arguments, at margins of +-1000, in float32
    as in float64: sigmoid(-1000) rounds to 0, and the log of 0 must never be taken.

    In a language model: only the difference of two scores for the same prompt is learnt. The
    score itself has no zero and no unit; what people liked in the pairs is all that it knows.

    Args:
        chosen_scores: shape (B,), scores of the responses that were preferred. Not modified.
        rejected_scores: shape (B,), scores of the others, pair by pair. Not modified.

    Returns:
        The loss, a tensor of shape ().

    Source: Ouyang et al. (2022), "Training language models to follow instructions with human
    feedback", equation (1), with every pair weighted alike.
    """
    raise NotImplementedError("reward_model_loss: write your code here")


def kl_penalty(log_probs: torch.Tensor, ref_log_probs: torch.Tensor, estimator: str = "k1") -> torch.Tensor:
    """Return for each token an estimate of how far the policy is from the reference model.

    With `d = ref_log_probs[b, t] - log_probs[b, t]` for b = 0 .. B-1 and t = 0 .. T-1:
    `"k1"` is `log_probs[b, t] - ref_log_probs[b, t]`, that is `-d`, and
    `"k3"` is `exp(d) - 1 - d`, which is never negative but for rounding.
    The tokens are samples from the policy. The expectation of both over its distribution is the
    Kullback-Leibler divergence KL(policy || reference); a single k1 may well be negative.

    In a language model: this is what the policy pays for writing a token that the SFT model
    would rather not have written, and what keeps its language intact.

    Args:
        log_probs: shape (B, T), log-probabilities of the tokens under the policy. Not modified.
        ref_log_probs: shape (B, T), the same tokens under the reference model. Not modified.
        estimator: "k1" or "k3".

    Returns:
        The estimates, shape (B, T).

    Raises:
        ValueError: `estimator` is another name.

    Source: Schulman (2020), "Approximating KL divergence" (a note on his website), which names
    the estimators; its q is our policy and its p our reference model.
    """
    raise NotImplementedError("kl_penalty: write your code here")


def shaped_rewards(
    rm_scores: torch.Tensor,
    log_probs: torch.Tensor,
    ref_log_probs: torch.Tensor,
    mask: torch.Tensor,
    kl_coef: float,
) -> torch.Tensor:
    """Return the reward of every token: a KL penalty on each, and the score on the last.

    A token counts where `mask[b, t]` is True. Each counted token gets
    `-kl_coef * (log_probs[b, t] - ref_log_probs[b, t])`, the last counted one of each row gets
    `rm_scores[b]` on top, and every other position is 0, whatever stands there in `log_probs`.
    The row therefore sums to `rm_scores[b]` minus `kl_coef` times its summed k1.

    In a language model: a row is a prompt, a response and padding, and only the response
    counts. Counted tokens need not be at the end of the row, nor side by side: text that a tool
    wrote into the response does not count.

    Args:
        rm_scores: shape (B,), the reward model's score of each response. Not modified.
        log_probs: shape (B, T), under the policy that wrote the response. Not modified.
        ref_log_probs: shape (B, T), under the reference model. Not modified.
        mask: shape (B, T), bool, True on response tokens; every row has one. Not modified.
        kl_coef: what one unit of KL costs; 0 or more.

    Returns:
        The rewards, shape (B, T). They are numbers to learn from: no gradient is asked of them.

    Source: Ziegler et al. (2019), "Fine-tuning language models from human preferences",
    section 2, where the penalised reward is given for the whole response.
    """
    raise NotImplementedError("shaped_rewards: write your code here")


def verifiable_reward(response: str, answer: str) -> float:
    r"""Return 1.0 if the final answer of a response is the right one, else 0.0.

    The final answer is what follows the last `####`; if there is no `####`, it is the content of
    the last `\boxed{...}`, in which braces may nest; else there is none, and the reward is 0.0.
    It is right if it and `answer` are both numbers and equal, or are equal as text; space around
    them is stripped first. Numbers are written like 42, 42.0, -3, 1,000, $42 and \frac{1}{2},
    so `\boxed{\frac{1}{2}}` is right where the answer is 0.5, and `#### 42 apples` is no number.

    In a language model: these are RLVR's "verifiable rewards". No reward model is trained, so
    none can be fooled; but the checker sees only the final answer. It cannot tell a sound
    solution from a lucky guess, and whatever else it fails to look at can still be exploited.

    Args:
        response: the text that the model wrote.
        answer: the right answer alone, without `####` or a box.

    Returns:
        1.0 or 0.0, a float. Never asked: exponents, fractions written a/b, letter case, a period
        after the answer.

    Source: Lambert et al. (2024), "Tulu 3", which names RLVR. `####` marks the answers of the
    data set GSM8K, the box those of MATH.
    """
    raise NotImplementedError("verifiable_reward: write your code here")


def grpo_advantages(rewards: torch.Tensor, eps: float = 1e-8) -> torch.Tensor:
    """Return how much better each response is than the others to the same prompt.

    `(rewards[b, g] - mean) / (std + eps)` for b = 0 .. B-1 and g = 0 .. G-1, with the mean and
    the sample standard deviation (n - 1 in its denominator) of group b alone. A group of one
    response, or of equal rewards, tells nothing: its advantages are 0, never NaN.

    In a language model: the group's mean takes the place of PPO's critic. A prompt that all
    responses solve, or none, teaches nothing in this step.

    Args:
        rewards: shape (B, G), row b holds the rewards of G responses to prompt b. Not modified.
        eps: added to the standard deviation.

    Returns:
        The advantages, shape (B, G).

    Source: Shao et al. (2024), "DeepSeekMath", GRPO with outcome supervision; the paper has no
    eps.
    """
    raise NotImplementedError("grpo_advantages: write your code here")


def dpo_loss(
    chosen_log_probs: torch.Tensor,
    rejected_log_probs: torch.Tensor,
    ref_chosen_log_probs: torch.Tensor,
    ref_rejected_log_probs: torch.Tensor,
    beta: float = 0.1,
) -> torch.Tensor:
    """Return the loss of direct preference optimisation: rank pairs without a reward model.

    The mean over b = 0 .. B-1 of `-log(sigmoid(beta * (chosen_gain[b] - rejected_gain[b])))`,
    where `chosen_gain = chosen_log_probs - ref_chosen_log_probs`, and the same for rejected.
    The reference log-probs are constants, even when they carry a graph. The loss and its
    gradient stay finite at any margin.

    In a language model: each argument is the log-probability of a whole response, the sum over
    its tokens. `beta` times its gain over the reference plays the part of a reward model's
    score, so the policy is its own reward model, and `beta` its KL coefficient.

    Args:
        chosen_log_probs: shape (B,), the preferred responses under the policy. Not modified.
        rejected_log_probs: shape (B,), the others, pair by pair. Not modified.
        ref_chosen_log_probs: shape (B,), the preferred ones under the reference. Not modified.
        ref_rejected_log_probs: shape (B,), the others under the reference. Not modified.
        beta: the strength of the tie to the reference, above 0.

    Returns:
        The loss, a tensor of shape ().

    Source: Rafailov et al. (2023), "Direct preference optimization: your language model is
    secretly a reward model", equation (7).
    """
    raise NotImplementedError("dpo_loss: write your code here")

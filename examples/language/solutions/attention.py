"""Attention in two functions. Axes: B sequences, T tokens, D numbers a token, V words of the vocabulary."""

import math

import torch
from torch import Tensor


def attention_weights(queries: Tensor, keys: Tensor, causal: bool = False) -> Tensor:
    """Return how much each token attends to each other one.

    `weights[b, i, j] = softmax over j of (queries[b, i] . keys[b, j]) / sqrt(D)`. With `causal`, a token does
    not look ahead: `weights[b, i, j]` is 0 for j > i, and the others still add up to 1.

    Args:
        queries: shape (B, T, D). Not modified.
        keys: shape (B, T, D). Not modified.
        causal: whether a token sees only itself and those before it.

    Returns:
        The weights, shape (B, T, T); each row adds up to 1. Large scores (1000 and more) give no NaN.
    """
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    if causal:
        ahead = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(ahead, -math.inf)
    return scores.softmax(dim=-1)


def next_token_loss(logits: Tensor, tokens: Tensor) -> Tensor:
    """Return the mean loss of predicting each next token.

    `loss = mean over b and t of -log softmax(logits[b, t])[tokens[b, t + 1]]` for t = 0 .. T-2: the logits at
    a place predict the token that comes after it; those at the last place predict nothing.

    Args:
        logits: shape (B, T, V), floats. The gradient reaches them.
        tokens: shape (B, T), integers 0 .. V-1, T 2 or more.

    Returns:
        The loss, a single number. Large logits (1000 and more) give no NaN.
    """
    log_probs = logits[:, :-1].log_softmax(dim=-1)
    chosen = log_probs.gather(-1, tokens[:, 1:].unsqueeze(-1))
    return -chosen.mean()

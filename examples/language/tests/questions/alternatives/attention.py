"""Right answers to attention, written in unusual ways. None of them may lose a point."""

import torch
import torch.nn.functional as F

from autograder.checks import alternative

# attention_weights


@alternative("attention_weights")
def with_einsum(queries, keys, causal=False):
    """einsum, and a mask that is added."""
    scores = torch.einsum("bid,bjd->bij", queries, keys) * queries.shape[-1] ** -0.5
    if causal:
        scores = scores + torch.full(scores.shape[-2:], float("-inf"), dtype=scores.dtype).triu(1)
    return F.softmax(scores, -1)


@alternative("attention_weights")
def row_by_row(queries, keys, causal=False):
    """Loops over tokens, the largest score subtracted by hand."""
    weights = torch.zeros(*queries.shape[:2], keys.shape[1], dtype=queries.dtype)
    for b, rows in enumerate(queries):
        for i, query in enumerate(rows):
            stop = i + 1 if causal else keys.shape[1]
            scores = keys[b, :stop] @ query / len(query) ** 0.5
            powers = (scores - scores.max()).exp()
            weights[b, i, :stop] = powers / powers.sum()
    return weights


# next_token_loss


@alternative("next_token_loss")
def with_cross_entropy(logits, tokens):
    """The library's cross entropy, on flattened axes."""
    return F.cross_entropy(logits[:, :-1].reshape(-1, logits.shape[-1]), tokens[:, 1:].reshape(-1))


@alternative("next_token_loss")
def one_hot_and_logsumexp(logits, tokens):
    """One-hot targets and logsumexp; a loss of shape (1,) comes out."""
    shown = logits[:, :-1]
    chosen = (F.one_hot(tokens[:, 1:], logits.shape[-1]) * shown).sum(-1)
    return (shown.logsumexp(-1) - chosen).mean().reshape(1)

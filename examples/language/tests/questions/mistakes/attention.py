"""Wrong answers to attention that students really write. The docstring is the hint."""

import math

import torch
from solutions.attention import attention_weights, next_token_loss

from autograder.checks import misconception

# attention_weights


def scores_of(queries, keys):
    return queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])


def hidden(scores, value, diagonal=1):
    return scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(diagonal), value)


@misconception("attention_weights")
def does_not_scale(queries, keys, causal=False):
    """The scores grow with D. By what are they divided?"""
    return attention_weights(queries * math.sqrt(queries.shape[-1]), keys, causal)


@misconception("attention_weights")
def divides_by_d(queries, keys, causal=False):
    """The scores are divided by D. Is there a square root?"""
    return attention_weights(queries / math.sqrt(queries.shape[-1]), keys, causal)


@misconception("attention_weights")
def softmax_over_the_queries(queries, keys, causal=False):
    """Columns add up to 1 instead of rows. Over which axis does the softmax go?"""
    scores = scores_of(queries, keys)
    return (hidden(scores, -math.inf) if causal else scores).softmax(dim=-2).nan_to_num()


@misconception("attention_weights")
def softmax_over_the_batch(queries, keys, causal=False):
    """The softmax goes over the sequences of the batch. Do sequences know of each other?"""
    scores = scores_of(queries, keys)
    return (hidden(scores, -1e9) if causal else scores).softmax(dim=0)


@misconception("attention_weights")
def keys_ask(queries, keys, causal=False):
    """Queries and keys are exchanged. Does a row belong to a query or to a key?"""
    return attention_weights(keys, queries, causal)


@misconception("attention_weights")
def ignores_causal(queries, keys, causal=False):
    """Tokens look ahead although they should not. Where is `causal` used?"""
    return attention_weights(queries, keys)


@misconception("attention_weights")
def always_causal(queries, keys, causal=False):
    """Tokens never look ahead, whatever is asked for. Where is `causal` used?"""
    return attention_weights(queries, keys, causal=True)


@misconception("attention_weights")
def masks_after_the_softmax(queries, keys, causal=False):
    """The rows do not add up to 1. Are the hidden tokens left out before the softmax or after it?"""
    weights = attention_weights(queries, keys)
    return hidden(weights, 0.0) if causal else weights


@misconception("attention_weights")
def hides_with_zero(queries, keys, causal=False):
    """Hidden tokens still get a share. Which score becomes 0 in a softmax: 0 or minus infinity?"""
    scores = scores_of(queries, keys)
    return (hidden(scores, 0.0) if causal else scores).softmax(dim=-1)


@misconception("attention_weights")
def looks_back_only(queries, keys, causal=False):
    """A token sees the tokens ahead and not those before it. Which triangle is hidden?"""
    scores = scores_of(queries, keys)
    mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(-1)
    return (scores.masked_fill(mask, -math.inf) if causal else scores).softmax(dim=-1)


@misconception("attention_weights")
def hides_the_token_itself(queries, keys, causal=False):
    """A token does not see itself. Where does the hidden triangle begin?"""
    scores = scores_of(queries, keys)
    return (hidden(scores, -1e9, 0) if causal else scores).softmax(dim=-1)


@misconception("attention_weights")
def exponentials_overflow(queries, keys, causal=False):
    """Large scores give NaN. What is exp(1000)?"""
    scores = scores_of(queries, keys)
    powers = (hidden(scores, -math.inf) if causal else scores).exp()
    return powers / powers.sum(dim=-1, keepdim=True)


@misconception("attention_weights")
def scales_in_place(queries, keys, causal=False):
    """The weights are right, but the queries have changed. What does /= do?"""
    queries /= math.sqrt(queries.shape[-1])
    return attention_weights(queries * math.sqrt(queries.shape[-1]), keys, causal)


# next_token_loss


@misconception("next_token_loss")
def predicts_the_same_token(logits, tokens):
    """Each place predicts its own token. Which token should it predict?"""
    return -logits.log_softmax(-1).gather(-1, tokens.unsqueeze(-1)).mean()


@misconception("next_token_loss")
def predicts_the_token_before(logits, tokens):
    """Each place predicts the token before it. In which direction is the shift?"""
    return -logits[:, 1:].log_softmax(-1).gather(-1, tokens[:, :-1].unsqueeze(-1)).mean()


@misconception("next_token_loss")
def sums_over_the_tokens(logits, tokens):
    """The loss grows with the length of the text. Is it a sum or a mean?"""
    return next_token_loss(logits, tokens) * (tokens.shape[0] * (tokens.shape[1] - 1))


@misconception("next_token_loss")
def means_over_the_batch_only(logits, tokens):
    """The loss is a sum over the places. Over what is the mean taken?"""
    return next_token_loss(logits, tokens) * (tokens.shape[1] - 1)


@misconception("next_token_loss")
def forgets_the_minus(logits, tokens):
    """The loss is negative. Which way should training change the log-probabilities?"""
    return -next_token_loss(logits, tokens)


@misconception("next_token_loss")
def takes_the_logits(logits, tokens):
    """The logits are taken for log-probabilities. What turns one into the other?"""
    return -logits[:, :-1].gather(-1, tokens[:, 1:].unsqueeze(-1)).mean()


@misconception("next_token_loss")
def takes_probabilities(logits, tokens):
    """The mean is of probabilities, without a logarithm. What is the loss of a certain prediction?"""
    return -logits[:, :-1].softmax(-1).gather(-1, tokens[:, 1:].unsqueeze(-1)).mean()


@misconception("next_token_loss")
def softmax_over_the_places(logits, tokens):
    """The softmax goes over the places of the text. Over which axis are the words?"""
    return -logits[:, :-1].log_softmax(1).gather(-1, tokens[:, 1:].unsqueeze(-1)).mean()


@misconception("next_token_loss")
def log_of_zero(logits, tokens):
    """Large logits give infinity. What is the logarithm of a softmax that came out as 0?"""
    return -logits[:, :-1].softmax(-1).gather(-1, tokens[:, 1:].unsqueeze(-1)).log().mean()


@misconception("next_token_loss")
def loses_the_graph(logits, tokens):
    """The value is right, but no gradient reaches the logits. Was something turned into a plain number?"""
    return torch.tensor(next_token_loss(logits, tokens).item())

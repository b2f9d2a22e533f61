"""Checks of attention: the weights, and the loss of the next token."""

from autograder.checks import check, expect_close, expect_gradient, expect_unchanged, tensor

# attention_weights


@check("attention_weights", visible=True)
def test_two_tokens_by_hand(student):
    """Two tokens of one number each: scores 0.6, -0.3 and 1.4, -0.7."""
    weights = student.attention_weights(tensor([[[3.0], [7.0]]]), tensor([[[0.2], [-0.1]]]))
    # 1 / (1 + exp(-0.9)) = 0.71095, 1 / (1 + exp(-2.1)) = 0.890903
    expect_close(weights, [[[0.710950, 0.289050], [0.890903, 0.109097]]])


@check("attention_weights", visible=True)
def test_nobody_looks_ahead(student):
    """The same two tokens, the first of which sees only itself."""
    weights = student.attention_weights(tensor([[[3.0], [7.0]]]), tensor([[[0.2], [-0.1]]]), causal=True)
    expect_close(weights, [[[1.0, 0.0], [0.890903, 0.109097]]])


@check("attention_weights", weight=2)
def test_random_queries_and_keys(student, reference, rng):
    """Random queries and keys of several sizes, with and without looking ahead."""
    for shape in ((2, 3, 4), (1, 5, 2)):
        queries, keys = tensor(rng.normal(size=shape)), tensor(rng.normal(size=shape))
        for causal in (False, True):
            want = reference.attention_weights(queries, keys, causal)
            expect_close(student.attention_weights(queries, keys, causal=causal), want)


@check("attention_weights")
def test_large_scores(student, reference, rng):
    """Scores of several thousand."""
    queries, keys = tensor(4000 * rng.normal(size=(1, 4, 3))), tensor(rng.normal(size=(1, 4, 3)))
    for causal in (False, True):
        want = reference.attention_weights(queries, keys, causal)
        expect_close(student.attention_weights(queries, keys, causal), want)


@check("attention_weights")
def test_queries_and_keys_are_left_alone(student, reference, rng):
    """Right, and the inputs are as they were."""
    weights = student.attention_weights
    queries, keys = tensor(rng.normal(size=(2, 4, 5))), tensor(rng.normal(size=(2, 4, 5)))
    expect_close(weights(queries, keys, True), reference.attention_weights(queries, keys, True))
    expect_unchanged(weights)


# next_token_loss

LOGITS = [[[0.3, -1.2, 0.8], [1.1, 0.4, -0.5], [0.2, 0.9, -2.0]]]


@check("next_token_loss", visible=True)
def test_three_tokens_by_hand(student):
    """Three tokens of three words: two predictions, the last logits predict nothing."""
    # -log softmax([0.3, -1.2, 0.8])[2] = 0.554877, -log softmax([1.1, 0.4, -0.5])[1] = 1.229716
    expect_close(
        student.next_token_loss(tensor(LOGITS), tensor([[0, 2, 1]], "int64")), (0.554877 + 1.229716) / 2
    )


@check("next_token_loss", weight=2)
def test_random_texts(student, reference, rng):
    """Random logits and tokens; value and gradient."""
    for batch, length, words in ((2, 5, 4), (3, 2, 6)):
        logits = tensor(rng.normal(size=(batch, length, words)))
        tokens = tensor(rng.integers(0, words, (batch, length)), "int64")
        got = student.next_token_loss.with_grad(logits=logits, tokens=tokens, wrt=["logits"])
        want = reference.next_token_loss.with_grad(logits=logits, tokens=tokens, wrt=["logits"])
        expect_close(got.value, want.value)
        expect_gradient(got, "logits", want.grads["logits"])


@check("next_token_loss")
def test_large_logits(student, reference, rng):
    """Logits in the thousands."""
    logits = tensor(2000 * rng.normal(size=(2, 4, 3)))
    tokens = tensor(rng.integers(0, 3, (2, 4)), "int64")
    expect_close(student.next_token_loss(logits, tokens), reference.next_token_loss(logits, tokens))

"""Checks of rlhf: preference losses, KL estimates, shaped and verifiable rewards, advantages.

Hidden inputs are drawn so that single precision passes: wherever small numbers are compared, a
larger one stands in the same array.
"""

import numpy as np

from autograder.checks import (
    check,
    expect,
    expect_close,
    expect_gradient,
    expect_raises,
    expect_unchanged,
    expect_zero_gradient,
    numbers_of,
    tensor,
)

LOG2, LOG3 = 0.69314718, 1.09861229


def numbers(answer):
    """Return the numbers of an answer, float64."""
    return np.asarray(numbers_of(answer, "the result"), dtype=np.float64)


def sigmoid(x):
    """Return 1 / (1 + exp(-x)) for any x."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(x)))


def random_mask(rng, rows, width):
    """Return a mask with holes: a row counts about half of its tokens, one at least."""
    mask = rng.random((rows, width)) < 0.5
    mask[np.arange(rows), rng.integers(width, size=rows)] = True
    return mask


def random_groups(rng, rows, size, spread):
    """Return groups of rewards, the members of each well apart."""
    apart = np.linspace(-1.0, 1.0, size) + rng.uniform(-0.3, 0.3, (rows, size)) / size
    return rng.uniform(-1.0, 1.0, (rows, 1)) + spread * rng.permuted(apart, axis=1)


def random_preferences(rng, count, beta):
    """Return chosen, rejected, ref_chosen and ref_rejected log-probs; beta scales gains up to 2."""
    ref_chosen, ref_rejected = rng.uniform(-30.0, -5.0, (2, count))
    gains, losses = rng.uniform(-2.0, 1.5, (2, count)) / beta
    return ref_chosen + gains, ref_rejected - losses, ref_chosen, ref_rejected


REWARDED = "a final answer that is not right, or none at all, is rewarded"
PICKED = "a longer final answer counts for the number in it; the whole of it is compared"


def expect_rewards(student, want, cases, reason=REWARDED):
    """Fail unless every (response, answer) is rewarded with `want`; `reason` says why a 1 is wrong."""
    for response, answer in cases:
        found = student.verifiable_reward(response, answer)
        if isinstance(found, int | float):
            expect(want == 0.0 or found != 0.0, "a right final answer is not rewarded")
            expect(want == 1.0 or found != 1.0, reason)
        expect_close(found, want)


def expect_apart(one, other, reason):
    """Fail with `reason` if two answers are the same finite numbers, as where something is cut off."""
    one, other = (numbers(answer) for answer in (one, other))
    same = one.size > 0 and np.array_equal(one, other) and bool(np.isfinite(one).all())
    expect(not same, reason)


# reward_model_loss


@check("reward_model_loss", visible=True)
def test_equal_scores_are_a_coin_toss(student):
    """Equal scores: each response is preferred with probability 1/2, the loss is log 2."""
    scores = tensor([1.5])
    expect_close(student.reward_model_loss(scores, scores), LOG2)


@check("reward_model_loss", visible=True)
def test_two_pairs_by_hand(student):
    """Margins log 3, log 0.25 and log 1.6: probabilities 3/4, 1/5 and 8/13, the mean of three losses."""
    rejected = np.array([2.3, 5.1, -0.4])
    chosen = rejected + np.log([3.0, 0.25, 1.6])
    want = -(np.log(3 / 4) + np.log(1 / 5) + np.log(8 / 13)) / 3
    expect_close(student.reward_model_loss(tensor(chosen), tensor(rejected)), want)


@check("reward_model_loss", weight=2)
def test_random_pairs(student, reference, rng):
    """Random pairs, from 1 to 300 of them."""
    for count, spread in ((1, 1.0), (2, 3.0), (7, 0.2), (60, 2.0), (300, 8.0)):
        rejected = rng.normal(rng.normal(0.0, 3.0), 1.0, count)
        chosen = rejected + spread * rng.uniform(-1.5, 1.0, count)
        sent = tensor(chosen), tensor(rejected)
        expect_close(student.reward_model_loss(*sent), reference.reward_model_loss(*sent))


@check("reward_model_loss")
def test_roles_of_the_arguments(student, rng):
    """Exchanging the responses of every pair changes the loss by the mean margin."""
    for count in (1, 5):
        chosen = rng.normal(0.0, 1.0, count)
        rejected = chosen - rng.uniform(0.5, 2.0, count)
        as_it_is = numbers(student.reward_model_loss(tensor(chosen), tensor(rejected)))
        exchanged = numbers(student.reward_model_loss(tensor(rejected), tensor(chosen)))
        expect_close(exchanged - as_it_is, np.mean(chosen - rejected))


@check("reward_model_loss")
def test_only_differences_count(student, reference, rng):
    """The same amount added to both scores of a pair changes nothing."""
    chosen, rejected = rng.normal(0.5, 1.0, 6), rng.normal(0.0, 1.0, 6)
    want = reference.reward_model_loss(tensor(chosen), tensor(rejected))
    for amount in (-30.0, 4.0, rng.uniform(-20.0, 20.0, 6)):
        moved = student.reward_model_loss(tensor(chosen + amount), tensor(rejected + amount))
        expect_close(moved, want)


@check("reward_model_loss")
def test_large_margins(student, rng):
    """Margins of up to +-1000: the loss is finite and exact, in both precisions."""
    lone = [student.reward_model_loss(tensor([0.0]), tensor([rejected])) for rejected in (200.0, 1000.0)]
    expect_apart(
        *lone, "a margin of -1000 costs no more than one of -200: is it cut, or the log kept from 0?"
    )
    for dtype in ("float64", "float32"):
        for margins in ([-1000.0], [-30.0], [-110.0, -760.0], [1000.0, -1000.0, 20.0, -1.0]):
            margins = np.array(margins)
            rejected = rng.integers(-8, 8, len(margins)) * 0.25
            chosen = tensor(rejected + margins, dtype=dtype)
            want = np.mean(np.logaddexp(0.0, -margins))
            expect_close(student.reward_model_loss(chosen, tensor(rejected, dtype=dtype)), want)


@check("reward_model_loss")
def test_gradient(student, rng):
    """The gradient for the scores of random pairs, for both arguments."""
    for count in (1, 6):
        chosen, rejected = rng.normal(0.3, 1.5, count), rng.normal(0.0, 1.5, count)
        found = student.reward_model_loss.with_grad(
            chosen_scores=tensor(chosen),
            rejected_scores=tensor(rejected),
            wrt=["chosen_scores", "rejected_scores"],
        )
        pull = sigmoid(rejected - chosen) / count
        expect_gradient(found, "chosen_scores", -pull)
        expect_gradient(found, "rejected_scores", pull)


@check("reward_model_loss")
def test_gradient_of_large_margins(student, rng):
    """Margins of +-1000: the gradient is finite and exact, in both precisions."""
    margins = rng.permutation([1000.0, -1000.0, 150.0, -150.0, 25.0, -25.0, 0.75])
    pull = sigmoid(-margins) / len(margins)
    for dtype in ("float64", "float32"):
        found = student.reward_model_loss.with_grad(
            chosen_scores=tensor(margins + 0.5, dtype=dtype),
            rejected_scores=tensor(np.full(len(margins), 0.5), dtype=dtype),
            wrt=["chosen_scores", "rejected_scores"],
        )
        expect_gradient(found, "chosen_scores", -pull)
        expect_gradient(found, "rejected_scores", pull)


@check("reward_model_loss")
def test_scores_are_not_modified(student, reference, rng):
    """The scores stay as they are, and a second call gives what the first gave."""
    chosen, rejected = tensor(rng.normal(1.0, 1.0, 4)), tensor(rng.normal(0.0, 1.0, 4))
    want = reference.reward_model_loss(chosen, rejected)
    loss = student.reward_model_loss
    for _ in range(2):
        expect_close(loss(chosen, rejected), want)
        expect_unchanged(loss)


# kl_penalty


@check("kl_penalty", visible=True)
def test_k1_by_hand(student):
    """k1 of two responses: the log of how many times as probable each token became."""
    log_probs = tensor(np.log([[0.6, 0.25, 0.1], [0.3, 0.45, 0.08]]))
    ref_log_probs = tensor(np.log([[0.2, 0.4, 0.1], [0.33, 0.9, 0.02]]))
    want = np.log([[3.0, 0.625, 1.0], [1 / 1.1, 0.5, 4.0]])
    expect_close(student.kl_penalty(log_probs, ref_log_probs), want)


@check("kl_penalty", visible=True)
def test_k3_by_hand(student):
    """k3 of the same two responses: r - 1 - log r, with r = reference / policy."""
    log_probs = tensor(np.log([[0.6, 0.25, 0.1], [0.3, 0.45, 0.08]]))
    ref_log_probs = tensor(np.log([[0.2, 0.4, 0.1], [0.33, 0.9, 0.02]]))
    ratio = np.array([[1 / 3, 1.6, 1.0], [1.1, 2.0, 0.25]])
    found = student.kl_penalty(log_probs, ref_log_probs, estimator="k3")
    expect_close(found, ratio - 1 - np.log(ratio))


@check("kl_penalty", visible=True)
def test_another_name_is_an_error(student):
    """The estimator "k2" is not offered: a ValueError. "k1" and "k3" are."""
    log_probs, ref_log_probs = tensor([[-1.0]]), tensor([[-3.0]])
    expect_raises(ValueError, student.kl_penalty, log_probs, ref_log_probs, estimator="k2")
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k1"), [[2.0]])
    expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator="k3"), [[0.13533528 + 1.0]])


@check("kl_penalty", weight=2)
def test_random_tokens(student, reference, rng):
    """Random log-probabilities in batches of several shapes, with both estimators."""
    for shape in ((1, 1), (3, 1), (1, 6), (2, 5), (4, 4), (6, 30)):
        log_probs = tensor(rng.uniform(-6.0, -0.1, shape))
        shift = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.3, 2.5, shape)
        shift[0, 0] = 2.0
        ref_log_probs = tensor(log_probs.array - shift)
        for estimator in ("k1", "k3"):
            want = reference.kl_penalty(log_probs, ref_log_probs, estimator)
            expect_close(student.kl_penalty(log_probs, ref_log_probs, estimator=estimator), want)


@check("kl_penalty")
def test_the_default_is_k1(student, rng):
    """Without a name, and with the name as a keyword."""
    log_probs, ref_log_probs = rng.uniform(-5.0, -0.1, (2, 2, 3))
    log_probs[0, 0], ref_log_probs[0, 0] = -1.0, -3.0
    log_ratio = ref_log_probs - log_probs
    both = {"log_probs": tensor(log_probs), "ref_log_probs": tensor(ref_log_probs)}
    expect_close(student.kl_penalty(tensor(log_probs), tensor(ref_log_probs)), -log_ratio)
    expect_close(student.kl_penalty(estimator="k1", **both), -log_ratio)
    want = np.expm1(log_ratio) - log_ratio
    expect_close(student.kl_penalty(estimator="k3", **both), want)


@check("kl_penalty", weight=2)
def test_both_estimate_the_divergence(student, rng):
    """Over a vocabulary, k1 and k3 weighted by the policy both add up to the exact KL."""
    for tokens in (2, 5, 30):
        policy, frozen = rng.dirichlet(np.full(tokens, 20.0), (2, 4)) * 0.5 + 0.1 / tokens
        policy[:, 0] += 0.4
        frozen[:, -1] += 0.4
        divergence = np.sum(policy * (np.log(policy) - np.log(frozen)), axis=1)
        for estimator in ("k1", "k3"):
            found = student.kl_penalty(tensor(np.log(policy)), tensor(np.log(frozen)), estimator=estimator)
            expect(numbers(found).shape == policy.shape, "the estimates are not of shape (B, T)")
            expect_close(np.sum(policy * numbers(found), axis=1), divergence)


@check("kl_penalty")
def test_k3_is_never_negative(student, reference, rng):
    """k3 is 0 or more for every token, in both precisions; k1 is negative for many."""
    log_probs = rng.uniform(-4.0, -1.0, (5, 40))
    shift = rng.choice([1e-4, 1e-2, 0.1, 1.0, 2.0], (5, 40)) * rng.choice([-1.0, 1.0], (5, 40))
    shift[0, :2] = 2.0, -2.0
    for dtype in ("float64", "float32"):
        sent = tensor(log_probs, dtype=dtype), tensor(log_probs - shift, dtype=dtype)
        precise = (tensor(one.array.astype(np.float64)) for one in sent)
        found = student.kl_penalty(*sent, estimator="k3")
        # Single precision rounds log-probs and exp(d) by some 1e-7, and may dip below 0 with it.
        expect_close(found, reference.kl_penalty(*precise, "k3"), atol=3e-6)
        expect(numbers(found).min() >= -1e-6, "k3 is negative for a token: look at its formula")
        # Rounding the log-probs to single precision alone moves their difference by 5e-7.
        expect_close(student.kl_penalty(*sent, estimator="k1"), shift, atol=1e-5)


@check("kl_penalty")
def test_far_from_the_reference(student, rng):
    """Log-ratios from -1100 to 40 are not cut, nor lost where a probability rounds to 0."""
    for estimator in ("k1", "k3"):
        lone = [
            student.kl_penalty(tensor([[-1.0]]), tensor([[ref]]), estimator=estimator)
            for ref in (-90.0, -600.0)
        ]
        expect_apart(*lone, "the penalty stops growing far from the reference: is anything cut off?")
    shift = np.array([[1100.0, 90.0, -15.0, -40.0], [12.0, 30.0, -1.0, 3.0]])
    shift = shift * rng.uniform(0.8, 1.0, shift.shape)
    log_probs = rng.uniform(-2.0, -0.1, shift.shape)
    sent = tensor(log_probs), tensor(log_probs - shift)
    expect_close(student.kl_penalty(*sent, estimator="k1"), shift)
    expect_close(student.kl_penalty(*sent, estimator="k3"), np.exp(-shift) - 1 + shift)


@check("kl_penalty")
def test_tokens_that_nobody_expects(student, rng):
    """Log-probabilities near -800 under both models, whose difference is an ordinary number."""
    # Eighths are exact at this size in single precision too.
    shift = rng.permutation([2.0, -1.25, 0.75, -0.625]).reshape(2, 2)
    log_probs = np.array([[-799.5, -1.25], [-800.0, -803.0]])
    sent = tensor(log_probs), tensor(log_probs - shift)
    expect_close(student.kl_penalty(*sent, estimator="k1"), shift)
    expect_close(student.kl_penalty(*sent, estimator="k3"), np.exp(-shift) - 1 + shift)


@check("kl_penalty")
def test_same_model_costs_nothing(student, rng):
    """Tokens on which both models agree cost 0, whatever the others cost."""
    log_probs = rng.uniform(-5.0, -1.0, (3, 4))
    shift = np.zeros((3, 4))
    shift[1, 2] = rng.uniform(1.0, 2.0)
    sent = tensor(log_probs), tensor(log_probs - shift)
    expect_close(student.kl_penalty(*sent, estimator="k1"), shift)
    expect_close(student.kl_penalty(*sent, estimator="k3"), np.exp(-shift) - 1 + shift)


@check("kl_penalty")
def test_names_that_are_not_offered(student, rng):
    """Other names raise a ValueError, those that begin or end like "k1" and "k3", too."""
    sent = tensor([[-1.0, -2.0]]), tensor([[-1.5, -1.0]])
    near = ("k2", "kl", "", "k", "1", "3", "k3b", "k1k3", "xk3", "k10", "K1", "K3", " k1")
    for name in (*near, f"k{rng.integers(31, 40)}"):
        expect_raises(ValueError, student.kl_penalty, *sent, estimator=name)
    for _ in range(2):
        expect_close(student.kl_penalty(*sent, estimator="k1"), [[0.5, -1.0]])
        expect_close(student.kl_penalty(*sent, estimator="k3"), [[np.exp(-0.5) - 0.5, np.e - 2]])


@check("kl_penalty")
def test_log_probs_are_not_modified(student, reference, rng):
    """The log-probabilities stay as they are, and a second call gives what the first gave."""
    sent = tensor(rng.uniform(-3.0, -2.0, (2, 3))), tensor(rng.uniform(-5.0, -4.0, (2, 3)))
    penalty = student.kl_penalty
    for estimator in ("k3", "k1", "k3"):
        want = reference.kl_penalty(*sent, estimator)
        expect_close(penalty(*sent, estimator=estimator), want)
        expect_unchanged(penalty)


# shaped_rewards


@check("shaped_rewards", visible=True)
def test_one_response_by_hand(student):
    """A prompt token, two response tokens, padding: the score comes on the second of the two."""
    found = student.shaped_rewards(
        tensor([2.6]),
        tensor([[-8.1, -1.3, -0.7, -5.5]]),
        tensor([[-9.4, -2.2, -0.4, -9.3]]),
        tensor([[False, True, True, False]], dtype="bool"),
        0.3,
    )
    # -0.3 * (-1.3 + 2.2), and 2.6 - 0.3 * (-0.7 + 0.4)
    expect_close(found, [[0.0, -0.27, 2.69, 0.0]])


@check("shaped_rewards", visible=True)
def test_rows_of_different_lengths(student):
    """Two responses of different lengths, and tokens in between that do not count; kl_coef 0.5."""
    found = student.shaped_rewards(
        tensor([1.4, -2.3]),
        tensor([[-1.2, -0.9, -3.1, -0.6], [-2.5, -1.1, -0.8, -1.7]]),
        tensor([[-2.0, -1.4, -0.2, -1.5], [-1.9, -2.4, -0.3, -0.9]]),
        tensor([[True, False, False, True], [True, True, False, False]], dtype="bool"),
        0.5,
    )
    # -0.5 * 0.8, 1.4 - 0.5 * 0.9; -0.5 * -0.6, -2.3 - 0.5 * 1.3
    expect_close(found, [[-0.4, 0.0, 0.0, 0.95], [0.3, -2.95, 0.0, 0.0]])


@check("shaped_rewards", weight=2)
def test_random_responses(student, reference, rng):
    """Random responses whose counted tokens lie anywhere, with holes between them."""
    for shape, kl_coef in (((1, 1), 0.3), ((2, 5), 0.02), ((5, 5), 0.1), ((7, 12), 2.0)):
        sent = (
            tensor(rng.normal(1.0, 2.0, shape[0])),
            tensor(rng.uniform(-6.0, -0.1, shape)),
            tensor(rng.uniform(-6.0, -0.1, shape)),
            tensor(random_mask(rng, *shape), dtype="bool"),
            kl_coef,
        )
        expect_close(student.shaped_rewards(*sent), reference.shaped_rewards(*sent))


@check("shaped_rewards", weight=2)
def test_rows_add_up(student, rng):
    """Each row sums to its score minus kl_coef times its summed k1."""
    for shape in ((3, 4), (4, 9)):
        scores, kl_coef = rng.uniform(20.0, 30.0, shape[0]), rng.uniform(0.1, 0.3)
        log_probs, ref_log_probs = rng.uniform(-4.0, -0.1, (2, *shape))
        mask = random_mask(rng, *shape)
        found = student.shaped_rewards(
            rm_scores=tensor(scores),
            log_probs=tensor(log_probs),
            ref_log_probs=tensor(ref_log_probs),
            mask=tensor(mask, dtype="bool"),
            kl_coef=kl_coef,
        )
        expect(numbers(found).shape == shape, "the rewards are not of shape (B, T)")
        divergence = np.sum((log_probs - ref_log_probs) * mask, axis=1)
        expect_close(numbers(found).sum(axis=1), scores - kl_coef * divergence, name="the sum of each row")


@check("shaped_rewards")
def test_where_the_score_goes(student, rng):
    """With kl_coef 0 the score is all there is: on the last counted token of each row."""
    token, counted = tensor([[-1.0]]), tensor([[True]], dtype="bool")
    lone = [student.shaped_rewards(tensor([score]), token, token, counted, 0.0) for score in (200.0, 400.0)]
    expect_apart(
        *lone, "a score of 400 brings no more than one of 200: is it limited, scaled or shifted first?"
    )
    mask = np.array([[1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [1, 1, 1, 1, 1], [0, 1, 0, 1, 0], [1, 1, 0, 0, 0]])
    scores = rng.normal(0.0, 1.0, 5) + np.array([3.0, -3.0, 3.0, -3.0, 3.0])
    want = np.zeros((5, 5))
    want[np.arange(5), [0, 4, 4, 3, 1]] = scores
    log_probs, ref_log_probs = rng.uniform(-6.0, -0.1, (2, 5, 5))
    found = student.shaped_rewards(
        tensor(scores), tensor(log_probs), tensor(ref_log_probs), tensor(mask, dtype="bool"), 0.0
    )
    expect_close(found, want)


@check("shaped_rewards")
def test_what_does_not_count_leaves_no_trace(student, reference, rng):
    """Any finite numbers may stand in prompt and padding; the rewards there are 0."""
    scores, mask = tensor(rng.normal(0.0, 1.0, 4)), random_mask(rng, 4, 8)
    log_probs, ref_log_probs = rng.uniform(-4.0, -0.1, (2, 4, 8))
    mask[:, 3] = False
    mask[:, 4] = True
    rest = tensor(mask, dtype="bool"), 0.2
    want = reference.shaped_rewards(scores, tensor(log_probs), tensor(ref_log_probs), *rest)
    for size in (50.0, 1e15):
        log_probs[~mask] = rng.uniform(-size, size, (~mask).sum())
        ref_log_probs[~mask] = rng.uniform(-size, size, (~mask).sum())
        found = student.shaped_rewards(scores, tensor(log_probs), tensor(ref_log_probs), *rest)
        expect_close(found, want)


@check("shaped_rewards")
def test_padding_without_a_probability(student, reference, rng):
    """Padding of log-probability minus infinity, or NaN, under both models: the rewards there are 0."""
    scores, mask = tensor(rng.normal(2.0, 1.0, 3)), random_mask(rng, 3, 5)
    log_probs, ref_log_probs = rng.uniform(-4.0, -0.1, (2, 3, 5))
    mask[:, 1], mask[:, 3] = False, True
    rest = tensor(mask, dtype="bool"), 0.2
    want = reference.shaped_rewards(scores, tensor(log_probs), tensor(ref_log_probs), *rest)
    for odd in (-np.inf, np.nan):
        log_probs[~mask] = ref_log_probs[~mask] = odd
        found = student.shaped_rewards(scores, tensor(log_probs), tensor(ref_log_probs), *rest)
        expect_close(found, want)


@check("shaped_rewards")
def test_sign_of_the_penalty(student, rng):
    """A token that the reference finds less probable than the policy costs, the other pays."""
    mask = tensor([[True, True, True]], dtype="bool")
    for gap, kl_coef in zip(rng.uniform([1.0, 1.0, 40.0], [2.0, 2.0, 80.0]), (0.05, 1.0, 4.0), strict=True):
        sent = tensor([[-1.0, -1.0 - gap, -1.0]]), tensor([[-1.0 - gap, -1.0, -1.0]])
        found = student.shaped_rewards(tensor([0.0]), *sent, mask, kl_coef)
        expect_close(found, [[-kl_coef * gap, kl_coef * gap, 0.0]])


@check("shaped_rewards")
def test_a_single_counted_token(student, rng):
    """Penalty and score fall together where a row counts one token."""
    scores, shift = rng.uniform(1.0, 2.0, 3), rng.uniform(1.0, 3.0, 3)
    log_probs = rng.uniform(-3.0, -1.0, (3, 3))
    sent = tensor(log_probs), tensor(log_probs - shift[:, None])
    found = student.shaped_rewards(tensor(scores), *sent, tensor(np.eye(3), dtype="bool"), 0.25)
    expect_close(found, np.diag(scores - 0.25 * shift))


@check("shaped_rewards")
def test_single_precision_rewards(student, reference, rng):
    """Log-probabilities and scores of single precision."""
    mask = tensor(random_mask(rng, 3, 6), dtype="bool")
    drawn = rng.normal(1.0, 1.0, 3), *rng.uniform(-3.0, -0.1, (2, 3, 6))
    sent = [tensor(one, dtype="float32") for one in drawn]
    want = reference.shaped_rewards(*map(tensor, drawn), mask, 0.3)
    expect_close(student.shaped_rewards(*sent, mask, 0.3), want)


@check("shaped_rewards")
def test_rollout_is_not_modified(student, reference, rng):
    """All inputs stay as they are, and a second call gives what the first gave."""
    sent = (
        tensor(rng.normal(1.0, 1.0, 3)),
        tensor(rng.uniform(-3.0, -2.0, (3, 4))),
        tensor(rng.uniform(-5.0, -4.0, (3, 4))),
        tensor(random_mask(rng, 3, 4), dtype="bool"),
        0.2,
    )
    shape, want = student.shaped_rewards, reference.shaped_rewards(*sent)
    for _ in range(2):
        expect_close(shape(*sent), want)
        expect_unchanged(shape)


# verifiable_reward


@check("verifiable_reward", visible=True)
def test_answer_after_the_marker(student):
    """What follows #### is the answer."""
    expect_close(student.verifiable_reward("6 * 7 is 42.\n#### 42", "42"), 1.0)
    expect_close(student.verifiable_reward("It is 42 for sure.\n#### 41", "42"), 0.0)


@check("verifiable_reward", visible=True)
def test_answer_in_a_box(student):
    r"""Without #### the content of \boxed{} is the answer; braces inside it come in pairs."""
    expect_close(student.verifiable_reward(r"So $x = \boxed{7}$, as we saw.", "7"), 1.0)
    expect_close(student.verifiable_reward(r"The half: \boxed{\frac{1}{2}}.", r"\frac{1}{2}"), 1.0)
    expect_close(student.verifiable_reward(r"So $x = \boxed{7}$, as we saw.", "8"), 0.0)


@check("verifiable_reward", visible=True)
def test_numbers_are_compared_as_numbers(student):
    r"""42.0 is 42, 1,000 is 1000, $42 is 42 and \frac{1}{2} is 0.5, but -3 is not 3."""
    pairs = (("42.0", "42"), ("1,000", "1000"), ("$42", "42"), (r"\frac{1}{2}", "0.5"))
    for written, answer in pairs:
        expect_close(student.verifiable_reward(f"#### {written}", answer), 1.0)
    expect_close(student.verifiable_reward("#### -3", "3"), 0.0)


@check("verifiable_reward", visible=True)
def test_no_final_answer(student):
    """A response without #### and box earns nothing, even if the number occurs in it."""
    expect_close(student.verifiable_reward("The result is 42", "42"), 0.0)
    expect_close(student.verifiable_reward("The result is #### 42", "42"), 1.0)


@check("verifiable_reward")
def test_the_last_marker(student, rng):
    """Where #### occurs several times, the last one counts."""
    right, wrong = 10 + rng.permutation(80)[:2]
    expect_rewards(
        student,
        1.0,
        [
            (f"#### {wrong}\nWait, I forgot one.\n#### {right}", f"{right}"),
            (f"#### Plan\nAdd them.\n#### Sum\nDone.\n#### {right}", f"{right}"),
        ],
    )
    expect_rewards(
        student,
        0.0,
        [
            (f"#### {right}\nWait, I forgot one.\n#### {wrong}", f"{right}"),
            (f"{right} is it.\n#### {right}\n#### {right}\n#### {wrong}", f"{right}"),
        ],
    )


@check("verifiable_reward")
def test_the_marker_comes_before_the_box(student, rng):
    """Where there is a ####, no box counts."""
    right, wrong = 10 + rng.permutation(80)[:2]
    boxed_first = r"First \boxed{%d}, then\n#### %d"
    expect_rewards(student, 1.0, [(boxed_first % (wrong, right), f"{right}")])
    expect_rewards(student, 0.0, [(boxed_first % (right, wrong), f"{right}")])
    boxed_last = rf"#### {wrong}, or \boxed{{{right}}}"
    expect_rewards(student, 0.0, [(boxed_last, f"{right}"), (boxed_last, f"{wrong}")])
    expect_rewards(student, 1.0, [(rf"Only a box: \boxed{{{right}}}", f"{right}")])


@check("verifiable_reward")
def test_the_last_box(student, rng):
    r"""Where \boxed{} occurs several times, the last one counts; braces around it do not."""
    right, wrong = 10 + rng.permutation(80)[:2]
    several = r"\boxed{%d} is one, \boxed{%d} another, \boxed{%d} the last, of {1, 2}."
    expect_rewards(student, 1.0, [(several % (wrong, wrong, right), f"{right}")])
    expect_rewards(student, 0.0, [(several % (right, right, wrong), f"{right}")])
    nested = r"Not \boxed{\frac{1}{3}} but {so: \boxed{%d}} of \frac{1}{2}"
    expect_rewards(student, 1.0, [(nested % right, f"{right}")])
    expect_rewards(student, 0.0, [(nested % right, "0.5"), (nested % right, f"{wrong}")])


@check("verifiable_reward")
def test_braces_inside_a_box(student, rng):
    r"""Braces nest inside \boxed{}, to any depth."""
    digit = rng.integers(2, 9)
    texts = (
        r"\sqrt{%d}",
        r"x^{y^{%d}}",
        r"\frac{\pi}{%d}",
        r"\frac{\sqrt{x^{2}}}{%d}",
        r"{%d} + {x}",
    )
    for text in (text % digit for text in texts):
        expect_rewards(student, 1.0, [(rf"Hence \boxed{{{text}}} {{end}}.", text)])
        expect_rewards(student, 0.0, [(rf"Hence \boxed{{{text}}} {{end}}.", text[:-1])])
        expect_rewards(student, 0.0, [(rf"Hence \boxed{{{text}}} {{end}}.", f"{text} {{end}}")])
    half = rf"\boxed{{\frac{{{digit}}}{{{2 * digit}}}}}"
    expect_rewards(student, 1.0, [(half, "0.5"), (half, r"\frac{1}{2}")])
    expect_rewards(student, 0.0, [(half, f"{digit}"), (half, "2")])


@check("verifiable_reward")
def test_equal_numbers(student, rng):
    """Numbers that are written differently and equal."""
    small, large = int(rng.integers(13, 90)), int(rng.integers(1_001, 9_990))
    million = int(rng.integers(1_000_001, 9_999_990))
    pairs = [
        (f"{small}.0", f"{small}"),
        (f"-{small}", f"-{small}.0"),
        (f"{small}.5", f"{small}.50"),
        (f"-{small}.25", f"-{small}.250"),
        (f"{large:,}", f"{large}"),
        (f"{million:,}", f"{million}"),
        (f"${small}", f"{small}"),
        (rf"\frac{{{small}}}{{4}}", f"{small / 4}"),
        (rf"\frac{{{2 * small}}}{{6}}", rf"\frac{{{small}}}{{3}}"),
        (r"\frac{3}{8}", "0.375"),
        (rf"\frac{{{3 * small}}}{{3}}", f"{small}"),
        ("0.0", "0"),
    ]
    for one, other in pairs:
        expect_rewards(student, 1.0, [(f"#### {one}", other), (f"#### {other}", one)])
        expect_rewards(student, 0.0, [(f"#### {one}", f"9{small}"), (f"9 {one}", other)])


@check("verifiable_reward")
def test_unequal_numbers(student, rng):
    """Numbers that look alike and differ."""
    small = int(rng.integers(13, 90))
    pairs = [
        (f"{small}", f"-{small}"),
        (f"{small}", f"{small}0"),
        (f"{small}", f"1{small}"),
        (f"{small}.9", f"{small}"),
        (f"{small}", f"{small}.001"),
        (f"{small}.5", f"{small}"),
        (f"{small},000", f"{small}"),
        (f"{small}.4", f"{small}.6"),
        (f"{small}000", f"{small}"),
        (r"\frac{1}{3}", "0.333"),
        (r"\frac{1}{2}", r"\frac{2}{1}"),
        (r"\frac{1}{2}", "1"),
        (r"\frac{1}{2}", "12"),
        ("0", f"{small}"),
    ]
    for one, other in pairs:
        expect_rewards(student, 0.0, [(f"#### {one}", other), (rf"\boxed{{{other}}}", one)])
        expect_rewards(student, 1.0, [(f"#### {one}", one), (rf"\boxed{{{other}}}", other)])


@check("verifiable_reward")
def test_text_answers(student, rng):
    """An answer that is no number must be equal as text, all of it."""
    number = int(rng.integers(2, 90))
    texts = (
        "Paris",
        "x + 1",
        f"x = {number}",
        f"{number} apples",
        f"({number}, 3)",
        r"\frac{a}{b}",
    )
    mixed = [(f"#### {number} apples", f"{number}"), (rf"\boxed{{x = {number}}}", f"{number}")]
    expect_rewards(student, 0.0, mixed, PICKED)
    for text in texts:
        expect_rewards(student, 1.0, [(f"#### {text}", text), (rf"\boxed{{{text}}}", text)])
        wrong = [(f"#### {text}", f"{text} too"), (f"#### {text} too", text), (f"#### {text}", "3")]
        expect_rewards(student, 0.0, wrong)
    expect_rewards(student, 0.0, [("#### x + 1", "x+1"), (f"#### {number} 5", f"{number}5")])
    expect_rewards(student, 0.0, [(f"#### {number}", f"{number} apples")])


@check("verifiable_reward")
def test_space_around_the_answer(student, rng):
    """Space and line ends around an answer do not matter, on both sides."""
    for right, wrong in (("Paris", "Rome"), (f"{rng.integers(10, 90)}", "7")):
        for given in (
            f"####{right}",
            f"####   {right} \n",
            f"\n####\t{right}\n\n",
            rf"\boxed{{ {right} }}",
        ):
            expect_rewards(student, 1.0, [(given, right), (given, f" {right}\n")])
            expect_rewards(student, 0.0, [(given, wrong)])


@check("verifiable_reward")
def test_nothing_announces_the_answer(student, rng):
    """The right number elsewhere in a response does not count; only a final answer does."""
    right, wrong = 10 + rng.permutation(80)[:2]
    expect_rewards(
        student,
        0.0,
        [
            (f"{right}", f"{right}"),
            (f"### {right}", f"{right}"),
            (f"The answer is {right}.", f"{right}"),
            (f"{right} it is.\n#### {wrong}", f"{right}"),
            (f"{right} it is.\n####", f"{right}"),
            (rf"{right} in a box: \boxed{{{wrong}}}", f"{right}"),
            (rf"\boxed{{{wrong}}} and later {right}", f"{right}"),
            (rf"\boxed{{{right}}} it is.\n####", f"{right}"),
            (f"#### {wrong} or {right}", f"{right}"),
            (f"#### {right} or {wrong}", f"{right}"),
            ("", f"{right}"),
        ],
    )
    expect_rewards(student, 1.0, [(f"{wrong}, no:\n#### {right}", f"{right}")])


@check("verifiable_reward")
def test_odd_responses_raise_nothing(student, rng):
    """A model writes anything: broken boxes, signs without digits, fractions of letters."""
    right = f"{rng.integers(10, 90)}"
    odd = (
        "####",
        "#### $",
        "#### -",
        "#### ,",
        "#### .",
        r"#### \frac{1}{x}",
        r"#### \frac{}{}",
        r"\boxed{",
    )
    odd += (r"\boxed{}", r"\boxed{{}", r"}\boxed", "#### one half", "\\", "{{{")
    expect_rewards(student, 0.0, [(response, right) for response in odd])
    expect_rewards(student, 0.0, [(f"{right} it is, #### -", right), (f"{right} it is, \\boxed{{", right)])
    expect_rewards(student, 1.0, [(f"{response}\n#### {right}", right) for response in odd])


# grpo_advantages


@check("grpo_advantages", visible=True)
def test_groups_of_three_by_hand(student):
    """Two groups of three with means 1.6 and 3.1, and one response alone, which has no advantage.

    The squared differences add up to 2.34 and 37.86; the sample variance is half of that.
    """
    rewards = tensor([[0.4, 1.9, 2.5], [7.5, -1.2, 3.0]])
    first, second = np.array([-1.2, 0.3, 0.9]) / 1.17**0.5, np.array([4.4, -4.3, -0.1]) / 18.93**0.5
    expect_close(student.grpo_advantages(rewards), [first, second])
    expect_close(student.grpo_advantages(tensor([[0.7], [-2.1]])), [[0.0], [0.0]])


@check("grpo_advantages", visible=True)
def test_a_group_that_agrees(student):
    """One prompt solved by one response of two, one by both, one by none."""
    rewards = tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    want = [[0.70710678, -0.70710678], [0.0, 0.0], [0.0, 0.0]]
    expect_close(student.grpo_advantages(rewards), want)


@check("grpo_advantages", weight=2)
def test_random_groups(student, reference, rng):
    """Random rewards in groups of several sizes."""
    for rows, size, spread in ((1, 2, 1.0), (3, 3, 5.0), (2, 8, 0.3), (6, 4, 2.0), (4, 64, 1.0)):
        rewards = tensor(random_groups(rng, rows, size, spread))
        expect_close(student.grpo_advantages(rewards), reference.grpo_advantages(rewards))


@check("grpo_advantages")
def test_each_group_by_itself(student, rng):
    """In each group the advantages have mean 0 and sample variance 1, however groups differ."""
    centers, spreads = np.array([[0.0], [5.0], [-20.0]]), np.array([[1.0], [0.1], [7.0]])
    for size in (2, 5, 9):
        rewards = centers + spreads * random_groups(rng, 3, size, 1.0)
        found = numbers(student.grpo_advantages(tensor(rewards)))
        expect(found.shape == (3, size), "the advantages are not of shape (B, G)")
        expect_close(found.sum(axis=1) + 1.0, np.ones(3), name="the sum of a group plus 1")
        expect_close((found**2).sum(axis=1), np.full(3, size - 1.0), name="the sum of the squares")


@check("grpo_advantages")
def test_groups_do_not_mix(student, rng):
    """A group's advantages are the same alone as beside groups of other rewards."""
    rewards = random_groups(rng, 3, 5, 1.0) * np.array([[1.0], [10.0], [0.5]])
    want = rewards - rewards.mean(axis=1, keepdims=True)
    want = want / rewards.std(axis=1, ddof=1, keepdims=True)
    expect_close(student.grpo_advantages(tensor(rewards)), want)
    for row in range(3):
        expect_close(student.grpo_advantages(tensor(rewards[[row]])), want[[row]])


@check("grpo_advantages")
def test_shift_and_scale(student, reference, rng):
    """Rewards shifted or stretched have the same advantages; turned round, the opposite."""
    rewards = random_groups(rng, 2, 6, 1.0)
    want = numbers(reference.grpo_advantages(tensor(rewards)))
    for amount in (-2.0, 1.5, rng.uniform(-2.0, 2.0, (2, 1))):
        expect_close(student.grpo_advantages(tensor(rewards + amount)), want)
    expect_close(student.grpo_advantages(tensor(rewards * 30.0)), want)
    expect_close(student.grpo_advantages(tensor(-rewards)), -want)


@check("grpo_advantages")
def test_what_eps_does(student, rng):
    """eps is added to the standard deviation, whatever its size; its default is 1e-8."""
    rewards = random_groups(rng, 2, 4, 1.0)
    std = rewards.std(axis=1, ddof=1, keepdims=True)
    centered = rewards - rewards.mean(axis=1, keepdims=True)
    for eps in (0.5, 3.0, 1e-3):
        expect_close(student.grpo_advantages(tensor(rewards), eps=eps), centered / (std + eps))
    expect_close(student.grpo_advantages(tensor(rewards), eps=1.0), centered / (std + 1.0))
    tiny = student.grpo_advantages(tensor(rewards * 1e-8))
    expect_close(tiny, centered * 1e-8 / (std * 1e-8 + 1e-8))


@check("grpo_advantages")
def test_groups_that_tell_nothing(student, reference, rng):
    """Equal rewards and groups of one give 0, never NaN; other groups keep their advantages."""
    rewards = random_groups(rng, 4, 3, 1.0)
    rewards[1], rewards[3] = 0.0, rng.integers(1, 9) * 0.1
    found = student.grpo_advantages(tensor(rewards))
    expect_close(found, reference.grpo_advantages(tensor(rewards)))
    for count in (1, 4):
        lonely = student.grpo_advantages(tensor(rng.normal(3.0, 1.0, (count, 1))))
        expect_close(lonely, np.zeros((count, 1)))


@check("grpo_advantages")
def test_right_or_wrong_rewards(student, reference, rng):
    """Rewards of 1 and 0, as a checker gives them, in single precision; one right response among many."""
    rare = [student.grpo_advantages(tensor(np.eye(1, size))) for size in (100, 400)]
    best = [np.max(numbers(found), initial=0.0) for found in rare]
    told = "the one right response of 400 gets no more than that of 100: is it cut off, or not divided?"
    expect_apart(*best, told)
    expect_close(rare[0], reference.grpo_advantages(tensor(np.eye(1, 100))))
    rewards = (rng.random((5, 8)) < 0.5).astype(np.float32)
    rewards[:, :2] = [1.0, 0.0]
    want = reference.grpo_advantages(tensor(rewards))
    expect_close(student.grpo_advantages(tensor(rewards, dtype="float32")), want)


@check("grpo_advantages")
def test_rewards_are_not_modified(student, reference, rng):
    """The rewards stay as they are, and a second call gives what the first gave."""
    rewards = tensor(random_groups(rng, 3, 4, 2.0))
    advantages, want = student.grpo_advantages, reference.grpo_advantages(rewards)
    for _ in range(2):
        expect_close(advantages(rewards), want)
        expect_unchanged(advantages)


# dpo_loss


@check("dpo_loss", visible=True)
def test_the_reference_itself(student):
    """A policy that is still the reference has the loss log 2, whatever the responses."""
    chosen, rejected = tensor([-20.0, -7.0]), tensor([-12.0, -9.0])
    expect_close(student.dpo_loss(chosen, rejected, chosen, rejected), LOG2)


@check("dpo_loss", visible=True)
def test_a_pair_by_hand(student):
    """Three pairs, beta 0.4: gains apart by log 3, log 0.25 and log 1.6, each divided by beta.

    So the chosen response is preferred with probability 3/4, 1/5 and 8/13.
    """
    gains = np.log([3.0, 0.25, 1.6]) / 0.4
    ref_chosen, ref_rejected = np.array([-20.3, -11.8, -7.2]), np.array([-10.6, -14.1, -9.7])
    found = student.dpo_loss(
        tensor(ref_chosen + 0.6 * gains),
        tensor(ref_rejected - 0.4 * gains),
        tensor(ref_chosen),
        tensor(ref_rejected),
        beta=0.4,
    )
    expect_close(found, -(np.log(3 / 4) + np.log(1 / 5) + np.log(8 / 13)) / 3)


@check("dpo_loss", visible=True)
def test_the_reference_learns_nothing(student):
    """One pair whose margin is beta * 1.5 = 0.3: the policy is pulled, the reference is a constant."""
    result = student.dpo_loss.with_grad(
        chosen_log_probs=tensor([-7.1]),
        rejected_log_probs=tensor([-9.8]),
        ref_chosen_log_probs=tensor([-7.7]),
        ref_rejected_log_probs=tensor([-8.9]),
        beta=0.2,
        wrt=["chosen_log_probs", "rejected_log_probs", "ref_chosen_log_probs", "ref_rejected_log_probs"],
    )
    pull = 0.2 / (1 + np.exp(0.3))
    expect_gradient(result, "chosen_log_probs", [-pull])
    expect_gradient(result, "rejected_log_probs", [pull])
    expect_zero_gradient(result, "ref_chosen_log_probs")
    expect_zero_gradient(result, "ref_rejected_log_probs")


@check("dpo_loss", weight=2)
def test_random_preferences(student, reference, rng):
    """Random log-probabilities, for several betas, and for the default of 0.1."""
    for count, beta in ((1, 0.5), (3, 0.1), (2, 2.0), (40, 0.03)):
        sent = [tensor(one) for one in random_preferences(rng, count, beta)]
        expect_close(student.dpo_loss(*sent, beta=beta), reference.dpo_loss(*sent, beta))
        expect_close(student.dpo_loss(*sent), reference.dpo_loss(*sent, 0.1))


@check("dpo_loss")
def test_chosen_and_rejected_exchanged(student, rng):
    """Exchanging the responses of every pair changes the loss by beta times the mean margin."""
    for beta in (0.1, 0.7):
        chosen, rejected, ref_chosen, ref_rejected = random_preferences(rng, 5, beta)
        rejected = rejected - 4.0
        sent = [tensor(one) for one in (chosen, rejected, ref_chosen, ref_rejected)]
        as_it_is = numbers(student.dpo_loss(*sent, beta=beta))
        exchanged = numbers(student.dpo_loss(sent[1], sent[0], sent[3], sent[2], beta=beta))
        margin = (chosen - ref_chosen) - (rejected - ref_rejected)
        expect_close(exchanged - as_it_is, beta * np.mean(margin))


@check("dpo_loss")
def test_only_gains_count(student, reference, rng):
    """What is added to a response under both models, or to both responses, changes nothing."""
    chosen, rejected, ref_chosen, ref_rejected = random_preferences(rng, 5, 0.4)
    sent = [tensor(one) for one in (chosen, rejected, ref_chosen, ref_rejected)]
    want = reference.dpo_loss(*sent, 0.4)
    one, other = rng.uniform(-9.0, 9.0, (2, 5))
    moved = [tensor(chosen + one), sent[1], tensor(ref_chosen + one), sent[3]]
    expect_close(student.dpo_loss(*moved, beta=0.4), want)
    moved = [sent[0], tensor(rejected + other), sent[2], tensor(ref_rejected + other)]
    expect_close(student.dpo_loss(*moved, beta=0.4), want)
    moved = [tensor(chosen + other), tensor(rejected + other), sent[2], sent[3]]
    expect_close(student.dpo_loss(*moved, beta=0.4), want)


@check("dpo_loss")
def test_beta_scales_log_probs(student, reference, rng):
    """beta acts like a factor on all log-probabilities."""
    sent = random_preferences(rng, 4, 1.0)
    want = reference.dpo_loss(*map(tensor, sent), 1.0)
    for beta in (0.2, 1.0, 5.0):
        expect_close(student.dpo_loss(*[tensor(one / beta) for one in sent], beta=beta), want)


@check("dpo_loss")
def test_gradient_of_the_policy(student, rng):
    """The gradient for both responses under the policy."""
    for count, beta in ((1, 0.3), (5, 0.1), (4, 1.0)):
        chosen, rejected, ref_chosen, ref_rejected = random_preferences(rng, count, beta)
        found = student.dpo_loss.with_grad(
            chosen_log_probs=tensor(chosen),
            rejected_log_probs=tensor(rejected),
            ref_chosen_log_probs=tensor(ref_chosen),
            ref_rejected_log_probs=tensor(ref_rejected),
            beta=beta,
            wrt=["chosen_log_probs", "rejected_log_probs"],
        )
        by_position = student.dpo_loss.with_grad(
            *map(tensor, (chosen, rejected, ref_chosen, ref_rejected)),
            beta=beta,
            wrt=["chosen_log_probs", "rejected_log_probs"],
        )
        margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
        for one in (found, by_position):
            expect_gradient(one, "chosen_log_probs", -beta * sigmoid(-margin) / count)
            expect_gradient(one, "rejected_log_probs", beta * sigmoid(-margin) / count)


@check("dpo_loss")
def test_the_reference_is_a_constant(student, rng):
    """No gradient reaches the reference, even where its log-probs carry a graph."""
    chosen, rejected, ref_chosen, ref_rejected = random_preferences(rng, 3, 0.1)
    names = [f"{kind}_log_probs" for kind in ("chosen", "rejected", "ref_chosen", "ref_rejected")]
    sent = map(tensor, (chosen, rejected, ref_chosen, ref_rejected))
    found = student.dpo_loss.with_grad(**dict(zip(names, sent, strict=True)), wrt=names)
    margin = 0.1 * ((chosen - ref_chosen) - (rejected - ref_rejected))
    expect_gradient(found, "chosen_log_probs", -0.1 * sigmoid(-margin) / 3)
    expect_gradient(found, "rejected_log_probs", 0.1 * sigmoid(-margin) / 3)
    expect_zero_gradient(found, "ref_chosen_log_probs")
    expect_zero_gradient(found, "ref_rejected_log_probs")


@check("dpo_loss")
def test_long_responses(student, rng):
    """Log-probabilities near -800 and margins beyond +-1000: loss and gradient stay finite."""
    zero = tensor([0.0])
    lone = [student.dpo_loss(tensor([gain]), zero, zero, zero, beta=1.0) for gain in (-200.0, -1000.0)]
    expect_apart(
        *lone, "a margin of -1000 costs no more than one of -200: is it cut, or the log kept from 0?"
    )
    chosen = np.array([-800.0, -2100.0, -30.0, -805.0])
    ref_chosen = np.array([-790.0, -40.0, -900.0, -803.0])
    rejected = ref_rejected = rng.integers(-900, -700, 4) * 1.0
    for dtype, beta in (("float64", 1.0), ("float32", 1.0), ("float64", 0.1)):
        found = student.dpo_loss.with_grad(
            chosen_log_probs=tensor(chosen, dtype=dtype),
            rejected_log_probs=tensor(rejected, dtype=dtype),
            ref_chosen_log_probs=tensor(ref_chosen, dtype=dtype),
            ref_rejected_log_probs=tensor(ref_rejected, dtype=dtype),
            beta=beta,
            wrt=["chosen_log_probs", "rejected_log_probs"],
        )
        margin = beta * (chosen - ref_chosen)
        expect_close(found.value, np.mean(np.logaddexp(0.0, -margin)))
        expect_gradient(found, "chosen_log_probs", -beta * sigmoid(-margin) / 4)
        expect_gradient(found, "rejected_log_probs", beta * sigmoid(-margin) / 4)


@check("dpo_loss")
def test_preferences_are_not_modified(student, reference, rng):
    """All inputs stay as they are, and a second call gives what the first gave."""
    sent = [tensor(one) for one in random_preferences(rng, 3, 0.3)]
    loss, want = student.dpo_loss, reference.dpo_loss(*sent, 0.3)
    for _ in range(2):
        expect_close(loss(*sent, beta=0.3), want)
        expect_unchanged(loss)

"""Checks of rl_foundations: returns, Bellman backup, REINFORCE, PPO's ratios, the length penalty."""

import numpy as np

from checks.kit import check, expect_close, expect_gradient, expect_zero_gradient, tensor


@check("discounted_returns")
def test_three_rewards_by_hand(student):
    """Three rewards of 1 at gamma 0.5."""
    expect_close(student.discounted_returns([1.0, 1.0, 1.0], 0.5), [1.75, 1.5, 1.0])


@check("discounted_returns")
def test_score_on_the_last_token_only(student):
    """Only the last of four tokens is scored, gamma 0.9."""
    rewards = np.array([0.0, 0.0, 0.0, 1.0])
    expect_close(student.discounted_returns(rewards, 0.9), [0.729, 0.81, 0.9, 1.0])


@check("discounted_returns")
def test_exercise_of_sutton_and_barto(student):
    """Sutton and Barto, exercise 3.8: rewards -1, 2, 6, 3, 2 at gamma 0.5."""
    rewards = np.array([-1.0, 2.0, 6.0, 3.0, 2.0])
    expect_close(student.discounted_returns(rewards, 0.5), [2.0, 6.0, 8.0, 4.0, 2.0])


@check("bellman_update")
def test_write_on_or_stop(student):
    """Two states: writing (worth 4 so far) and finished. Go on for 0, or stop for 1; gamma 0.5."""
    values = np.array([4.0, 0.0])
    policy = np.array([[0.5, 0.5], [0.5, 0.5]])
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
    rewards = np.array([[[0.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.5)
    # 0.5 * (0 + 0.5 * 4) + 0.5 * (1 + 0.5 * 0)
    expect_close(got, [1.5, 0.0])


@check("bellman_update")
def test_all_states_at_once(student):
    """Three states in a ring, one action, every step pays 1, gamma 0.5."""
    values = np.array([1.0, 2.0, 4.0])
    policy = np.ones((3, 1))
    transition_probs = np.array([[[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]])
    rewards = np.ones((3, 1, 3))
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.5)
    # The last state follows on the old value of the first: 1 + 0.5 * 1
    expect_close(got, [2.0, 3.0, 1.5])


@check("bellman_update")
def test_chance_decides_where_to(student):
    """Two states, two actions, uncertain arrivals; the reward depends on the arrival; gamma 0.9."""
    values = np.array([10.0, 20.0])
    policy = np.array([[0.25, 0.75], [0.5, 0.5]])
    transition_probs = np.array([[[0.5, 0.5], [0.2, 0.8]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[0.0, 4.0], [0.0, 2.0]], [[0.0, 0.0], [-1.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.9)
    # 0.25 * (0.5 * 9 + 0.5 * 22) + 0.75 * (0.2 * 9 + 0.8 * 20), and 0.5 * 18 + 0.5 * 8
    expect_close(got, [17.225, 13.0])


@check("reinforce_loss")
def test_two_tokens_by_hand(student):
    """Log-probabilities -1 and -2, returns 3 and 0.5."""
    loss = student.reinforce_loss(tensor([-1.0, -2.0]), tensor([3.0, 0.5]))
    # -((-1) * 3 + (-2) * 0.5)
    expect_close(loss, 4.0)


@check("reinforce_loss")
def test_bad_token_by_hand(student):
    """Log-probabilities -0.5, -2 and -1, returns 2, -1 and 3."""
    loss = student.reinforce_loss(tensor([-0.5, -2.0, -1.0]), tensor([2.0, -1.0, 3.0]))
    expect_close(loss, 2.0)


@check("reinforce_loss")
def test_gradient_by_hand(student):
    """The gradient for each log-probability is minus its return; the returns are constants."""
    result = student.reinforce_loss.with_grad(
        log_probs=tensor([-0.5, -2.0, -1.0]),
        returns=tensor([2.0, -1.0, 3.0]),
        wrt=["log_probs", "returns"],
    )
    expect_gradient(result, "log_probs", [-2.0, 1.0, -3.0])
    expect_zero_gradient(result, "returns")


@check("ppo_clip_ratio")
def test_three_tokens_by_hand(student):
    """Probabilities went from 0.4, 0.3, 0.4 to 0.6, 0.3, 0.2."""
    log_probs, old_log_probs = np.log([0.6, 0.3, 0.2]), np.log([0.4, 0.3, 0.4])
    got = student.ppo_clip_ratio(tensor(log_probs), tensor(old_log_probs))
    expect_close(got, (np.array([1.5, 1.0, 0.5]), np.array([1.2, 1.0, 0.8])))


@check("ppo_clip_ratio")
def test_narrower_and_wider_range(student):
    """Ratios 1.5 and 0.5, limited with clip_eps 0.1 and 0.4."""
    log_probs, old_log_probs = tensor(np.log([0.6, 0.2])), tensor(np.log([0.4, 0.4]))
    for clip_eps, limits in ((0.1, [1.1, 0.9]), (0.4, [1.4, 0.6])):
        got = student.ppo_clip_ratio(log_probs, old_log_probs, clip_eps=clip_eps)
        expect_close(got, (np.array([1.5, 0.5]), np.array(limits)))


@check("ppo_clip_ratio")
def test_gradients_by_hand(student):
    """Ratios 1.5, 1.1 and 0.5: the gradients through ratio, then through clipped_ratio."""
    log_probs, old_log_probs = tensor(np.log([0.6, 0.33, 0.2])), tensor(np.log([0.4, 0.3, 0.4]))
    for output, gradient in ((0, [1.5, 1.1, 0.5]), (1, [0.0, 1.1, 0.0])):
        result = student.ppo_clip_ratio.with_grad(
            log_probs=log_probs, old_log_probs=old_log_probs, wrt=["log_probs"], of=output
        )
        expect_gradient(result, "log_probs", gradient)


@check("length_penalized_reward")
def test_score_of_one_by_hand(student):
    """Score 1 with 150, 151 and 280 tokens."""
    for num_tokens, want in ((150, 1.0), (151, 0.99), (280, -0.3)):
        expect_close(student.length_penalized_reward(1.0, num_tokens), want)


@check("length_penalized_reward")
def test_batch_by_hand(student):
    """A batch of three responses with 280, 100 and 250 tokens."""
    rm_score, num_tokens = np.array([2.0, 0.5, 1.0]), np.array([280.0, 100.0, 250.0])
    expect_close(student.length_penalized_reward(rm_score, num_tokens), [0.7, 0.5, 0.0])


@check("length_penalized_reward")
def test_other_prices_by_hand(student):
    """Score 4 with 13 tokens of which 10 are free, half a point for each of the others."""
    expect_close(student.length_penalized_reward(4.0, 13, 0.5, 10), 2.5)

"""Checks of rl_foundations: returns, Bellman backup, REINFORCE, PPO's ratios, the length penalty."""

import numpy as np

from checks.kit import check, expect_close, expect_gradient, expect_zero_gradient, tensor


def expect_ratios(got, want):
    """Fail unless an answer holds the ratio and the clipped ratio."""
    expect_close(got, want, name=("the ratio", "the clipped ratio"))


@check("discounted_returns")
def test_three_rewards_by_hand(student):
    """Rewards 0.7, -1.3, 2.9 and 0.4 at gamma 0.6, from the end: 0.4, then 2.9 + 0.6 * 0.4, and so on."""
    rewards = np.array([0.7, -1.3, 2.9, 0.4])
    # 0.7 + 0.6 * 0.584, -1.3 + 0.6 * 3.14, 2.9 + 0.6 * 0.4
    expect_close(student.discounted_returns(rewards, 0.6), [1.0504, 0.584, 3.14, 0.4])


@check("discounted_returns")
def test_score_on_the_last_token_only(student):
    """Only the last of four tokens is scored, with 2.7, in a list; gamma 0.9."""
    expect_close(student.discounted_returns([0.0, 0.0, 0.0, 2.7], 0.9), [1.9683, 2.187, 2.43, 2.7])


@check("discounted_returns")
def test_exercise_of_sutton_and_barto(student):
    """Sutton and Barto, exercise 3.8: rewards -1, 2, 6, 3, 2 at gamma 0.5."""
    rewards = np.array([-1.0, 2.0, 6.0, 3.0, 2.0])
    expect_close(student.discounted_returns(rewards, 0.5), [2.0, 6.0, 8.0, 4.0, 2.0])


@check("bellman_update")
def test_write_on_or_stop(student):
    """Two states: writing (worth 4.3 so far) and finished. Go on for -0.2, or stop for 1.7; gamma 0.8."""
    values = np.array([4.3, 0.0])
    policy = np.array([[0.35, 0.65], [0.5, 0.5]])
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
    rewards = np.array([[[-0.2, 0.0], [0.0, 1.7]], [[0.0, 0.0], [0.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.8)
    # 0.35 * (-0.2 + 0.8 * 4.3) + 0.65 * (1.7 + 0.8 * 0)
    expect_close(got, [2.239, 0.0])


@check("bellman_update")
def test_all_states_at_once(student):
    """Three states in a ring, one action, steps that pay 0.4, -0.9 and 1.6; gamma 0.5."""
    values = np.array([1.3, 2.2, 4.7])
    policy = np.ones((3, 1))
    transition_probs = np.array([[[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]])
    rewards = np.array([[[0.0, 0.4, 0.0]], [[0.0, 0.0, -0.9]], [[1.6, 0.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.5)
    # The last state follows on the old value of the first: 1.6 + 0.5 * 1.3
    expect_close(got, [1.5, 1.45, 2.25])


@check("bellman_update")
def test_chance_decides_where_to(student):
    """Two states, two actions, uncertain arrivals; the reward depends on the arrival; gamma 0.9."""
    values = np.array([10.3, 19.6])
    policy = np.array([[0.25, 0.75], [0.2, 0.8]])
    transition_probs = np.array([[[0.5, 0.5], [0.2, 0.8]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[0.0, 4.0], [0.0, 2.0]], [[0.0, 0.0], [-1.0, 0.0]]])
    got = student.bellman_update(values, policy, transition_probs, rewards, 0.9)
    # 0.25 * (0.5 * 9.27 + 0.5 * 21.64) + 0.75 * (0.2 * 9.27 + 0.8 * 19.64), 0.2 * 17.64 + 0.8 * 8.27
    expect_close(got, [17.03825, 10.144])


@check("reinforce_loss")
def test_two_tokens_by_hand(student):
    """Log-probabilities -1.3 and -0.4, returns 0.7 and 2.6."""
    loss = student.reinforce_loss(tensor([-1.3, -0.4]), tensor([0.7, 2.6]))
    # -((-1.3) * 0.7 + (-0.4) * 2.6)
    expect_close(loss, 1.95)


@check("reinforce_loss")
def test_bad_token_by_hand(student):
    """Log-probabilities -0.6, -2.3 and -1.1, returns 1.7, -0.9 and 3.2."""
    loss = student.reinforce_loss(tensor([-0.6, -2.3, -1.1]), tensor([1.7, -0.9, 3.2]))
    # -(-1.02 + 2.07 - 3.52)
    expect_close(loss, 2.47)


@check("reinforce_loss")
def test_gradient_by_hand(student):
    """The gradient for each log-probability is minus its return; the returns are constants."""
    result = student.reinforce_loss.with_grad(
        log_probs=tensor([-0.6, -2.3, -1.1]),
        returns=tensor([1.7, -0.9, 3.2]),
        wrt=["log_probs", "returns"],
    )
    expect_gradient(result, "log_probs", [-1.7, 0.9, -3.2])
    expect_zero_gradient(result, "returns")


@check("ppo_clip_ratio")
def test_three_tokens_by_hand(student):
    """Probabilities went from 0.45, 0.24, 0.25 and 0.2 to 0.63, 0.3, 0.26 and 0.11."""
    log_probs, old_log_probs = np.log([0.63, 0.3, 0.26, 0.11]), np.log([0.45, 0.24, 0.25, 0.2])
    got = student.ppo_clip_ratio(tensor(log_probs), tensor(old_log_probs))
    expect_ratios(got, (np.array([1.4, 1.25, 1.04, 0.55]), np.array([1.2, 1.2, 1.04, 0.8])))


@check("ppo_clip_ratio")
def test_narrower_and_wider_range(student):
    """Ratios 1.4 and 0.55, limited with clip_eps 0.1 and 0.35."""
    log_probs, old_log_probs = tensor(np.log([0.63, 0.11])), tensor(np.log([0.45, 0.2]))
    for clip_eps, limits in ((0.1, [1.1, 0.9]), (0.35, [1.35, 0.65])):
        got = student.ppo_clip_ratio(log_probs, old_log_probs, clip_eps=clip_eps)
        expect_ratios(got, (np.array([1.4, 0.55]), np.array(limits)))


@check("ppo_clip_ratio")
def test_whole_responses_by_hand(student):
    """Two responses of many tokens, near -800, where exp alone gives 0: exp(-0.3) and exp(0.5)."""
    got = student.ppo_clip_ratio(tensor([-801.2, -799.5]), tensor([-800.9, -800.0]))
    expect_ratios(got, (np.array([0.74081822, 1.64872127]), np.array([0.8, 1.2])))


@check("ppo_clip_ratio")
def test_gradients_by_hand(student):
    """Ratios 1.4, 1.04 and 0.55: the gradients through ratio, then through clipped_ratio."""
    log_probs, old_log_probs = tensor(np.log([0.63, 0.26, 0.11])), tensor(np.log([0.45, 0.25, 0.2]))
    for output, gradient in ((0, [1.4, 1.04, 0.55]), (1, [0.0, 1.04, 0.0])):
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
    """A batch of four responses with 283, 97, 212 and 151 tokens: 133, 0, 62 and 1 are charged."""
    rm_score, num_tokens = np.array([2.35, 0.62, -1.4, 1.1]), np.array([283.0, 97.0, 212.0, 151.0])
    expect_close(student.length_penalized_reward(rm_score, num_tokens), [1.02, 0.62, -2.02, 1.09])


@check("length_penalized_reward")
def test_other_prices_by_hand(student):
    """Score 3.7 with 17 tokens of which 6 are free, 0.45 for each of the others: 3.7 - 11 * 0.45."""
    expect_close(student.length_penalized_reward(3.7, 17, 0.45, 6), -1.25)

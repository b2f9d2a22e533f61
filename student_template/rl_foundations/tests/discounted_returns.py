"""The visible checks of `discounted_returns` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "discounted_returns"
case = Cases("rl_foundations", name, 5)


@case()
def test_three_rewards_by_hand(student):
    """Rewards 0.7, -1.3, 2.9 and 0.4 at gamma 0.6, from the end: 0.4, then 2.9 + 0.6 * 0.4, and so on."""
    rewards = np.array([0.7, -1.3, 2.9, 0.4])
    # 0.7 + 0.6 * 0.584, -1.3 + 0.6 * 3.14, 2.9 + 0.6 * 0.4
    expect_close(student.discounted_returns(rewards, 0.6), [1.0504, 0.584, 3.14, 0.4])


@case()
def test_score_on_the_last_token_only(student):
    """Only the last of four tokens is scored, with 2.7, in a list; gamma 0.9."""
    expect_close(student.discounted_returns([0.0, 0.0, 0.0, 2.7], 0.9), [1.9683, 2.187, 2.43, 2.7])


@case()
def test_exercise_of_sutton_and_barto(student):
    """Sutton and Barto, exercise 3.8: rewards -1, 2, 6, 3, 2 at gamma 0.5."""
    rewards = np.array([-1.0, 2.0, 6.0, 3.0, 2.0])
    expect_close(student.discounted_returns(rewards, 0.5), [2.0, 6.0, 8.0, 4.0, 2.0])

"""The visible checks of `discounted_returns` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "discounted_returns"
case = Cases("rl_foundations", name)


@case()
def test_three_rewards_by_hand(student):
    """Three rewards of 1 at gamma 0.5."""
    expect_close(student.discounted_returns([1.0, 1.0, 1.0], 0.5), [1.75, 1.5, 1.0])


@case()
def test_score_on_the_last_token_only(student):
    """Only the last of four tokens is scored, gamma 0.9."""
    rewards = np.array([0.0, 0.0, 0.0, 1.0])
    expect_close(student.discounted_returns(rewards, 0.9), [0.729, 0.81, 0.9, 1.0])


@case()
def test_exercise_of_sutton_and_barto(student):
    """Sutton and Barto, exercise 3.8: rewards -1, 2, 6, 3, 2 at gamma 0.5."""
    rewards = np.array([-1.0, 2.0, 6.0, 3.0, 2.0])
    expect_close(student.discounted_returns(rewards, 0.5), [2.0, 6.0, 8.0, 4.0, 2.0])

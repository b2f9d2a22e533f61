"""The visible checks of `length_penalized_reward` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "length_penalized_reward"
case = Cases("rl_foundations", name)


@case()
def test_score_of_one_by_hand(student):
    """Score 1 with 150, 151 and 280 tokens."""
    for num_tokens, want in ((150, 1.0), (151, 0.99), (280, -0.3)):
        expect_close(student.length_penalized_reward(1.0, num_tokens), want)


@case()
def test_batch_by_hand(student):
    """A batch of three responses with 280, 100 and 250 tokens."""
    rm_score, num_tokens = np.array([2.0, 0.5, 1.0]), np.array([280.0, 100.0, 250.0])
    expect_close(student.length_penalized_reward(rm_score, num_tokens), [0.7, 0.5, 0.0])


@case()
def test_other_prices_by_hand(student):
    """Score 4 with 13 tokens of which 10 are free, half a point for each of the others."""
    expect_close(student.length_penalized_reward(4.0, 13, 0.5, 10), 2.5)

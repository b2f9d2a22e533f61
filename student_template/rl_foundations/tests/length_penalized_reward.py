"""The visible checks of `length_penalized_reward` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "length_penalized_reward"
case = Cases("rl_foundations", name, 5)


@case()
def test_score_of_one_by_hand(student):
    """Score 1 with 150, 151 and 280 tokens."""
    for num_tokens, want in ((150, 1.0), (151, 0.99), (280, -0.3)):
        expect_close(student.length_penalized_reward(1.0, num_tokens), want)


@case()
def test_batch_by_hand(student):
    """A batch of four responses with 283, 97, 212 and 151 tokens: 133, 0, 62 and 1 are charged."""
    rm_score, num_tokens = np.array([2.35, 0.62, -1.4, 1.1]), np.array([283.0, 97.0, 212.0, 151.0])
    expect_close(student.length_penalized_reward(rm_score, num_tokens), [1.02, 0.62, -2.02, 1.09])


@case()
def test_other_prices_by_hand(student):
    """Score 3.7 with 17 tokens of which 6 are free, 0.45 for each of the others: 3.7 - 11 * 0.45."""
    expect_close(student.length_penalized_reward(3.7, 17, 0.45, 6), -1.25)

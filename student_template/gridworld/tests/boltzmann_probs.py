"""The visible checks of `boltzmann_probs` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "boltzmann_probs"
case = Cases("gridworld", name)


@case()
def test_odds_of_three_to_one(student):
    """Values 0 and ln 3 at temperature 1: 1/4 and 3/4."""
    expect_close(student.boltzmann_probs(np.array([0.0, np.log(3.0)]), 1.0), [0.25, 0.75])


@case()
def test_temperature_divides_the_values(student):
    """Values 0, 2 ln 2, 2 ln 5 at temperature 2: 1/8, 2/8 and 5/8."""
    q_row = 2.0 * np.log(np.array([1.0, 2.0, 5.0]))
    expect_close(student.boltzmann_probs(q_row, 2.0), [0.125, 0.25, 0.625])

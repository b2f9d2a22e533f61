"""The visible checks of `boltzmann_probs` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "boltzmann_probs"
case = Cases("gridworld", name, 5)


@case()
def test_odds_at_temperature_one(student):
    """Values ln 0.9, ln 2.3, ln 1.3 and ln 0.5 at temperature 1: the odds, which add up to 5."""
    q_row = np.log(np.array([0.9, 2.3, 1.3, 0.5]))
    expect_close(student.boltzmann_probs(q_row, 1.0), [0.18, 0.46, 0.26, 0.1])


@case()
def test_temperature_divides_the_values(student):
    """Values 2.5 ln 0.7, 2.5 ln 2.4 and 2.5 ln 0.9 at temperature 2.5: odds that add up to 4."""
    q_row = 2.5 * np.log(np.array([0.7, 2.4, 0.9]))
    expect_close(student.boltzmann_probs(q_row, 2.5), [0.175, 0.6, 0.225])


@case()
def test_values_in_the_thousands(student):
    """The same odds 0.7 to 2.4 to 0.9, with 3000 added to every value: exp alone would overflow."""
    q_row = 3000 + 2.5 * np.log(np.array([0.7, 2.4, 0.9]))
    expect_close(student.boltzmann_probs(q_row, 2.5), [0.175, 0.6, 0.225])

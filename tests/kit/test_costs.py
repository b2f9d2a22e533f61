"""What a right submission costs, counted: a check that asks for much more is seen without timing it."""

import importlib.util
import sys
from pathlib import Path

import pytest

from autograder.config import load_config

ROOT = Path(__file__).resolve().parents[2]
MOST = {  # calls, callbacks, figures, pictures, trainings
    "rl_foundations": (185, 0, 0, 0, 0),
    "rlhf": (431, 0, 0, 0, 0),
    "gridworld": (634, 75, 4, 4, 32),
    "policy_gradients": (986, 0, 0, 0, 102),
}
QUICK = ("rl_foundations", "rlhf")


@pytest.fixture(scope="module")
def inside():
    """The accounts that the benchmarks keep."""
    spec = importlib.util.spec_from_file_location("inside", ROOT / "benchmarks" / "inside.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "stem", [pytest.param(stem, marks=[] if stem in QUICK else pytest.mark.slow) for stem in MOST]
)
def test_a_right_submission_costs_no_more_than_it_did(stem, inside, monkeypatch):
    """Calls over the wall, round trips within them, figures, encoded pictures, trainings."""
    monkeypatch.setattr("sys.path", list(sys.path))
    course = load_config(ROOT)
    bank = inside.bank_of(course, stem)
    costs = inside.check_all(bank, inside.load(bank.solution, f"{stem}_counted"), course.settings.seed)
    counted = (costs.calls, costs.callbacks, costs.figures, costs.pictures, costs.trainings)
    assert all(one <= most for one, most in zip(counted, MOST[stem], strict=True)), counted

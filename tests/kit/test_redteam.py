"""The red team: no attack gains anything; with a layer off, some do, so the collection can tell."""

import functools
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.errors import InputError
from autograder.grading.grader import Grader
from autograder.judging.session import Session
from autograder.judging.verdict import Tellable
from autograder.redteam.attack import against_grader, run_all
from autograder.redteam.collection import load_attacks
from autograder.sandbox import landlock, seccomp

TINY = Path(__file__).parent / "tiny"
ATTACKS = load_attacks(Path(__file__).parent / "hostile")
FULL_HERE = sys.platform == "linux" and landlock.abi() > 0 and seccomp.supported()
pytestmark = pytest.mark.skipif(not FULL_HERE, reason="this kernel has no Landlock: no verdict of full here")


def chosen(*words: str) -> list:
    return [attack for attack in ATTACKS if any(word in attack.name for word in words)]


def test_the_collection_is_large_and_every_attack_says_what_it_does():
    assert len(ATTACKS) >= 40
    assert all(attack.title.endswith(".") for attack in ATTACKS)


def test_no_attack_gains_anything():
    gains, isolation = against_grader(load_config(TINY), "warmup", ATTACKS)
    assert isolation.verdict == "full"
    assert [gain for gain in gains if gain.gained] == []
    assert len(gains) == len(ATTACKS) + 1  # and the table of visible examples


@pytest.mark.parametrize(
    ("layer", "attacks", "gained"),
    [
        ("landlock", ("reads_the_solution", "reads_the_neighbours"), "learned"),
        ("seccomp", ("sends_over",), "reached the network"),
    ],
)
def test_without_a_layer_attacks_are_seen_to_gain(layer, attacks, gained):
    gains, isolation = against_grader(load_config(TINY), "warmup", chosen(*attacks), [layer])
    assert isolation.verdict != "full"
    *attacked, table = gains
    assert all(gained in " ".join(gain.gained) for gain in attacked)
    assert all(gain.score == 0 for gain in attacked)
    assert not table.gained


def test_if_all_checks_were_sent_at_once_hidden_inputs_would_be_read_ahead(monkeypatch):
    run = Grader.judge_checks

    def at_once(self, _, session, before=None):
        return before or run(self, self.bank.checks, session)

    monkeypatch.setattr(Grader, "judge_checks", at_once)
    monkeypatch.setattr(Session, "seal", lambda _: None)
    [gain, _], _ = against_grader(load_config(TINY), "warmup", chosen("reads_ahead"))
    assert "carried a hidden input into what students read" in gain.gained[0]


def test_if_hidden_checks_told_everything_numbers_of_an_attacks_choosing_would_be_read(monkeypatch):
    tell_all = functools.partial(Tellable, True)

    def told(_, *rest, **more):
        return tell_all(*rest, **more)

    monkeypatch.setattr("autograder.judging.judge.Tellable", told)
    gains, _ = against_grader(load_config(TINY), "warmup", chosen("chooses_a_shape", "chooses_a_type"))
    assert [bool(gain.gained) for gain in gains] == [True, True, False]


def test_the_red_team_leaves_no_verdicts_that_a_later_run_would_believe(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    against_grader(load_config(TINY), "warmup", chosen("chooses_a_shape"))
    assert list(tmp_path.rglob("*.verdicts")) == []


def test_a_table_of_the_visible_examples_earns_what_they_carry():
    [gain], _ = against_grader(load_config(TINY), "warmup", [])
    assert (gain.score, gain.gained) == (3.0, ())


@pytest.mark.parametrize("inside", ["a", "run_autograder"])
def test_a_zip_that_is_not_the_assignments_is_refused_before_anything_runs(tmp_path, inside):
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(inside, "b")
    folder = tmp_path / "attacks" / "one"
    folder.mkdir(parents=True)
    (folder / "attack.py").write_text('"""Does nothing."""\n\n\ndef attack(*args):\n    return None\n')
    told: list[str] = []
    with pytest.raises(InputError, match="is not the Gradescope zip of warmup"):
        run_all(load_config(TINY), "warmup", archive, folder.parent, each_layer=False, tell=told.append)
    assert told == []

"""Reports: read back as they were written, those of earlier versions too."""

import sys
from pathlib import Path

import msgspec
import pytest

from autograder.results import REPORT_VERSION, Cause, Outcome, Report, from_json, to_json, worst

sys.path.insert(0, str(Path(__file__).parent))
from report_samples import check, report

AS_TOLD_THEN = [
    (Outcome.ERROR, {"feedback": "Not written yet."}, Outcome.UNWRITTEN, Cause.OTHER),
    (Outcome.ERROR, {"feedback": "There is no function f in the file."}, Outcome.ERROR, Cause.MISSING),
    (
        Outcome.SKIPPED,
        {"feedback": "Hidden checks do not run on this machine."},
        Outcome.NOT_RUN,
        Cause.OTHER,
    ),
    (Outcome.SKIPPED, {"feedback": "Runs once a passes."}, Outcome.SKIPPED, Cause.OTHER),
    (
        Outcome.CRASHED,
        {"feedback": "The code sent something that is no answer: look."},
        Outcome.CRASHED,
        Cause.INVALID_REPLY,
    ),
    (Outcome.ERROR, {"staff_note": "PermissionError: [Errno 1]"}, Outcome.ERROR, Cause.REFUSED),
]


def test_a_report_is_read_back_as_it_was_written():
    assert from_json(to_json(report())) == report()


@pytest.mark.parametrize(("outcome", "words", "now", "cause"), AS_TOLD_THEN)
def test_what_version_1_told_in_words_is_an_outcome_today(outcome, words, now, cause):
    old = msgspec.structs.replace(report(), version=1, checks=[check("softmax", 1, outcome, **words)])
    found = from_json(to_json(old))
    assert (found.version, found.checks[0].outcome, found.checks[0].cause) == (REPORT_VERSION, now, cause)
    assert found.outcome is now


def test_version_1_knew_neither_causes_nor_refusals():
    data = msgspec.json.decode(to_json(report(notes=["PermissionError at line 3: no."])))
    del data["refused"]
    for one in data["checks"]:
        del one["cause"]
    old = msgspec.json.encode(data | {"version": 1})
    assert from_json(old).refused
    assert not from_json(to_json(report())).refused
    assert isinstance(from_json(old), Report)


def test_an_unwritten_stub_is_milder_than_a_wrong_answer():
    assert worst([Outcome.UNWRITTEN, Outcome.FAILED]) is Outcome.FAILED
    assert worst([Outcome.PASSED, Outcome.UNWRITTEN]) is Outcome.UNWRITTEN

"""What a class's reports say together, against numbers computed another way."""

import sys
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.stats import pearsonr

from autograder.reports import attention, statistics
from autograder.results import Cause, Outcome

sys.path.insert(0, str(Path(__file__).parent))
from report_samples import QUESTIONS, TITLES, changed, check, many, report, unreadable

ALL = dict.fromkeys(QUESTIONS, 0.0)
ANSWERS = [
    report("Ann"),
    report("Bob", {"softmax": 0.5}, quiz=(True, False)),
    report("Cid", ALL, quiz=()),
]


def test_difficulty_and_discrimination_are_what_they_are_said_to_be():
    reports = many(60)
    for item in statistics.code_items(reports):
        scores = np.array([next(q.score for q in one.questions if q.id == item.id) for one in reports])
        rest = np.array([one.score for one in reports]) - scores
        assert item.difficulty == pytest.approx(scores.mean() / item.worth)
        assert item.discrimination == pytest.approx(pearsonr(scores, rest).statistic)
        assert (item.full, item.none) == (
            int((scores == item.worth).sum()),
            int((scores == 0).sum()),
        )
        assert item.full + item.part + item.none == item.answers == 60
    for item in statistics.quiz_items(reports):
        right = np.array([next(a.score for a in one.quiz if a.id == item.id) for one in reports])
        rest = np.array([one.score for one in reports]) - right
        assert item.discrimination == pytest.approx(pearsonr(right, rest).statistic)


def test_there_is_no_discrimination_where_nothing_varies():
    assert [one.discrimination for one in statistics.code_items([report()] * 5)] == [None] * 3
    assert [one.discrimination for one in statistics.code_items(ANSWERS[:2])] == [None] * 3
    assert statistics.code_items([]) == []


def test_what_could_not_be_graded_stays_out_of_the_statistics():
    alone, more = statistics.code_items(ANSWERS), statistics.code_items([*ANSWERS, unreadable()])
    assert alone == more
    assert statistics.quiz_items(ANSWERS)[0].answers == 2


def test_known_mistakes_come_by_frequency_with_who_made_them():
    one, two = {"softmax": ("forgets_exp",)}, {"softmax": ("forgets_exp", "forgets_sum")}
    reports = [
        report(name, {"softmax": 0.0}, mistakes=made)
        for name, made in zip("ABC", (one, two, one), strict=True)
    ]
    found = statistics.known_mistakes(reports)
    assert [(mistake.title, len(mistake.reports)) for mistake in found] == [
        ("forgets exp", 2), ("forgets exp or forgets sum", 1),
    ]  # fmt: skip


def test_what_to_teach_again_is_ranked_by_what_was_lost():
    stub = {"feedback": "Not written yet."}
    unwritten = [check("softmax", place, Outcome.UNWRITTEN, **stub) for place in range(3)]
    reports = [
        changed(report("A", {"softmax": 0.0}), checks=unwritten),
        report("B", {"softmax": 1 / 3, "running_mean": 2 / 3}, mistakes={"softmax": ("forgets_exp",)}),
        report("C", quiz=(True, False)),
        report("D"),
    ]
    topics = statistics.reteach(reports)
    assert [topic.item.name for topic in topics] == ["softmax", "which_end"]
    first, last = topics
    assert (first.hit, first.unwritten, first.others, len(first.mistakes)) == (2, 1, 0, 1)
    assert first.often == ((TITLES[0], 1), (TITLES[1], 1))
    assert last.often == (("b", 1),)


def test_a_question_of_many_points_comes_before_a_quiz_item_of_few():
    quiz = [report(name, {"softmax": 0.5}, quiz=(False, False)) for name in "ABC"]
    small = [changed(one, quiz=[replace(item, max_score=0.5) for item in one.quiz]) for one in quiz]
    assert next(topic.item.name for topic in statistics.reteach(small)) == "softmax"


def test_wrong_choices_are_told_by_what_they_say():
    one = report("A", quiz=(False, True))
    said = [replace(item, chosen="The mean of all", given="b") for item in one.quiz]
    (topic,) = statistics.reteach([changed(one, quiz=said), report("B", quiz=(True, True))])
    assert topic.often == (("The mean of all", 1),)


def test_who_needs_help_comes_with_what_is_missing():
    nothing = report("A", {"softmax": 0.0, "running_mean": 0.0, "clip_to_range": 0.0})
    half = report("B", {"softmax": 0.0, "running_mean": 0.2}, mistakes={"softmax": ("forgets_exp",)})
    found = attention.needs_help([report("C"), half, nothing, unreadable("D")])
    assert [one.report.student for one in found][-1] == "B"
    told = {one.report.student: "; ".join(one.reasons) for one in found}
    assert told["D"] == "nothing could be graded"
    assert "known mistakes: forgets exp" in told["B"]
    assert told["A"].startswith("no points in running_mean, clip_to_range, softmax")


def test_quiz_and_code_are_compared_for_those_who_did_both():
    half = {"running_mean": 0.0, "softmax": 0.0}
    reports = [
        report("K", half),
        report("C", quiz=(False, False)),
        report("N", quiz=()),
        report("B"),
    ]
    both = statistics.contrast(reports)
    assert [one.student for one in both.knows_only] == ["K"]
    assert [one.student for one in both.codes_only] == ["C"]
    assert len(both.points) == 3


def test_slow_and_hostile_submissions_are_named_the_gravest_first():
    refused = check("softmax", 1, Outcome.ERROR, cause=Cause.REFUSED)
    forged = check("softmax", 1, Outcome.CRASHED, cause=Cause.INVALID_REPLY)
    reports = [
        report("fine"),
        report("slow", seconds=9.0),
        changed(report("refused"), checks=[refused], outcome=Outcome.ERROR),
        report("late", {"softmax": 0.0}, wrong=Outcome.TIMEOUT),
        changed(report("forged"), checks=[forged], outcome=Outcome.CRASHED),
        changed(report("ours"), checks=[], outcome=Outcome.BROKEN, staff_notes=["KeyError: 'x'"]),
    ]
    found = {one.report.student: "; ".join(one.reasons) for one in attention.concerns(reports)}
    assert list(found) == ["ours", "forged", "late", "slow", "refused"]
    assert "KeyError" in found["ours"]
    assert "as forged results do" in found["forged"]
    assert found["late"] == "gave no answer in time (softmax)"
    assert found["slow"] == "took 9.0 s; the usual is 0.2 s"
    assert "refused" in found["refused"]

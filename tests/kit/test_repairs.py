"""What a student reads first: the repairs that earn most."""

import sys
from pathlib import Path

from msgspec.structs import replace

from autograder.config import CourseSettings
from autograder.reports.gradescope import to_gradescope
from autograder.reports.handback import handback
from autograder.reports.html import student_html
from autograder.reports.repairs import Repair, repairs
from autograder.reports.student_page import questions_of
from autograder.results import Outcome, Report

sys.path.insert(0, str(Path(__file__).parent))
from report_samples import check, report

WRONG = report("Bob", {"running_mean": 0.5, "softmax": 0.2, "clip_to_range": 0.0})


def first(made: Report, *, published: bool = True) -> list[Repair]:
    return repairs(made, questions_of(made, staff=False, published=published), scored=published)


def test_what_earns_most_comes_first_and_full_questions_do_not_come():
    assert [(one.name, one.points) for one in first(WRONG)] == [
        ("softmax", "+24 points"), ("running_mean", "+10 points"), ("clip_to_range", "+10 points"),
    ]  # fmt: skip
    assert first(report("Ann")) == []


def test_before_publication_only_visible_checks_decide():
    checks = [check("softmax", 0, Outcome.PASSED), check("softmax", 1, Outcome.FAILED)]
    made = replace(report("Bob", {"softmax": 0.5}), checks=checks)
    assert first(made, published=False) == []
    assert [one.name for one in first(made)] == ["softmax"]


def test_a_quiz_that_was_not_handed_in_is_a_repair():
    made = report("Bob")
    blank = [replace(answer, given="", score=0.0) for answer in made.quiz]
    made = replace(made, quiz=blank, quiz_score=0.0, quiz_max_score=20.0)
    assert [one.name for one in first(made, published=False)] == ["quiz"]


def test_what_is_seen_at_home_is_marked_wherever_feedback_is_read():
    told = "your own pytest shows this too"
    rows = to_gradescope(WRONG, CourseSettings(assignments={}))["tests"]
    marked = [row["name"] for row in rows if told in row.get("output", "")]
    failed = [one for one in WRONG.checks if one.visible and one.outcome is Outcome.FAILED]
    assert marked == [f"{one.question.partition('.')[2]}: {one.title}" for one in failed]
    assert student_html(WRONG).count(told) == handback(WRONG, published=True).count(told) == len(failed) > 0


def test_an_answer_of_the_quiz_stands_with_what_its_letter_says():
    made = report("Bob")
    made = replace(made, quiz=[replace(one, given="c", chosen="the mean") for one in made.quiz])
    said = "Your answer: c (the mean)"
    rows = to_gradescope(made, CourseSettings(assignments={}))["tests"]
    assert sum(said in row.get("output", "") for row in rows) == len(made.quiz)
    assert handback(made, published=True).count(said) == len(made.quiz)
    assert said not in handback(made, published=False)


def test_page_text_and_platform_open_with_it():
    page = student_html(WRONG)
    assert page.index("Repair first") < page.index("Score by question")
    assert "Repair first:\n1. softmax (+24 points)" in handback(WRONG, published=True)
    shown = to_gradescope(WRONG, CourseSettings(assignments={}))["output"]
    assert "Repair first:" in shown
    assert "+" not in shown

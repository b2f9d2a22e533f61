"""Examples that students work out first: right or wrong, how many known mistakes they catch, nothing else."""

import shutil
from collections.abc import Iterator
from dataclasses import replace as changed
from pathlib import Path

import pytest
from msgspec.structs import replace

from autograder.batch.update import Need, added_up_again, need_of
from autograder.config import load_config
from autograder.gradebook.keys import keys_of_course
from autograder.grading import examples as module
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.grading.scoring import ENOUGH_CAUGHT
from autograder.judging.bank import variants
from autograder.judging.copied_calls import is_copy
from autograder.publish.template import build_template
from autograder.reports.gradescope import to_gradescope
from autograder.reports.handback import handback
from autograder.reports.html import student_html
from autograder.reports.terminal import to_terminal
from autograder.results import Report, from_json, to_json
from autograder.sandbox.calls import Call
from autograder.submission.reading import Submission

TINY = Path(__file__).parent / "tiny"
CODE = b"def running_mean(values, window):\n    raise NotImplementedError('not written yet')\n"
GOOD = """
examples = {
    "running_mean": [
        (([2.0, 4.0, 8.0], 2), [2.0, 3.0, 6.0]),
        (([1, 2], 2), [1.0, 1.5]),
        (([3.0, 6.0, 1.0], 2), [3.0, 4.5, 3.333]),
    ],
    "clip_to_range": [(([-1.0, 0.5, 7.0],), [0.0, 0.5, 1.0])],
}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("course") / "tiny"
    shutil.copytree(TINY, home)
    settings = home / "grading.yml"
    settings.write_text(settings.read_text().replace("    quiz: 5", "    quiz: 5\n    examples: feedback"))
    mistakes = home / "tests" / "questions" / "mistakes" / "warmup.py"
    text = mistakes.read_text().replace(
        '@misconception("running_mean")\ndef rounds_to_integers',
        '@misconception("running_mean", tags=("integers with a mean in between",))\ndef rounds_to_integers',
    )
    mistakes.write_text(text)
    return home


@pytest.fixture(scope="module")
def grader(course: Path) -> Iterator[Grader]:
    made = open_grader(load_config(course), "warmup")
    yield made
    made.close()


def graded(grader: Grader, text: str) -> Report:
    files = {"warmup.py": CODE, "examples.py": text.encode()}
    return grader.grade(Submission("ada", "Ada", files, main="warmup.py"))


def test_right_and_wrong_examples_are_told_apart_and_mistakes_counted(grader):
    mean, clip = graded(grader, GOOD).examples
    assert (mean.question, mean.given, mean.wrong) == ("running_mean", 3, [3])
    assert 0 < mean.caught <= mean.known < 8  # what only overwrites an array shows in no list
    assert mean.untried == []
    assert (clip.given, clip.wrong) == (1, [])
    assert 0 < clip.caught < clip.known


def test_a_tag_of_mistakes_that_are_not_caught_says_what_to_try(grader):
    without = GOOD.replace("        (([1, 2], 2), [1.0, 1.5]),\n", "")
    (mean, _) = graded(grader, without).examples
    assert mean.untried == ["integers with a mean in between"]
    assert "none of yours has integers with a mean in between" in mean.told


def test_a_wrong_example_catches_nothing(grader):
    (mean,) = graded(grader, "examples = {'running_mean': [(([2.0, 4.0], 2), [9.0, 9.0])]}").examples
    assert (mean.wrong, mean.caught) == ([1], 0)


@pytest.mark.parametrize(
    "text",
    ["", "def (", "examples = 3", "raise SystemExit", "import os; os._exit(1)",
     "while True: pass", "examples = {'running_mean': 5}", "examples = {'other': []}"],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_line(grader, text):
    report = graded(grader, text)
    assert report.examples == []
    assert [note for note in report.notes if note.startswith("examples.py: write examples =")]


def test_a_file_as_it_was_handed_out_says_nothing(grader):
    report = graded(grader, "examples = {'running_mean': [], 'clip_to_range': []}")
    assert report.examples == []
    assert not any("examples" in note for note in report.notes)


@pytest.mark.parametrize(
    "example",
    ["5", "()", "(1, 2, 3)", "(([1.0] * 10**6, 2), 0)", "((open, 2), 0)", "(([1.0], 10**400), 0)",
     "((), 0)", "(('x', None), [])", "((float('nan'), 2), float('nan'))", "(([1.0], 1), object())",
     "(([1.0], 1), 10**400)"],
)  # fmt: skip
def test_a_strange_example_is_wrong_and_costs_nothing(grader, example):
    (mean,) = graded(grader, f"examples = {{'running_mean': [{example}]}}").examples
    assert mean.wrong == [1]
    assert mean.caught == 0


def test_nobody_finds_an_answer_by_trying_values(grader):
    """Several values of one call are all wrong, and a wrong one says nothing of where the right one is."""
    call = "(([2.0, 4.0, 8.0], 2), [2.0, 3.0, {}])"
    several = ", ".join(call.format(value) for value in (5.9, 6.0, 6.1))
    (tried,) = graded(grader, f"examples = {{'running_mean': [{several}]}}").examples
    assert (tried.wrong, tried.caught) == ([1, 2, 3], 0)
    near, far = (
        graded(grader, f"examples = {{'running_mean': [{call.format(value)}]}}").examples
        for value in (5.9, -1e9)
    )
    assert near == far


def test_adding_up_again_keeps_what_examples_were_worth(grader):
    submission = Submission("ada", "Ada", {"warmup.py": CODE, "examples.py": GOOD.encode()}, main="warmup.py")
    report = grader.grade(submission)
    assert report.examples
    assert added_up_again(grader, submission, report) == replace(report, staff_notes=[])


def test_alternatives_are_a_part_of_what_a_report_follows_from(grader):
    before = keys_of_course(grader)
    other = changed(grader.bank, alternatives_source=grader.bank.alternatives_source + "\nSHARED = 1\n")
    grader.bank, bank = other, grader.bank
    after = keys_of_course(grader)
    grader.bank = bank
    others = {name for name in before if before[name] != after[name]}
    assert others == {"question.running_mean", "question.clip_to_range"}


def test_only_a_few_examples_of_a_question_are_looked_at(grader):
    (mean,) = graded(grader, "examples = {'running_mean': [(([2.0], 1), [2.0])] * 99}").examples
    assert mean.given == 8


def test_the_score_and_the_checks_are_as_without_them(grader):
    files = {"warmup.py": CODE}
    plain = grader.grade(Submission("ada", "Ada", files, main="warmup.py"))
    told = graded(grader, GOOD)
    assert (told.score, told.max_score) == (plain.score, plain.max_score)
    assert plain.examples == []
    assert [one.outcome for one in told.checks] == [one.outcome for one in plain.checks]


def test_they_are_off_unless_the_course_wants_them():
    grader = open_grader(load_config(TINY), "warmup")
    try:
        assert graded(grader, GOOD).examples == []
    finally:
        grader.close()


def test_reports_show_them_and_name_no_answer(grader):
    report = graded(grader, GOOD)
    assert from_json(to_json(report)).examples == report.examples
    for shown in (to_terminal(report), student_html(report)):
        assert "2 of 3 examples right (not number 3)" in shown
        assert "3.5" not in shown


def test_tags_are_read_from_the_decorator():
    (one,) = variants('@misconception("f", tags=("a", "b"))\ndef g(): "h"', "misconception")
    assert (one.question, one.tags) == ("f", ("a", "b"))


def test_the_time_in_which_they_are_read_is_the_submissions(grader):
    report = graded(grader, GOOD + "import time\ntime.sleep(0.05)\n")
    assert report.examples
    assert report.seconds >= 0.05


def test_what_there_is_no_time_to_answer_is_told(grader, monkeypatch):
    graded(grader, GOOD)  # what can be caught is known
    monkeypatch.setattr(module, "CALL_TIMES", 0)
    report = graded(grader, GOOD)
    assert report.examples == []
    (told,) = (note for note in report.notes if note.startswith("examples.py"))
    assert told.endswith("not looked at: running_mean, clip_to_range. Try smaller ones")
    monkeypatch.undo()
    assert len(graded(grader, GOOD).examples) == 2


@pytest.fixture
def paying(grader: Grader) -> Iterator[Grader]:
    """The grader of a course in which examples earn four points."""
    before = grader.assignment
    grader.assignment = replace(before, examples=4.0)
    yield grader
    grader.assignment = before


def test_points_are_for_the_part_that_is_right_times_what_it_catches(paying):
    report = graded(paying, GOOD)
    mean, clip = report.examples
    earned = report.questions[-1]
    assert earned.id == "warmup.examples"
    caught = [min(1.0, one.caught / (ENOUGH_CAUGHT * one.known)) for one in (mean, clip)]
    assert earned.score == pytest.approx(2 * (2 / 3 * caught[0] + caught[1]), abs=0.006)
    assert 0 < earned.score < 4
    assert report.max_score == 10 + 5 + 5 + 4
    assert report.score == earned.score


def test_without_examples_there_are_no_points_and_the_reason_is_told(paying):
    report = paying.grade(Submission("ada", "Ada", {"warmup.py": CODE}, main="warmup.py"))
    assert (report.questions[-1].score, report.questions[-1].max_score) == (0, 4)
    for shown in (student_html(report), handback(report, published=True)):
        assert "is examples.py handed in?" in shown


@pytest.mark.parametrize(
    "values", ["[2, 4, 8, 0]", "(2.0, 4.0, 8.001, 0)", "__import__('numpy').array([2, 4, 8, 0])"]
)
def test_the_calls_of_visible_checks_earn_nothing_however_they_are_written(paying, values):
    report = graded(paying, f"examples = {{'running_mean': [(({values}, 2), [2, 3, 6, 4])]}}")
    (mean,) = report.examples
    assert (mean.wrong, mean.copied, mean.caught) == ([], [1], 0)
    assert report.questions[-1].score == 0
    assert "number 1: a call of the visible checks" in mean.told


@pytest.mark.parametrize("ends", ["", ", 0", ", 0.0, 1.0"])
def test_neither_do_they_with_their_defaults_written_out(paying, ends):
    example = f"(([-1, 0.25, 3]{ends or ','}), [0, 0.25, 1])"
    (clip,) = graded(paying, f"examples = {{'clip_to_range': [{example}]}}").examples
    assert (clip.wrong, clip.copied, clip.caught) == ([], [1], 0)


def test_a_whole_number_beyond_all_floats_is_no_copy_of_one(paying):
    example = f"(([-1, 0.25, 3], 0, {10**400}), [0, 0.25, 3])"
    (clip,) = graded(paying, f"examples = {{'clip_to_range': [{example}]}}").examples
    assert clip.copied == []
    defaults = {"x": None}
    assert not is_copy(Call("call", "f", (10**400,)), Call("call", "f", (1.0,)), defaults)


def test_a_call_with_another_end_than_the_default_is_no_copy(paying):
    example = "(([-1, 0.25, 3], 0, 2), [0, 0.25, 2])"
    (clip,) = graded(paying, f"examples = {{'clip_to_range': [{example}]}}").examples
    assert (clip.wrong, clip.copied) == ([], [])
    assert clip.caught > 0


def test_the_rows_on_gradescope_add_up_with_the_points_for_examples(paying):
    rows = to_gradescope(graded(paying, GOOD), paying.course.settings)["tests"]
    assert sum(row.get("max_score", 0) for row in rows) == 24
    (row,) = (row for row in rows if row["name"] == "examples")
    assert row["visibility"] == "visible"
    assert "2 of 3 examples right" in row["output"]
    assert 0 < row["score"] < row["max_score"] == 4


def test_other_points_for_examples_are_added_up_without_running_anything(grader):
    submission = Submission("ada", "Ada", {"warmup.py": CODE, "examples.py": GOOD.encode()}, main="warmup.py")
    report, keys, before = grader.grade(submission), keys_of_course(grader), grader.assignment
    grader.assignment = replace(before, examples=8.0)
    try:
        assert need_of(keys, keys_of_course(grader), report) is Need.ADD_UP
        again = added_up_again(grader, submission, report)
        assert (again.questions[-1].max_score, again.max_score) == (8, 28)
        assert again.score == again.questions[-1].score > 0
    finally:
        grader.assignment = before
    assert added_up_again(grader, submission, again).questions == report.questions


def test_students_read_what_examples_count(course, tmp_path):
    shutil.copytree(course, tmp_path / "course")
    settings = tmp_path / "course" / "grading.yml"
    settings.write_text(settings.read_text().replace("examples: feedback", "examples: 4"))
    files = build_template(load_config(tmp_path / "course"), "warmup")
    assert b"| examples | 4 | |" in files["README.md"]
    for name in ("README.md", "examples.py"):
        assert "They count 4 points" in " ".join(files[name].decode().split())

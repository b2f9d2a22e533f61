"""An otter plugin that grades behind the kit's wall: otter's kernel never sees the student's code.

Before otter runs anything, the submission is graded by the kit and its folder emptied. otter then
executes a notebook without cells, and its results are replaced by the kit's.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin
from otter.run.run_autograder.utils import OtterRuntimeError
from otter.test_files import TestCase
from otter.test_files.abstract_test import TestCaseResult
from otter.test_files.exception_test import ExceptionTestFile

from autograder.config import load_config
from autograder.errors import InputError, KitError
from autograder.grading.opening import open_grader
from autograder.grading.scoring import point_shares
from autograder.results import CheckResult, Outcome, QuestionResult, Report
from autograder.submission.reading import read_submission
from autograder.submission.work import task_of

COURSE_FOLDER = Path("source", "course")  # below /autograder, or wherever otter keeps it
PASSED_TEXT = "✅ Test case passed"
FAILED_TEXT = "❌ Test case failed"


class BehindTheWall(AbstractOtterPlugin):  # type: ignore[misc]
    """Replaces what otter executes by nothing, and what it found by the kit's verdicts."""

    report: Report | None = None

    def before_grading(self, config: Any) -> None:  # noqa: ARG002 otter's interface
        """Grade the submission and take it away. The log in it, a pickle, is never opened."""
        path = Path(self.submission_path)
        drop_marker(path.parent)
        try:
            self.report = grade_folder(path.parent, self.plugin_config["assignment"])
        except (KitError, InputError) as error:
            raise OtterRuntimeError(str(error)) from error
        finally:
            empty(path)

    def before_execution(self, submission: Any) -> Any:  # noqa: ARG002 otter's interface
        """Return a notebook without cells, whatever was handed in."""
        return nbformat.v4.new_notebook()

    def after_grading(self, results: Any) -> None:
        """Replace otter's results, which are about nothing."""
        if self.report is None:
            raise OtterRuntimeError("the submission was not graded")
        files = [question_file(self.report, question) for question in self.report.questions]
        files += [quiz_file(self.report)] if self.report.quiz else []
        results.results = {file.name: file for file in files}
        if self.report.notes:
            results.set_output("\n".join(self.report.notes))

    def generate_report(self) -> str:
        """Return what staff may want to know."""
        if self.report is None:
            return ""
        isolation = self.report.isolation
        lines = [f"isolation: {isolation.verdict}", *isolation.leaks, *self.report.staff_notes]
        return "\n".join([*lines, *(f"{key}: {value}" for key, value in self.report.receipt.items())])


def grade_folder(folder: Path, stem: str) -> Report:
    """Return the kit's report on what is in a folder."""
    course = load_config(folder.parent / COURSE_FOLDER)
    grader = open_grader(course, stem)
    try:
        return grader.grade(read_submission(folder, task_of(course, stem)))
    finally:
        grader.close()


def drop_marker(folder: Path) -> None:
    """Take away the empty __init__.py that otter puts beside every submission."""
    marker = folder / "__init__.py"
    if marker.is_file() and not marker.is_symlink() and not marker.stat().st_size:
        marker.unlink()


def empty(path: Path) -> None:
    """Leave nothing in the submission's folder but an empty file where otter looks for the code."""
    for entry in path.parent.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    book = nbformat.writes(nbformat.v4.new_notebook()) if path.suffix == ".ipynb" else ""
    path.write_text(book, encoding="utf-8")


def question_file(report: Report, question: QuestionResult) -> Any:
    """Return a question's verdicts as one of otter's test files."""
    name = question.id.rpartition(".")[2]
    checks = [check for check in report.checks if check.question == question.id]
    if not checks:  # the submission could not be read
        told = report.examples_told(question) or "\n".join(report.notes)
        case = TestCase(name, None, False, question.max_score, None, None)
        passed = question.outcome is Outcome.PASSED
        text = f"{PASSED_TEXT if passed else FAILED_TEXT}\n{told}"
        return graded_file(name, [TestCaseResult(case, text, passed)], question.score)
    hinted = last_wrong(checks) if question.hint else None
    results = []
    for check, part in zip(checks, point_shares(checks), strict=True):
        case = TestCase(check.title, None, not check.visible, part * question.max_score, None, None)
        told = f"{check.feedback}\n{question.hint}" if check is hinted else check.feedback
        passed = check.outcome is Outcome.PASSED
        results.append(TestCaseResult(case, PASSED_TEXT if passed else f"{FAILED_TEXT}\n{told}", passed))
    return graded_file(name, results, question.score)


def last_wrong(checks: Sequence[CheckResult]) -> CheckResult | None:
    """Return the check that a question's hint is put under."""
    return next((check for check in reversed(checks) if check.outcome is not Outcome.PASSED), None)


def quiz_file(report: Report) -> Any:
    """Return the quiz as one of otter's test files."""
    results = []
    exact = report.quiz_max_score / sum(answer.max_score for answer in report.quiz)  # these are rounded
    for answer in report.quiz:
        case = TestCase(answer.id, None, True, answer.max_score * exact, None, None)
        passed = answer.outcome is Outcome.PASSED
        results.append(
            TestCaseResult(case, answer.feedback or (PASSED_TEXT if passed else FAILED_TEXT), passed)
        )
    return graded_file("quiz", results, report.quiz_score)


def graded_file(name: str, results: list[Any], score: float) -> Any:
    """Return one of otter's test files that has been run already."""
    made = ExceptionTestFile(name, f"tests/{name}.py", [result.test_case for result in results])
    made.test_case_results = results
    made.all_or_nothing = False
    made.update_score(score)  # to the cent, as the kit rounds it
    return made

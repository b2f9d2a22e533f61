"""What the student's conftest.py does with pytest, in functions."""

import contextlib
import inspect
from typing import Any

import pytest

from autograder.publish.student_files.progress import (
    CHECK_SECONDS,
    NOT_RUN,
    PASSED,
    UNWRITTEN_YET,
    Verdict,
    cut_output,
    judge,
    summary,
)
from autograder.publish.student_files.work import TooSlow, Work, load_work, time_limit
from autograder.sandbox.calls import Call
from autograder.sandbox.student import Student, here

WORK = pytest.StashKey[Work]()
CALLS = pytest.StashKey[list[Call]]()
PRINTED = {"Captured stdout call": "your code printed", "Captured stderr call": "your code warned"}


def stand_in(item: Any, work: Work) -> Student:
    """Return what a check calls `student`; the calls are kept for the message."""
    calls: list[Call] = []
    item.stash[WORK], item.stash[CALLS] = work, calls

    def record(call: Call) -> None:
        calls.append(call)
        if item.function.check.question in work.endless:
            raise TooSlow  # one endless loop costs its time once

    return here(work.namespace, record)


def add_keyword(item: Any) -> None:
    """Let `pytest -k` find a check by its question."""
    if mark_of(item):
        item.extra_keyword_matches.add(mark_of(item).question)


def mark_of(item: Any) -> Any:
    """Return what @check attached to a test, or None."""
    return getattr(getattr(item, "function", None), "check", None)


def check_limit(item: Any) -> contextlib.AbstractContextManager[None]:
    """Return the time limit that a test runs under: only checks have one."""
    return time_limit(CHECK_SECONDS) if mark_of(item) else contextlib.nullcontext()


def retell(report: Any, item: Any, call: Any, folder: str) -> None:
    """Put pytest's report of a check into plain words.

    Args:
        report: pytest's report, which is changed.
        item: the test.
        call: what pytest knows of the run, with the exception.
        folder: the student's folder, for the summary to find its own reports again.
    """
    mark = mark_of(item)
    if mark is None or report.when != "call" or report.skipped or WORK not in item.stash:
        return
    work = item.stash[WORK]
    verdict = Verdict(PASSED)
    if call.excinfo is not None:
        verdict = judge(call.excinfo.value, mark.question, work, item.stash[CALLS])
        report.longrepr = verdict.text + "\n"
    title = (inspect.getdoc(item.function) or item.name).splitlines()[0].removesuffix(".")
    report.location = (*report.location[:2], f"{mark.question}: {title}")
    report.sections = [
        (PRINTED[name], cut_output(text)) for name, text in report.sections if name in PRINTED
    ]
    report.student_folder, report.question = folder, mark.question
    report.status, report.told = verdict.status, verdict.text
    report.work = {"name": work.name, "complaint": work.complaint, "note": work.note}


def own_status(report: Any) -> tuple[str, str, str] | None:
    """Return category, letter and word of a check that is not written or cannot run."""
    status = getattr(report, "status", "")
    return (status, "-", status.upper()) if status in (UNWRITTEN_YET, NOT_RUN) else None


def print_summary(reporter: Any, folder: str) -> None:
    """Print the lines at the end of a run."""
    every = [report for some in reporter.stats.values() for report in some]
    mine = [report for report in every if getattr(report, "student_folder", "") == folder]
    mine.sort(key=lambda report: (report.location[0], report.location[1]))
    verdicts: dict[str, list[Verdict]] = {}
    for report in mine:
        verdicts.setdefault(report.question, []).append(Verdict(report.status, report.told))
    if not mine:
        return
    work = Work(**mine[0].work)
    reporter.section(work.name)
    for line, good in summary(verdicts, work):
        colours = {} if good is None else {"green": good, "red": not good}
        reporter.write_line(line, **colours)


__all__ = ["add_keyword", "check_limit", "load_work", "own_status", "print_summary", "retell", "stand_in"]

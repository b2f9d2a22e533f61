"""What the student's conftest.py does with pytest."""

import contextlib
import functools
from pathlib import Path
from typing import Any

from autograder.publish.student_files.limit import HOME_FACTOR, CallLog, recorder, time_limit
from autograder.publish.student_files.progress import (
    NOT_RUN,
    UNWRITTEN_YET,
    VisibleVerdict,
    cut_output,
    passed_verdict,
    summary,
    visible_verdict,
)
from autograder.publish.student_files.runner import title_of
from autograder.publish.student_files.work import OwnWork, load_work
from autograder.sandbox.student import Student, here

PRINTED = {"Captured stdout call": "your code printed", "Captured stderr call": "your code warned"}


class Folder:
    """A student's folder. Two of them in one run of pytest have a Folder each."""

    def __init__(self, path: Path, stem: str) -> None:
        self.path, self.stem = path, stem

    @functools.cached_property
    def work(self) -> OwnWork:
        """The student's file, loaded once, when the first check asks for it."""
        return load_work(self.path, self.stem)

    def adopt(self, item: Any) -> None:
        """Mark a test as one of this folder, and let `pytest -k` find it by its question."""
        item.student_folder = self
        if mark_of(item):
            item.extra_keyword_matches.add(mark_of(item).question)

    def stand_in(self, item: Any) -> Student:
        """Return what a check calls `student`; the calls are kept for the message."""
        item.student_calls = log = CallLog()
        question = mark_of(item).question if mark_of(item) else ""
        return here(self.work.namespace, recorder(log, question, self.work.endless, self.work.namespace))

    def check_limit(self, item: Any) -> contextlib.AbstractContextManager[None]:
        """Return the time limit that a test runs under: only checks have one."""
        if not mark_of(item):
            return contextlib.nullcontext()
        return time_limit(HOME_FACTOR * self.work.limits.call_s)

    def retell(self, report: Any, item: Any, call: Any) -> None:
        """Put pytest's report of a check into plain words."""
        mark = mark_of(item)
        if mark is None or report.when != "call" or report.skipped or not hasattr(item, "student_calls"):
            return
        log = item.student_calls
        if call.excinfo is None:
            verdict = passed_verdict(log, self.work)
        else:
            verdict = visible_verdict(call.excinfo.value, mark.question, self.work, log.calls)
            report.longrepr = verdict.text + "\n"
        report.location = (*report.location[:2], f"{mark.question}: {title_of(item.function)}")
        report.sections = [
            (PRINTED[name], cut_output(text)) for name, text in report.sections if name in PRINTED
        ]
        report.student_folder, report.question = str(self.path), mark.question
        report.status, report.told = verdict.status, verdict.text

    def own_status(self, report: Any) -> tuple[str, str, str] | None:
        """Return category, letter and word of a check that is not written or cannot run."""
        status = getattr(report, "status", "")
        return (status, "-", status.upper()) if status in (UNWRITTEN_YET, NOT_RUN) else None

    def print_summary(self, reporter: Any) -> None:
        """Print the lines at the end of a run."""
        every = [report for some in reporter.stats.values() for report in some]
        mine = [one for one in every if getattr(one, "student_folder", "") == str(self.path)]
        mine.sort(key=lambda report: (report.location[0], report.location[1]))
        verdicts: dict[str, list[VisibleVerdict]] = {}
        for report in mine:
            verdicts.setdefault(report.question, []).append(VisibleVerdict(report.status, report.told))
        if not mine:
            return
        reporter.section(self.work.name)
        for line, good in summary(verdicts, self.work):
            reporter.write_line(line, **({} if good is None else {"green": good, "red": not good}))


def mark_of(item: Any) -> Any:
    """Return what @check attached to a test, or None."""
    return getattr(getattr(item, "function", None), "check", None)

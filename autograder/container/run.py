"""One run on a grading platform, started by `run_autograder` as root: results.json, whatever happens.

results.json is there before anything is tried, and is replaced after every check: a run that is
ended from outside keeps what was graded until then.
"""

import contextlib
import json
import sys
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from autograder.config import Course, load_config
from autograder.container.metadata import Circumstances, read_circumstances
from autograder.data.files import write_whole
from autograder.errors import InputError
from autograder.grading.adding_up import FAILED, blank_report
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.grading.scoring import share
from autograder.judging.bank import read_text
from autograder.judging.judged import Judged
from autograder.judging.verdict import Verdict
from autograder.reports.gradescope import NOT_REACHED, after, kept_results, to_gradescope
from autograder.reports.handback import preview
from autograder.reports.terminal import to_terminal
from autograder.results import CheckResult, Outcome, Report
from autograder.roster.late import Ruling, refused, rule
from autograder.sandbox.selfcheck import FULL
from autograder.submission.reading import Submission, read_submission
from autograder.submission.work import Task, task_of

NOT_ALL = "Only the checks that you have too could run; staff have been told."
MEMORY_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
KIT_MB = {True: 450, False: 150}  # what grader, warm process and reference need, with and without torch
LEAST_MB = 192


@dataclass
class PlatformRun:
    """What is known so far about one submission."""

    course: Course
    stem: str
    out: Path
    ruling: Ruling = field(default_factory=Ruling)
    checks: dict[str, CheckResult] = field(default_factory=dict)

    def expect(self, grader: Grader) -> None:
        """Note the checks that are to come, in their order."""
        waiting = [Judged(check, Verdict(Outcome.SKIPPED, NOT_REACHED)) for check in grader.bank.checks]
        self.checks = {one.check.id: grader.result(one) for one in waiting}

    def add(self, check: CheckResult) -> None:
        """Take in the result of one check and write what there is."""
        self.checks[check.id] = check
        with contextlib.suppress(OSError):  # what was written before stands
            self.write(self.so_far(FAILED))

    def so_far(self, note: str) -> Report:
        """Return a report on the checks that have run until now."""
        blank = blank_report(self.course.assignment(self.stem), note)
        checks = list(self.checks.values())
        questions = [
            structs.replace(one, score=share(one.max_score, [c for c in checks if c.question == one.id]))
            for one in blank.questions
        ]
        score = round(sum(question.score for question in questions), 2)
        return structs.replace(blank, questions=questions, checks=checks, score=score)

    def write(self, report: Report) -> None:
        """Replace results.json."""
        write_results(self.out, to_gradescope(report, self.course.settings, self.ruling))


def main() -> None:
    """Run as `... ROOT STEM`, ROOT laid out as the platform does."""
    root, stem = Path(sys.argv[1]), sys.argv[2]
    out = root / "results" / "results.json"
    data = take_metadata(root / "submission_metadata.json")  # before anything of a student's can run
    try:
        circumstances = read_circumstances(data)
        run = PlatformRun(load_config(root / "source" / "course"), stem, out)
        grade_on_platform(run, root / "submission", circumstances)
    except Exception:  # noqa: BLE001 a results.json there must be; staff find this beside it
        say(traceback.format_exc())
        say("The grader failed: results.json holds what was graded until then.")


def grade_on_platform(run: PlatformRun, folder: Path, circumstances: Circumstances) -> None:
    """Grade what was handed in, unless the rules say that it does not count."""
    settings = run.course.settings
    refusal = circumstances.submitted and refused(
        circumstances.submitted, settings.attempts, circumstances.earlier
    )
    run.write(run.so_far(FAILED))
    if refusal:
        write_results(run.out, refused_results(run, circumstances, refusal))
        say(f"{refusal}: it does not count.")
        return
    run.ruling = ruling_on(circumstances, run.course, run.stem)
    say("\n".join([*circumstances.staff_notes, *run.ruling.staff_notes]))
    grader = open_grader(within_memory(run.course, run.stem), run.stem)
    try:
        run.expect(grader)
        grader.after_check = run.add
        report = grader.grade(submission_in(folder, task_of(run.course, run.stem), circumstances.students))
    finally:
        grader.close()
    notes = [*report.notes, *([] if report.isolation.verdict == FULL else [NOT_ALL])]
    if circumstances.submitted:  # else nobody knows how many looks were taken
        notes += preview(report, settings.attempts.previews, len(circumstances.earlier))
    report = structs.replace(report, notes=notes, late_days=run.ruling.late_days)
    run.write(report)
    tell_staff(run, report)


def refused_results(run: PlatformRun, circumstances: Circumstances, refusal: str) -> dict[str, Any]:
    """Return the earlier results, which stand; or only the score, if that is all that is known."""
    if circumstances.results:
        return kept_results(circumstances.results, refusal)
    blank = blank_report(run.course.assignment(run.stem), "")
    results = to_gradescope(blank, run.course.settings)
    return kept_results(results | {"score": circumstances.score, "output": ""}, refusal)


def ruling_on(circumstances: Circumstances, course: Course, stem: str) -> Ruling:
    """Return what is taken off for lateness: by grading.yml's due date if it has one, else the platform's."""
    due = course.assignment(stem).due or circumstances.due
    return rule(circumstances.submitted, due, course.settings.late, extension=circumstances.extension)


def submission_in(folder: Path, task: Task, students: str) -> Submission:
    """Return what was handed in, for one row of which the platform knows the owner."""
    try:
        submission = read_submission(folder, task)
    except InputError as wrong:
        submission = Submission(folder.name, "", {}, str(wrong))
    return replace(submission, student=students)


def within_memory(course: Course, stem: str) -> Course:
    """Return the course with a worker's memory bounded by what this container leaves it."""
    here = container_mb()
    assignment = course.settings.assignments[stem]
    text = read_text(course.root / "solutions" / f"{stem}.py", missing="")
    room = max(LEAST_MB, here - KIT_MB["torch" in text]) if here else assignment.limits.memory_mb
    limits = structs.replace(assignment.limits, memory_mb=min(assignment.limits.memory_mb, room))
    changed = {**course.settings.assignments, stem: structs.replace(assignment, limits=limits)}
    return Course(course.root, structs.replace(course.settings, assignments=changed))


def container_mb() -> int:
    """Return how much memory this container may use, 0 if that is not known."""
    for name in MEMORY_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # the second is "max": no limit
            return int(Path(name).read_text()) // 2**20
    return 0


def take_metadata(path: Path) -> bytes:
    """Read the platform's file about the submission, and close it to everyone else."""
    with contextlib.suppress(OSError):
        path.chmod(0o600)
        return path.read_bytes()[:10_000_000]
    return b""


def write_results(path: Path, results: dict[str, Any]) -> None:
    """Replace results.json in one step."""
    write_whole(path, (json.dumps(results, indent=1) + "\n").encode())


def tell_staff(run: PlatformRun, report: Report) -> None:
    """Print the whole report, which on the platform only staff can read."""
    say(click.unstyle(to_terminal(report)).rstrip())
    taken = after(report.score, report.max_score, run.ruling)
    say(f"after lateness: {taken:g}" if run.ruling.taken else "")
    say("\n".join(f"{name}: {value}" for name, value in report.receipt.items()))


def say(text: str) -> None:
    """Print to what the platform shows to staff alone."""
    if text:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

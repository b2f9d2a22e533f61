"""What is generated from the course: is it current, the same every time, and free of answers?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.config import Course, load_config
from autograder.doctor.findings import Finding, Subject
from autograder.doctor.handed_out import KIT_FILES
from autograder.judging.bank import read_text
from autograder.publish.build import ALL_BUNDLES, has_bundle, zip_bytes
from autograder.publish.leaks import LEAK_LENGTH, leaks
from autograder.publish.template import build_template
from autograder.publish.tree import differences, present

Build = Callable[[Course, str], Mapping[str, bytes]]


@dataclass(frozen=True)
class Generated:
    """Something that is built from an assignment, and how to tell that what is there is old."""

    what: str
    build: Build
    stale: Callable[[Course, str, Mapping[str, bytes]], list[str]]


def handed_out_by_own_seed(course: Course, stem: str) -> dict[str, bytes]:
    """Return the student's folder by grading.yml's own seed, whatever other term doctor looks at."""
    return build_template(load_config(course.root), stem)


def stale_template(course: Course, stem: str, built: Mapping[str, bytes]) -> list[str]:
    """Return a line for every file of the student's folder that is not current."""
    return differences(built, course.root / "student_template" / stem)


def never_stale(*_: object) -> list[str]:
    """Return nothing: a bundle is made when it is wanted and is no part of the course."""
    return []


def bundle(make: Callable[[Course, str], dict[str, bytes]]) -> Build:
    """Return a bundle as the one file that it becomes."""
    return lambda course, stem: {"the zip": zip_bytes(make(course, stem))}


GENERATED = (
    Generated("student_template/{stem}", handed_out_by_own_seed, stale_template),
    *(Generated(f"dist/{name}", bundle(make), never_stale) for name, make in ALL_BUNDLES.items()),
)


def audit_generated(subject: Subject) -> Iterator[Finding]:
    """Everything generated must be current, and come out the same when built again."""
    for one in GENERATED:
        if not has_bundle(subject.course, subject.stem, one.what.removeprefix("dist/")):
            continue
        first = one.build(subject.course, subject.stem)
        second = one.build(subject.course, subject.stem)
        if first != second:
            odd = sorted(path for path in {**first, **second} if first.get(path) != second.get(path))
            yield Finding(
                f"{one.what.format(stem=subject.stem)} comes out different when it is built again: {odd[0]}",
                "look in autograder/publish/ for a time, a set or a random number",
            )
        if told := one.stale(subject.course, subject.stem, first):
            what, _, mend = told[0].partition(". Run: ")
            more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
            yield Finding(what + more, mend or "autograder build")


def audit_leaks(subject: Subject) -> Iterator[Finding]:
    """No line of a solution or of the quiz's key may lie in the student's folder."""
    folder = subject.course.root / subject.path("template")
    secret = answer_lines(subject)
    for path in sorted(path for path in present(folder) if path not in KIT_FILES):
        text = (folder / path).read_text("utf-8", errors="replace")
        lines = [line for line in text.splitlines() if line.strip() in secret]
        for told in [*(line for part in subject.bank.parts.values() for line in leaks(text, part)), *lines]:
            yield Finding(
                f"{subject.path('template')}/{path} holds a line of the solution: {told.strip()}",
                f"autograder build, and take the line out of {origin(subject, path)}",
            )


def answer_lines(subject: Subject) -> set[str]:
    """Return the lines that stand in the quiz's key and nowhere in its questions."""
    root = subject.course.root
    key = read_text(root / subject.path("quiz key"), missing="").splitlines()
    asked = read_text(root / subject.path("quiz"), missing="")
    return {line.strip() for line in key if len(line.strip()) > LEAK_LENGTH and line.strip() not in asked}


def origin(subject: Subject, path: str) -> str:
    """Return the file of the course that a generated file comes from."""
    if path.startswith("checks/"):
        return subject.path("checks")
    return f"assignments/{subject.stem}/" + ("" if path == f"{subject.stem}.py" else Path(path).name)

"""The works to compare: what a class handed in, what its gradebook knows of the answers, earlier terms."""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import beside
from autograder.config import Course
from autograder.gradebook.book import Gradebook
from autograder.gradebook.database import BOOK_FILE
from autograder.quiz.sheet import read_sheet
from autograder.results import Outcome, Report
from autograder.roster.people import Index, Person, folded
from autograder.similar.fingerprints import MOST_COMPARED, fingerprints
from autograder.similar.pairs import ComparedWork
from autograder.submission.layouts import find_submissions
from autograder.submission.pick import QUIZ_YML
from autograder.submission.reading import Submission, modules_of, read_entry, source_of
from autograder.submission.work import Task

LONG_NAME = 6  # letters: shorter names occur in programs that are not about anybody


@dataclass(frozen=True)
class NameSign:
    """Another student's name in somebody's work, and where."""

    work: str
    other: str
    where: str


@dataclass(frozen=True)
class Gathered:
    """What was read of a folder: its works, other students' names in them, what the works were made from."""

    works: list[ComparedWork]
    names: list[NameSign]
    graded: list[tuple[Submission, Report | None]]


def gathered(folder: Path, task: Task, out: Path | None, term: str, tell: Callable[[int], None]) -> Gathered:
    """Read the works of a folder, which was graded into `out` if it was; `term` names an earlier one."""
    reports, people = graded_before(out) if out else ({}, {})
    varying = items_with_own_figures(list(reports.values()))
    index = Index([(at, one) for at, who in enumerate(people.values()) for one in who])
    rows = list(people)
    works: list[ComparedWork] = []
    names: list[NameSign] = []
    with_reports: list[tuple[Submission, Report | None]] = []
    for done, entry in enumerate(find_submissions(folder, task.stem), 1):
        submission = read_entry(entry, task)
        report = reports.get(entry.name)
        works.append(work_of(submission, task, term, report, varying))
        own = [one.name for one in people.get(entry.name, ())]
        names += signs_of_others(submission, own, index, rows)
        with_reports.append((submission, report))
        tell(done)
    return Gathered(works, names, with_reports)


def folder_of(path: Path) -> tuple[Path, Path | None]:
    """Return the submissions' folder and where they were graded, of a folder that is either of the two."""
    if not (path / BOOK_FILE).is_file():
        return path, None
    with Gradebook(path, create=False) as book:
        run = book.last_run()
    return (run.folder if run else path), path


def graded_before(out: Path) -> tuple[dict[str, Report], dict[str, list[Person]]]:
    """Return the newest reports and who handed in, by submission."""
    reports, people = {}, {}
    with Gradebook(out, create=False) as book:
        run = book.last_run()
        for row in book.rows(run.id) if run else ():
            people[row.name] = row.people
            stored = book.newest(row.name)
            if stored is not None:
                reports[row.name] = stored.report
    return reports, people


def items_with_own_figures(reports: Sequence[Report]) -> set[str]:
    """Return the quiz items of which students were asked different versions."""
    prompts: dict[str, set[str]] = {}
    for report in reports:
        for answer in report.quiz:
            if answer.given:
                prompts.setdefault(answer.id, set()).add(answer.prompt)
    return {item for item, found in prompts.items() if len(found) > 1}


def work_of(
    submission: Submission, task: Task, term: str, report: Report | None, varying: set[str]
) -> ComparedWork:
    """Return a submission as it is compared: its code, then its other modules, each under its name."""
    cells = tuple(source_of(submission, task.stem).cells) if not submission.problem else ()
    own = {name: text for name, text in modules_of(submission).items() if name not in task.provided}
    cells += tuple(f"# {name}.py\n{text}" for name, text in sorted(own.items()) if text.strip())
    raw = hashlib.sha256("\0".join(cells).encode("utf-8", "replace")).hexdigest() if any(cells) else ""
    quiz = [answer for answer in (report.quiz if report else ()) if answer.id in varying and answer.given]
    figures: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for answer in quiz:
        figures[answer.outcome is Outcome.PASSED].add((answer.id, answer.given.strip()))
    return ComparedWork(
        submission.name, term, cells, fingerprints(cells), raw,
        figures=frozenset(figures[False]), rights=frozenset(figures[True]),
    )  # fmt: skip


def signs_of_others(
    submission: Submission, own: Sequence[str], index: Index, rows: Sequence[str]
) -> Iterator[NameSign]:
    """Yield the names of others on the quiz sheet and in the code, comments included.

    What is part of an `own` name is nobody else's: José Silva in the work of Ana José Silva.
    """
    mine = {word for name in own for word in re.findall(r"\w+", folded(name))}
    sheet = read_sheet(submission.files.get(QUIZ_YML, b"").decode("utf-8", "replace"))
    written = [data for path, data in sorted(submission.files.items()) if path.endswith((".py", ".ipynb"))]
    code = b"\n".join(written)[:MOST_COMPARED].decode("utf-8", "replace")
    told = set()
    for where, said in [
        (f"the student line of {QUIZ_YML}", sheet.student),
        *(("the code", one) for one in possible_names(code)),
    ]:
        found = {rows[at] for at in index.called(said)} if said else set()
        if len(found) != 1 or submission.name in found or set(re.findall(r"\w+", folded(said))) <= mine:
            continue
        if (other := found.pop()) not in told:
            told.add(other)
            yield NameSign(submission.name, other, f"{where}: {said[:80]}")


def possible_names(code: str) -> Iterator[str]:
    """Yield what may be a name in a program: addresses, and two capitalised words in a row."""
    yield from dict.fromkeys(re.findall(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,64}", code))
    words = re.findall(r"[^\W\d_]+", code)
    pairs = (f"{one} {two}" for one, two in itertools.pairwise(words) if one.istitle() and two.istitle())
    yield from (pair for pair in dict.fromkeys(pairs) if len(pair) > LONG_NAME)


def handed_out_prints(course: Course, stem: str) -> set[int]:
    """Return the fingerprints of what every student was given: the stubs and what is provided."""
    found: set[int] = set()
    folder = course.root / "student_template" / stem
    assignment, given = course.assignment(stem), course.root / "assignments" / stem
    paths = [folder / f"{name}.py" for name in (stem, "examples", *beside.modules(assignment.hand_in))]
    paths += [given / f"{name}.py" for name in beside.modules(assignment.provided)]
    for path in paths:
        if path.is_file():
            found |= set(fingerprints([path.read_text("utf-8", "replace")]).marks)
    return found

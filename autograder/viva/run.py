"""The sheets of a class: read every submission again and ask about it, several at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from autograder.errors import KitError
from autograder.gradebook.book import Gradebook
from autograder.gradebook.records import Run
from autograder.grading.grader import TRIES, Grader
from autograder.results import Report
from autograder.sandbox.warm import WallLost
from autograder.submission.entry import Entry
from autograder.submission.layouts import find_submissions
from autograder.submission.reading import read_entry
from autograder.submission.work import Task, task_of
from autograder.viva.asking import Asker, VivaWork
from autograder.viva.questions import Outline, VivaSheet, key_of

SMALL = "No function of theirs is long enough to ask about, or none could be run."


def sheets_of(
    book: Gradebook, run: Run, grader: Grader, jobs: int, tell: Callable[[int], None]
) -> list[VivaSheet]:
    """Return a sheet for every submission of a run that is still in its folder, in order."""
    entries = {entry.name: entry for entry in find_submissions(run.folder, run.assignment)}
    task, asker = task_of(grader.course, run.assignment), Asker(grader)
    wanted = []
    for row in book.rows(run.id):
        stored = book.newest(row.name)
        wanted.append((row.name, row.student, entries.get(row.name), stored.report if stored else None))
    grader.wall.settle()

    def one(item: tuple[str, str, Entry | None, Report | None]) -> VivaSheet:
        name, student, entry, report = item
        if entry is None:
            return VivaSheet(name, student, why=f"It is no longer in {run.folder}.")
        return sheet_of(asker, task, entry, student, report)

    found = []
    with ThreadPoolExecutor(jobs) as pool:
        for done, sheet in enumerate(pool.map(one, wanted), 1):
            found.append(sheet)
            tell(done)
    return found


def sheet_of(asker: Asker, task: Task, entry: Entry, student: str, report: Report | None) -> VivaSheet:
    """Return the sheet on one submission; whatever is in it, this returns."""
    submission = read_entry(entry, task)
    if submission.problem:
        return VivaSheet(entry.name, student, why=submission.problem)
    right = full_marks(report)
    key = key_of(asker.grader.course.settings.seed, entry.name)
    for _ in range(TRIES):
        try:
            questions, functions = asker.questions(submission, right, key)
        except WallLost:
            continue
        except KitError:
            raise
        except Exception as error:  # noqa: BLE001 one submission must not stop a class
            return VivaSheet(entry.name, student, why=f"The kit failed: {type(error).__name__}: {error}")
        code = list(listings(VivaWork(asker, submission, key), functions))
        return VivaSheet(entry.name, student, questions, code, "" if questions else SMALL)
    return VivaSheet(entry.name, student, why="It ended the sandbox each time.")


def full_marks(report: Report | None) -> set[str]:
    """Return the functions that were answered in full."""
    questions = report.questions if report else []
    return {one.id.rpartition(".")[2] for one in questions if one.max_score and one.score >= one.max_score}


def listings(work: VivaWork, functions: Sequence[Outline]) -> Iterator[list[tuple[int, str]]]:
    """Yield the lines of each function with their numbers."""
    for function in functions:
        lines = work.cells[function.cell].split("\n")
        offset = work.offset(function)
        yield [
            (number + offset, lines[number - 1])
            for number in range(max(1, function.first), min(function.last, len(lines)) + 1)
        ]

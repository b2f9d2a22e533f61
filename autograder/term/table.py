"""A term: several graded assignments side by side, one line a student, with totals and who falls behind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.errors import InputError
from autograder.gradebook.book import Gradebook
from autograder.gradebook.current import standings
from autograder.gradebook.database import BOOK_FILE
from autograder.roster.intake import merged
from autograder.roster.people import Index, Person

LOW, DROP = 0.5, 0.25  # shares of the points: little, and much less than before


@dataclass(frozen=True)
class Mark:
    """What a student has in an assignment; `handed_in` is false for one that only the roster knows."""

    score: float
    max_score: float
    late_days: int = 0
    handed_in: bool = True

    @property
    def share(self) -> float:
        """The share of the points."""
        return self.score / self.max_score if self.max_score else 0.0


@dataclass(frozen=True)
class TermAssignment:
    """An assignment of the term, from one folder."""

    stem: str
    title: str
    out: Path
    due: str
    max_score: float
    weight: float | None
    waiting: int = 0  # submissions that are not graded yet


@dataclass
class StudentMarks:
    """A student and their marks, by the assignment's stem."""

    person: Person
    marks: dict[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True)
class Term:
    """A term's assignments, in the order in which they were due, and its students by name."""

    assignments: list[TermAssignment]
    students: list[StudentMarks]

    @property
    def weighted(self) -> bool:
        """Whether weights make the total."""
        return any(one.weight is not None for one in self.assignments)

    def remarks(self) -> Iterator[str]:
        """Yield what makes totals other than they may seem."""
        for one in self.assignments:
            if one.waiting:
                yield f"{one.waiting} are missing here, not graded yet: autograder regrade {one.out}"
            if self.weighted and one.weight is None:
                yield f"{one.stem} counts nothing: it has no weight in grading.yml, and others have"

    def total(self, student: StudentMarks) -> float:
        """Return the share of all points, or the mean of the shares by weight where weights are given."""
        parts = []
        for one in self.assignments:
            mark = student.marks.get(one.stem)
            weight = (one.weight or 0.0) if self.weighted else one.max_score
            parts.append((weight, mark.share if mark else 0.0))
        whole = sum(weight for weight, _ in parts)
        return sum(weight * share for weight, share in parts) / whole if whole else 0.0

    def worries(self, student: StudentMarks) -> Iterator[str]:
        """Yield why somebody may be falling behind, by the newest assignments."""
        marks = [student.marks.get(one.stem) for one in self.assignments]
        absent = [
            one.stem
            for one, mark in zip(self.assignments, marks, strict=True)
            if not (mark and mark.handed_in)
        ]
        if absent:
            yield f"handed in nothing for {', '.join(absent)}"
        done = [mark.share for mark in marks if mark and mark.handed_in]
        if not done or not (marks[-1] and marks[-1].handed_in):
            return
        earlier = sum(done[:-1]) / len(done[:-1]) if len(done) > 1 else None
        fell = earlier is not None and earlier - done[-1] >= DROP
        if fell or done[-1] < LOW:
            before = f", {earlier:.0%} before" if fell else ""
            yield f"{done[-1]:.0%} of the points in {self.assignments[-1].stem}{before}"


def term_of(folders: Sequence[Path], weights: Mapping[str, float | None], section: str = "") -> Term:
    """Read a term's gradebooks, in folders that `grade -o` wrote or that hold such; maybe of one section."""
    outs = sorted({out for folder in folders for out in outs_in(folder)})
    if not outs:
        raise InputError(
            f"{', '.join(map(str, folders))}: no folder there was written by `autograder grade -o`"
        )
    books = sorted((only_assignment(out, weights) for out in outs), key=lambda one: (one[0].due, one[0].stem))
    stems = [graded.stem for graded, _ in books]
    if twice := sorted({stem for stem in stems if stems.count(stem) > 1}):
        raise InputError(f"{twice[0]} was graded in more than one of the folders: name those that count")
    students = joined_students(books)
    chosen = [one for one in students if not section or one.person.section.casefold() == section.casefold()]
    if section and not chosen:
        known = ", ".join(sorted({one.person.section for one in students if one.person.section})) or "none"
        raise InputError(f"nobody is in section {section}; the rosters have: {known}")
    return Term([graded for graded, _ in books], sorted(chosen, key=lambda one: one.person.name.casefold()))


def outs_in(folder: Path) -> list[Path]:
    """Return the graded folders that a folder is or holds."""
    if (folder / BOOK_FILE).is_file():
        return [folder.resolve()]
    return [path.parent.resolve() for path in sorted(folder.glob(f"*/{BOOK_FILE}"))]


MarkedStudents = list[tuple[Person, Mark]]


def only_assignment(out: Path, weights: Mapping[str, float | None]) -> tuple[TermAssignment, MarkedStudents]:
    """Return an assignment and everybody's marks in it."""
    with Gradebook(out, create=False) as book:
        run = book.last_run()
        if run is None:
            raise InputError(f"{out} holds no grades yet")
        marks: MarkedStudents = []
        most = sum(run.about.points.values()) + run.about.quiz
        waiting = 0
        for one in standings(book, run):
            waiting += one is None
            if one is not None:
                report = one.report
                most = report.max_score
                mark = Mark(report.score, report.max_score, report.late_days, not one.absent)
                marks += [(person, mark) for person in one.row.people]
        given = {person for person, mark in marks if not mark.handed_in}
        absent = [person for person in run.about.missing if person not in given]
        marks += [(person, Mark(0.0, most, handed_in=False)) for person in absent]
    stem = run.assignment
    due = run.about.terms.get("due date", "")
    return TermAssignment(
        stem, run.about.title or stem, out, sortable(due), most, weights.get(stem), waiting
    ), marks


def sortable(due: str) -> str:
    """Return a due date as text that sorts by time; what has none comes last."""
    try:
        return f"{datetime.fromisoformat(due).timestamp():020.0f}"
    except ValueError:
        return "~"


def joined_students(books: Sequence[tuple[TermAssignment, MarkedStudents]]) -> list[StudentMarks]:
    """Return one student for all marks of the same person: by numbers and addresses, then by name."""
    students: list[StudentMarks] = []
    for graded, marks in books:
        index = Index([(at, one.person) for at, one in enumerate(students)])
        for person, mark in marks:
            found = [at for at in index.like(person) if graded.stem not in students[at].marks]
            if len(found) == 1:
                student = students[found[0]]
                student.person = merged(student.person, person)
            else:
                student = StudentMarks(person)
                students.append(student)
            student.marks[graded.stem] = mark
    return students

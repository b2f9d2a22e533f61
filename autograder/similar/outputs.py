"""OUT/similar/: pages and a table of works that are alike, and folders for other programs that compare."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.batch.files import file_name, made, replace_file
from autograder.config import Course
from autograder.reports.html import page
from autograder.reports.tables import Table
from autograder.reports.terminal import number
from autograder.similar.gather import NameSign
from autograder.similar.pairs import ComparedWork, SimilarPair
from autograder.submission.reading import Submission

SIDE_BY_SIDE = 60  # pairs that get a page of their own


@dataclass(frozen=True)
class SharedLine:
    """A line of a program, and whether the other one has it too."""

    number: int
    text: str
    shared: bool


def write_similar(
    out: Path, title: str, pairs: Sequence[SimilarPair], names: Sequence[NameSign], count: int
) -> Path:
    """Write the list, a page for each of the first pairs, and pairs.csv; return the list's path."""
    folder = made(out / "similar")
    for old in folder.glob("pair-*.html"):
        old.unlink()
    for place, pair in enumerate(pairs[:SIDE_BY_SIDE], 1):
        replace_file(folder / f"pair-{place}.html", pair_html(pair))
    replace_file(folder / "pairs.csv", str(pair_table(pairs)))
    rows = [
        (pair, reasons(pair), f"pair-{at}.html" if at <= SIDE_BY_SIDE else "")
        for at, pair in enumerate(pairs, 1)
    ]
    listed = page(
        "similar.html.j2", script=False, title=f"Alike: {title}", rows=rows, names=names, works=count,
        named=work_name,
    )  # fmt: skip
    replace_file(folder / "index.html", listed)
    return folder / "index.html"


def work_name(work: ComparedWork) -> str:
    """Return a work's name, with the term that it comes from."""
    return f"{work.name} ({work.term})" if work.term else work.name


def reasons(pair: SimilarPair) -> list[str]:
    """Return why a pair is on the list, in words."""
    found = [f"the same program {pair.same}"] if pair.same else []
    if pair.share and not pair.same:
        found.append(f"{pair.share:.0%} of the shorter program's rarer passages")
    if pair.answers:
        asked = Counter(check.split(".")[-2] for check in pair.answers)
        told = [f"{name} ({many} check{'s' * (many > 1)})" for name, many in asked.items()]
        found.append(f"the same rare wrong answers to {count_of(told)}")
    if pair.figures:
        found.append(f"an answer that is right with the other's figures: {count_of(pair.figures)}")
    return found


def count_of(things: Sequence[str]) -> str:
    """Return the first few of some names, and how many more there are."""
    return ", ".join(things[:4]) + (f" and {len(things) - 4} more" if len(things) > 4 else "")


def pair_table(pairs: Sequence[SimilarPair]) -> Table:
    """Return pairs.csv."""
    head = ("one", "other", "other_term", "same", "share", "rare_wrong_answers", "others_figures")
    table = Table(head)
    for pair in pairs:
        one, other = (pair.other, pair.one) if pair.one.term else (pair.one, pair.other)
        answers, figures = " ".join(pair.answers), " ".join(pair.figures)
        table.add(
            [one.name, other.name, other.term, pair.same, number(round(pair.share, 3)), answers, figures]
        )
    return table


def pair_html(pair: SimilarPair) -> str:
    """Return two programs side by side; what they share is marked."""
    sides = [(work_name(work), marked(work, pair.marks)) for work in (pair.one, pair.other)]
    return page(
        "pair.html.j2", script=False, title=f"{work_name(pair.one)} and {work_name(pair.other)}",
        reasons=reasons(pair), sides=sides,
    )  # fmt: skip


def marked(work: ComparedWork, marks: set[int]) -> list[SharedLine]:
    """Return a work's lines, with those in shared passages marked."""
    shared: set[int] = set()
    for mark in marks & work.prints.marks.keys():
        first, last = work.prints.marks[mark]
        shared.update(range(first, last + 1))
    lines = "\n".join(work.cells).split("\n")
    return [SharedLine(at, text, at in shared) for at, text in enumerate(lines, 1)]


def export(
    folder: Path, course: Course, stem: str, graded: Sequence[tuple[Submission, ComparedWork]]
) -> None:
    """Write a folder a submission, as JPlag reads them (`-bc BASE`), and the info.csv that Dolos reads.

    Both read Python only, so a notebook stands there as the program that its cells make.
    """
    info = Table(["filename", "full_name"])
    for submission, work in graded:
        home = made(folder / "submissions" / file_name(submission.name))
        if any(work.cells):
            replace_file(home / f"{stem}.py", "\n\n".join(work.cells) + "\n")
            info.add([f"submissions/{home.name}/{stem}.py", submission.student])
    replace_file(folder / "info.csv", str(info))
    base = made(folder / "submissions" / "BASE")
    template = course.root / "student_template" / stem / f"{stem}.py"
    if template.is_file():
        replace_file(base / f"{stem}.py", template.read_bytes())

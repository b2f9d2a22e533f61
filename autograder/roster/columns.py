"""Where scores go in the gradebooks of Canvas and Blackboard: which column is the assignment's."""

import re
from collections.abc import Iterator
from pathlib import Path

from autograder.config import Assignment
from autograder.roster.people import run_together
from autograder.roster.tables import read_rows
from autograder.submission.archive import listing

NUMBERED_COLUMN = re.compile(r"(.+) \((\d+)\)")
BLACKBOARD = re.compile(r"(.+?) \[Total Pts: .*\] \|\d+")
TOTALS = re.compile(r"(?:Unposted )?(?:Current|Final|Override) (?:Score|Points|Grade|Status)|Assignments")


def numbered_columns(roster: str) -> list[str]:
    """Return the headers of a gradebook of Canvas that are assignments': "Homework 1 (4711)"."""
    heads = next((row for _, row in read_rows(Path(roster))), []) if roster else []
    return [head for head in heads if NUMBERED_COLUMN.fullmatch(head) and not TOTALS.search(head)]


def canvas_column(roster: str, assignment: Assignment) -> str:
    """Return the header that Canvas gave the assignment, such as "Homework 1 (4711)", or ""."""
    said = assignment.canvas_column
    titles = {run_together(title) for title in (said, assignment.title, assignment.stem) if title}
    for head in numbered_columns(roster):
        if (named := NUMBERED_COLUMN.fullmatch(head)) and said in (head, named[2]):
            return head
    for head in numbered_columns(roster):
        if (named := NUMBERED_COLUMN.fullmatch(head)) and run_together(named[1]) in titles:
            return head
    return "" if said.isdigit() else said


def doubts_about_column(roster: str, assignment: Assignment) -> Iterator[str]:
    """Yield a remark if canvas.csv or blackboard.csv would make a new column there."""
    columns = numbered_columns(roster)
    if columns and canvas_column(roster, assignment) not in columns:
        yield (
            f"{roster} has no column {assignment.canvas_column or assignment.heading}, so"
            f" Canvas would make a new assignment; it has {listing(columns)}: name one in grading.yml,"
            f" canvas_column under {assignment.stem}"
        )
    heads = next((row for _, row in read_rows(Path(roster))), []) if roster else []
    named = [head for head in heads if BLACKBOARD.fullmatch(head)]
    if named and not blackboard_column(roster, assignment):
        yield (
            f"{roster} has no column {assignment.heading}, so Blackboard would make"
            f" a new one of text; it has {listing(named)}: give the assignment that title"
        )


def blackboard_column(roster: str, assignment: Assignment) -> str:
    """Return the header that Blackboard gave the assignment: Homework 1 [Total Pts: 100 Score] |123."""
    heads = next((row for _, row in read_rows(Path(roster))), []) if roster else []
    title = run_together(assignment.heading)
    named = ((head, BLACKBOARD.fullmatch(head)) for head in heads)
    return next((head for head, found in named if found and run_together(found[1]) == title), "")


def platform_of_list(roster: str) -> Iterator[str]:
    """Yield the platform that made a roster, if it can be told."""
    heads = next((row for _, row in read_rows(Path(roster))), []) if roster else []
    if any(run_together(head) == "orgdefinedid" for head in heads):
        yield "brightspace"
    if any(map(BLACKBOARD.fullmatch, heads)):
        yield "blackboard"

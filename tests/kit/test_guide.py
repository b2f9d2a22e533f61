"""The author's guide says everything, wherever it is read."""

import re
from pathlib import Path

import msgspec

from autograder.config import AssignmentSettings, CourseSettings

GUIDE = (Path(__file__).parents[2] / "docs/authors.md").read_text("utf-8")


def fields(kind: type) -> set[str]:
    """Return the names of a group's settings and of those in its groups."""
    found = set()
    for one in msgspec.structs.fields(kind):
        found.add(one.name)
        if isinstance(one.default, msgspec.Struct):
            found |= fields(type(one.default))
    return found


def rows(heading: str) -> set[str]:
    """Return what stands as code in the table after a line."""
    table = GUIDE.partition(f"\n{heading}\n")[2].partition("| key |")[2].partition("\n\n")[0]
    return set(re.findall(r"`(\w+)`", table))


def test_every_setting_has_a_row():
    assert fields(CourseSettings) <= rows("## grading.yml")
    assert fields(AssignmentSettings) <= rows("Of each assignment:") | rows("## grading.yml")
    own = {one.name for one in msgspec.structs.fields(AssignmentSettings)}
    assert own <= rows("Of each assignment:")


def test_no_link_leads_out_of_the_page_and_each_finds_its_heading():
    """The wheel holds this page alone."""
    headings = re.findall(r"^#+ (.*)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
    links = re.findall(r"\]\(([^)]*)\)", GUIDE)
    assert len(links) > 10
    assert {link.removeprefix("#") for link in links} <= anchors

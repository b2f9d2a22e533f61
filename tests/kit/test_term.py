"""A term: assignments side by side, totals, who falls behind; and the change to the next term."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.config import load_config, parse_config
from autograder.errors import InputError
from autograder.gradebook.book import Gradebook
from autograder.gradebook.records import About, Result
from autograder.results import Isolation, Outcome, Report
from autograder.roster.intake import Row
from autograder.roster.people import Person
from autograder.term.new_term import for_new_term
from autograder.term.table import term_of

TINY = Path(__file__).parent / "tiny"
ADA = Person(name="Ada Lovelace", sid="a1", email="ada@example.org", section="Tue")
ALAN = Person(name="Alan Turing", sid="t1", section="Wed")
EMMY = Person(name="Noether, Emmy", sid="n1", section="Tue")


def graded(out: Path, stem: str, due: str, scores: list[tuple[Person, float]], missing: list[Person]) -> None:
    """Write a gradebook as `grade` leaves it."""
    rows = [Row(name=person.name, student=person.name, people=[person]) for person, _ in scores]
    about = About(title=stem, points={"f": 10.0}, missing=missing, terms={"due date": due})
    with Gradebook(out) as book:
        run = book.begin(stem, out, "1", about, rows)
        for person, score in scores:
            report = Report(
                kit_version="1", assignment=stem, title=stem, student=person.name, submission=person.name,
                score=score, max_score=10.0, outcome=Outcome.PASSED, questions=[], checks=[], quiz=[],
                quiz_score=0.0, quiz_max_score=0.0, isolation=Isolation("full", [], []),
            )  # fmt: skip
            book.add(run, [Result(person.name, person.name, person.name, {}, report)])
        book.finish(run)


@pytest.fixture
def outs(tmp_path: Path) -> Path:
    """Three assignments; Emmy's name is written in two ways, and Alan stops handing in."""
    bare = Person(name="Emmy Noether", sid="n1")
    graded(tmp_path / "b", "second", "2026-11-02 12:00:00+01:00", [(ADA, 10.0), (ALAN, 8.0), (bare, 9.0)], [])
    graded(tmp_path / "a", "first", "2026-10-01 12:00:00+02:00", [(ADA, 9.0), (ALAN, 9.0), (EMMY, 8.0)], [])
    graded(tmp_path / "c", "third", "2026-12-01 12:00:00+01:00", [(ADA, 10.0), (EMMY, 4.0)], [ALAN])
    return tmp_path


def test_a_student_is_one_line_whatever_the_exports_call_them(outs):
    done = CliRunner().invoke(main, ["term", str(outs)])
    assert done.output.startswith("3 students, 3 assignments; look at 2 of them\n")
    with (outs / "term.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert [rows["n1"][stem] for stem in ("first", "second", "third")] == ["8.0", "9.0", "4.0"]
    assert rows["n1"]["section"] == "Tue"
    assert (rows["t1"]["third"], rows["t1"]["total_percent"]) == ("", "56.67")
    assert rows["t1"]["look_at"] == "handed in nothing for third"
    assert rows["n1"]["look_at"] == "40% of the points in third, 85% before"
    assert list(rows["a1"])[4:7] == ["first", "second", "third"]  # as they were due
    assert "Who may be falling behind" in (outs / "term.html").read_text()


def test_weights_of_the_course_make_the_total(outs):
    term = term_of([outs], {"first": 1.0, "third": 3.0})
    ada, alan, emmy = term.students
    assert [round(term.total(one), 3) for one in (ada, alan)] == [0.975, 0.225]
    assert emmy.person.name == "Noether, Emmy"
    settings = "assignments: {warmup: {questions: {f: 1}, weight: 2.5}}"
    assert parse_config(settings).assignments["warmup"].weight == 2.5


def test_what_makes_a_total_other_than_it_seems_is_told(outs):
    with Gradebook(outs / "c") as book:
        about = About(title="third", points={"f": 10.0}, terms={"due date": "2026-12-01 12:00:00+01:00"})
        rows = [Row(name=name, student=name, people=[]) for name in ("Ada Lovelace", "New")]
        book.begin("third", outs, "1", about, rows)
    done = CliRunner().invoke(main, ["--course", str(TINY), "term", str(outs)])
    assert done.stderr == f"1 are missing here, not graded yet: autograder regrade {outs / 'c'}\n"
    assert "1 are missing here" in (outs / "term.html").read_text()
    (told,) = term_of([outs / "a", outs / "b"], {"first": 1.0}).remarks()
    assert told == "second counts nothing: it has no weight in grading.yml, and others have"


def test_namesakes_who_handed_in_nothing_are_both_there(tmp_path):
    other = Person(name="Ada Lovelace", sid="a2")
    graded(tmp_path / "a", "first", "2026-10-01 12:00:00+02:00", [(ALAN, 9.0)], [ADA, other])
    with Gradebook(tmp_path / "a") as book:
        book.override("Ada Lovelace_a2", 7.0, "me", "oral exam")
    term = term_of([tmp_path], {})
    assert {one.person.sid: one.marks["first"].score for one in term.students} == {"a1": 0, "a2": 7, "t1": 9}


def test_a_section_has_a_table_of_its_own(outs):
    assert CliRunner().invoke(main, ["term", str(outs), "--section", "tue"]).exit_code == 0
    assert "Alan" not in (outs / "term-tue.csv").read_text()
    with pytest.raises(InputError, match="nobody is in section Mon; the rosters have: Tue, Wed"):
        term_of([outs], {}, "Mon")


def test_folders_that_do_not_fit_are_one_line(outs, tmp_path):
    with pytest.raises(InputError, match="no folder there was written by"):
        term_of([tmp_path / "a" / "none"], {})
    shutil.copytree(outs / "a", outs / "a2")
    with pytest.raises(InputError, match="first was graded in more than one of the folders"):
        term_of([outs], {})


SETTINGS = """# ours
course: X   # the name
seed: 7  # private
late: {per_day: 0.2}
assignments:
  one:
    due: 2026-10-01T23:59:00+02:00  # Thursday
    questions: {f: 1}
  two:
    due: "2026-12-15T23:59:00+01:00"
    questions: {g: 2}
"""


def test_a_new_term_changes_the_seed_and_the_dates_and_nothing_else():
    made = for_new_term(SETTINGS, date(2027, 4, 1), 99)
    assert made.text == SETTINGS.replace("seed: 7", "seed: 99").replace(
        "2026-10-01T23:59:00+02:00", "2027-04-01T23:59:00+02:00"
    ).replace("2026-12-15T23:59:00+01:00", "2027-06-15T23:59:00+01:00")
    assert parse_config(for_new_term(SETTINGS, None).text).seed != 7
    assert for_new_term(SETTINGS.replace("seed: 7  # private\n", ""), None, 5).text.startswith("seed: 5\n")


def test_in_a_time_zone_a_new_term_has_the_same_times_of_day():
    here = f"time_zone: Europe/Berlin\n{SETTINGS}"
    made = for_new_term(here, date(2027, 4, 1), 99)
    assert "due: 2027-04-01T23:59:00+02:00" in made.text
    assert 'due: "2027-06-15T23:59:00+02:00"' in made.text  # was in winter
    assert [due.isoformat()[-14:] for _, _, due in made.dates] == ["23:59:00+02:00"] * 2


def test_new_term_is_a_command_that_checks_the_dates(tmp_path):
    course = shutil.copytree(TINY, tmp_path / "course")
    path = course / "grading.yml"
    text = path.read_text().replace("  warmup:\n", "  warmup:\n    due: 2020-01-15T12:00:00+01:00\n")
    path.write_text(text)
    (course / "extensions.csv").write_text("student,days\n")
    done = CliRunner().invoke(main, ["--course", str(course), "new-term", "--dry-run"])
    assert (
        "warmup: due Wed 2020-01-15 12:00 +0100; this is in the past: give --first-due DATE\n" in done.output
    )
    assert "extensions.csv is the last term's: move it away\n" in done.output
    assert "UTC offsets stay as they are: where clocks change, name time_zone" in done.output
    assert path.read_text() == text
    done = CliRunner().invoke(main, ["--course", str(course), "new-term", "--first-due", "2099-04-20"])
    assert done.exit_code == 0, done.output
    assert load_config(course).assignment("warmup").due.isoformat() == "2099-04-20T12:00:00+01:00"
    assert load_config(course).settings.seed != 7

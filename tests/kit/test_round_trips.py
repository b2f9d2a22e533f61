"""Round trips: export, grade, import twice, grade again, import again, by the platforms' own rules."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.config import Course, parse_config
from autograder.reports.handback import handback
from autograder.reports.moodle import MoodleTable
from autograder.reports.platform_tables import (
    blackboard_row,
    blackboard_table,
    brightspace_row,
    brightspace_table,
    canvas_table,
)
from autograder.results import Isolation, Outcome, Report
from autograder.roster.intake import Intake, Options, take_in
from autograder.roster.people import Person, read_roster
from autograder.roster.times import moment
from autograder.submission.layouts import find_submissions
from tests.kit.platform_importers import (
    GERMAN,
    LANGUAGES,
    Language,
    Moodle,
    canvas_feedback,
    canvas_import,
    moodle_feedback,
)

SETTINGS = """
time_zone: UTC
assignments:
  warmup: {title: A warm-up, questions: {f: 100}, due: 2026-12-14T22:00:00+00:00}
"""
PEOPLE = {"31": "Ada Lovelace", "32": "Alan Turing", "45": "Grace Hopper"}


def graded(score: float) -> Report:
    return Report(
        kit_version="1", assignment="warmup", title="A warm-up", student="x", submission="x", score=score,
        max_score=100.0, outcome=Outcome.PASSED, questions=[], checks=[], quiz=[], quiz_score=0.0,
        quiz_max_score=0.0, late_days=0, notes=["Well done."], staff_notes=[], output="",
        isolation=Isolation("full", [], []), receipt={},
    )  # fmt: skip


def taken_in(folder: Path, names: list[str], roster: str, settings: str = SETTINGS) -> Intake:
    for name in names:
        (folder / "class" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "class" / name).write_text("x = 1\n")
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    course = Course(folder, parse_config(settings))
    entries = find_submissions(folder / "class", "warmup")
    return take_in(entries, course, "warmup", Options(roster=str(folder / "roster.csv")))


def moodle_csv(taken: Intake, score: float) -> str:
    table = MoodleTable(taken.worksheet, lambda report: handback(report, published=True))
    for row in taken.rows:
        for person in row.people:
            table.take(graded(score), person)
    return str(table)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize("blind", [False, True])
def test_moodle_takes_every_upload(tmp_path: Path, language: Language, blind: bool) -> None:
    moodle = Moodle(PEOPLE, language=language, blind=blind)
    who = [language.hidden.strip().replace("/", "") if blind else name for name in PEOPLE.values()]
    names = [
        f"{name}_{number}_assignsubmission_file/warmup.py" for name, number in zip(who, PEOPLE, strict=True)
    ]
    taken = taken_in(tmp_path, names[:2], moodle.worksheet())
    assert len(taken.missing) == 1
    assert [row.ruling.late_days for row in taken.rows] == [1, 1]
    assert [row.people[0].moodle for row in taken.rows] == ["31", "32"]
    first = moodle_csv(taken, 62.5)
    assert moodle.upload(first) == ["31", "32"]
    assert moodle.upload(first) == []  # nothing is new
    assert {number: grade for number, (grade, _) in moodle.grades.items()} == {"31": 62.5, "32": 62.5}
    assert "Well done." in moodle.comments["31"]
    again = taken_in(tmp_path, names, moodle.worksheet())
    assert moodle.upload(moodle_csv(again, 80)) == ["31", "32", "45"]
    assert moodle.grades["31"][0] == 80
    assert not again.remarks


def test_a_time_that_cannot_be_read_is_told_and_can_be_given(tmp_path: Path) -> None:
    sheet = Moodle(PEOPLE).worksheet().replace("December", "Frimaire")
    names = [f"{name}_{number}_assignsubmission_file/warmup.py" for number, name in PEOPLE.items()]
    taken = taken_in(tmp_path, names, sheet)
    assert [row.submitted_at for row in taken.rows] == [None] * 3
    assert any("3 times cannot be read, such as Monday, 14 Frimaire 2026" in one for one in taken.remarks)
    assert any("give --submitted CSV" in one and "Ada Lovelace_31" in one for one in taken.remarks)
    some = Moodle(PEOPLE).worksheet().replace("Monday, 14 December 2026, 11:02 PM", "Frimaire 14, 2026 7", 1)
    taken = taken_in(tmp_path, names, some)
    assert [row.ruling.late_days for row in taken.rows] == [0, 1, 1]
    (tmp_path / "times.csv").write_text("student,submitted at\nAda Lovelace,2026-12-16 23:02\n")
    course = Course(tmp_path, parse_config(SETTINGS))
    lists = Options(roster=str(tmp_path / "roster.csv"), submitted=str(tmp_path / "times.csv"))
    again = take_in(find_submissions(tmp_path / "class", "warmup"), course, "warmup", lists)
    assert [row.ruling.late_days for row in again.rows] == [3, 1, 1]  # the others' stay known


def test_a_grades_time_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE, grades={"31": (5.0, datetime(2026, 12, 20, tzinfo=UTC).timestamp())})
    sheet = moodle.worksheet().replace("20 December", "30 Frimaire")
    taken = taken_in(tmp_path, ["Ada Lovelace_31_assignsubmission_file/warmup.py"], sheet)
    assert any("1 times of grades in Moodle cannot be read" in remark for remark in taken.remarks)


def test_a_stale_worksheet_does_not_overwrite_what_was_changed_in_moodle(tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE)
    taken = taken_in(tmp_path, ["Ada Lovelace_31_assignsubmission_file/warmup.py"], moodle.worksheet())
    moodle.grades["31"] = 5.0, moodle.now
    assert moodle.upload(moodle_csv(taken, 80)) == []


def test_a_smaller_maximum_in_moodle_is_told(tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE, maximum=50)
    taken = taken_in(tmp_path, ["Ada Lovelace_31_assignsubmission_file/warmup.py"], moodle.worksheet())
    assert any("the maximum in Moodle is 50.00, here it is 100" in remark for remark in taken.remarks)


def test_a_german_worksheet_is_a_roster(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(Moodle(PEOPLE, language=GERMAN).worksheet(), encoding="utf-8")
    ada = read_roster(tmp_path / "roster.csv")[0]
    assert (ada.name, ada.email, ada.moodle, ada.sid) == ("Ada Lovelace", "ada31@example.org", "31", "")


@pytest.mark.parametrize(
    "text",
    [
        "Montag, 14. Dezember 2026, 23:02", "lundi 14 décembre 2026, 23:02",
        "lunes, 14 de diciembre de 2026, 23:02", "luns, 14 de decembro de 2026, 11:02 p.m.",
        "Monday, 14 December 2026, 11:02 PM", "lunedì, 14 dicembre 2026, 23:02", "14 dez 2026, 23:02",
        "maandag, 14 december 2026, 23:02", "segunda-feira, 14 de dezembro de 2026 às 23:02",
        "astelehena, 2026(e)ko abenduaren 14(e)an, 23:02(e)tan", "pirmadienis, 2026 gruodžio 14, 23:02",
        "월요일, 14 12월 2026, 11:02 오후", "Δευτέρα, 14 Δεκεμβρίου 2026, 11:02 μ.μ.",
        "понеділок 14 грудня 2026 23:02 пп", "dilluns, 14 de desembre de 2026, 23:02",
        "måndag, 14 december 2026, 23:02", "pondělí, 14. prosinec 2026, 23.02",
        "Thứ Hai, 14 tháng 12 2026, 23:02",
        "maanantaina 14. joulukuuta 2026, 23.02", "luni, 14 decembrie 2026, 23:02",
        "יום שני, 14 דצמבר 2026, 23:02",
        "सोमवार, 14 दिसंबर 2026, 23:02", "14/12/2026 23:02", "12/14/2026, 11:02 PM",
    ],
)  # fmt: skip
def test_times_of_moodle_in_many_languages(text: str) -> None:
    assert moment(text) == datetime(2026, 12, 14, 23, 2)


@pytest.mark.parametrize(
    ("text", "month"),
    [("sobota, 14 listopada 2026, 23:02", 11), ("srijeda, 14. listopada 2026., 23:02", 10)],
)
def test_a_weekday_tells_which_language_a_month_is_in(text: str, month: int) -> None:
    assert moment(text) == datetime(2026, month, 14, 23, 2)


@pytest.mark.parametrize(
    "text",
    [
        "14 listopada 2026, 23:02",  # November in Polish, October in Croatian
        "03/04/2026 23:59",
        "14 December 2026, 11:02 in the night",
        "mardi 14 décembre 2026, 23:02",  # a Monday
        "14 December 2026 or 15 December 2026, 23:02", "31 June 2026, 23:02", "14 December 2026, 25:02",
        "14 Frimaire 2026, 23:02", "14 December, 23:02",
    ],
)  # fmt: skip
def test_what_may_mean_two_times_is_not_read(text: str) -> None:
    assert moment(text) is None


CANVAS = {
    "usual": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77),Current Score\n"
        "    Points Possible,,,,,100,(read only)\n"
        '"Lovelace, Ada",7,s1,ada,A,,\n"Turing, Alan",8,s2,alan,A,,\n"Student, Test",9,,x,A,,\n'
    ),
    "two names": (
        "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)\n"
        ",,,,,,Manual Posting\n    Points Possible,,,,,,100\n"
        "Lovelace,Ada,7,s1,ada,A,\nTuring,Alan,8,s2,alan,A,\nStudent,Test,9,,x,A,\n"
    ),
    "short": "Student,ID,Section,Homework 1 (77)\nAda Lovelace,7,A,\nAlan Turing,8,A,\nTest Student,9,A,\n",
}  # fmt: skip
TITLED = SETTINGS.replace("title: A warm-up", "title: Homework 1")


@pytest.mark.parametrize("form", CANVAS)
def test_canvas_finds_its_column_and_its_students(tmp_path: Path, form: str) -> None:
    taken = taken_in(tmp_path, ["lovelaceada_7_70_warmup.py"], CANVAS[form], TITLED)
    assert [person.canvas for person in taken.missing] == ["8"]
    table = canvas_table("Homework 1", 100.0, taken.canvas_column)
    for row in taken.rows:
        table.take(graded(90), row.people[0])
    for _ in range(2):
        got = canvas_import(str(table), {77: "Homework 1"}, {"7": "Ada Lovelace", "8": "Alan Turing"})
        assert got == {"assignment": 77, "grades": {"7": "90"}} or got["grades"] == {"7": "90.0"}
        assert got["assignment"] == 77


@pytest.mark.parametrize("said", [77, "77", "Homework 1", "Homework 1 (77)"])
def test_the_column_of_canvas_can_be_said(tmp_path: Path, said: object) -> None:
    settings = SETTINGS.replace("{title", f"{{canvas_column: {said!r}, title")
    taken = taken_in(tmp_path, ["lovelaceada_7_70_warmup.py"], CANVAS["usual"], settings)
    assert taken.canvas_column == "Homework 1 (77)"
    assert not any("Canvas" in told for told in taken.remarks)


def test_a_column_that_canvas_does_not_have_is_told(tmp_path: Path) -> None:
    taken = taken_in(tmp_path, ["lovelaceada_7_70_warmup.py"], CANVAS["usual"])
    assert any(
        "has no column A warm-up" in remark and "Homework 1 (77)" in remark for remark in taken.remarks
    )


def test_feedback_goes_back_to_canvas_and_moodle(tmp_path: Path) -> None:
    names = [
        "lovelaceada_LATE_7_70_warmup.py", "anon_Ab3xZ_71_warmup.py", "grace/warmup.py",
        "Alan Turing_32_assignsubmission_file/warmup.py",
    ]  # fmt: skip
    taken = taken_in(tmp_path, names, "name\nAda\n")
    returned = {row.name: row.returned for row in taken.rows}
    assert canvas_feedback(f"{returned['lovelaceada_7']}.txt") == ("7", "70")
    assert moodle_feedback(f"{returned['Alan Turing_32']}.txt") == ("32", "feedback.txt")
    assert returned["grace"] == returned["anon_Ab3xZ"] == ""


def test_brightspace_and_blackboard_get_tables_of_their_own(tmp_path: Path) -> None:
    names = ["7-9 - Ada Lovelace - Dec 10, 2026 1200 PM - warmup.py"]
    known = "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
    known += "#s1,#ada,Lovelace,Ada,a@x.org,#\n"
    taken = taken_in(tmp_path, names, known)
    (row,) = taken.rows
    assert (taken.platforms, row.people[0].sid, row.people[0].login) == (["brightspace"], "s1", "ada")
    table = brightspace_table("Homework 1")
    table.add(brightspace_row(graded(90), row.people[0]))
    assert str(table).splitlines() == [
        "OrgDefinedId,Username,Homework 1 Points Grade,End-of-Line Indicator", "#s1,ada,90,#",
    ]  # fmt: skip
    assert brightspace_row(graded(9), Person(name="A", sid="s1", email="a@x.org"))[:2] == ["#s1", ""]
    names = ["Hw_ada_attempt_2026-12-10-12-00-00_warmup.py"]
    known = "Last Name,First Name,Username,Student ID,A warm-up [Total Pts: 100 Score] |123\n"
    known += "Lovelace,Ada,ada,s1,\n"
    taken = taken_in(tmp_path / "b", names, known)
    assert taken.platforms == ["blackboard"]
    assert (taken.missing, taken.remarks) == ([], [])
    elsewhere = taken_in(tmp_path / "c", names, known.replace("A warm-up [", "Homework 9 ["))
    assert any("so Blackboard would make a new one of text" in remark for remark in elsewhere.remarks)
    other = blackboard_table("A warm-up", 100, taken.blackboard_column)
    other.add(blackboard_row(graded(90), taken.rows[0].people[0]))
    assert str(other).splitlines() == [
        "Username,Student ID,A warm-up [Total Pts: 100 Score] |123", "ada,s1,90",
    ]  # fmt: skip

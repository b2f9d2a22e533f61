"""Rosters, times and extensions: who is who, who is missing, and nobody is mistaken for another."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.config import Course, parse_config
from autograder.errors import InputError
from autograder.roster.intake import Intake, Options, take_in
from autograder.roster.people import Index, Person, read_roster
from autograder.submission.layouts import find_submissions

SETTINGS = """
time_zone: Europe/Berlin
late: {grace_minutes: 15, per_day: 0.1, max_days: 3}
assignments:
  warmup: {questions: {f: 10}, due: 2026-12-15T23:59:00+01:00}
  other: {questions: {g: 10}}
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)
    Points Possible,,,,,10
"Lovelace, Ada",12345,s1,ada,A,
"Turing, Alan",12,s2,alan,B,
"Student, Test",99,,2c8,A,
"""


def intake(folder: Path, names: list[str], **files: str) -> Intake:
    """Return what is taken in of a class with these submissions and lists."""
    for name in names:
        path = folder / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    paths = {}
    for kind, text in files.items():
        (folder / f"{kind}.csv").write_text(text, encoding="utf-8")
        paths[kind] = str(folder / f"{kind}.csv")
    course = Course(folder, parse_config(SETTINGS))
    return take_in(find_submissions(folder / "class", "warmup"), course, "warmup", Options(**paths))


def said(taken: Intake) -> list[str]:
    """Return what staff are told, without that nobody's time is known: few tests here are about times."""
    return [remark for remark in taken.remarks if not remark.startswith("it is not known when")]


def people(taken: Intake) -> dict[str, Person]:
    return {row.name: row.people[0] for row in taken.rows}


def roster(tmp_path: Path, text: str | bytes) -> list[Person]:
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_roster(path)


@pytest.mark.parametrize(
    "text",
    [
        "name,id,email\nAda Lovelace,s1,ada@example.org\n",
        "E-Mail;Student ID;Name\r\nada@example.org;s1;Ada Lovelace\r\n",
        "\ufeffFirst Name,Last Name,SID,Email,Role,Section\nAda,Lovelace,s1,ada@example.org,Student,\n"
        "Grace,Hopper,,grace@example.org,Instructor,\n",
        "sid\tname\temail\n\n s1 \tAda Lovelace\tada@example.org\n\n",
    ],
)
def test_columns_are_found_by_what_they_are_called(tmp_path, text):
    assert roster(tmp_path, text) == [Person(name="Ada Lovelace", sid="s1", email="ada@example.org")]


def test_the_gradebook_of_canvas(tmp_path):
    assert roster(tmp_path, CANVAS) == [
        Person(name="Lovelace, Ada", canvas="12345", sid="s1", login="ada", section="A"),
        Person(name="Turing, Alan", canvas="12", sid="s2", login="alan", section="B"),
    ]


def test_the_worksheet_of_moodle(tmp_path):
    text = "Identifier,Full name,Email address,Status,Grade\nParticipant 123,Ada Lovelace,ada@example.org,,\n"
    assert roster(tmp_path, text) == [Person(name="Ada Lovelace", email="ada@example.org", moodle="123")]


def test_what_excel_saves_is_read(tmp_path):
    assert roster(tmp_path, "name;id\nZo\xeb;7\n".encode("cp1252"))[0].name == "Zoë"
    assert roster(tmp_path, "name\tid\nZoë\t7\n".encode("utf-16"))[0].name == "Zoë"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("name,id\n", "lists no student"),
        ("colour,shape\nred,round\n", "no column name or .*found: colour, shape"),
        ("section\nA\n", "no column name"),
        ('name,id\n"Ada' + "a" * 200_000, "line"),
    ],
)
def test_what_is_no_roster_is_refused_in_one_line(tmp_path, text, told):
    with pytest.raises(InputError, match=told) as wrong:
        roster(tmp_path, text)
    assert "\n" not in str(wrong.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv cannot be read"):
        read_roster(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "said",
    [
        "Ada Lovelace",
        "Lovelace, Ada",
        "lovelaceada",
        "ADA  LOVELACE",
        "adalovelace",
        "s1",
        "ada",
        "Ada@example.org",
    ],
)
def test_a_student_is_known_under_many_names(said):
    index = Index([
        (0, Person(name="Lovelace, Ada", sid="s1", email="ada@example.org")),
        (1, Person(name="Turing, Alan", sid="s2")),
    ])  # fmt: skip
    assert index.called(said) == {0}
    assert index.like(Person(name=said)) == {0}


def test_accents_and_signs_are_no_hindrance():
    index = Index([(0, Person(name="Kurt Gödel")), (1, Person(name="🦜")), (2, Person(name="🐍"))])
    assert index.called("kurt godel") == {0}
    assert index.called("🦜") == {1}


def test_nobody_is_mistaken_for_one_with_another_number():
    index = Index([(0, Person(name="Ada Lovelace", canvas="1"))])
    assert index.like(Person(name="Ada Lovelace", canvas="2")) == set()
    assert index.like(Person(name="Ada Lovelace", sid="1")) == {0}


def test_canvas_files_are_joined_by_number_and_the_missing_are_listed(tmp_path):
    taken = intake(tmp_path, ["lovelaceada_12345_678901_warmup.py"], roster=CANVAS)
    (ada,) = taken.rows
    assert (ada.student, ada.people[0].sid, ada.people[0].section) == ("Lovelace, Ada", "s1", "A")
    assert [person.name for person in taken.missing] == ["Turing, Alan"]
    told = said(taken)[-1]
    assert "has no column warmup, so Canvas would make a new assignment; it has Homework 1 (77)" in told


def test_two_students_with_the_same_name_stay_apart(tmp_path):
    text = "name,id\nAda Lovelace,1\nAda Lovelace,2\n"
    names = [f"Ada Lovelace_{n}_assignsubmission_file/warmup.py" for n in (31, 32)]
    worksheet = "Identifier,Full name,ID number\n"
    worksheet += "Participant 31,Ada Lovelace,1\nParticipant 32,Ada Lovelace,2\n"
    taken = intake(tmp_path, names, roster=worksheet)
    assert {name: one.sid for name, one in people(taken).items()} == {
        "Ada Lovelace_31": "1",
        "Ada Lovelace_32": "2",
    }
    (tmp_path / "roster.csv").write_text(text)
    taken = intake(tmp_path, names, roster=text)  # their numbers say nothing here, so nothing is guessed
    assert [one.sid for one in people(taken).values()] == ["", ""]
    assert len(taken.missing) == 2
    assert said(taken)[0].startswith("Ada Lovelace_31: 2 students on the roster may be meant: write one")


def test_who_has_the_same_names_in_another_order_is_somebody_else(tmp_path):
    taken = intake(
        tmp_path, ["An Van Le/warmup.py", "Le Van An/warmup.py"], roster="name,id\nLe Van An,l\nAn Van Le,a\n"
    )
    assert {name: person.sid for name, person in people(taken).items()} == {
        "An Van Le": "a",
        "Le Van An": "l",
    }
    assert said(taken) == []


def test_a_namesake_is_told_by_the_id_in_place_of_the_name(tmp_path):
    names = "name,id\nAda Li,s1\nAda Li,s2\n"
    taken = intake(tmp_path / "a", ["7-1 - Ada Li - Dec 10, 2026 1200 PM/warmup.py"], roster=names)
    assert any("write one's id for the name" in remark for remark in taken.remarks)
    for folder in ("7-1 - s2 - Dec 10, 2026 1200 PM/warmup.py", "s2/warmup.py", "s2 - warmup.py"):
        taken = intake(tmp_path / folder[:5], [folder], roster=names)
        assert [person.sid for person in taken.missing] == ["s1"]


def test_a_class_that_is_mostly_late_is_asked_about_the_due_date(tmp_path):
    names = [f"Hw_u{at}_attempt_2027-01-{at:02}-08-00-00_warmup.py" for at in range(1, 6)]
    assert said(intake(tmp_path, names)) == [
        "5 of 5 are late: is 2026-12-15 23:59 CET in grading.yml when it was due?"
    ]
    on_time = [f"Hw_v{at}_attempt_2026-12-{at:02}-08-00-00_warmup.py" for at in range(1, 6)]
    assert said(intake(tmp_path, on_time)) == []


def test_strangers_and_those_who_handed_in_twice_are_told(tmp_path):
    taken = intake(
        tmp_path,
        ["s1/warmup.py", "ada.py", "eve/warmup.py"],
        roster="name,id,email\nAda,s1,ada@x.org\n",
    )
    assert "eve: not on the roster" in said(taken)
    assert "Ada handed in 2 times: ada, s1" in said(taken)


def test_times_and_extensions_reach_the_ruling(tmp_path):
    taken = intake(
        tmp_path, ["ada/warmup.py", "alan/warmup.py", "eve/warmup.py", "grace/warmup.py"],
        submitted="student,submitted_at\nada,2026-12-17 12:00\nalan,2026-12-16T00:10+01:00\neve,2026-12-30\n"
        "nobody,2026-12-01\n",
        extensions="student,assignment,days,until\nada,warmup,1,\neve,other,30,\neve,,,2026-12-29\n",
    )  # fmt: skip
    rows = {row.name: row for row in taken.rows}
    assert {name: row.ruling.late_days for name, row in rows.items()} == {
        "ada": 1,
        "alan": 0,
        "eve": 1,
        "grace": 0,
    }
    assert rows["grace"].submitted_at is None
    assert rows["alan"].submitted_at == datetime(2026, 12, 15, 23, 10, tzinfo=UTC)
    assert said(taken) == [f"{tmp_path / 'submitted.csv'}: no submission here of nobody"]


def test_several_times_of_one_student_are_attempts(tmp_path):
    limited = SETTINGS + "attempts: {max: 1}\n"
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "warmup.py").write_text("")
    (tmp_path / "times.csv").write_text("Name,Submission Time\nada,2026-12-02\nada,2026-12-01\n")
    course = Course(tmp_path, parse_config(limited))
    entries = find_submissions(tmp_path / "class", "warmup")
    (row,) = take_in(entries, course, "warmup", Options(submitted=str(tmp_path / "times.csv"))).rows
    assert row.ruling.taken == 1
    assert "1 of 1 attempts" in row.ruling.notes[0]


def test_gradescope_knows_when(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "submission_metadata.yml").write_text(
        "submission_1:\n  :submitters:\n  - :name: Ada\n    :sid: '42'\n    :email: ada@example.org\n"
        "  :created_at: 2026-12-16 23:00:00 Z\n"
    )
    (row,) = intake(tmp_path, ["submission_1/warmup.py"]).rows
    assert (row.ruling.late_days, row.people[0].sid, row.people[0].canvas) == (1, "42", "")


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("extensions", "student,days\nada,soon\n", "days must be a number"),
        ("extensions", "student,days\nada,-2\n", "days must be a number"),
        ("extensions", "student,days\nada,\n", "how many days"),
        ("extensions", "student,until\nada,someday\n", "is no time"),
        ("extensions", "student,days\n,2\n", "the student is missing"),
        ("extensions", "student,weeks\nada,2\n", "no column days or until"),
        ("submitted", "student,when\nada,noon\n", "no column submitted at"),
        ("submitted", "student,time\nada,noon\n", "line 2.*is no time"),
        ("submitted", "student,time\nAda Lovelace,2026-12-01\n", "any of 2 submissions"),
    ],
)
def test_mistakes_in_lists_name_file_and_line(tmp_path, kind, text, told):
    names = ["ada/warmup.py", "Ada Lovelace_1_assignsubmission_file/warmup.py",
             "Ada Lovelace_2_assignsubmission_file/warmup.py"]  # fmt: skip
    with pytest.raises(InputError, match=told) as wrong:
        intake(tmp_path, names, **{kind: text})
    assert kind in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_groups_are_joined_one_by_one(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "submission_metadata.yml").write_text(
        "submission_1:\n  :submitters:\n  - :name: Ada\n    :sid: '1'\n  - :name: Alan\n    :sid: '2'\n"
    )
    taken = intake(tmp_path, ["submission_1/warmup.py"], roster="name,sid\nAda L,1\nAlan T,2\nEve,3\n")
    assert taken.rows[0].student == "Ada L and Alan T"
    assert [person.name for person in taken.missing] == ["Eve"]


def test_the_worksheet_of_moodle_tells_namesakes_apart_and_knows_when(tmp_path):
    worksheet = (
        "Identifier,Full name,ID number,Last modified (submission)\n"
        'Participant 1,Ada Lovelace,a1,"Thursday, 17 December 2026, 9:00 AM"\n'
        'Participant 2,Ada Lovelace,a2,"Monday, 14 December 2026, 11:02 PM"\nParticipant 3,Alan,t1,-\n'
    )
    names = [f"Ada Lovelace_{number}_assignsubmission_file/warmup.py" for number in (1, 2)]
    for lists in ({"roster": worksheet}, {"roster": worksheet, "submitted": worksheet}):
        taken = intake(tmp_path / str(len(lists)), names, **lists)
        assert {row.people[0].sid: row.ruling.late_days for row in taken.rows} == {"a1": 2, "a2": 0}
        assert said(taken) == []
        assert [person.name for person in taken.missing] == ["Alan"]


def test_an_address_or_a_login_says_whose_extension_it_is(tmp_path):
    taken = intake(
        tmp_path, ["lovelaceada_LATE_7_70_warmup.py", "turingalan_8_80_warmup.py"],
        roster="Student,ID,SIS User ID,SIS Login ID,Section\nAda,7,a1,ada@x.org,A\nAlan,8,t1,alan@x.org,A\n",
        submitted="login,time\nada@x.org,2026-12-17 12:00\nalan@x.org,2026-12-17 12:00\n",
        extensions="student,days\nalan,5\n",
    )  # fmt: skip
    assert [row.ruling.late_days for row in taken.rows] == [2, 0]


def test_late_without_a_time_is_told_with_what_to_do(tmp_path):
    taken = intake(tmp_path, ["lovelaceada_LATE_7_70_warmup.py", "turingalan_8_80_warmup.py"])
    (told,) = said(taken)
    assert told.startswith("1 marked late")
    assert "--submitted CSV (student,submitted at) for lovelaceada_7" in told
    (others,) = [remark for remark in taken.remarks if "cannot be late" in remark]
    assert "turingalan" in others
    assert "lovelaceada" not in others


def test_a_group_on_the_roster_is_all_its_members(tmp_path):
    taken = intake(
        tmp_path, ["teamblue_7_70_warmup.py", "hw1-team-red/warmup.py"],
        roster="Name,ID,Canvas ID,Group\nAda,a1,7,Team Blue\nAlan,t1,8,team blue\nEve,e1,9,hw1-team-red\n"
        "Kurt,k1,,\n",
    )  # fmt: skip
    assert {row.student for row in taken.rows} == {"Ada and Alan", "Eve"}
    assert ([person.name for person in taken.missing], said(taken)) == (["Kurt"], [])


def test_the_column_of_the_assignment_in_canvas_is_known_from_its_gradebook(tmp_path):
    gradebook = "Student,ID,Section,Other (3),Warmup (4711)\nAda,7,A,,\n"
    assert intake(tmp_path, ["ada.py"], roster=gradebook).canvas_column == "Warmup (4711)"
    assert intake(tmp_path / "plain", ["ada.py"], roster="name\nAda\n").canvas_column == ""


def test_an_account_is_not_a_student_whose_login_is_another(tmp_path):
    known = "name,id,login,email\nGrace Hopper,1,ghopper,grace@x.org\nAlan Turing,2,,alan@x.org\n"
    names = ["gracehopper/warmup.py", "grace/warmup.py", "alanturing.py"]
    taken = intake(tmp_path, names, roster=known)
    assert {row.name for row in taken.rows if row.people[0].sid} == {"alanturing"}
    assert "gracehopper: not on the roster" in said(taken)
    assert "grace: not on the roster" in said(taken)
    assert "taken by a name or address, not by a number or login: alanturing for Alan Turing" in said(taken)
    assert [person.name for person in taken.missing] == ["Grace Hopper"]


def test_an_account_that_sounds_like_a_group_is_not_the_group(tmp_path):
    known = "name,login,group\nAda,ada,Team 7\nAlan,alan,Team 7\nEve,team-7,\n"
    taken = intake(tmp_path, ["team-7/warmup.py"], roster=known)
    assert [person.name for person in taken.rows[0].people] == ["Eve"]
    taken = intake(tmp_path / "b", ["team-7/warmup.py"], roster=known.replace("Eve,team-7,", "Eve,eve,"))
    assert [person.name for person in taken.missing] == ["Ada", "Alan", "Eve"]
    assert said(taken) == ["team-7: not on the roster"]


def test_a_group_does_not_count_for_members_who_handed_in_alone(tmp_path):
    known = "name,login,group\nAda,ada,Team 7\nAlan,alan,Team 7\n"
    taken = intake(tmp_path, ["Team 7/warmup.py", "alan/warmup.py"], roster=known)
    assert {row.student for row in taken.rows} == {"Team 7", "Alan"}
    assert said(taken) == ["Team 7: not counted for its group, for Alan handed in alone"]


def test_a_user_of_canvas_cannot_name_themselves_a_group(tmp_path):
    known = "Name,ID,Canvas ID,Group\nAda,a1,7,Team Blue\nAlan,t1,8,Team Blue\nEve,e1,9,Team Red\n"
    taken = intake(tmp_path, ["teamblue_9_70_warmup.py"], roster=known)
    assert [person.name for person in taken.rows[0].people] == ["Eve"]


def test_the_roster_of_github_classroom(tmp_path):
    text = (
        '"identifier","github_username","github_id","name"\n"ada@x.org","adal","17",""\n'
        '"s2","alant","18","Alan Turing"\n"s3","","",""\n'
    )
    assert roster(tmp_path, text) == [
        Person(name="ada@x.org", sid="ada@x.org", email="ada@x.org", login="adal"),
        Person(name="Alan Turing", sid="s2", login="alant"),
        Person(name="s3", sid="s3"),
    ]
    taken = intake(tmp_path, ["hw-adal/warmup.py", "hw-alant/warmup.py"], roster=text)
    assert len(taken.missing) == 3  # without .git the common prefix says nothing


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        ({"roster": "name,id\nLovelace, Ada,a1\n"}, 'line 2: 3 cells, the first line names 2'),
        ({"roster": 'name,id\n"Ada Lovelace,a1\nBen Li,b1\n'}, "is a quote not closed?"),
        ({"roster": "PK\3\4 and so on"}, "is a spreadsheet or a zip: save it as CSV"),
        ({"submitted": "student,submitted at\nada,03/04/2026\n"}, "line 2: '03/04/2026' may be two days"),
        ({"submitted": "student,submitted at\nada,46372.5\n"}, "line 2: '46372.5' is no time that"),
        ({"extensions": "student,assignment,days\nada,warmpu,2\n"}, "'warmpu'; did you mean warmup"),
    ],
)  # fmt: skip
def test_a_line_that_slipped_is_an_error_of_one_line(tmp_path, lists, told):
    with pytest.raises(InputError) as error:
        intake(tmp_path, ["ada/warmup.py"], **lists)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_list_with_slashes_is_read_as_its_other_lines_are(tmp_path):
    times = "student,submitted at\nada,03/12/2026 10:00\nalan,17/12/2026 10:00\n"
    taken = intake(tmp_path, ["ada/warmup.py", "alan/warmup.py"], submitted=times)
    assert [row.submitted_at and row.submitted_at.day for row in taken.rows] == [3, 17]


def test_odd_things_of_lists_are_told(tmp_path):
    names = [f"student{number}/warmup.py" for number in range(5)]
    taken = intake(
        tmp_path, [*names, "ada/warmup.py"], roster="name,id\nada,a1\nBen Li,a1\n",
        extensions="student,until\nada,2026-12-01\n",
    )  # fmt: skip
    told = "\n".join(said(taken))
    assert "on the roster a1 is 2 students: ada, Ben Li" in told
    assert "5 not on the roster: student0, student1" in told
    assert "2026-12-01 23:59 is before the work is due anyway" in told


def test_a_worksheet_with_short_rows_is_read(tmp_path):
    heads = "Identifier,Full name,Status,Grade,Maximum grade,Last modified (submission),Last modified (grade)"
    taken = intake(tmp_path, ["ada/warmup.py"], roster=f"{heads}\nParticipant 31,ada\n")
    assert taken.worksheet[1] == ["Participant 31", "ada", "", "", "", "", ""]

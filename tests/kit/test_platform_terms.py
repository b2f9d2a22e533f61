"""A term on each platform with the real commands: export, grade, import; points change; import again.

What is imported is judged by ports of the platforms' importers. The second import changes those whose grade
is another, and nobody else.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.platform_importers import (
    GERMAN,
    JAPANESE,
    Language,
    Moodle,
    canvas_feedback,
    canvas_import,
    moodle_feedback,
)
from tests.kit.test_cli_grade import HALF, RIGHT, TINY, run, table

PEOPLE = {"31": "Ada Lovelace", "32": "Ada Hopper", "45": "de la Cruz, Jr., Óscar"}  # two of one first name
WORKS = {"31": RIGHT, "32": HALF, "45": RIGHT + "#"}
TITLE = "A warm-up with NumPy"
CANVAS = (
    f"Student,ID,SIS User ID,SIS Login ID,Section,{TITLE} (77)\n    Points Possible,,,,,20\n"
    '"Lovelace, Ada",31,s1,ada,A,\n"Hopper, Ada",32,s2,,A,\n"de la Cruz, Jr., Óscar",45,,,B,\n'
    '"Student, Test",99,,x,A,\n'
)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "course")
    return tmp_path / "course"


def handed_in(home: Path, name: Callable[[str], str]) -> Path:
    """Write a class: everybody's work under the name that a platform gives it."""
    for number, text in WORKS.items():
        path = home / "class" / name(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return home / "class"


def graded(course: Path, folder: Path, *more: object) -> Path:
    out = course.parent / "out"
    done = run("grade", folder, "-a", "warmup", "-o", out, *more, course=course)
    assert done.exit_code == 0, done.output
    return out


def regraded(course: Path, out: Path, *more: object) -> None:
    """Grade again with other points, which change the score of who clips wrongly alone."""
    settings = course / "grading.yml"
    text = settings.read_text().replace("running_mean: 10", "running_mean: 12")
    settings.write_text(text.replace("clip_to_range: 5", "clip_to_range: 3"))
    done = run("regrade", out, *more, course=course)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize("language", [GERMAN, JAPANESE], ids=["german", "japanese"])
def test_moodle(course: Path, language: Language, blind: bool) -> None:
    moodle, sheet = Moodle(PEOPLE, 20, language, blind), course.parent / "sheet.csv"
    hidden = language.hidden.strip().replace("/", "")
    folder = handed_in(
        course.parent,
        lambda number: f"{hidden if blind else PEOPLE[number]}_{number}_assignsubmission_file/warmup.py",
    )
    sheet.write_text(moodle.worksheet(), encoding="utf-8")
    out = graded(course, folder, "--roster", sheet)
    uploaded = (out / "moodle.csv").read_text()
    assert moodle.upload(uploaded) == ["31", "32", "45"]
    assert moodle.upload(uploaded) == []
    assert {number: grade for number, (grade, _) in moodle.grades.items()} == {"31": 15, "32": 10, "45": 15}
    sheet.write_text(moodle.worksheet(), encoding="utf-8")
    regraded(course, out, "--roster", sheet)
    before = dict(moodle.grades)
    moodle.upload((out / "moodle.csv").read_text())
    assert [number for number, (grade, _) in moodle.grades.items() if before[number][0] != grade] == ["32"]
    run("report", out, "--published", "--feedback", course=course)
    named = [moodle_feedback(path.name) for path in (out / "feedback").iterdir()]
    assert sorted(named) == [("31", "feedback.txt"), ("32", "feedback.txt"), ("45", "feedback.txt")]


@pytest.mark.parametrize("hidden", [False, True])
def test_canvas(course: Path, hidden: bool) -> None:
    code = dict(zip(WORKS, ("Ab3xZ", "Q7rtY", "k0PpL"), strict=True))

    def name(number: str) -> str:
        who = (
            f"anon_{code[number]}"
            if hidden
            else f"someone_LATE_{number}"
            if number == "32"
            else f"someone_{number}"
        )
        return f"{who}_7{number}_warmup.py"

    (course.parent / "roster.csv").write_text(CANVAS, encoding="utf-8-sig")
    out = graded(course, handed_in(course.parent, name), "--roster", course.parent / "roster.csv")
    if hidden:  # nobody can be told before Canvas shows the names; nothing is written for a wrong one
        assert len(table(out / "grades.csv")) == 3
        again = run("regrade", out, "--dry-run", course=course)
        assert "Canvas hides the names of 3: show them there, download again, grade again" in again.stderr
        return
    titles = {77: TITLE, 78: "Homework 2"}
    people = {number: person for number, person in PEOPLE.items() if number != "45"} | {"45": "Óscar"}
    first = canvas_import((out / "canvas.csv").read_text("utf-8"), titles, people)
    assert first == {"assignment": 77, "grades": {"31": "15.0", "32": "10.0", "45": "15.0"}}
    regraded(course, out)
    second = canvas_import((out / "canvas.csv").read_text("utf-8"), titles, people)
    assert second["grades"] == {"31": "15.0", "32": "12.0", "45": "15.0"}
    run("report", out, "--published", "--feedback", course=course)
    named = [canvas_feedback(path.name) for path in (out / "feedback").iterdir()]
    assert sorted(named) == [("31", "731"), ("32", "732"), ("45", "745")]


def test_github_classroom(course: Path) -> None:
    logins = {"31": "ada-l", "32": "hopper", "45": "oscar"}
    folder = handed_in(course.parent, lambda number: f"warmup-{logins[number]}/warmup.py")
    roster = "identifier,github_username,github_id,name\nada@x.org,ada-l,1,\n"
    roster += "hop@x.org,hopper,2,\nos@x.org,oscar,3,\n"
    (course.parent / "classroom_roster.csv").write_text(roster + "zed@x.org,,,\n")
    out = graded(course, folder, "--roster", course.parent / "classroom_roster.csv")
    assert [row["student"] for row in table(out / "missing.csv")] == ["zed@x.org"]
    before = {row["email"]: row["score"] for row in table(out / "roster_grades.csv")}
    assert before == {"ada@x.org": "15.0", "hop@x.org": "10.0", "os@x.org": "15.0"}
    regraded(course, out)
    now = {row["email"]: row["score"] for row in table(out / "roster_grades.csv")}
    assert {email for email in now if now[email] != before[email]} == {"hop@x.org"}


def test_blackboard_and_brightspace(course: Path) -> None:
    column = f"{TITLE} [Total Pts: 20 Score] |123"
    blackboard = f"Last Name,First Name,Username,Student ID,{column}\n"
    blackboard += "Lovelace,Ada,u31,s31,\nHopper,Ada,u32,s32,\nde la Cruz,Óscar,u45,s45,\n"
    brightspace = "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
    brightspace += "#s31,#u31,Lovelace,Ada,a@x.org,#\n#s32,#u32,Hopper,Ada,h@x.org,#\n"
    brightspace += "#s45,#u45,de la Cruz,Óscar,o@x.org,#\n"
    first = {"31": "Ada Lovelace", "32": "Ada Hopper", "45": "Óscar de la Cruz"}
    for platform, roster, name, points in (
        ("blackboard", blackboard, "Hw_u{0}_attempt_2026-12-10-12-00-00_warmup.py", column),
        (
            "brightspace",
            brightspace,
            "{0}-9 - {1} - Dec 10, 2026 1200 PM - warmup.py",
            f"{TITLE} Points Grade",
        ),
    ):
        home = course.parent / platform
        home.mkdir()
        shutil.copytree(TINY, home / "course")
        (home / "roster.csv").write_text(roster, encoding="utf-8")
        folder = handed_in(home, lambda number, name=name: name.format(number, first[number]))
        out = graded(home / "course", folder, "--roster", home / "roster.csv")
        assert not table(out / "missing.csv")
        before = {row["Username"]: row[points] for row in table(out / f"{platform}.csv")}
        mark = "" if platform == "blackboard" else "#"
        assert {user.strip("#") for user in before} == {"u31", "u32", "u45"}, mark
        regraded(home / "course", out)
        now = {row["Username"]: row[points] for row in table(out / f"{platform}.csv")}
        assert {user.strip("#") for user in now if now[user] != before[user]} == {"u32"}


def test_a_gradescope_export_and_google_classroom(course: Path) -> None:
    lines = "".join(
        f"submission_{number}:\n  :submitters:\n  - :name: {person!r}\n    :sid: s{number}\n"
        f"    :email: {number}@x.org\n  :created_at: 2026-12-10 12:00:00.000000000 Z\n"
        for number, person in PEOPLE.items()
    )  # fmt: skip
    folder = handed_in(course.parent / "gradescope", lambda number: f"submission_{number}/warmup.py")
    (folder / "submission_metadata.yml").write_text(lines, encoding="utf-8")
    shutil.copytree(TINY, course.parent / "gradescope" / "course")
    out = graded(course.parent / "gradescope" / "course", folder)
    assert {row["email"]: row["score"] for row in table(out / "roster_grades.csv")} == {
        "31@x.org": "15.0", "32@x.org": "10.0", "45@x.org": "15.0",
    }  # fmt: skip
    folder = handed_in(course.parent, lambda number: f"{PEOPLE[number]} - warmup.py")
    (course.parent / "roster.csv").write_text(
        "name,email\nAda Lovelace,l@x.org\nAda Hopper,h@x.org\n"
        '"de la Cruz, Jr., Óscar",o@x.org\nBen Li,b@x.org\n'
    )
    out = graded(course, folder, "--roster", course.parent / "roster.csv")
    rows = {row["email"]: row["score"] for row in table(out / "roster_grades.csv")}
    assert rows == {"l@x.org": "15.0", "h@x.org": "10.0", "o@x.org": "15.0"}
    assert [row["student"] for row in table(out / "missing.csv")] == ["Ben Li"]

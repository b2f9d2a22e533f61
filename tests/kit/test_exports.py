"""What leaves the house: tables for spreadsheets, Canvas and Moodle, texts for students, names of files."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.batch.files import LONGEST_BYTES, file_name
from autograder.reports.handback import handback
from autograder.reports.moodle import MoodleTable, made_up
from autograder.reports.platform_tables import canvas_row, canvas_table
from autograder.reports.tables import FORMULA, Table, grades_row, grades_table, missing_table, safe_cell
from autograder.results import CheckResult, Isolation, Outcome, QuestionResult, QuizAnswer, Report
from autograder.roster.people import Person

ADA = Person(
    name="Lovelace, Ada",
    sid="s1",
    email="ada@example.org",
    login="ada",
    canvas="12345",
    moodle="31",
    section="A",
)


def check(
    name: str, visible: bool, outcome: Outcome, feedback: str = "", visibility: str = ""
) -> CheckResult:
    return CheckResult(
        id=f"warmup.f.{name}", question="warmup.f", title=f"Title of {name}.", visible=visible,
        visibility=visibility or ("visible" if visible else "after_published"), weight=1.0, outcome=outcome,
        feedback=feedback, staff_note="STAFF ONLY",
    )  # fmt: skip


def report(**change: object) -> Report:
    about = {
        "kit_version": "1", "assignment": "warmup", "title": "A warm-up", "student": "Lovelace, Ada",
        "submission": "ada", "score": 12.5, "max_score": 20.0, "outcome": Outcome.FAILED,
        "questions": [
            QuestionResult(id="warmup.f", score=7.5, max_score=15.0, outcome=Outcome.FAILED, hint="HINT")
        ],
        "checks": [
            check("seen", True, Outcome.PASSED), check("unseen", False, Outcome.FAILED, "HIDDEN FEEDBACK"),
        ],
        "quiz": [QuizAnswer(id="q", prompt="?", given="b", score=5.0, max_score=5.0, outcome=Outcome.PASSED,
                            feedback="LESSON")],
        "quiz_score": 5.0, "quiz_max_score": 5.0, "late_days": 2, "notes": ["Handed in 2 days late."],
        "staff_notes": ["STAFF ONLY"], "output": "STAFF ONLY", "isolation": Isolation("full", [], []),
        "receipt": {"kit": "1.0"},
    }  # fmt: skip
    return Report(**{**about, **change})


def read(table: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(str(table))))


def test_grades_have_the_header_that_programs_rely_on():
    table = grades_table(["warmup.f", "warmup.g"])
    table.add(grades_row(report(), ["warmup.f", "warmup.g"]))
    assert str(table) == (
        "student,submission,score,max_score,warmup.f,warmup.g,quiz,late_days,outcome\n"
        '"Lovelace, Ada",ada,12.5,20.0,7.5,0.0,5.0,2,failed\n'
    )


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1",
        "\x00=1",
        "\u202e=1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_no_cell_is_a_formula(name):
    table = Table(["a"])
    table.add([name])
    ((cell,),) = read(table)[1:]
    assert cell.startswith("'")


@given(st.text())
def test_cells_are_one_printable_line(name):
    cell = safe_cell(name)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in cell)
    assert cell == "-" or not cell.lstrip().startswith(FORMULA)


def test_scores_stay_numbers_and_names_keep_their_signs():
    table = Table(["a", "b"])
    table.add(["Zoë 👩‍💻 d'x", -1.5])
    assert read(table)[1] == ["Zoë 👩‍💻 d'x", "-1.5"]


def test_canvas_can_read_its_table():
    table = canvas_table("Homework (2)", 20.0)
    table.take(report(), ADA)
    header, points, row = read(table)
    # what lib/gradebook_importer.rb of Canvas asks of a header
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert (header[2], header[3], header[4]) == ("SIS User ID", "SIS Login ID", "Section")
    assert header[5] == "Homework [2]"  # not the assignment whose number is 2
    assert "Points Possible" in points[0]
    assert float(points[5]) == 20
    assert row == ["Lovelace, Ada", "12345", "s1", "ada", "A", "12.5"]
    assert len(header) == len(points) == len(row)


def test_moodle_can_read_its_table():
    table = MoodleTable((), lambda report: handback(report, published=False))
    table.take(report(notes=["<script>"]), ADA)
    header, row = read(table)
    cells = dict(zip(header, row, strict=True))
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(header)
    assert cells["Identifier"].removeprefix("Participant ") == "31"
    assert (cells["Grade"], cells["Maximum grade"], cells["Email address"]) == (
        "12.5",
        "20.0",
        "ada@example.org",
    )
    assert cells["Last modified (grade)"] == "-"
    assert "&lt;script&gt;<br>" in cells["Feedback comments"]


def test_without_numbers_nothing_is_made_up():
    nobody = Person(name="Ada")
    assert made_up(report(), nobody, "")[0] == ""
    assert canvas_row(report(), nobody)[:5] == ["Ada", "", "", "", ""]


def test_who_is_missing_is_a_table():
    assert str(missing_table([ADA, Person(name="=Alan")])) == (
        'student,id,email,section\n"Lovelace, Ada",s1,ada@example.org,A\n\'=Alan,,,\n'
    )


def test_feedback_holds_nothing_that_waits_for_publication():
    told = handback(report(), published=False)
    for secret in ("HIDDEN", "unseen", "12.5", "7.5", "HINT", "LESSON", "STAFF", "of 20"):
        assert secret not in told
    assert told.splitlines() == [
        "A warm-up: Lovelace, Ada", "Handed in 2 days late.", "", "f: 1 of 1 checks pass",
    ]  # fmt: skip


def test_published_feedback_holds_what_the_student_may_read():
    told = handback(report(), published=True)
    for part in (
        "Score: 12.5 of 20",
        "f: 7.5 of 15; 1 of 2 checks pass",
        "Hint: HINT",
        "HIDDEN FEEDBACK",
        "LESSON",
    ):
        assert part in told
    assert "STAFF" not in told


@pytest.mark.parametrize("published", [False, True])
def test_a_check_that_is_hidden_for_good_is_never_told(published):
    checks = [
        check("seen", True, Outcome.PASSED),
        check("unseen", False, Outcome.FAILED, "SECRET", "hidden"),
    ]
    told = handback(report(checks=checks), published=published)
    assert "SECRET" not in told
    assert "unseen" not in told
    assert "HINT" not in told  # it rests on what cannot be read


def test_feedback_is_free_of_control_characters():
    checks = [check("seen", True, Outcome.FAILED, "got \x1b[31m\u202e and\n\nmore")]
    told = handback(report(checks=checks, student="A\nd\x07a"), published=True)
    assert not any(unicodedata.category(char)[0] == "C" and char != "\n" for char in told)


@pytest.mark.parametrize("name", ["ada", "Ada Lovelace_123456", "Zoë", "o'brien", "a.b", "~2"])
def test_plain_names_stay_as_they_are(name):
    assert file_name(name) == name


AWKWARD = [
    "a/b", "a_b", "a:b", "a\\b", "..", ".", "", ".hidden", "-rf", "con", "CON.txt",
    "x" * 300, "x" * 301, "a ", "a.", "a?b", "a*b", " a", "../../etc/passwd",
    "👩‍💻", "👩💻", "a\nb", "a\x00b", "é" * 100, "e\u0301" * 50, "\udcff",
]  # fmt: skip


def test_awkward_names_stay_distinct():
    names = [*AWKWARD, *map(file_name, AWKWARD)]
    assert len({file_name(name) for name in dict.fromkeys(names)}) == len(set(names))


@given(st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(codec=None))))
def test_file_names_are_safe_anywhere(name):
    made = file_name(name)
    assert 0 < len(made.encode()) <= LONGEST_BYTES
    assert not set(made) & set('/\\:*?"<>|\0\n')
    assert made[0] not in ".-"
    assert made[-1] not in ". "
    assert made == file_name(name)

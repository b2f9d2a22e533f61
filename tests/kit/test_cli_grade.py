"""The commands about a class, as an instructor types them."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli.main import main
from autograder.reports.terminal import to_table
from autograder.results import Isolation, Outcome, QuestionResult, Report
from tests.kit.platform_importers import GERMAN, Moodle

TINY = Path(__file__).parent / "tiny"
RIGHT = """
import numpy as np
def running_mean(values, window):
    return [sum(values[max(0, i - window + 1): i + 1]) / min(i + 1, window) for i in range(len(values))]
def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(values, low), high)
"""
HALF = RIGHT.replace("np.maximum(values, low)", "values")
WORKSHEET = """Identifier,Full name,ID number,Email address
Participant 31,Ada Lovelace,a1,ada@example.org
Participant 32,Ada Lovelace,a2,ada2@example.org
Participant 33,Zoë 🦜,z1,zoe@example.org
Participant 34,Alan Turing,t1,alan@example.org
"""
SUBMITTED = "Identifier,Full name,id,Last modified (submission)\n,,Ada Lovelace_31,2026-12-17 12:00\n"


def run(*words: object, course: Path = TINY) -> Result:
    return CliRunner().invoke(main, ["--course", str(course), *map(str, words)])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scores(out: Path) -> dict[str, float]:
    return {row["submission"]: float(row["score"]) for row in table(out / "grades.csv")}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a due date, an export of Moodle, a roster, times; graded into out/."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(TINY, home / "course")
    settings = home / "course" / "grading.yml"
    due = "  warmup:\n    due: 2026-12-15T23:59:00+01:00\n"
    settings.write_text(settings.read_text().replace("  warmup:\n", due))
    for name, text in (
        ("Ada Lovelace_31", RIGHT),
        ("Ada Lovelace_32", HALF),
        ("Zoë 🦜_33", RIGHT + "#"),
    ):
        folder = home / "class" / f"{name}_assignsubmission_file"
        folder.mkdir(parents=True)
        (folder / "warmup.py").write_text(text)
    (home / "roster.csv").write_text(WORKSHEET)
    (home / "submitted.csv").write_text(SUBMITTED)
    done = run("grade", home / "class", "-a", "warmup", "-o", home / "out", "--roster", home / "roster.csv",
               "--submitted", home / "submitted.csv", course=home / "course")  # fmt: skip
    assert done.exit_code == 0, done.output
    (home / "said").write_text(done.stderr)
    (home / "told").write_text(done.stdout)
    return home


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Path:
    """A copy of the results; the gradebook knows where class and course are."""
    shutil.copytree(home / "out", tmp_path / "out")
    return tmp_path / "out"


def test_a_roster_names_everybody_and_tells_who_is_missing(home):
    rows = {row["submission"]: row for row in table(home / "out" / "grades.csv")}
    assert {name: row["student"] for name, row in rows.items()} == {
        "Ada Lovelace_31": "Ada Lovelace", "Ada Lovelace_32": "Ada Lovelace", "Zoë 🦜_33": "Zoë 🦜",
    }  # fmt: skip
    assert "1 on the roster handed in nothing (missing.csv): Alan Turing\n" in (home / "said").read_text()
    assert table(home / "out" / "missing.csv") == [
        {"student": "Alan Turing", "id": "t1", "email": "alan@example.org", "section": ""}
    ]


def test_what_is_late_costs_and_the_note_says_so(home):
    rows = {row["submission"]: row for row in table(home / "out" / "grades.csv")}
    assert [(row["score"], row["late_days"]) for row in rows.values()] == [
        ("11.0", "2"),
        ("10.0", "0"),
        ("15.0", "0"),
    ]
    report = json.loads((home / "out" / "reports" / "Ada Lovelace_31.json").read_text())
    assert report["notes"][0] == "Handed in 2 days late: 20 % of the maximum is taken off."
    assert report["late_days"] == 2


def test_moodle_and_canvas_get_the_numbers_that_they_know(home):
    moodle = table(home / "out" / "moodle.csv")
    assert [(row["Identifier"], row["Grade"]) for row in moodle] == [
        ("Participant 31", "11.0"), ("Participant 32", "10.0"), ("Participant 33", "15.0"),
    ]  # fmt: skip
    canvas = table(home / "out" / "canvas.csv")
    assert [row["ID"] for row in canvas] == ["", "", "", ""]  # Moodle's numbers are not Canvas's
    assert [row["SIS User ID"] for row in canvas] == ["", "a1", "a2", "z1"]


def test_the_terminal_is_told_in_a_table(home):
    told = (home / "told").read_text()
    assert "Ada Lovelace_31" in told
    assert "isolation: full" in told
    assert f"3 submissions in {home / 'out'}: index.html, grades.csv, reports/" in told


def test_who_could_not_be_read_is_told_at_the_end_with_the_reason(home, tmp_path):
    (tmp_path / "class" / "eve").mkdir(parents=True)
    (tmp_path / "class" / "ada.docx").write_text("no code")
    (tmp_path / "class" / "eve" / "report.docx").write_text("no code")
    done = run("grade", tmp_path / "class", "-a", "warmup", "-o", tmp_path / "out", course=home / "course")
    assert "in the folder, but no code, zip or quiz: ada.docx\n" in done.stderr
    assert "1 could not be read and score 0:\n  eve: no warmup.py or .ipynb found in it" in done.stdout


def test_json_is_a_line_a_submission_and_nothing_else(home, copy):
    done = run("grade", home / "class", "-a", "warmup", "-o", copy, "--json", "-q", course=home / "course")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, done.stderr, len(lines)) == (0, "", 3)
    assert lines[-1]["done"] == lines[-1]["total"] == 3
    assert {line["submission"]: line["score"] for line in lines} == {
        "Ada Lovelace_31": 11, "Ada Lovelace_32": 10, "Zoë 🦜_33": 15,  # the lists are used again
    }  # fmt: skip
    assert all(line["known"] and line["outcome"] in ("passed", "failed") for line in lines)


def test_lists_from_before_are_used_again_and_that_is_told(home, copy):
    done = run("grade", home / "class", "-a", "warmup", "-o", copy, course=home / "course")
    assert f"as before, with {home / 'roster.csv'}, {home / 'submitted.csv'}\n" in done.stderr
    assert scores(copy)["Ada Lovelace_31"] == 11


def test_a_list_that_is_gone_stops_the_grading(home, copy):
    words = ["grade", home / "class", "-a", "warmup", "-o", copy]
    kept = (home / "submitted.csv").rename(home / "moved.csv")
    for command in (words, ["regrade", copy]):
        done = run(*command, course=home / "course")
        assert (done.exit_code, "submitted.csv is not there: put it back" in done.stderr) == (1, True)
    assert scores(copy)["Ada Lovelace_31"] == 11
    done = run(*words, "--without-list", "submitted", course=home / "course")
    assert done.exit_code == 0, done.stderr
    assert "it is not known when anybody handed in" in done.stderr
    assert scores(copy)["Ada Lovelace_31"] == 15
    kept.rename(home / "submitted.csv")


def test_what_the_course_settles_otherwise_is_told_before_it_acts(home, copy, tmp_path):
    course = shutil.copytree(home / "course", tmp_path / "next")
    text = (
        (course / "grading.yml")
        .read_text()
        .replace("2026-12-15T", "2027-06-15T")
        .replace("seed: 7", "seed: 8")
    )
    (course / "grading.yml").write_text(text)
    done = run("regrade", copy, "--dry-run", "--quiet", course=course)
    told = "other than in the last run of this folder: "
    due = "due date: now 2027-06-15 23:59:00+01:00; was 2026-12-15 23:59:00+01:00"
    assert f"{told}{due}\n" in done.stderr
    assert f"{told}seed: another one: hidden inputs are drawn anew\n" in done.stderr
    assert told not in run("regrade", copy, "--dry-run", course=home / "course").stderr


def test_graded_again_the_same_work_does_not_score_otherwise_without_a_word(home, copy, tmp_path):
    course = shutil.copytree(home / "course", tmp_path / "other")
    text = (course / "grading.yml").read_text()
    assert "clip_to_range: 5" in text, text
    (course / "grading.yml").write_text(text.replace("clip_to_range: 5", "clip_to_range: 4"))
    done = run("grade", home / "class", "-a", "warmup", "-o", copy, course=course)
    assert "points: now running_mean" in done.stderr
    told = done.stderr.partition("the same work scores otherwise than in the last run of this folder\n")[2]
    for name in ("Ada Lovelace_31", "Ada Lovelace_32", "Zoë 🦜_33"):
        assert name in told
    assert "otherwise" not in run("grade", home / "class", "-a", "warmup", "-o", copy, course=course).stderr


def test_who_is_in_the_folder_no_more_is_told(home, copy, tmp_path):
    folder = shutil.copytree(home / "class", tmp_path / "class")
    shutil.rmtree(folder / "Ada Lovelace_32_assignsubmission_file")
    done = run("grade", folder, "-a", "warmup", "-o", copy, course=home / "course")
    assert f"1 are not in {folder}, so they leave all tables: Ada Lovelace_32\n" in done.stderr
    assert "Ada Lovelace_32" not in scores(copy)


def test_points_by_hand_on_who_is_there_no_more_are_told(home, copy, tmp_path):
    (tmp_path / "points.csv").write_text("student,question,points\nz1,running_mean,0\n")
    assert run("comments", copy, tmp_path / "points.csv", "--by", "me").exit_code == 0
    folder = shutil.copytree(home / "class", tmp_path / "class")
    (folder / "Zoë 🦜_33_assignsubmission_file").rename(folder / "Zoë 🦜_35_assignsubmission_file")
    done = run("grade", folder, "-a", "warmup", "-o", copy, course=home / "course")
    assert "counts for nobody (running_mean); if work came in under another name" in done.stderr


def test_the_remark_on_late_work_names_the_mistake_too():
    wrong = QuestionResult(
        id="warmup.f", score=0.0, max_score=5.0, outcome=Outcome.FAILED, misconceptions=["forgets_a_row"]
    )
    late = Report(
        kit_version="1", assignment="warmup", title="", student="x", submission="x", score=0.0, max_score=5.0,
        outcome=Outcome.FAILED, questions=[wrong], checks=[], quiz=[], quiz_score=0.0, quiz_max_score=0.0,
        late_days=2, notes=["Handed in 2 days late."], isolation=Isolation("full", [], []),
    )  # fmt: skip
    assert "  2 days late; forgets a row\n" in to_table([late], late.isolation)


def test_one_student_is_graded_again_and_the_others_stand(home, copy):
    done = run("regrade", copy, "--only", "z1", course=home / "course")
    assert done.stdout.startswith("warmup: 1 of 1 submissions ran again\n")
    assert len(table(copy / "grades.csv")) == 3


def test_quiet_says_nothing(home, copy):
    done = run("grade", home / "class", "-a", "warmup", "-o", copy, "--quiet", course=home / "course")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_regrade_knows_folder_course_and_lists(home, copy, tmp_path, monkeypatch):
    (home / "course" / "extensions.csv").write_text("student,days\nAda Lovelace_31,1\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["regrade", str(copy), "--dry-run"])
    assert done.exit_code == 0, done.output
    line = next(line for line in done.stdout.splitlines() if "->" in line)
    assert line.split() == ["Ada", "Lovelace_31", "11", "->", "13", "+2"]
    assert scores(copy)["Ada Lovelace_31"] == 11
    done = CliRunner().invoke(main, ["regrade", str(copy)])
    assert done.stdout.startswith("warmup: 0 of 3 submissions ran again\n")
    assert scores(copy)["Ada Lovelace_31"] == 13
    (home / "course" / "extensions.csv").unlink()


def test_override_is_shown_everywhere_and_can_be_taken_back(copy):
    done = run("override", copy, "Zoë 🦜_33", "3.5", "--reason", "oral exam", "--author", "me")
    assert (done.exit_code, done.stderr) == (0, "")
    assert scores(copy)["Zoë 🦜_33"] == 3.5
    assert "Staff have set this score by hand: oral exam" in (copy / "reports" / "Zoë 🦜_33.html").read_text()
    shown = run("show", copy, "z1").stdout  # by the student's number
    for part in (
        "score 3.5 of 20",
        "set from 15 to 3.5 by me",
        "set to 3.5 by me: oral exam",
        "graded: 15 of 20",
    ):
        assert part in shown
    run("override", copy, "Zoë 🦜_33", "--remove", "--reason", "mistake", "--author", "you")
    assert scores(copy)["Zoë 🦜_33"] == 15
    assert "hand-set score taken back by you: mistake" in run("show", copy, "Zoë 🦜_33").stdout


def test_who_handed_in_nothing_can_be_given_a_score(copy):
    assert (
        run("override", copy, "Alan Turing", "12", "--reason", "oral exam", "--author", "me").exit_code == 0
    )
    (row,) = [row for row in table(copy / "grades.csv") if row["student"] == "Alan Turing"]
    assert (row["score"], row["max_score"]) == ("12.0", "20.0")
    assert "Alan Turing: 12, set by hand" in (copy / "index.html").read_text()
    assert "Nothing was handed in." in (copy / "reports" / "Alan Turing.html").read_text()
    assert [line["Grade"] for line in table(copy / "moodle.csv") if "34" in line["Identifier"]] == ["12.0"]
    run("override", copy, "Alan Turing", "--remove", "--reason", "mistake", "--author", "me")
    assert len(table(copy / "grades.csv")) == 3
    assert not (copy / "reports" / "Alan Turing.html").exists()


def test_a_score_by_hand_stays_with_the_namesake_that_it_was_meant_for(home, copy, tmp_path):
    folder = shutil.copytree(home / "class", tmp_path / "class")
    for number in ("31", "32"):
        shutil.rmtree(folder / f"Ada Lovelace_{number}_assignsubmission_file")
    words = ["-a", "warmup", "-o", tmp_path / "new", "--roster", home / "roster.csv"]
    run("grade", folder, *words, course=home / "course")
    done = run("override", tmp_path / "new", "a1", "12", "--reason", "oral exam", "--author", "me")
    assert done.exit_code == 0, done.output
    late = folder / "Ada Lovelace_31_assignsubmission_file"
    shutil.copytree(home / "class" / late.name, late)
    done = run("grade", folder, *words, course=home / "course")
    assert "what was set by hand counts for nobody (12)" in done.stderr
    grades = {line["Identifier"]: line["Grade"] for line in table(tmp_path / "new" / "moodle.csv")}
    assert "Participant 32" not in grades
    assert [row["id"] for row in table(tmp_path / "new" / "missing.csv")] == ["a2", "t1"]


def test_published_state_feedback_and_exports_agree_after_every_change(home, copy):
    run("report", copy, "--published", "--feedback")
    run("override", copy, "z1", "3.5", "--reason", "oral exam", "--author", "me")
    text = (copy / "feedback" / "Zoë 🦜_33_assignfeedback_file_feedback.txt").read_text()
    assert "Score: 3.5 of 20" in text
    assert any("Score: 3.5 of 20" in line["Feedback comments"] for line in table(copy / "moodle.csv"))
    run("regrade", copy, course=home / "course")
    assert (copy / "feedback" / "Zoë 🦜_33_assignfeedback_file_feedback.txt").read_text() == text
    run("report", copy, "--unpublished")
    assert "Score" not in (copy / "feedback" / "Zoë 🦜_33_assignfeedback_file_feedback.txt").read_text()


def test_grades_that_moodle_has_otherwise_are_told(home, copy, tmp_path):
    sheet = Moodle(
        {"31": "Ada Lovelace", "33": "Zoë 🦜"}, 20, GERMAN, grades={"31": (7.5, 1.0), "33": (15.0, 1.0)}
    )
    (tmp_path / "sheet.csv").write_text(sheet.worksheet(), encoding="utf-8")
    done = run("grade", home / "class", "-a", "warmup", "-o", copy, "--roster", tmp_path / "sheet.csv",
               course=home / "course")  # fmt: skip
    assert "moodle.csv changes 1 grades that the worksheet has: Ada Lovelace 7.5 -> 11 (if" in done.stderr


def test_work_that_is_handed_in_after_a_score_was_set_is_told(home, copy, tmp_path):
    run("override", copy, "z1", "3.5", "--reason", "oral exam", "--author", "me")
    folder = shutil.copytree(home / "class", tmp_path / "class")
    (folder / "Zoë 🦜_33_assignsubmission_file" / "warmup.py").write_text(RIGHT + "# again")
    done = run("grade", folder, "-a", "warmup", "-o", copy, course=home / "course")
    assert "Zoë 🦜_33 handed in other work after 3.5 was set by hand, which still counts" in done.stderr
    assert scores(copy)["Zoë 🦜_33"] == 3.5


def test_every_section_has_a_page_and_a_table_from_then_on(home, copy, tmp_path):
    lines = [f"{line},{'Tue' if 'Ada' in line else 'Wed'}" for line in WORKSHEET.splitlines()[1:]]
    roster = tmp_path / "roster.csv"
    roster.write_text("\n".join([f"{WORKSHEET.splitlines()[0]},Section", *lines]) + "\n")
    run("grade", home / "class", "-a", "warmup", "-o", copy, "--roster", roster, course=home / "course")
    assert 'data-section="Tue"' in (copy / "index.html").read_text()
    assert {row["section"] for row in table(copy / "roster_grades.csv")} == {"Tue", "Wed"}
    run("report", copy, "--sections")
    run("override", copy, "z1", "3.5", "--reason", "oral exam", "--author", "me")
    rows = table(copy / "sections" / "Wed.csv")
    assert [(row["id"], row["email"], row["score"], row["outcome"]) for row in rows] == [
        ("z1", "zoe@example.org", "3.5", "passed"), ("t1", "alan@example.org", "", "missing"),
    ]  # fmt: skip
    assert float(rows[0]["warmup.running_mean"]) > 0
    page = (copy / "sections" / "Wed.html").read_text()
    assert "Alan Turing" in page
    assert "Tue" not in page
    assert "../reports/Zo%C3%AB" in page
    assert "Lovelace" not in page


def test_a_page_for_staff_has_the_code_with_what_failed_where(home, copy):
    done = run("show", copy, "Ada Lovelace_32", "--page", course=home / "course")
    page = Path(done.stdout.strip()).read_text()
    assert "<mark>def clip_to_range(values, low=0.0, high=1.0):</mark>" in page
    assert "clip_to_range: failed (" in page
    assert "(hidden)" in page


def test_show_prints_what_staff_or_what_the_student_may_read(copy):
    assert "(hidden)" in run("show", copy, "Ada Lovelace_32").stdout
    student = run("show", copy, "Ada Lovelace_32", "--student").stdout
    assert student.startswith("A warm-up with NumPy: Ada Lovelace\nScore: 10 of 20\n")


def test_feedback_under_a_platforms_name_goes_when_its_row_goes(home, copy, tmp_path):
    left = tmp_path / "left"
    shutil.copytree(home / "class", left)
    run("report", copy, "--feedback")
    own = copy / "feedback" / "mine.txt"
    own.write_text("a TA's")
    gone = copy / "feedback" / "Zoë 🦜_33_assignfeedback_file_feedback.txt"
    assert gone.exists()
    shutil.rmtree(left / "Zoë 🦜_33_assignsubmission_file")
    assert run("grade", left, "-a", "warmup", "-o", copy, "-q", course=home / "course").exit_code == 0
    assert not gone.exists()
    assert (copy / "feedback" / "Ada Lovelace_32_assignfeedback_file_feedback.txt").exists()
    run("report", copy, "--no-feedback")
    assert [path.name for path in (copy / "feedback").iterdir()] == ["mine.txt"]
    assert own.read_text() == "a TA's"


def test_report_writes_everything_again_and_feedback_to_send_back(copy):
    before = {
        path: path.read_bytes() for path in copy.rglob("*") if path.suffix in (".csv", ".json", ".html")
    }
    for path in before:
        path.unlink()
    done = run("report", copy, "--feedback")
    assert (done.exit_code, done.stderr) == (0, "")
    assert {path: path.read_bytes() for path in before} == before
    texts = {path.name: path.read_text() for path in (copy / "feedback").iterdir()}
    names = ("Ada Lovelace_31", "Ada Lovelace_32", "Zoë 🦜_33")
    assert texts.keys() == {f"{name}_assignfeedback_file_feedback.txt" for name in names}
    assert "Score" not in texts["Ada Lovelace_32_assignfeedback_file_feedback.txt"]
    run("report", copy, "--feedback", "--published")
    feedback = copy / "feedback" / "Ada Lovelace_32_assignfeedback_file_feedback.txt"
    assert "Score: 10 of 20" in feedback.read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["grade", "{home}/none", "-a", "warmup", "-o", "{out}"], "does not exist"),
        (["grade", "{home}/class", "-a", "warmpu", "-o", "{out}"], "did you mean warmup?"),
        (
            ["grade", "{home}/class", "-a", "warmup", "-o", "{home}/roster.csv/out"],
            "cannot be made",
        ),
        (
            ["grade", "{home}/class", "-a", "warmup", "-o", "{out}", "--roster", "{home}/none.csv"],
            "none.csv is not there: put it back, give --roster FILE, or --without-list roster",
        ),
        (["regrade", "{home}"], "holds no gradebook.sqlite"),
        (["report", "{home}"], "holds no gradebook.sqlite"),
        (["show", "{out}", "Zoe 🦜_34"], "did you mean Zoë 🦜_33?"),
        (["show", "{out}", "Ada Lovelace"], "may be any of Ada Lovelace_31, Ada Lovelace_32"),
        (
            ["override", "{out}", "z1", "800", "--reason", "r", "--author", "a"],
            "800 is more than the 20 points there are: --bonus if it is meant",
        ),
        (
            ["override", "{out}", "nobody", "1", "--reason", "r", "--author", "a"],
            "there is no submission nobody",
        ),
    ],
)
def test_what_is_wrong_with_the_input_is_one_line_and_exit_code_1(home, copy, words, told):
    done = run(*[word.format(home=home, out=copy) for word in words], course=home / "course")
    assert done.exit_code == 1
    assert told in done.stderr
    assert done.stderr.splitlines()[-1].startswith("autograder: ")
    assert done.stderr.count("autograder: ") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["override", "{out}", "Zoë 🦜_33", "--reason", "r", "--author", "a"],
        ["override", "{out}", "Zoë 🦜_33", "1", "--remove", "--reason", "r", "--author", "a"],
        ["override", "{out}", "Zoë 🦜_33", "1", "--reason", " ", "--author", "a"],
        ["override", "{out}", "Zoë 🦜_33", "-1", "--reason", "r", "--author", "a"],
        ["override", "{out}", "Zoë 🦜_33", "nan", "--reason", "r", "--author", "a"],
        ["grade", "{home}/class", "-o", "{out}"],
        ["regrade", "{out}", "--jobs", "0"],
    ],
)
def test_wrong_usage_is_exit_code_2(home, copy, words):
    done = run(*[word.format(home=home, out=copy) for word in words], course=home / "course")
    assert done.exit_code == 2, done.output
    assert scores(copy)["Zoë 🦜_33"] == 15


def test_the_list_of_commands_is_not_cut():
    assert "..." not in run("--help").output.partition("Commands:")[2]


def test_a_gradebook_without_the_folder_says_what_is_missing(home, copy):
    moved = home / "class"
    moved.rename(home / "klass")
    try:
        done = run("regrade", copy, course=home / "course")
    finally:
        (home / "klass").rename(moved)
    assert done.exit_code == 1
    assert "class does not exist; did you mean klass?" in done.stderr


def test_points_may_have_a_decimal_comma_and_a_word_is_told(copy):
    done = run("override", copy, "z1", "3,5", "--reason", "oral exam", "--author", "me")
    assert "now has 3.5" in done.output
    done = run("override", copy, "z1", "drei", "--reason", "oral exam", "--author", "me")
    assert "'drei' is no number of points: write it like 80.5" in done.output


def test_grades_do_not_go_among_the_submissions(home):
    done = run("grade", home / "class", "-a", "warmup", "-o", home / "class", course=home / "course")
    assert done.exit_code == 2
    assert "holds the submissions: give -o a folder of its own" in done.output
    assert not (home / "class" / "gradebook.sqlite").exists()

"""Points and comments by hand: taken in from a table, on every page and export, never silently wrong."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli.main import main
from autograder.gradebook.book import Gradebook
from autograder.gradebook.byhand import with_comments
from autograder.gradebook.records import About, Comment
from autograder.gradebook.records import Result as Graded
from autograder.results import Isolation, Outcome, QuestionResult, QuizAnswer, Report, from_json
from autograder.roster.intake import Row
from autograder.roster.late import Ruling
from autograder.roster.people import Person

TINY = Path(__file__).parent / "tiny"


def report(name: str) -> Report:
    questions = [
        QuestionResult(id=f"warmup.{one}", score=score, max_score=10.0, outcome=Outcome.FAILED)
        for one, score in (("f", 4.0), ("g", 10.0))
    ]
    quiz = [QuizAnswer(id="why", prompt="?", given="because", score=0.0, max_score=5.0,
                       outcome=Outcome.FAILED, feedback="Hm.")]  # fmt: skip
    return Report(
        kit_version="1", assignment="warmup", title="Warm-up", student=name, submission=name, score=14.0,
        max_score=25.0, outcome=Outcome.FAILED, questions=questions, checks=[], quiz=quiz, quiz_score=0.0,
        quiz_max_score=5.0, isolation=Isolation("full", [], []), receipt={"submission_sha256": "content"},
    )  # fmt: skip


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A graded class of two: Ada, who is late, and Alan."""
    late = Ruling(late_days=1, taken=0.1, notes=["Handed in 1 day late."])
    rows = [
        Row(name="ada", student="Ada Lovelace", people=[Person(name="Ada Lovelace", sid="7")], ruling=late),
        Row(name="alan", student="Alan Turing", people=[Person(name="Alan Turing", email="t@example.org")]),
    ]
    about = About(questions=["f", "g"], points={"f": 10.0, "g": 10.0}, quiz=5.0)
    with Gradebook(tmp_path / "out") as book:
        run = book.begin("warmup", tmp_path, "1", about, rows)
        book.add(run, [Graded(row.name, "content", row.name, {}, report(row.name)) for row in rows])
        book.finish(run)
    return tmp_path / "out"


def take_in(out: Path, text: str, *more: str, name: str = "c.csv") -> Result:
    (out.parent / name).write_text(text, encoding="utf-8")
    words = ["comments", str(out), str(out.parent / name), "--by", "T. Assistant", *more]
    return CliRunner().invoke(main, words)


def stands(out: Path, name: str) -> Report:
    return from_json((out / "reports" / f"{name}.json").read_bytes())


def test_points_and_comments_count_before_lateness_and_stand_in_every_file(out):
    done = take_in(out, "student,question,points,comment\n7,f,8,well argued\nt@example.org,why,2,\n")
    assert done.output.startswith("2 taken in, 0 known already")
    ada, alan = stands(out, "ada"), stands(out, "alan")
    assert (ada.score, ada.questions[0].score) == (15.5, 8.0)  # 14 + 4 - 10 % of 25
    assert (
        ada.questions[0].comment == "From your teachers: well argued. Points given by hand: 8 instead of 4."
    )
    assert ada.staff_notes[0].startswith("f: points by T. Assistant, ")
    assert (alan.score, alan.quiz_score, alan.quiz[0].score) == (16.0, 2.0, 2.0)
    assert "well argued" in (out / "reports" / "ada.html").read_text()
    assert "ada,ada,15.5," in (out / "grades.csv").read_text().replace("Ada Lovelace", "ada")
    CliRunner().invoke(main, ["report", str(out), "--feedback", "--published"])
    assert "well argued" in (out / "feedback" / "ada.txt").read_text()
    CliRunner().invoke(main, ["report", str(out), "--unpublished"])
    assert "well argued" not in (out / "feedback" / "ada.txt").read_text()


def test_the_same_table_again_changes_nothing_and_an_empty_line_takes_back(out):
    table = "student,question,points,add,comment\nAda Lovelace,f,8,,\nAlan Turing,,,-2,see me\n"
    take_in(out, table)
    assert take_in(out, table).output.startswith("0 taken in, 2 known already")
    assert (stands(out, "alan").score, stands(out, "alan").notes) == (
        12.0,
        ["From your teachers: see me. Points given by hand: -2."],
    )
    take_in(out, "student,question,points\nAda Lovelace,f,\n")
    assert stands(out, "ada").score == 11.5


def test_yaml_is_as_good_as_csv(out):
    done = take_in(out, "- {student: ada, question: warmup.f, points: 9,5, comment: ok}\n", name="c.yml")
    assert done.exit_code == 1
    done = take_in(
        out, "- student: ada\n  question: f\n  points: 9\n- {student: Bob, points: 1}\n", name="c.yml"
    )
    assert "c.yml, entry 2: there is no submission Bob" in done.stderr
    take_in(out, "- student: ada\n  question: warmup.f\n  points: 9.5\n  comment: 'ok: fine'\n", name="c.yml")
    assert stands(out, "ada").questions[0].score == 9.5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "student,question,points\nada,f,8\nAda Lovelake,f,8\n",
            "line 3: there is no submission Ada Lovelake",
        ),
        ("student,question,points\nada,ff,8\n", "line 2: there is no question ff; did you mean f?"),
        ("student,question,points\nada,xyz,8\n", "line 2: there is no question xyz (there are: f"),
        ("student,question,points\nada,f,eight\n", "line 2: 'eight' is no number of points"),
        ("student,question,points\nada,f,nan\n", "is no number of points"),
        ("student,question,points\nada,f,11\n", "f would score 11 of 10: --bonus if that is meant"),
        ("student,question,add\nada,f,-5\n", "f would score -1, less than nothing"),
        ("student,question,points\nada,,5\n", "points need a question"),
        ("question,points\nf,3\n", "names no column"),
        ("", "is empty"),
    ],
)
def test_a_line_that_cannot_be_meant_stops_everything(out, text, told):
    done = take_in(out, text)
    assert (done.exit_code, told in done.stderr) == (1, True), done.stderr
    with Gradebook(out, create=False) as book:
        assert book.by_hand("ada").comments == ()


def test_points_above_the_maximum_are_a_bonus_if_that_is_said(out):
    assert take_in(out, "student,question,points\nada,f,11\n", "--bonus").exit_code == 0
    assert stands(out, "ada").questions[0].score == 11.0


def test_a_free_text_waits_for_a_person_and_the_table_of_those_that_wait_is_taken_in(tmp_path):
    course = shutil.copytree(TINY, tmp_path / "course")
    paper, key = course / "assignments" / "warmup" / "quiz.yml", course / "solutions" / "warmup_quiz.yml"
    asked = "\nwhy_means:\n  title: Why\n  kind: free text\n  prompt: Why do we take means?\n"
    paper.write_text(paper.read_text() + asked)
    key.write_text(key.read_text() + "\nwhy_means:\n  answer: They vary less.\n  lesson: Noise cancels.\n")
    (tmp_path / "class" / "ada").mkdir(parents=True)
    sheet = (
        "student: ada\nwhy_means: {answer: 'because noise, which is random, cancels in the mean of many'}\n"
    )
    (tmp_path / "class" / "ada" / "quiz.yml").write_text(sheet)
    (tmp_path / "class" / "ada" / "warmup.py").write_text("x = 1\n")
    out = tmp_path / "out"
    words = ["--course", str(course), "grade", str(tmp_path / "class"), "-a", "warmup", "-o", str(out)]
    done = CliRunner().invoke(main, words)
    assert "1 quiz answers wait for a person" in done.stderr, done.output
    (answer,) = [one for one in stands(out, "ada").quiz if one.id == "why_means"]
    assert (answer.outcome, answer.score) == (Outcome.WAITING, 0.0)
    text = (out / "waiting.csv").read_text()
    assert "because noise, which is random, cancels in the mean of many" in text
    filled = text.replace("many,,", "many,1,") if "many,," in text else text.replace('many",,', 'many",1,')
    take_in(out, filled)
    (answer,) = [one for one in stands(out, "ada").quiz if one.id == "why_means"]
    assert (answer.outcome, answer.score) == (Outcome.FAILED, 1.0)
    assert "why_means" not in (out / "waiting.csv").read_text()
    (tmp_path / "class" / "ada" / "quiz.yml").write_text(sheet.replace("of many", "of a few"))
    done = CliRunner().invoke(main, words)
    assert (
        "ada handed in other work after points of quiz.why_means was set by hand, which still" in done.stderr
    )


def test_a_comment_on_work_that_was_handed_in_anew_says_so_to_staff():
    old = Comment("f", 8.0, None, "", "me", 0.0, "other content")
    assert "other work was handed in since" in with_comments(report("ada"), [old]).staff_notes[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("student,question,point\nada,f,5\n", "there is no column point; did you mean points?"),
        ("student,question,points,marks\nada,f,5,9\n", "there is no column marks (read: student, question"),
        ("student,question,points\n,f,5\n", "line 2: the student is missing"),
        (f"student,comment\nada,{'x' * 5000}\n", "line 2: the comment has 5000 characters, 4000 at most"),
    ],
)  # fmt: skip
def test_nothing_of_a_table_is_left_out_silently(out, text, told):
    done = take_in(out, text)
    assert done.exit_code == 1
    assert told in done.output
    assert not (out / "reports").exists()  # nothing was taken in, so nothing is written


def test_a_long_comment_of_several_lines_arrives_whole(out):
    told = "The loop runs backwards, which is right; but see what becomes of the last step. " * 5
    take_in(out, f'student,question,comment\nada,f,"{told}\n\nSecond: why?"\n')
    comment = " ".join(stands(out, "ada").questions[0].comment.split())
    assert " ".join(told.split()) in comment
    assert "Second: why?" in comment
    assert "\ufffd" not in comment

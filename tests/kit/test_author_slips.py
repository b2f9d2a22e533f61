"""What authors who know pytest write at first: each is one line, or simply works."""

import contextlib
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.config import load_config
from autograder.errors import KitError
from autograder.grading.opening import open_grader
from autograder.judging.bank import load_bank
from autograder.results import Outcome
from autograder.submission.reading import Submission

TINY = Path(__file__).parent / "tiny"
CHECKS, MISTAKES = "tests/questions/test_warmup.py", "tests/questions/mistakes/warmup.py"
FIRST = '@check("running_mean", visible=True)'
EXPECTED = "    expect_close(student.running_mean([2.0, 4.0, 8.0, 0.0], 2), [2.0, 3.0, 6.0, 4.0])\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return shutil.copytree(TINY, tmp_path / "tiny")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('visible="no"', "test_four_values_in_pairs: visible='no': write True or False"),
        ('weight="2"', "weight='2': write a number above 0"),
        ("weight=0", "weight=0: write a number above 0"),
        ('requires=("test_another")', "requires='test_another': write a tuple"),
    ],
)
def test_what_a_check_cannot_mean_is_told(course, said, told):
    edit(course / CHECKS, FIRST, f'@check("running_mean", {said})')
    with pytest.raises(KitError, match=told):
        load_bank(course, "warmup", load_config(course).settings.assignments["warmup"])


@pytest.mark.parametrize("of_numpy", [False, True])
def test_an_assert_in_a_check_fails_what_is_wrong(course, of_numpy):
    asked = "student.running_mean([2.0, 4.0, 8.0, 0.0], 2)"
    written = (
        f"np.testing.assert_allclose({asked}, [2, 3, 6, 4])"
        if of_numpy
        else f"assert list({asked}) == [2, 3, 6, 4]"
    )
    edit(course / CHECKS, EXPECTED, f"    {written}\n")
    outcomes = []
    for body in ("[sum(v[max(0, i - w + 1): i + 1]) / min(i + 1, w) for i in range(len(v))]", "list(v)"):
        text = f"def running_mean(v, w):\n    return {body}\n".encode()
        with contextlib.closing(open_grader(load_config(course), "warmup")) as grader:
            report = grader.grade(Submission("work", "work", {"warmup.py": text}, main="warmup.py"))
        outcomes.append(report.checks[0].outcome)
    assert outcomes == [Outcome.PASSED, Outcome.FAILED]


@pytest.mark.parametrize("name", ["grading.yml", CHECKS, MISTAKES, "solutions/warmup.py"])
def test_a_file_in_another_encoding_is_one_line_with_its_place(course, name):
    with (course / name).open("ab") as file:
        file.write("# Übung\n".encode("cp1252"))
    done = CliRunner().invoke(main, ["--course", str(course), "build"])
    assert done.exit_code == 1
    assert "is not in UTF-8: let your editor save the file as UTF-8" in done.output


def test_a_file_that_begins_with_a_mark_of_its_encoding_is_read(course):
    for name in ("grading.yml", CHECKS, MISTAKES, "solutions/warmup.py"):
        (course / name).write_bytes(b"\xef\xbb\xbf" + (course / name).read_bytes())
    assert load_bank(course, "warmup", load_config(course).settings.assignments["warmup"]).checks


def test_build_says_what_is_not_finished(course):
    run = CliRunner().invoke
    assert run(main, ["--course", str(course), "new-question", "warmup.total"]).exit_code == 0
    done = run(main, ["--course", str(course), "build"])
    assert "do not hand it out yet, TODO is left in total: autograder doctor -a warmup" in done.output


def test_a_name_without_an_assignment_is_told_with_one_that_there_is(course):
    done = CliRunner().invoke(main, ["--course", str(course), "new-question", "total"])
    assert "write STEM.NAME, such as warmup.total" in done.output

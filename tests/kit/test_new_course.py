"""new-course, new-assignment and new-question used for real: what they write is healthy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.authoring.course import with_assignment, write_assignment, write_course
from autograder.authoring.question import QUESTION_KINDS, add_question, with_import
from autograder.cli.author_commands import KINDS as OFFERED
from autograder.cli.main import main
from autograder.config import load_config, parse_config
from autograder.doctor import generated
from autograder.doctor.examination import examine
from autograder.errors import InputError


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(generated, "GENERATED", generated.GENERATED[:1])  # the zips take their time
    told = write_course(tmp_path / "course", "strings", "Strings: a course")
    assert "autograder doctor" in told
    return tmp_path / "course"


def test_a_new_course_and_a_new_assignment_in_it_are_healthy(course):
    assert examine(load_config(course), "strings").findings == []
    assert "new-question graphs.NAME" in write_assignment(load_config(course), "graphs", "Graphs: a tour")
    assert list(load_config(course).settings.assignments) == ["strings", "graphs"]
    assert examine(load_config(course), "graphs").findings == []


@pytest.mark.parametrize("kind", QUESTION_KINDS)
def test_the_fragments_of_every_kind_can_be_read_and_are_found_unfinished(course, kind):
    add_question(load_config(course), "strings.my_question", 5, kind)
    for path in course.rglob("*.py"):
        if "student_template" not in path.parts:
            ast.parse(path.read_text("utf-8"), str(path))
    (subject,) = {one.what.partition(" ")[0] for one in unfinished(course)}
    assert subject == "my_question"


def unfinished(course):
    found = examine(load_config(course), "strings", only=["my_question"]).findings
    return [one for one in found if "is not finished" in one.what]


def test_the_kinds_on_the_command_line_are_those_that_there_are():
    assert set(OFFERED) == set(QUESTION_KINDS)


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("random", "a Python module of that name exists already"),
        ("numpy", "a Python module of that name exists already"),
        ("conftest", "the student's folder has a file of that name"),
        ("test_x", "the student's folder has a file of that name"),
        ("Strings", "use small letters"),
        ("class", "use small letters"),
        ("a-b", "use small letters"),
    ],
)
def test_a_name_that_would_hide_a_module_is_refused(tmp_path, stem, told):
    with pytest.raises(InputError, match=told):
        write_course(tmp_path / "course", stem, "T")
    assert not (tmp_path / "course").exists()


def test_nothing_that_is_there_is_overwritten(course, tmp_path):
    with pytest.raises(InputError, match="holds a course already"):
        write_course(course, "other", "T")
    with pytest.raises(InputError, match="has an assignment strings already"):
        write_assignment(load_config(course), "strings", "")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "README.md").write_text("mine")
    with pytest.raises(InputError, match=r"README\.md already"):
        write_course(tmp_path / "full", "strings", "T")
    assert (tmp_path / "full" / "README.md").read_text() == "mine"


def test_an_assignment_is_added_whatever_follows_in_the_file():
    text = "assignments:\n  one:\n    questions: {f: 1}\n# the end\nseed: 3\n"
    settings = parse_config(with_assignment(text, "two", "Two: 2"))
    assert list(settings.assignments) == ["one", "two"]
    assert settings.seed == 3


def test_an_import_joins_the_line_of_its_module():
    line = "from autograder.checks import check, expect_equal"
    before = '"""Checks."""\n\nfrom autograder.checks import check, expect_close\n'
    assert with_import(before, line, "\n").endswith("import check, expect_close, expect_equal\n")
    assert with_import('"""Checks."""\n', line, "\n") == f'"""Checks."""\n\n{line}\n'
    assert with_import(f"{line}\n", line, "\n") == f"{line}\n"


def test_pytest_runs_the_checks_of_a_course_anywhere_and_on_a_submission(course):
    work = course.parent / "strings.py"
    work.write_text("def count_above(values, limit):\n    return 2\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/questions"]
    for more, told in (([], "2 passed"), ([f"--submission={work}"], "1 failed, 1 passed")):
        done = subprocess.run([*command, *more], cwd=course, capture_output=True, text=True, check=False)
        assert told in done.stdout, done.stdout + done.stderr


def test_pytest_finds_what_is_handed_out_also_for_one_file():
    root = Path(__file__).resolve().parents[2]
    one = "tests/questions/test_gridworld.py"  # imports gridworld_env
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "every_move", one]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_guide_is_shown():
    done = CliRunner().invoke(main, ["guide"])
    assert done.exit_code == 0
    assert "What crosses the wall" in done.output

"""What a student wrote becomes a known mistake in one command."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.judging.bank import variants

TINY = Path(__file__).parent / "tiny"
WORK = """
import numpy as np

def running_mean(values: "list[float]", window: int = 2) -> "Nothing":
    \"\"\"Mine.\"\"\"
    return np.cumsum(values) / window
"""


@pytest.fixture
def run(tmp_path):
    shutil.copytree(TINY, tmp_path / "course", ignore=shutil.ignore_patterns("student_template", "dist"))
    (tmp_path / "ada.py").write_text(WORK, "utf-8")

    def command(*words: str) -> tuple[int, str]:
        arguments = ["--course", str(tmp_path / "course"), "new-mistake", str(tmp_path / "ada.py"), *words]
        done = CliRunner().invoke(main, arguments)
        return done.exit_code, done.output

    return command


def test_the_students_function_is_the_body_and_its_hint_is_to_be_filled_in(run, tmp_path):
    code, said = run("warmup.running_mean", "sums_instead_of_means")
    assert code == 0, said
    assert "sums_instead_of_means is in tests/questions/mistakes/warmup.py now" in said
    text = (tmp_path / "course/tests/questions/mistakes/warmup.py").read_text("utf-8")
    made = variants(text, "misconception")[-1]
    assert (made.name, made.question) == ("sums_instead_of_means", "running_mean")
    assert made.text.startswith("TODO(running_mean)")
    assert "return np.cumsum(values) / window" in text
    assert "Mine." not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("warmup.running_mea", "x"), "names no question"),
        (("warmup.clip_to_range", "x"), "no function or class clip_to_range in the submission"),
        (("warmup.running_mean", "looks_ahead"), "looks_ahead"),
        (("warmup.running_mean", "not a name"), "is no name for a function"),
    ],
)
def test_what_cannot_become_a_mistake_is_told_in_one_line(run, words, said):
    code, told = run(*words)
    assert code == 1
    assert said in told
    assert len(told.splitlines()) == 1

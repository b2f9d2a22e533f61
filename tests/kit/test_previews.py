"""Looks at hidden mistakes: so many, of a kind, and only where the course allows them."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.config import load_config
from autograder.container import run as platform_run
from autograder.container.metadata import Circumstances

TINY = Path(__file__).parent / "tiny"
NOON = datetime.fromisoformat("2026-12-10T12:00:00+01:00")
# right for floats; for integers the means are cut
HIDDEN_ONLY = """
import numpy as np
def running_mean(values, window):
    means = [sum(values[max(0, n + 1 - window) : n + 1]) / min(n + 1, window) for n in range(len(values))]
    return np.array(means).astype(np.asarray(values).dtype)
def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(values, low), high)
"""


@pytest.fixture
def output(tmp_path: Path) -> Any:
    course = tmp_path / "course"
    shutil.copytree(TINY, course)
    settings = course / "grading.yml"
    folder = tmp_path / "submission"
    folder.mkdir()

    def graded(code: str, looks: int, earlier: int, submitted: datetime | None = NOON) -> str:
        settings.write_text((TINY / "grading.yml").read_text() + f"attempts: {{previews: {looks}}}\n")
        (folder / "warmup.py").write_text(code)
        run = platform_run.PlatformRun(load_config(course), "warmup", tmp_path / "results.json")
        before = tuple(NOON - timedelta(days=day + 1) for day in range(earlier))
        platform_run.grade_on_platform(run, folder, Circumstances(submitted, earlier=before))
        return str(json.loads((tmp_path / "results.json").read_text())["output"])

    return graded


def test_a_look_tells_the_hint_and_is_used_up(output):
    told = output(HIDDEN_ONLY, 2, 1)
    assert "Hidden checks, look 2 of 2" in told
    assert "running_mean: Integers come out of integers." in told
    assert "Hidden checks" not in output(HIDDEN_ONLY, 2, 2)
    assert "Hidden checks" not in output(HIDDEN_ONLY, 0, 0)


def test_nobody_looks_where_earlier_attempts_are_not_known(output):
    assert "Hidden checks" not in output(HIDDEN_ONLY, 2, 0, None)


def test_visible_checks_come_first(output):
    told = output(HIDDEN_ONLY.replace("min(n + 1, window)", "window"), 1, 0)
    assert "look 1 of 1" in told
    assert "running_mean:" not in told


def test_a_gradebook_counts_each_new_work_as_a_look_and_a_regrade_as_none(tmp_path):
    course, place, out = tmp_path / "course", tmp_path / "class" / "ada", tmp_path / "out"
    shutil.copytree(TINY, course)
    (course / "grading.yml").write_text((TINY / "grading.yml").read_text() + "attempts: {previews: 2}\n")
    place.mkdir(parents=True)

    def feedback(code: str) -> str:
        (place / "warmup.py").write_text(code)
        for words in (
            ("grade", place.parent, "-a", "warmup", "-o", out, "-q"),
            ("report", out, "--feedback"),
        ):
            done = CliRunner().invoke(main, ["--course", str(course), *map(str, words)])
            assert done.exit_code == 0, done.output
        return (out / "feedback" / "ada.txt").read_text()

    first = feedback(HIDDEN_ONLY)
    assert "Hidden checks, look 1 of 2" in first
    assert "running_mean: Integers come out of integers." in first
    assert feedback(HIDDEN_ONLY) == first
    assert "look 2 of 2" in feedback(HIDDEN_ONLY + "# again\n")
    assert "Hidden checks" not in feedback(HIDDEN_ONLY + "# and again\n")
    published = CliRunner().invoke(main, ["--course", str(course), "report", str(out), "--published"])
    assert published.exit_code == 0
    assert "look" not in (out / "feedback" / "ada.txt").read_text()

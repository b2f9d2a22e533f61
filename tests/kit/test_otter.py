"""otter, for real: the student's folder under `otter check`, and the zip under `otter run`."""

import contextlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
import yaml

from autograder.config import load_config
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.otter.zip import otter_zip
from autograder.publish.build import zip_bytes
from autograder.publish.template import build_template
from autograder.publish.tree import write_tree
from autograder.results import Report
from autograder.submission.reading import read_submission

sys.path.insert(0, str(Path(__file__).parent))
from otter_samples import ATTACKS, QUESTIONS, ROOT, SAMPLES, SOLUTION, STEM, honest, zipped

NOTHING = dict.fromkeys([*QUESTIONS, "quiz"], 0.0)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the wall is Linux's")


@pytest.fixture(scope="module")
def archives() -> dict[str, bytes]:
    """The zip as it is built, and without its plugin."""
    files = otter_zip(load_config(ROOT), STEM)
    config = json.loads(files["otter_config.json"])
    plain = {**config, "plugins": []}
    return {
        "walled": zip_bytes(files),
        "plain": zip_bytes(files | {"otter_config.json": json.dumps(plain).encode()}),
    }


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    made = open_grader(load_config(ROOT), STEM)
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder."""
    path = tmp_path_factory.mktemp("handed_out") / STEM
    write_tree(build_template(load_config(ROOT), STEM), path)
    return path


def otter(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    places = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "otter", *words],
        cwd=cwd, env={**os.environ, **places}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, archives: dict[str, bytes]) -> Callable[..., dict[str, float]]:
    """Run otter on a submission's files and return its scores, one a question."""

    def go(files: dict[str, str], kind: str = "walled") -> dict[str, float]:
        (tmp_path / "otter.zip").write_bytes(archives[kind])
        (tmp_path / "work.zip").write_bytes(zipped(files))
        (tmp_path / "results.json").unlink(missing_ok=True)
        done = otter("run", "work.zip", "-a", "otter.zip", "-o", ".", cwd=tmp_path)
        if not (tmp_path / "results.json").exists():
            return {"no results": 0.0, done.stderr[-2000:]: 0.0}
        rows = json.loads((tmp_path / "results.json").read_text())["tests"]
        return {row["name"]: row["score"] for row in rows if "score" in row}

    return go


def by_kit(grader: Grader, files: dict[str, str], path: Path) -> dict[str, float]:
    """What `autograder grade` gives for the same files."""
    (path / "work.zip").write_bytes(zipped(files))
    return scores(grader.grade(read_submission(path / "work.zip", STEM)))


def scores(report: Report) -> dict[str, float]:
    found = {question.id.rpartition(".")[2]: question.score for question in report.questions}
    return {**found, "quiz": report.quiz_score}


def by_plain_tests(files: dict[str, str], archive: bytes, place: Path) -> dict[str, float]:
    """What otter's own classes give for the test files of the zip, without starting a kernel."""
    from otter.test_files import create_test_file

    source, work = place / "source", place / "submission"
    work.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(source)
    before = list(sys.path)
    env: dict[str, object] = {"__name__": "__main__"}
    try:
        with contextlib.chdir(work), contextlib.redirect_stdout(io.StringIO()):
            with contextlib.suppress(Exception):
                exec(compile(files[f"{STEM}.py"], f"{STEM}.py", "exec"), env)
            found = {}
            for path in sorted((source / "tests").glob("*.py")):
                test = create_test_file(str(path), None)
                test.run(env)
                found[test.name] = round(test.score, 2)
    finally:
        sys.path[:] = before
    return found


def test_the_zip_is_the_same_every_time_and_laid_out_as_otter_does(archives):
    assert zip_bytes(otter_zip(load_config(ROOT), STEM)) == archives["walled"]
    with zipfile.ZipFile(io.BytesIO(archives["walled"])) as opened:
        names = set(opened.namelist())
        config = json.loads(opened.read("otter_config.json"))
        environment = yaml.safe_load(opened.read("environment.yml"))
        readme = opened.read("README.md").decode()
    assert {"setup.sh", "run_autograder", "run_otter.py", "environment.yml"} <= names
    assert {f"tests/{question}.py" for question in QUESTIONS} == {n for n in names if n[:6] == "tests/"}
    [plugin] = config["plugins"]
    assert plugin == {"autograder.otter.plugin.BehindTheWall": {"assignment": STEM}}
    pinned = environment["dependencies"][-1]["pip"]
    assert "otter-grader[grading,plugins]==7.0.0" in pinned
    assert {one.partition("==")[0] for one in pinned} > {"numpy", "contourpy", "msgspec", "pyyaml"}
    assert all("==" in one for one in pinned)
    assert "pytorch-cpu=2.13.0" in environment["dependencies"]
    assert "tests and student code share one process" in readme


def test_what_students_get_names_no_hidden_check(folder):
    hidden = {check for check in (ROOT / "tests/questions" / f"test_{STEM}.py").read_text().split("@check(")
              if 'visible=True' not in check.partition(")")[0]}  # fmt: skip
    titles = {check.partition('"""')[2].partition('"""')[0] for check in hidden if '"""' in check}
    told = "".join(path.read_text() for path in (folder / "tests").iterdir())
    assert {path.name for path in (folder / "tests").iterdir()} == {f"{q}.py" for q in QUESTIONS}
    assert not [title for title in titles if len(title) > 20 and title in told]


def test_otter_check_in_the_students_folder(folder):
    work = folder / f"{STEM}.py"
    handed_out = work.read_text()
    work.write_text(handed_out.partition("def discounted_returns")[0] + SNIPPETS)
    try:
        told = otter("check", work.name, cwd=folder)
    finally:
        work.write_text(handed_out)
    text = told.stdout
    assert "length_penalized_reward results: All test cases passed!" in text, told.stderr
    assert "expected 1.0504 at index [0]" in text
    assert "expect_close(student.discounted_returns(rewards, 0.6), [1.0504, 0.584, 3.14, 0.4])" in text
    assert "your code ends the program: return instead of calling exit()" in text
    assert "raised ZeroDivisionError: division by zero" in text
    assert "Failed: not written yet" in text


def test_otter_check_on_a_file_that_python_cannot_read(folder):
    work = folder / f"{STEM}.py"
    handed_out = work.read_text()
    work.write_text("def (:\n")
    try:
        told = otter("check", work.name, "-q", "bellman_update", cwd=folder).stdout
    finally:
        work.write_text(handed_out)
    assert "has no function `bellman_update`. If it is there, the code stops before it" in told


SNIPPETS = """
def discounted_returns(rewards, gamma):
    return np.cumsum(np.asarray(rewards)[::-1])[::-1]


def bellman_update(values, policy, transition_probs, rewards, gamma):
    raise SystemExit(0)


def reinforce_loss(log_probs, returns):
    return 1 / 0


def ppo_clip_ratio(log_probs, old_log_probs, clip_eps=0.2):
    raise NotImplementedError("ppo_clip_ratio: write your code here")


def length_penalized_reward(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    return rm_score - penalty_per_token * np.maximum(0, num_tokens - free_tokens)
"""


def test_the_perfect_submission_with_its_quiz(run, grader, tmp_path):
    quiz = (SAMPLES / "notebook" / "quiz.yml").read_text()
    files = {f"{STEM}.py": SOLUTION, "quiz.yml": quiz}
    found = run(files)
    assert found == by_kit(grader, files, tmp_path)
    assert sum(found[question] for question in QUESTIONS) == 85
    assert found["quiz"] > 0


def test_the_untouched_folder_scores_nothing(run, folder):
    files = {f"{STEM}.py": (folder / f"{STEM}.py").read_text(),
             "quiz.yml": (folder / "quiz.yml").read_text()}  # fmt: skip
    assert run(files) == NOTHING


def test_an_attack_gains_nothing(run):
    assert run(ATTACKS["rewrites_the_tests"]) == NOTHING


def test_the_notebook_that_was_handed_out_can_be_handed_in(grader, folder, tmp_path):
    """Filled in, it scores full, and its cells for otter are no trouble where it is graded."""
    book = nbformat.read(folder / f"{STEM}.ipynb", 4)
    book.cells.insert(-2, nbformat.v4.new_code_cell(SOLUTION))
    (tmp_path / f"{STEM}.ipynb").write_text(nbformat.writes(book))
    report = grader.grade(read_submission(tmp_path / f"{STEM}.ipynb", STEM))
    assert sum(question.score for question in report.questions) == 85
    assert not report.notes
    assert not report.output


@pytest.mark.parametrize("name", ["forgets_to_discount", "half_done", "loses_the_gradient"])
def test_without_the_plugin_the_scores_are_the_same(name, grader, archives, tmp_path):
    files = {path.name: path.read_text() for path in (SAMPLES / name).glob("*.py")}
    want = by_kit(grader, files, tmp_path)
    del want["quiz"]
    assert by_plain_tests(files, archives["plain"], tmp_path / "autograder") == want


@pytest.mark.slow
def test_proof_as_gradescope_runs_it_with_nothing_but_the_zip(archives, tmp_path):
    """The kit comes out of the zip; a package of the student's that is called like it does not."""
    root = tmp_path / "autograder"
    with zipfile.ZipFile(io.BytesIO(archives["walled"])) as opened:
        opened.extractall(root / "source")
    for name in ("submission", "results"):
        (root / name).mkdir()
    (root / "submission_metadata.json").write_text("{}")
    for name, text in {**ATTACKS["shadows_packages"], f"{STEM}.py": SOLUTION}.items():
        (root / "submission" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "submission" / name).write_text(text)
    script = root / "source" / "run_otter.py"
    script.write_text(script.read_text().replace('"/autograder"', f'"{root}"'))
    told = json.loads((root / "source" / "otter_config.json").read_text())
    told["autograder_dir"] = str(root)  # as otter would be told if it were not /autograder
    (root / "source" / "otter_config.json").write_text(json.dumps(told))
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run([sys.executable, str(script)], cwd="/", env=clean, check=True, timeout=300)
    rows = json.loads((root / "results" / "results.json").read_text())["tests"]
    assert sum(row.get("score", 0) for row in rows) == 85
    assert [path.name for path in (root / "submission").iterdir()] == [f"{STEM}.py"]


@pytest.mark.slow
@pytest.mark.parametrize("name", honest())
def test_proof_honest(name, run, grader, archives, tmp_path):
    files = honest()[name]
    want = by_kit(grader, files, tmp_path)
    assert run(files) == want
    if f"{STEM}.py" in files:
        found = by_plain_tests(files, archives["plain"], tmp_path / "autograder")
        assert found == {question: want[question] for question in QUESTIONS}


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTACKS)
def test_proof_attack(name, run):
    assert run(ATTACKS[name]) == NOTHING


@pytest.mark.slow
@pytest.mark.parametrize("name", ["patches_the_runner", "patches_pickle", "rewrites_the_tests",
                                  "runs_the_solution_in_the_zip"])  # fmt: skip
def test_proof_that_the_attack_works_without_the_plugin(name, run):
    assert sum(run(ATTACKS[name], "plain").values()) >= 80

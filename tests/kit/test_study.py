"""study.py in a student's folder, as a student runs it: also where a system has neither alarm nor fork."""

import ast
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.publish.template import build_template
from autograder.submission.reading import read_submission

TINY = Path(__file__).parent / "tiny"
MEAN = """
    values = np.asarray(values, dtype=float)
    return np.array([values[max(0, i - window + 1) : i + 1].mean() for i in range(len(values))])
"""
# what a system without POSIX's clocks and processes looks like to a program
BARE = """
import os, signal
for name in ("SIGALRM", "setitimer", "alarm", "ITIMER_REAL"):
    delattr(signal, name)
for name in ("fork", "forkpty", "register_at_fork", "posix_spawn"):
    if hasattr(os, name):
        delattr(os, name)
"""


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return build_template(load_config(TINY), "warmup")


@pytest.fixture
def folder(tmp_path: Path, built: dict[str, bytes]) -> Path:
    root = tmp_path / "warmup"
    for name, data in built.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    facts = root / "checks" / "assignment.json"
    told = json.loads(facts.read_text()) | {"limits": {"import_s": 2, "call_s": 0.4}}
    facts.write_text(json.dumps(told))
    return root


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python lacks what Windows lacks."""
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "sitecustomize.py").write_text(BARE)
    return {**os.environ, "PYTHONPATH": str(tmp_path / "bare"), "NO_COLOR": "1"}


def study(folder: Path, *words: str, **more) -> str:
    command = [sys.executable, str(folder / "study.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder.parent, timeout=120, **more)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def write(folder: Path, body: str, question: str = "running_mean") -> None:
    path = folder / "warmup.py"
    stub = f'    raise NotImplementedError("{question}: write your code here")\n'
    text = path.read_text()
    assert stub in text
    path.write_text(text.replace(stub, body.lstrip("\n")))


def test_stubs_are_not_written_yet_and_the_first_one_is_next(folder):
    told = study(folder, "--once")
    assert "running_mean    not written yet" in told
    assert "0 of 15 visible points" in told
    assert "Next: write running_mean." in told


def test_a_wrong_answer_is_told_with_its_call_and_what_was_printed(folder):
    write(folder, '    print("here")\n    return values\n')
    told = study(folder, "--once")
    assert "running_mean([" in told
    assert "your code printed:\n      here" in told
    assert "Next: running_mean, until" in told


def test_a_right_answer_brings_points_and_the_next_question(folder):
    write(folder, MEAN)
    told = study(folder, "--once")
    assert "10 of 15 visible points" in told
    assert "Next: write clip_to_range." in told


@pytest.mark.parametrize("body", ["    while True:\n        pass\n", "    import os\n    os._exit(0)\n"])
def test_what_never_ends_or_ends_the_process_costs_its_question_only(folder, bare, body):
    write(folder, body)
    write(folder, "    return np.clip(values, low, high)\n", "clip_to_range")
    for environment in ({}, {"env": bare}):
        told = study(folder, "--once", **environment)
        assert "5 of 15 visible points" in told
        assert "is there a" in told


def test_pytest_ends_an_endless_loop_without_an_alarm(folder, bare):
    write(folder, "    while True:\n        pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    told = subprocess.run(command, cwd=folder, env=bare, capture_output=True, text=True, timeout=120)
    assert "is there a loop that never ends, or far more done than asked?" in told.stdout


def test_a_console_with_few_signs_shows_the_lines_of_a_failure(folder):
    write(folder, "    raise ValueError('→ zu groß')\n")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    for command in (["study.py", "--once"], ["-m", "pytest", "-p", "no:cacheprovider"]):
        asked = [sys.executable, *command]
        done = subprocess.run(asked, cwd=folder, env=environment, capture_output=True, timeout=120)
        lines = [line.strip() for line in done.stdout.decode("cp1252").splitlines()]
        assert "raised ValueError: ? zu groß" in lines


def test_no_road_hangs_where_the_file_never_ends_and_there_is_no_alarm(folder, bare):
    with (folder / "warmup.py").open("a") as file:
        file.write("\nwhile True:\n    pass\n")
    lab = "import sys; sys.path.insert(0, 'checks'); import kit; kit.Lab('warmup').running_mean"
    for command in (["-m", "pytest", "-p", "no:cacheprovider"], ["-c", lab], ["study.py", "--once"]):
        told = subprocess.run(
            [sys.executable, *command], cwd=folder, env=bare, capture_output=True, text=True, timeout=120
        )
        assert "while True:" in told.stdout, told.stderr
        assert "stopped after" in told.stdout


def test_a_process_that_was_ended_while_it_waited_is_replaced(folder):
    program = f"""
import runpy
study = runpy.run_path({str(folder / "study.py")!r})
runner = study["Runner"](study["kit_if_ready"]())
runner.child.process.kill()
runner.child.process.wait()
loaded, results = runner.run()
print(loaded["complaints"], len(results))
runner.child.end()
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert told.stdout == "[] 4\n", told.stderr


def test_saving_shows_what_changed_and_only_that(folder):
    command = [sys.executable, "-u", str(folder / "study.py")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    assert process.stdout is not None
    try:
        first = until(process.stdout, "Ctrl-C ends")
        assert "running_mean    not written yet" in first
        write(folder, "    return values\n")
        second = until(process.stdout, "Ctrl-C ends")
        assert "running_mean([" in second
        path = folder / "warmup.py"
        path.write_text(path.read_text() + "\n\n# a remark\n")
        third = until(process.stdout, "Ctrl-C ends")
        assert "running_mean([" not in third
        assert "Next: running_mean" in third
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def until(stream, mark: str) -> str:
    lines, ends = [], time.monotonic() + 60
    while time.monotonic() < ends and not (lines and mark in lines[-1]):
        lines.append(stream.readline())
    return "".join(lines)


def test_before_handing_in_it_says_what_the_grader_would_stumble_over(folder):
    write(folder, "    input()\n    return values\n")
    with (folder / "warmup.py").open("a") as file:
        file.write("\nprint(undefined)\n")
    for copy in ("warmup (1).py", "warmup_given.py"):
        shutil.copy(folder / "warmup.py", folder / copy)
    facts = json.loads((folder / "checks" / "assignment.json").read_text())
    facts["given"].append("warmup_given.py")
    (folder / "checks" / "assignment.json").write_text(json.dumps(facts))
    told = study(folder, "--check")
    assert "warmup_given.py" not in told
    for line in (
        "NameError: name 'undefined' is not defined",
        "0 of 4 visible checks pass",
        "input(): nobody answers there",
        "warmup (1).py is not looked at: only warmup.py counts",
        "clip_to_range is not written yet",
        "write your name or student number after student:",
    ):
        assert f"LOOK  {line}" in told or line in told, line


NOT_READY = """
import datetime, runpy, sys
sys.version_info = VERSION
if sys.version_info < (3, 11):
    del datetime.UTC
sys.argv = ["study.py", *sys.argv[1:]]
runpy.run_path("study.py", run_name="__main__")
"""


def unready(folder: Path, *words: str, version: tuple[int, ...] = sys.version_info[:3]) -> str:
    """Run study.py in a Python without any library."""
    program = NOT_READY.replace("VERSION", repr(version))
    command = [sys.executable, "-I", "-S", "-c", program, *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)
    assert "Traceback" not in done.stderr, done.stderr
    assert words == ("--check",) or done.returncode == 1
    return done.stdout + done.stderr


def test_it_is_read_by_an_old_python(folder):
    ast.parse((folder / "study.py").read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("asked", ["--watch", "--once", "--zip"])
def test_a_machine_that_is_not_ready_gets_one_line_with_what_to_do(folder, asked):
    told = unready(folder, asked)
    assert "numpy" in told
    assert "Run: python -m pip install -r requirements.txt" in told
    assert len(told.splitlines()) == 1
    old = unready(folder, asked, version=(3, 8, 10))
    assert old == "Python 3.8 is too old: install Python 3.11 or newer\n"


def test_before_handing_in_all_that_is_not_ready_is_told(folder):
    told = unready(folder, "--check", version=(3, 8, 10))
    assert "LOOK  Python 3.8 is too old" in told
    assert "LOOK  not installed: " in told
    assert "2 to look at." in told


@pytest.mark.parametrize("name", ["requirements.txt", "checks/kit.py", "checks/assignment.json"])
def test_a_folder_that_lacks_a_file_is_told_so(folder, name):
    (folder / name).unlink()
    asked = "--once" if name.endswith("json") else "--check"
    assert f"{name} is missing: is the zip unpacked? Put the folder back" in unready(folder, asked)


def test_without_the_file_there_is_nothing_to_zip(folder):
    (folder / "warmup.py").unlink()
    (folder / "warmup.ipynb").unlink()
    assert study(folder, "--zip") == "warmup.py is missing: put it back. Nothing was packed\n"


def test_a_file_of_ours_that_was_changed_is_named_on_every_road(folder):
    path = folder / "checks" / "test_warmup.py"
    path.write_text(path.read_text() + "\nundefined\n")
    told = "test_warmup.py, line {}: NameError: name 'undefined' is not defined\n-> this is no file of yours"
    told = told.format(path.read_text().count("\n"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    by_pytest = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120).stdout
    for shown in (study(folder, "--once"), study(folder, "--check").replace("\n      ->", "\n->"), by_pytest):
        assert told in shown


def test_a_renamed_function_is_what_comes_next(folder):
    path = folder / "warmup.py"
    path.write_text(path.read_text().replace("def running_mean", "def runing_mean"))
    told = study(folder, "--once")
    assert "has no function `running_mean` (nearest: `runing_mean`)" in told
    assert "Next: running_mean, see above." in told


def test_a_renamed_file_is_recognised(folder):
    (folder / "warmup.py").rename(folder / "warm_up.py")
    (folder / "warmup.ipynb").unlink()
    assert "is it warm_up.py? Rename it" in study(folder, "--check")


def test_the_zip_is_what_the_grader_reads(folder):
    write(folder, MEAN)
    told = study(folder, "--zip")
    path = folder / "warmup_to_hand_in.zip"
    assert path.name in told
    assert zipfile.ZipFile(path).namelist() == ["warmup.py", "quiz.yml"]
    read = read_submission(path, "warmup")
    assert not read.problem
    assert read.main == "warmup.py"


def test_hints_are_asked_for_one_by_one(folder):
    facts = folder / "checks" / "assignment.json"
    assert "no hints" in study(folder, "--hint", "running_mean")
    facts.write_text(facts.read_text().replace('"hints": {}', '"hints": {"running_mean": ["A", "B", "C"]}'))
    assert "hint 1 of 3\n\nA\n" in study(folder, "--hint", "running_mean")
    assert "\nC" in study(folder, "--hint", "running_mean", "9")
    assert "Do you mean running_mean?" in study(folder, "--hint", "runing_mean")

"""The kit from its wheel alone, in an environment with its libraries and no clone: what a stranger does."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from autograder.authoring.question import QUESTION_KINDS

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = Path(sysconfig.get_paths()["purelib"])
OURS = shutil.ignore_patterns("autograder*", "_editable*", "*.pth")
# what of the system only Linux has
NO_WALL = """import os, platform, sys
platform.system = lambda: "Windows"
for name in ("memfd_create", "pidfd_open", "sched_getaffinity", "fork", "geteuid"):
    delattr(os, name)
for name in ("fcntl", "resource", "pwd", "grp"):
    sys.modules[name] = None
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the wall is Linux's"),
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and copies of the libraries that are here."""
    place = tmp_path_factory.mktemp("stranger")
    place.parent.chmod(0o755)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(place), str(ROOT)]
    subprocess.run([*pip, *wheel], check=True)
    (found,) = place.glob("autograder-*.whl")
    venv.create(place / "env")
    python = place / "env/bin/python"
    for one in set(LIBRARIES.iterdir()) - {LIBRARIES / name for name in OURS("", os.listdir(LIBRARIES))}:
        target = packages(place / "env") / one.name
        if one.is_dir():
            shutil.copytree(one, target, copy_function=linked)
        else:
            linked(str(one), str(target))
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", "--no-index", found], check=True)
    return place / "env"


def linked(source: str, target: str) -> None:
    """Copy a file, without the bytes where the file system allows it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def packages(environment: Path) -> Path:
    """Where the packages of the environment are."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return environment / "lib" / version / "site-packages"


def run(environment: Path, folder: Path, *command: str, status: int = 0) -> str:
    """Run a program of the environment in a folder and return what it printed."""
    clean = {"PATH": f"{environment}/bin:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    program = [str(environment / "bin" / command[0]), *command[1:]]
    done = subprocess.run(program, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_course_is_begun_judged_and_built(environment, tmp_path):
    run(environment, tmp_path, "autograder", "new-course", "course", "--stem", "strings")
    course = tmp_path / "course"
    run(environment, course, "autograder", "new-assignment", "graphs")
    assert "strings: healthy" in run(environment, course, "autograder", "doctor", "--quick", "-a", "strings")
    pytest_here = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/questions")
    assert "4 passed" in run(environment, course, *pytest_here)
    for kind in QUESTION_KINDS:
        run(environment, course, "autograder", "new-question", f"graphs.my_{kind}", "--kind", kind)
    told = run(environment, course, "autograder", "doctor", "-a", "graphs", status=1)
    assert all(f"my_{kind} is not finished" in told for kind in QUESTION_KINDS)
    run(environment, course, "autograder", "build")
    with zipfile.ZipFile(course / "dist/gradescope_strings.zip") as archive:
        assert "--hash=sha256:" in archive.read("requirements.txt").decode()
    assert "What crosses the wall" in run(environment, course, "autograder", "guide")


def test_the_tiny_course_and_the_attacks_come_with_it(environment, tmp_path):
    shutil.copytree(packages(environment) / "autograder/authoring/tiny", tmp_path / "tiny")
    run(environment, tmp_path / "tiny", "autograder", "build")
    told = run(environment, tmp_path / "tiny", "autograder", "redteam", "dist/gradescope_warmup.zip")
    assert told.splitlines()[-1].endswith(": 0 gained something")


@pytest.mark.parametrize("command", ["grade class -a warmup -o OUT", "check class/ada -a warmup", "doctor"])
def test_a_system_without_a_wall_is_told_the_command_in_one_line(environment, tmp_path, command):
    course = tmp_path / "tiny"
    shutil.copytree(packages(environment) / "autograder/authoring/tiny", course)
    (course / "class/ada").mkdir(parents=True)
    shutil.copy(course / "solutions/warmup.py", course / "class/ada")
    start = "import sys; exec(sys.argv.pop(1)); from autograder.cli.main import main; main()"
    told = run(environment, course, "python", "-c", start, NO_WALL, *command.split(), status=1)
    (line,) = told.splitlines()
    assert line.startswith("autograder: no sandbox for students' code on Windows; in a container there is: ")
    assert line.endswith(f" -v {course}:/work autograder {command}")

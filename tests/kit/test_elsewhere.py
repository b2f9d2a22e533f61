"""On a machine without a wall: the command that does the same in a container."""

import os
import platform
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.sandbox.elsewhere import in_a_container

TINY = Path(__file__).parent / "tiny"
HERE = Path("/home/ada/course")


@pytest.mark.parametrize(
    ("arguments", "mounted", "where", "inside"),
    [
        ("grade class -a warmup -o OUT", "/home/ada/course", [], "grade class -a warmup -o OUT"),
        ("grade ../class -o OUT", "/home/ada", ["-w", "/work/course"], "grade /work/class -o OUT"),
        ("--course=/home/eve build", "/home", ["-w", "/work/ada/course"], "--course=/work/eve build"),
        ("grade /home/ada/course -o OUT", "/home/ada/course", [], "grade /work -o OUT"),
        ("grade 'two words' -o OUT", "/home/ada/course", [], "grade 'two words' -o OUT"),
    ],
)  # fmt: skip
def test_the_command_names_the_same_files_inside(arguments, mounted, where, inside):
    words = shlex.split(in_a_container(shlex.split(arguments), HERE))
    assert words[:4] == ["docker", "run", "--rm", "-it"]
    assert words[4:] == ["-v", f"{mounted}:/work", *where, "autograder", *shlex.split(inside)]


LINUX_ALONE = ("memfd_create", "pidfd_open", "sched_getaffinity", "unshare")


@pytest.fixture
def mac(monkeypatch):
    """A system without what only Linux has."""
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    for name in LINUX_ALONE:
        monkeypatch.delattr(os, name, raising=False)


@pytest.mark.parametrize("command", ["grade class -a warmup -o OUT", "check class/ada -a warmup", "doctor",
                                     "doctor --hints hints.csv"])  # fmt: skip
@pytest.mark.usefixtures("mac")
def test_a_machine_without_a_wall_says_so_in_one_line_with_the_command(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "warmup.py").write_text("def running_mean(values, window): return values\n")
    done = CliRunner().invoke(main, ["--course", str(TINY), *command.split()])
    assert done.exit_code == 1
    (line,) = [line for line in done.output.splitlines() if "sandbox" in line]
    assert line.startswith(
        "autograder: no sandbox for students' code on Darwin; in a container there is: docker run"
    )

"""Honest students beside attackers in one class, in a container of one processor and little memory.

The honest ones get exactly the scores that they get alone, and the class takes at most the attackers'
limits longer. As root: `python tests/rehearsal/crowd.py [--attackers N] [--memory MB] [--cpus N]`
"""

import argparse
import csv
import itertools
import os
import re
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from container import Bounds, inside  # noqa: E402

from autograder.redteam.collection import Attack, armed, hand_in, load_attacks  # noqa: E402
from autograder.redteam.stage import Stage, stage  # noqa: E402

STEM = "rl_foundations"
HONEST = ROOT / "tests" / "kit" / "sample_class"
HOSTILE = ROOT / "tests" / "kit" / "hostile"
LIMITS = {"import_s": 5, "call_s": 1, "submission_s": 20, "memory_mb": 512}
GRADER_MB = 600
INIT = 1  # the grader's process id where it is graded
# Grades, and says at the end how much memory this process had at most.
GRADE = (
    "import resource, sys\nfrom autograder.cli.main import main\ntry:\n    main()\nfinally:\n"
    "    print('grader', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, 'MB')"
)
PEAK = re.compile(r"grader (\d+) MB")


@dataclass(frozen=True)
class Graded:
    """What came of one run over a class."""

    scores: dict[str, str]
    seconds: float
    grader_mb: int
    all_mb: float
    killed: int


def main() -> None:
    """Grade the honest alone, then beside attackers, and end with status 1 if that is not the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attackers", type=int, default=20)
    parser.add_argument("--memory", type=int, default=1024, help="of the container, in MB")
    parser.add_argument("--cpus", type=float, default=1)
    asked = parser.parse_args()
    build = ROOT / "build" / "crowd"
    shutil.rmtree(build, ignore_errors=True)
    course = hurried(build / "course")
    with stage() as scene:
        alone = graded(course, copied(build / "alone"), build / "out_alone", asked)
        crowd = copied(build / "crowd")
        attacks = of_all_kinds(load_attacks(HOSTILE), asked.attackers)
        for attack in attacks:
            handed_in(attack, scene, course, crowd)
        beside = graded(course, crowd, build / "out", asked)
        wrong = compared(alone, beside, [attack.name for attack in attacks])
        wrong += [f"an attack left {mark}" for mark in scene.marks()]
        wrong += ["an attack reached the network"] if scene.heard else []
    print("\n".join(wrong) or "as it must be")
    sys.exit(1 if wrong else 0)


def hurried(course: Path) -> Path:
    """Copy what grading needs of the course, with limits that end an attack soon."""
    for name in ("assignments", "solutions", "tests/questions", "tests/mistakes", "tests/alternatives"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, course / name)
    settings = yaml.safe_load((ROOT / "grading.yml").read_text("utf-8"))
    for one in (settings, settings["assignments"][STEM]):
        one["limits"] = {**one.get("limits", {}), **LIMITS}
    (course / "grading.yml").write_text(yaml.safe_dump(settings), "utf-8")
    return course


def copied(folder: Path) -> Path:
    """Return a class of the honest, in a folder of its own."""
    shutil.copytree(HONEST, folder)
    return folder


def of_all_kinds(attacks: list[Attack], most: int) -> list[Attack]:
    """Return attacks, of each aim as many as of the others as far as there are so many."""
    aims: dict[str, list[Attack]] = defaultdict(list)
    for attack in attacks:
        found = re.search(r"^Aim: (\w+)", attack.text, re.MULTILINE)
        aims[found[1] if found else ""].append(attack)
    rounds = itertools.chain.from_iterable(itertools.zip_longest(*aims.values()))
    return [attack for attack in rounds if attack is not None][:most]


def handed_in(attack: Attack, scene: Stage, course: Path, folder: Path) -> None:
    """Put an attack into a class as a student's work."""
    questions = yaml.safe_load((course / "grading.yml").read_text("utf-8"))["assignments"][STEM]["questions"]
    text = armed(attack, scene.preamble(INIT, course, STEM), list(questions))
    hand_in(attack, text, STEM, folder / f"attacker_{attack.name}")


def graded(course: Path, folder: Path, out: Path, asked: argparse.Namespace) -> Graded:
    """Grade a class in a container."""
    bounds = Bounds(f"crowd-{os.getpid()}-{out.name}", asked.memory, asked.cpus)
    if not bounds.enforced:
        sys.exit("This needs root, and control groups of version 1 below /sys/fs/cgroup.")
    command = [sys.executable, "-c", GRADE, "--course", str(course), "grade", str(folder), "-q"]
    command += ["-a", STEM, "-o", str(out)]
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/root"}
    environment["XDG_CACHE_HOME"] = str(out.with_name("cache"))
    try:
        status, printed, seconds = inside(Path("/"), command, environment, bounds)
        peak = PEAK.search(printed)
        if status or not peak:
            sys.exit(f"grading ended with status {status}, {bounds.killed()} killed: {printed[-2000:]}")
        with (out / "grades.csv").open(encoding="utf-8") as file:
            scores = {row["submission"]: row["score"] for row in csv.DictReader(file)}
        found = Graded(scores, seconds, int(peak[1]), bounds.peak_mb, bounds.killed())
    finally:
        bounds.close()
    print(
        f"{len(scores)} submissions in {seconds:.0f} s; grader {found.grader_mb} MB,"
        f" all {found.all_mb:.0f} MB, {found.killed} ended for memory",
        flush=True,
    )
    return found


def compared(alone: Graded, beside: Graded, attackers: list[str]) -> list[str]:
    """Say in what the class with attackers is not as it must be."""
    wrong = [
        f"{name}: {beside.scores.get(name)} beside attackers, {score} alone"
        for name, score in alone.scores.items()
        if beside.scores.get(name) != score
    ]
    earned = {name: beside.scores.get(f"attacker_{name}", "no row") for name in attackers}
    wrong += [f"{name} earned {score}" for name, score in earned.items() if score not in ("0", "0.0")]
    more = beside.seconds - alone.seconds
    if more > len(attackers) * LIMITS["submission_s"]:
        wrong.append(f"{more:.0f} s more for {len(attackers)} attackers of {LIMITS['submission_s']} s each")
    if beside.grader_mb > GRADER_MB:
        wrong.append(f"the grader took {beside.grader_mb} MB")
    return wrong


if __name__ == "__main__":
    main()

"""Is this zip safe? Runs attacks against it, and against the grader, and says what each gained.

An attack is a folder with an attack.py: a module that does harm when loaded, or in its function `attack`,
which stands in for every function that is asked for. What it gains is judged from outside.
"""

import ast
import contextlib
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from autograder.config import Course
from autograder.errors import InputError
from autograder.grading import Grader, open_grader
from autograder.redteam.stage import Stage, stage
from autograder.results import Isolation
from autograder.submission.reading import Submission

QUICK = {"import_s": 2, "call_s": 0.5, "submission_s": 8, "memory_mb": 512}
LEARNED, CARRIED = "LEARNED", "CARRIED"
SETTLE_S = 3.0


@dataclass(frozen=True)
class Attack:
    """One attack of the collection."""

    name: str
    title: str
    text: str


@dataclass(frozen=True)
class Gain:
    """What an attack was given, and what it gained."""

    attack: str
    score: float
    gained: tuple[str, ...] = ()


def load_attacks(folder: Path) -> list[Attack]:
    """Read a collection."""
    found = []
    for path in sorted(folder.glob("*/attack.py")):
        text = path.read_text("utf-8")
        title = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        found.append(Attack(path.parent.name, title, text))
    if not found:
        raise InputError(f"{folder} holds no attacks: each is a folder with an attack.py")
    return found


def against_grader(
    course: Course, stem: str, attacks: Sequence[Attack], without: Sequence[str] = ()
) -> tuple[list[Gain], Isolation]:
    """Run attacks against a grader in this process.

    Args:
        course: the course folder and its settings.
        stem: the assignment.
        attacks: the collection.
        without: layers of the wall to switch off.
    """
    grader = open_grader(hurried(course, stem), stem, without, hidden_anyway=True)
    try:
        honest = grader.grade(submission("honest", stem, grader.bank.solution)).score
        with stage() as scene:
            gains = [run_one(grader, scene, attack) for attack in attacks]
        after = grader.grade(submission("honest", stem, grader.bank.solution)).score
        if after != honest:
            gains.append(Gain("afterwards", after, ("an honest submission scores less than before",)))
        return gains, grader.isolation
    finally:
        grader.close()


def run_one(grader: Grader, scene: Stage, attack: Attack) -> Gain:
    """Run one attack and look at what it left."""
    stem = grader.bank.stem
    before = offspring(grader.wall.pid)
    text = armed(attack, scene.preamble(os.getpid(), grader.course.root.resolve(), stem), grader)
    report = grader.grade(submission(attack.name, stem, text))
    told = " ".join(check.feedback for check in report.checks if not check.visible)
    gained = judge(report.score, report.output, told, scene)
    if lingers(grader.wall.pid, before):
        gained.append("left a process behind")
    return Gain(attack.name, report.score, tuple(gained))


def armed(attack: Attack, preamble: str, grader: Grader) -> str:
    """Return an attack as a submission in which it answers for every question."""
    names = "\n".join(f"{question} = attack" for question in grader.assignment.questions)
    return f"{preamble}\n{attack.text}\n{names}\n"


def judge(score: float, output: str, told: str, scene: Stage) -> list[str]:
    """Say what an attack gained, from what it scored, printed, got told, and left behind."""
    gained = []
    if score > 0:
        gained.append(f"earned {score:g} points")
    if LEARNED in output:
        gained.append(f"learned: {output.partition(LEARNED)[2].strip().splitlines()[0][:60]}")
    if CARRIED in told:
        gained.append("carried a hidden input into what students read")
    gained += [f"left {mark}" for mark in scene.marks()[:3]]
    if scene.heard:
        gained.append(f"reached the network ({scene.heard[0]})")
        scene.heard.clear()
    return gained


def offspring(pid: int) -> set[int]:
    """Return the children of a process: the warm process inherits what a worker leaves behind."""
    with contextlib.suppress(OSError):
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    return set()


def lingers(pid: int, before: set[int]) -> bool:
    """Whether a process that was not there before is still there after a moment."""
    until = time.monotonic() + SETTLE_S
    while extra := {child for child in offspring(pid) - before if running(child)}:
        if time.monotonic() > until:
            return bool(extra)
        time.sleep(0.01)
    return False


def running(pid: int) -> bool:
    """Whether a process is alive, not only waiting to be collected."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def submission(name: str, stem: str, text: str) -> Submission:
    """Return a program as a submission."""
    return Submission(name, name, {f"{stem}.py": text.encode()}, main=f"{stem}.py")


def hurried(course: Course, stem: str) -> Course:
    """Return the course with limits that end an attack soon."""
    assignment = course.settings.assignments[stem]
    assignment = structs.replace(assignment, limits=structs.replace(assignment.limits, **QUICK))
    assignments = {**course.settings.assignments, stem: assignment}
    return Course(course.root, structs.replace(course.settings, assignments=assignments))


def against_zip(archive: Path, stem: str, questions: Sequence[str], attacks: Sequence[Attack]) -> list[Gain]:
    """Unpack a zip as the platform does and let its own run_autograder grade every attack.

    Args:
        archive: what would be uploaded.
        stem: its assignment.
        questions: the functions that an attack stands in for.
        attacks: the collection.
    """
    gains = []
    with stage() as scene:
        root = scene.folder / "platform"
        unpack(archive, root / "source")
        for attack in attacks:
            preamble = scene.preamble(os.getpid(), root / "source" / "course", stem)
            names = "\n".join(f"{question} = attack" for question in questions)
            gains.append(run_in_zip(root, scene, attack.name, stem, f"{preamble}\n{attack.text}\n{names}\n"))
    return gains


def unpack(archive: Path, source: Path) -> None:
    """Unpack a zip into the platform's folder."""
    try:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{archive} cannot be unpacked ({error}): run autograder build") from None
    if not (source / "run_autograder").exists():
        raise InputError(f"{archive} is no Gradescope zip: it has no run_autograder")


def run_in_zip(root: Path, scene: Stage, name: str, stem: str, text: str) -> Gain:
    """Grade one attack with the zip's own program."""
    work = root / "submission"
    work.mkdir(exist_ok=True)
    (work / f"{stem}.py").write_text(text)
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": sys.executable}
    done = subprocess.run(  # noqa: S603 our own program
        ["/bin/bash", str(root / "source" / "run_autograder")],
        env=environment, cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        results = json.loads((root / "results" / "results.json").read_text())
    except (OSError, ValueError):
        return Gain(name, 0.0, ("kept results.json from being written",))
    rows = [row for row in results.get("tests", ()) if row.get("visibility") != "visible"]
    told = " ".join(str(row.get("output", "")) for row in rows)
    score = float(results.get("score", 0.0))
    return Gain(name, score, tuple(judge(score, done.stdout, told, scene)))


def run_all(
    course: Course, stem: str, archive: Path, folder: Path, *, each_layer: bool, tell: Callable[[str], None]
) -> bool:
    """Run a collection against the grader and a zip, tell what was gained, and return whether nothing was.

    Args:
        course: the course folder and its settings.
        stem: the assignment.
        archive: its Gradescope zip.
        folder: the collection.
        each_layer: whether to run it again with each layer switched off, to see what it is worth.
        tell: takes a line.
    """
    attacks = load_attacks(folder)
    if not zipfile.is_zipfile(archive):
        raise InputError(f"{archive} is not a zip: run autograder build")
    gains, isolation = against_grader(course, stem, attacks)
    tell(f"isolation: {isolation.verdict} ({', '.join(isolation.layers)})")
    safe = show(f"{len(attacks)} attacks against autograder grade", gains, attacks, tell)
    gains = against_zip(archive, stem, list(course.assignment(stem).questions), attacks)
    safe = show(f"{len(attacks)} attacks against {archive.name}", gains, attacks, tell) and safe
    for layer in isolation.layers if each_layer else ():
        gains, weaker = against_grader(course, stem, attacks, [layer])
        show(f"without {layer} ({weaker.verdict})", gains, attacks, tell)
    return safe


def show(where: str, gains: Sequence[Gain], attacks: Sequence[Attack], tell: Callable[[str], None]) -> bool:
    """Tell what attacks gained, and return whether it was nothing."""
    titles = {attack.name: attack.title for attack in attacks}
    lucky = [gain for gain in gains if gain.gained]
    tell(f"{where}: {len(lucky)} gained something")
    for gain in lucky:
        tell(f"  {gain.attack}: {'; '.join(gain.gained)}")
        tell(f"    {titles.get(gain.attack, '')}")
    return not lucky

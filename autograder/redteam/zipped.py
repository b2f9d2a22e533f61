"""Attacks against a Gradescope zip: unpacked as the platform does, graded by its own run_autograder."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from autograder.errors import InputError
from autograder.redteam.collection import QUICK, Attack, Gain, armed, hand_in
from autograder.redteam.gains import ReadByStudents, Secrets, gains_of
from autograder.redteam.stage import Stage, on_stages, stage

ZIP_S = 300  # for one attack: one that is cut off has shown nothing
ENDED = "The grader ended with status"  # says run_autograder
TELL_EVERY = 10


@dataclass(frozen=True)
class Honest:
    """Honest work, and what it scores."""

    text: str
    score: float


def against_zip(
    archive: Path,
    stem: str,
    questions: Sequence[str],
    attacks: Sequence[Attack],
    secrets: Secrets,
    honest: Honest,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Gain]:
    """Let a zip's own run_autograder grade every attack, several at once, each on a stage of its own.

    An attack stands in for `questions`; no student may read `secrets`; `honest` work must score in the zip
    what it scores here, or nothing has been tried.
    """

    def set_up(scene: Stage) -> None:
        unpack_zip(archive, scene.folder / "platform" / "source")

    def run(scene: Stage, attack: Attack) -> Gain:
        root = scene.folder / "platform"
        text = armed(attack, scene.preamble(os.getpid(), root / "source" / "course", stem), questions)
        hand_in(attack, text, stem, root / "submission")
        score, printed, told = run_in_zip(root)
        if told is None:
            return Gain(attack.name, score, ("kept results.json from being written",))
        cut = ["kept the grader from coming to an end"] if ENDED in printed else []
        return Gain(attack.name, score, (*gains_of(score, printed, told, secrets, scene), *cut))

    if differing := honest_gain(archive, stem, honest):
        return [differing]
    gains = []
    for gain in on_stages(attacks, run, set_up):
        gains.append(gain)
        if len(gains) % TELL_EVERY == 0:
            tell(f"{len(gains)} of {len(attacks)} attacks against {archive.name}")
    return gains


def honest_gain(archive: Path, stem: str, honest: Honest) -> Gain | None:
    """Return None if honest work scores in a zip what it scores here."""
    with stage() as scene:
        root = scene.folder / "platform"
        unpack_zip(archive, root / "source")
        hand_in(Attack("honest", "", ""), honest.text, stem, root / "submission")
        score, printed, _ = run_in_zip(root)
    told = f"honest work scores {score:g}, {honest.score:g} here: {printed.strip()[-300:]}"
    return None if score == honest.score else Gain("honest", score, (told,))


def unpack_zip(archive: Path, source: Path) -> None:
    """Unpack a zip into the platform's folder, with limits that end an attack soon."""
    try:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{archive} cannot be unpacked ({error}): run autograder build") from None
    settings = source / "course" / "grading.yml"
    course = yaml.safe_load(settings.read_text("utf-8"))
    for one in (course, *course["assignments"].values()):
        one["limits"] = {**one.get("limits", {}), **QUICK}
    settings.write_text(yaml.safe_dump(course), "utf-8")


def run_in_zip(root: Path) -> tuple[float, str, ReadByStudents | None]:
    """Grade what was handed in with the zip's own; return score, what was printed, what students read."""
    environment = {
        **os.environ, "AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": sys.executable,
        "AUTOGRADER_SECONDS": str(ZIP_S),
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 our own program
        ["/bin/bash", str(root / "source" / "run_autograder")],
        env=environment, cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    printed = done.stdout + done.stderr
    try:
        results = json.loads((root / "results" / "results.json").read_text())
    except (OSError, ValueError):
        return 0.0, printed, None
    rows = [(row.get("visibility"), str(row.get("output", ""))) for row in results.get("tests", ())]
    rows.append(("visible", str(results.get("output", ""))))
    told = ReadByStudents(
        *[" ".join(text for shown, text in rows if (shown == "visible") is kind) for kind in (False, True)]
    )
    return float(results.get("score", 0.0)), printed, told

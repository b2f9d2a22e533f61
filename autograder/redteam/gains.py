"""What an attack gained, judged from outside: by its score, what is printed and told, and what it left."""

import ast
import contextlib
import re
import time
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checks.draws import DRAWS
from autograder.data.values import Tensor
from autograder.grading.grader import Grader
from autograder.judging.bank import Bank
from autograder.redteam.stage import Stage
from autograder.sandbox.codec import decode_call
from autograder.sandbox.protocol import REQUEST, decode_frame
from autograder.sandbox.syntax import bound

LEARNED, CARRIED = "LEARNED", "CARRIED"
CHOSEN = "9725"  # a number that attacks put wherever one may be told
PROCESS = re.compile(r"process (\d+)\.")
SETTLE_S = 3.0
SHORTEST_LINE = 30  # of a program: shorter ones anybody may write
LONG_NUMBER = re.compile(r"\d+\.\d{6,}")


@dataclass(frozen=True)
class ReadByStudents:
    """What students read: about hidden checks, and everything else."""

    hidden: str
    visible: str


@dataclass(frozen=True)
class Secrets:
    """What nobody may come to read: numbers of hidden inputs, lines of the course's programs."""

    numbers: AbstractSet[str] = frozenset()
    lines: AbstractSet[str] = frozenset()


def gains_of(score: float, output: str, told: ReadByStudents, secrets: Secrets, scene: Stage) -> list[str]:
    """Say what an attack gained, from what it scored, printed, got told, and left behind."""
    gained = []
    if score > 0:
        gained.append(f"earned {score:g} points")
    if LEARNED in output:
        gained.append(f"learned: {output.partition(LEARNED)[2].strip().splitlines()[0][:60]}")
    if CARRIED in told.hidden:
        gained.append("carried a hidden input into what students read")
    if CHOSEN in told.hidden:
        gained.append("chose a number that a hidden check told")
    if len(set(PROCESS.findall(told.visible))) > 1:
        gained.append("was told what a later worker said")
    gained += carried(told.visible, secrets.numbers)
    gained += [f"was told code of the course: {line}" for line in secrets.lines
               if line in told.visible or line in told.hidden][:1]  # fmt: skip
    gained += [f"left {mark}" for mark in scene.marks()[:3]]
    if scene.heard:
        gained.append(f"reached the network ({scene.heard[0]})")
        scene.heard.clear()
    return gained


def carried(told: str, hidden: AbstractSet[str]) -> list[str]:
    """Say whether what students read about their own checks holds a number of a hidden input."""
    found = hidden & set(LONG_NUMBER.findall(told))
    return [f"carried a hidden input into what students read ({min(found)})"] if found else []


def hidden_numbers(grader: Grader) -> AbstractSet[str]:
    """Return the long numbers, as Python prints them, that only hidden checks call functions with."""
    numbers: dict[bool, set[str]] = {True: set(), False: set()}
    checks = [check for draw in range(DRAWS) for check in grader.bank.drawn(draw).checks]
    for check in {check.key: check for check in checks}.values():
        script = grader.judge.script(check)
        for frame in script.frames if script else ():
            request, body = decode_frame(frame, REQUEST)
            call = decode_call(request, body, is_ours=True)
            told = str([printable_argument(value) for value in (*call.args, *call.kwargs.values())])
            numbers[check.visible].update(LONG_NUMBER.findall(told))
    return numbers[False] - numbers[True]


def secrets_of(grader: Grader) -> Secrets:
    """Return what no attack on a grader may come to read."""
    bank = grader.bank
    theirs = set(stripped(visible_source(bank)))
    ours = {*stripped(bank.solution), *stripped(bank.checks_source)} - theirs
    return Secrets(hidden_numbers(grader), {line for line in ours if len(line) >= SHORTEST_LINE})


def visible_source(bank: Bank) -> str:
    """Return the text of the visible checks, which students have, and of what they use."""
    wanted = {check.name for check in bank.checks if check.visible}
    lines, left, found = bank.checks_source.splitlines(), ast.parse(bank.checks_source).body, list[ast.stmt]()
    while more := [node for node in left if wanted.intersection(bound(node))]:
        found += more
        left = [node for node in left if node not in more]
        wanted = {one.id for node in more for one in ast.walk(node) if isinstance(one, ast.Name)}
    return "\n".join(line for node in found for line in lines[node.lineno - 1 : node.end_lineno])


def stripped(text: str) -> Iterator[str]:
    """Yield the lines of a text without their indentation."""
    return map(str.strip, text.splitlines())


def printable_argument(value: Any) -> Any:
    """Return an argument in a form that prints all its numbers."""
    value = value.array if isinstance(value, Tensor) else value
    return value.tolist() if isinstance(value, np.ndarray) else value


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

"""The collection: an attack is a folder with an attack.py, a module that does harm when loaded, or in its
function `attack`, which stands in for every function that is asked for.

Where there is a hand_in.py, its `files(program, stem)` says what is handed in instead of that program alone:
files by their paths, as bytes, or as the path that a link leads to.
"""

import ast
import runpy
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import InputError

# of submissions: an attack is over soon
QUICK = {"import_s": 2, "call_s": 0.5, "submission_s": 8, "memory_mb": 512}
PROGRAM, PACKING = "attack.py", "hand_in.py"
HARMLESS = "def attack(*args, **kwargs):\n    return None\n"


@dataclass(frozen=True)
class Attack:
    """One attack of the collection."""

    name: str
    title: str
    text: str
    packing: Path | None = None  # its hand_in.py


@dataclass(frozen=True)
class Gain:
    """What an attack was given, and what it gained."""

    attack: str
    score: float
    gained: tuple[str, ...] = ()


def load_attacks(folder: Path) -> list[Attack]:
    """Read a collection."""
    found = [read_attack(one) for one in sorted(folder.glob("*")) if (one / PROGRAM).exists() or packing(one)]
    if not found:
        raise InputError(f"{folder} holds no attacks: each is a folder with an {PROGRAM} or a {PACKING}")
    return found


def read_attack(folder: Path) -> Attack:
    """Read one attack."""
    program, packed = folder / PROGRAM, packing(folder)
    told = ast.get_docstring(ast.parse((packed or program).read_text("utf-8"))) or ""
    text = program.read_text("utf-8") if program.exists() else HARMLESS
    return Attack(folder.name, told.partition("\n")[0], text, packed)


def packing(folder: Path) -> Path | None:
    """Return what says which files an attack hands in, if it is more than its program."""
    path = folder / PACKING
    return path if path.exists() else None


def armed(attack: Attack, preamble: str, questions: Sequence[str]) -> str:
    """Return an attack as a program in which it answers for every question, and knows all of them."""
    names = "\n".join(f"{question} = attack" for question in questions)
    return f"{preamble}EVERYTHING = lambda: [{', '.join(questions)}]\n{attack.text}\n{names}\n"


def hand_in(attack: Attack, program: str, stem: str, folder: Path) -> None:
    """Put what an attack hands in into a folder, in place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    files: Mapping[str, bytes | Path] = {f"{stem}.py": program.encode()}
    if attack.packing:
        files = runpy.run_path(str(attack.packing))["files"](program, stem)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(content) if isinstance(content, Path) else path.write_bytes(content)

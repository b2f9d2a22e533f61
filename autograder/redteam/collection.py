"""The collection: an attack is a folder with an attack.py, a module that does harm when loaded, or in its
function `attack`, which stands in for every function that is asked for."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import InputError

# of submissions: an attack is over soon
QUICK = {"import_s": 2, "call_s": 0.5, "submission_s": 8, "memory_mb": 512}


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


def armed(attack: Attack, preamble: str, questions: Sequence[str]) -> str:
    """Return an attack as a submission in which it answers for every question, and knows all of them."""
    names = "\n".join(f"{question} = attack" for question in questions)
    return f"{preamble}EVERYTHING = lambda: [{', '.join(questions)}]\n{attack.text}\n{names}\n"

"""Build a class: unusual right work, known wrong work, slow and crashing work; .py and .ipynb."""

import ast
import itertools
import json
import random
import re
from pathlib import Path

from autograder.judging.bank import Bank, Variant, names_defined

CRASH = "    import os\n\n    os._exit(1)\n"
SLOW = "    import time\n\n    time.sleep(0.3)\n"


def build_class(bank: Bank, folder: Path, size: int) -> list[Path]:
    """Write `size` submissions below `folder`, a folder each, and return them."""
    pick = random.Random(size)
    variants = source_of(bank.mistakes_source, bank.misconceptions) | source_of(
        bank.alternatives_source, bank.alternatives
    )
    preamble = preambles(bank.mistakes_source, bank.alternatives_source)
    right, wrong = list(bank.alternatives), list(bank.misconceptions)
    made = []
    for number in range(size):
        chosen = [pick.choice(right), *(pick.choice(wrong) for _ in range(number % 3))]
        text = answered(bank.solution, {one.question: variants[one.name] for one in chosen}, preamble)
        if number % 50 == 7:
            text += f"\n\ndef {wrong[0].question}(*args, **kwargs):\n{CRASH}"
        if number % 50 == 17:
            text += f"\n\nslow = {right[0].question}\n\n\ndef {right[0].question}(*args, **kwargs):\n"
            text += f"{SLOW.replace('0.3', '0.01')}    return slow(*args, **kwargs)\n"
        if number % 50 == 27:
            text = text.replace("return", "retrun", 1)
        made.append(write(folder / f"student{number:05d}", bank.stem, text, notebook=number % 10 == 3))
    return made


def answered(solution: str, answers: dict[str, str], parts: list[tuple[set[str], str]]) -> str:
    """Return a solution in which other answers stand, as if a student had written them."""
    text = solution
    for question, answer in answers.items():
        own = re.sub(rf"\b{question}\(", f"right_{question}(", answer)
        [name, *_] = re.findall(r"^(?:def|class) (\w+)", own, flags=re.MULTILINE)
        own = re.sub(rf"\b{name}\b", question, own)
        start, end = place_of(text, question)
        lines = text.splitlines()
        right = re.sub(rf"\b{question}\b", f"right_{question}", "\n".join(lines[start:end]))
        kept = [right, "", ""] if f"right_{question}(" in own else []
        text = "\n".join([*lines[:start], *kept, own, *lines[end:]]) + "\n"
    there = {name for node in ast.parse(text).body for name in names_of(node)}
    used = leaned_on([(names, part) for names, part in parts if not names <= there], text)
    first = min(place_of(text, question)[0] for question in answers)
    lines = text.splitlines()
    return "\n".join([*lines[:first], used, *lines[first:]]) + "\n"


def place_of(text: str, name: str) -> tuple[int, int]:
    """Return the lines of a definition at the top, the last that has this name."""
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    [*_, node] = [node for node in nodes if node.name == name]
    return node.lineno - 1, node.end_lineno or 0


def source_of(source: str, variants: tuple[Variant, ...]) -> dict[str, str]:
    """Return each variant's text, without its decorator."""
    lines, names = source.splitlines(), {one.name for one in variants}
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names
    }


def preambles(*sources: str) -> list[tuple[set[str], str]]:
    """Return what variants may lean on, by the names given: imports, helpers, constants, other variants."""
    parts = []
    for source in sources:
        lines = source.splitlines()
        for node in ast.parse(source).body:
            own = isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                ("autograder", "solutions")
            )
            if not own and not isinstance(node, ast.Expr):
                parts.append((names_of(node), "\n".join(lines[node.lineno - 1 : node.end_lineno])))
    return parts


def names_of(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return set(names_defined(node, ()))


def names_in(text: str) -> set[str]:
    """Return the names that a text uses."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def leaned_on(parts: list[tuple[set[str], str]], text: str) -> str:
    """Return the parts that a text uses, and those that these use, in order."""
    wanted, before = names_in(text), set[str]()
    while wanted != before:
        before = set(wanted)
        for names, part in parts:
            if names & wanted:
                wanted |= names_in(part)
    return "".join(f"\n\n{part}" for names, part in parts if names & wanted) + "\n\n\n"


def write(folder: Path, stem: str, text: str, *, notebook: bool) -> Path:
    """Write one submission."""
    folder.mkdir(parents=True)
    if not notebook:
        (folder / f"{stem}.py").write_text(text)
        return folder
    blocks = [list(block) for _, block in itertools.groupby(text.split("\n\n\n"), key=lambda part: part)]
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": block[0]}
        for block in blocks
    ]
    body = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / f"{stem}.ipynb").write_text(json.dumps(body))
    return folder

"""Build a class: unusual right work, known wrong work, slow and crashing work; .py and .ipynb."""

import ast
import itertools
import json
import random
import re
from pathlib import Path

from autograder.judging.bank import Bank, Variant

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
        text = bank.solution + preamble + "\n\n".join(beside_the_right(variants, one) for one in chosen)
        text += "\n\n" + "\n".join(f"{one.question} = {one.name}" for one in chosen) + "\n"
        if number % 50 == 7:
            text += f"\n\ndef {wrong[0].question}(*args, **kwargs):\n{CRASH}"
        if number % 50 == 17:
            text += f"\n\nslow = {right[0].question}\n\n\ndef {right[0].question}(*args, **kwargs):\n"
            text += f"{SLOW.replace('0.3', '0.01')}    return slow(*args, **kwargs)\n"
        if number % 50 == 27:
            text = text.replace("return", "retrun", 1)
        made.append(write(folder / f"student{number:05d}", bank.stem, text, notebook=number % 10 == 3))
    return made


def beside_the_right(variants: dict[str, str], one: Variant) -> str:
    """Return a variant's text; where it calls the right answer, by a name that will still mean that."""
    kept = f"right_{one.question}"
    body = re.sub(rf"\b{one.question}\(", f"{kept}(", variants[one.name])
    return f"{kept} = {one.question}\n\n\n{body}"


def source_of(source: str, variants: tuple[Variant, ...]) -> dict[str, str]:
    """Return each variant's text, without its decorator."""
    lines, names = source.splitlines(), {one.name for one in variants}
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names
    }


def preambles(*sources: str) -> str:
    """Return what the variants lean on: imports of libraries, helpers, constants."""
    parts = ["\n\n"]
    for source in sources:
        lines = source.splitlines()
        for node in ast.parse(source).body:
            marked = getattr(node, "decorator_list", [])
            own = isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                ("autograder", "solutions")
            )
            if not marked and not own and not isinstance(node, ast.Expr):
                parts.append("\n".join(lines[node.lineno - 1 : node.end_lineno]))
    return "\n".join(parts) + "\n\n"


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

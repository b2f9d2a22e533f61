"""Notebooks: the lab from its source, and the stubs as cells. Always the same bytes, no outputs."""

import ast
import json
from collections.abc import Sequence
from typing import Any

from autograder.publish.source import DEFINITION, CourseModule

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
BOOK_METADATA = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
OPENING = """# {title}

Write one function at a time: its docstring says exactly what is asked. Run its cell, then the cell
below it, which runs the visible checks. `lab.ipynb` shows what the functions are good for.

Hand in this notebook{more}. You may write in `{stem}.py` instead, with `python study.py` to
check it: choose one of the two, and leave the other as it is.
"""
SET_UP = """# Run this cell first. On Colab it asks for the zip with the folder that you were given.
kit = None
if get_ipython():
    import os
    import sys

    if "google.colab" in sys.modules and not os.path.isdir("checks"):
        import io
        import zipfile

        from google.colab import files

        for name, data in files.upload().items():
            if name.endswith(".zip"):
                zipfile.ZipFile(io.BytesIO(data)).extractall()
        if os.path.isdir("{stem}"):
            os.chdir("{stem}")
    if os.path.isdir("checks"):
        sys.path.insert(0, os.getcwd())
        from checks import kit
    else:
        print("The folder is not here: run this cell again, and choose the zip that you were given.")"""
CHECK = 'kit and kit.check_cell("{question}", globals())'
HAND_IN_WORDS = "Save the notebook. Then this cell puts all that you hand in into one zip:"
EXPORT = "kit and kit.hand_in_notebook()"


def lab_notebook(text: str, stem: str) -> str:
    """Return a notebook's JSON from its py:percent source, with the cell that brings the folder to Colab."""
    import jupytext  # slow to import, and only the publisher needs it

    book = jupytext.reads(text, fmt="py:percent")
    cells = [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in book.cells]
    first = next((at for at, cell in enumerate(cells) if cell[0] == "code"), len(cells))
    return notebook([*cells[:first], ("code", SET_UP.format(stem=stem), {}), *cells[first:]])


def work_notebook(stubs: str, stem: str, title: str, more: Sequence[str] = ()) -> str:
    """Return the stubs as a notebook: one question a cell, its checks in the next.

    `more` names what is handed in beside it.
    """
    source = CourseModule(stubs, f"{stem}.py")
    questions = [node for node in source.tree.body if isinstance(node, DEFINITION)]
    ends = [*(first_line(node) for node in questions[1:]), len(source.lines) + 1]
    head = "\n".join(source.lines[: first_line(questions[0]) - 1]).strip()
    opening = OPENING.format(title=title, stem=stem, more="".join(f" and `{name}`" for name in more))
    cells: list[tuple[str, str, dict[str, Any]]] = [
        ("markdown", opening.strip(), {}),
        ("code", SET_UP.format(stem=stem), {}),
        ("code", head, {}),
    ]
    for node, end in zip(questions, ends, strict=True):
        code = "\n".join(source.lines[first_line(node) - 1 : end - 1]).strip()
        cells += [("markdown", f"## `{node.name}`", {}), ("code", code, {})]
        cells.append(("code", CHECK.format(question=node.name), {"deletable": False}))
    cells += [("markdown", HAND_IN_WORDS, {}), ("code", EXPORT, {})]
    return notebook(cells)


def first_line(node: ast.stmt) -> int:
    """Return the line at which a definition begins, its decorators included."""
    marks: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(mark.lineno for mark in marks)])


def notebook(cells: list[tuple[str, str, dict[str, Any]]]) -> str:
    """Return a notebook's JSON from (type, source, metadata) of its cells, which get plain ids."""
    made = []
    for number, (kind, source, metadata) in enumerate(cells, 1):
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": metadata}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        made.append(cell | {"source": source.splitlines(keepends=True)})
    book = {"cells": made, "metadata": BOOK_METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"

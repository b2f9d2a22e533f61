"""Whole files of students: one answer is a known mistake or an unusual right one, the rest is right."""

import ast
from collections.abc import Sequence

from autograder.judging.bank import Bank, Variant

OURS = ("autograder", "solutions")


def whole_file(bank: Bank, source: str, variant: Variant) -> str:
    """Return the solution, and after it one answer out of a module's text under the name of its question."""
    parts = [bank.solution]
    own = f"right_{variant.question}"
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in OURS:
            parts += [f"{one.asname} = {one.name}" for one in node.names if one.asname]
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list:
            if node.name == variant.name:
                node.decorator_list = []
                for used in ast.walk(node):
                    if isinstance(used, ast.Name) and used.id == variant.question:
                        used.id = own
                answer = f"{variant.question} = {variant.name}"
                parts += [f"{own} = {variant.question}", ast.unparse(node), answer]
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            parts.append(ast.unparse(node))
    return "\n\n".join(parts) + "\n"


def first_of_each(variants: Sequence[Variant], most: int = 1) -> list[Variant]:
    """Return the first variants of every question."""
    found: dict[str, list[Variant]] = {}
    for variant in variants:
        found.setdefault(variant.question, []).append(variant)
    return [variant for some in found.values() for variant in some[:most]]

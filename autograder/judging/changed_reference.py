"""Known mistakes that are the reference with one thing changed: `changed("f", forgets=(old, new, hint))`.

Each becomes a function of its own, as if it had been written out with `@misconception`.
"""

import ast
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.errors import KitError, nearest

PlainDefinition = ast.FunctionDef | ast.ClassDef


def written_out(text: str, parts: Mapping[str, str], where: str) -> str:
    """Return a file of mistakes in which every change of the reference is a function or class."""
    lines, added = text.splitlines(), list[str]()
    body = ast.parse(text).body
    own = {getattr(node, "name", "") for node in body}
    for node in body:
        call = change_in(node)
        if call is None:
            continue
        for number in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[number] = ""  # all others keep their places
        try:
            added += list(functions_in(call, parts, own))
        except (KitError, ValueError, TypeError, SyntaxError) as error:
            raise KitError(f"{where}:{node.lineno}: {error}") from error
    return "\n".join([*lines, *added, ""]) if added else text


def change_in(node: ast.stmt) -> ast.Call | None:
    """Return the call of `changed` that a statement is, if it is one."""
    call = node.value if isinstance(node, ast.Expr) else None
    called = call.func if isinstance(call, ast.Call) else None
    return call if isinstance(call, ast.Call) and getattr(called, "id", "") == "changed" else None


def functions_in(call: ast.Call, parts: Mapping[str, str], own: set[str]) -> Iterator[str]:
    """Yield the code of each mistake that a call of `changed` tells of."""
    question = ast.literal_eval(call.args[0])
    module, definition = find_definition(question, parts)
    for word in call.keywords:
        old, new, hint, *tags = edit_in(word)
        if tags and not (len(tags) == 1 and isinstance(tags[0], tuple)):
            raise KitError(f'{word.arg}: after the hint comes one tuple of tags, as in ("an empty list",)')
        made = change(definition, str(word.arg), old, new)
        made.body[0] = ast.Expr(ast.Constant(hint))
        if own & (used := needed(made, parts[module]) - {question}):
            raise KitError(f"{min(own & used)} is a name of the reference too: rename it here")
        yield "\n\nfrom autograder.checks import misconception"
        yield f"from solutions.{module} import {', '.join(sorted(used))}" if used else ""
        marked = ", ".join([repr(question), *(f"tags={one!r}" for one in tags)])
        yield f"@misconception({marked})\n{ast.unparse(made)}"


def edit_in(word: ast.keyword) -> tuple[Any, ...]:
    """Return what a mistake says: three texts, perhaps tags."""
    try:
        found = ast.literal_eval(word.value)
    except ValueError:
        found = None
    if isinstance(found, tuple) and len(found) >= 3 and all(isinstance(one, str) for one in found[:3]):
        return found
    raise KitError(
        f"{word.arg}: write three texts, and no code: (what stands there, what comes instead, hint)"
    )


def find_definition(question: str, parts: Mapping[str, str]) -> tuple[str, str]:
    """Return the module in which a question is defined, and the code of its definition."""
    known = []
    for module, text in parts.items():
        for node in ast.parse(text).body:
            if isinstance(node, PlainDefinition):
                if node.name == question:
                    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                    return module, "\n".join(text.splitlines()[first - 1 : node.end_lineno])
                known.append(node.name)
    raise KitError(f"the reference defines no {question}{nearest(question, known)}")


def change(definition: str, name: str, old: str, new: str) -> PlainDefinition:
    """Return a definition under another name, with one piece of its code replaced."""
    count = definition.count(old)
    if count != 1:
        raise KitError(f"{name}: {old!r} must stand once in the reference, it stands {count} times")
    try:
        made = ast.parse(textwrap.dedent(definition.replace(old, new))).body[0]
    except SyntaxError as error:
        told = f"{name}: Python cannot read what comes of it: {error.msg}"
        raise KitError(f"{told} (a line break inside a text is written \\\\n)") from error
    assert isinstance(made, PlainDefinition)  # noqa: S101 it was one before
    for node in ast.walk(made):
        if isinstance(node, ast.Name) and node.id == made.name:
            node.id = name  # it calls itself
    made.name = name
    if ast.get_docstring(made) is None:
        made.body.insert(0, ast.Pass())
    return made


def needed(made: PlainDefinition, text: str) -> set[str]:
    """Return the names of a module's top that a definition uses."""
    there: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, PlainDefinition):
            there.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            there |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        else:
            there |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return there & {node.id for node in ast.walk(made) if isinstance(node, ast.Name)}

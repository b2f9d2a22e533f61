"""What can be read of a text that is not wholly Python: the statements around what cannot."""

import ast
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.environment import PYTHON

CONTINUES = re.compile(r"(?:[ \t\f#)\]}]|$|(?:else|elif|except|finally)\b)")
DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)|(\w+)\s*(?::[^=]+)?=(?!=)")
PIECES = 30  # pieces that are tried as one statement: a long text in quotes looks like many
ATTEMPTS = 2000  # at that in all
LATER_SYNTAX = (  # what Python 3.12 and later read, the last two 3.14
    re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*\[", re.MULTILINE),
    re.compile(r"^[ \t]*type[ \t]+\w+[ \t]*(?:\[[^\]\n]*\])?[ \t]*=(?!=)", re.MULTILINE),
    re.compile(r"^[ \t]*except\*?[ \t]+[\w.]+(?:[ \t]*,[ \t]*[\w.]+)+[ \t]*:", re.MULTILINE),
    re.compile(r"(?<![\w\"'])(?:[tT][rR]?|[rR][tT])[\"']"),
)
FORMATTED = re.compile(r"""(?<![\w])(?:[fF][rR]?|[rR][fF])(\"\"\"|'''|"|')""")
MERGE = re.compile(r"<{7}|={7}|>{7}")
STRAIGHT = {  # what word processors and pages make of quotes and of the minus
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032"), "'"),
    **dict.fromkeys(map(ord, "\u2212\u2013"), "-"),
}


class NewerSyntax(SyntaxError):
    """What this Python cannot read and a later one could."""


@dataclass
class Unread:
    """A piece that is no Python, what Python says, and what it seems to define."""

    error: Exception
    line: int
    names: list[str] = field(default_factory=list)
    text: str = ""


def readable(text: str, error: Exception) -> tuple[list[ast.stmt], list[Unread]]:
    """Return the statements that can be read, and the pieces between that cannot; Python said `error`."""
    given, text = text, plain_spaces(text)
    lines = text.splitlines(keepends=True)
    starts = [at for at, line in enumerate(lines) if not CONTINUES.match(line)]
    if not starts:
        return [], [Unread(error, getattr(error, "lineno", None) or 1)]
    starts = [0, *starts[1:], len(lines)]
    body: list[ast.stmt] = []
    unread: list[Unread] = []
    at, attempts = 0, 0
    while at < len(starts) - 1:
        most = PIECES if attempts < ATTEMPTS else 1
        first: Exception | None = None
        for end in range(at + 1, min(at + most, len(starts) - 1) + 1):
            attempts += 1
            found = parsed_somehow(lines[starts[at] : starts[end]], starts[at])
            if not isinstance(found, Exception):
                body += found
                at = end
                break
            first = first or found
        else:
            name = DEFINES.search("".join(lines[starts[at] : starts[at + 1]]))
            names = [name[1] or name[2]] if name else []
            if body and is_cut(body[-1], lines, starts[at], starts[at + 1]):
                names.append(body.pop().name)  # type: ignore[attr-defined]
            line = getattr(first, "lineno", None) or starts[at] + 1
            unread.append(Unread(first or error, line, names, "".join(lines[starts[at] : starts[at + 1]])))
            at += 1
    if not unread and isinstance(error, SyntaxError) and isinstance(parsed([given], 0), Exception):
        error.msg = f"{error.msg}, read as the plain sign"
        unread = [Unread(error, error.lineno or 1)]
    return body, told_once(unread, error)


def is_cut(node: ast.stmt, lines: Sequence[str], start: int, end: int) -> bool:
    """Whether the lines from `start` to `end`, which cannot be read, seem to be the rest of a function."""
    if not isinstance(node, ast.FunctionDef) or isinstance(node.body[-1], ast.Return | ast.Raise):
        return False
    between, first, more = lines[node.end_lineno : start], lines[start], lines[start + 1 : end]
    is_apart = first.startswith(("def ", "async ", "class ", "@"))
    is_apart = is_apart or not all(line.lstrip().startswith("#") for line in between)
    return not is_apart and any(line[0] in " \t" and line.strip() for line in more)


def plain_spaces(text: str) -> str:
    """Return a text whose spaces are all plain, without signs that nobody sees: pages and chats hold such."""
    if text.isascii():
        return text
    kinds = {sign: unicodedata.category(sign) for sign in set(text)}
    return text.translate({ord(sign): {"Zs": " ", "Cf": ""}.get(kind, sign) for sign, kind in kinds.items()})


def parsed_somehow(lines: Sequence[str], before: int) -> list[ast.stmt] | Exception:
    """Return the statements of some lines, if need be with straight quotes in place of curly ones."""
    found = parsed(lines, before)
    straight = [line.translate(STRAIGHT) for line in lines] if isinstance(found, Exception) else lines
    return found if straight == lines else parsed(straight, before)


def parsed(lines: Sequence[str], before: int) -> list[ast.stmt] | Exception:
    """Return the statements of some lines of a text, or what Python says, with its line numbers."""
    try:
        tree = ast.parse("".join(lines))
    except Exception as error:  # noqa: BLE001 as a rule a SyntaxError; too deep and NUL bytes are others
        if isinstance(error, SyntaxError) and error.lineno:
            error.lineno += before
        return error
    ast.increment_lineno(tree, before)
    return tree.body


def told_once(unread: list[Unread], error: Exception) -> list[Unread]:
    """Return one entry, with what Python says of the whole text, for all pieces that cannot be read."""
    if not unread:  # each piece can be read and the whole cannot: `return` outside a function, and such
        return []
    names = [name for one in unread for name in one.names]
    if any(is_newer(one.text) for one in unread):
        error = NewerSyntax(*error.args)
    elif isinstance(error, SyntaxError) and any(MERGE.match(one.text) for one in unread):
        error.msg = f"{error.msg}; a merge left its marks: keep one of the two versions"
    return [Unread(error, getattr(error, "lineno", None) or unread[0].line, names)]


def newer_line(text: str) -> int:
    """Return the line that this Python can read and the one that grades cannot, 0 if there is none."""
    if sys.version_info[:2] <= PYTHON:
        return 0
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    try:
        ast.parse(text, feature_version=PYTHON)
    except SyntaxError as error:
        return error.lineno or 1
    found = (one for one in FORMATTED.finditer(text) if quotes_inside(text, one.end(), one[1]))
    return next((text.count("\n", 0, one.start()) + 1 for one in found), 0)


def is_newer(text: str) -> bool:
    """Whether a text that this Python cannot read seems to be meant for a later one."""
    return any(pattern.search(text) for pattern in LATER_SYNTAX) or any(
        quotes_inside(text, found.end(), found[1]) for found in FORMATTED.finditer(text)
    )


def quotes_inside(text: str, at: int, quote: str) -> bool:
    """Whether the replacement fields of an f-string hold its own quotes, or a backslash."""
    depth = 0
    for sign in text[at : text.find("\n", at) if len(quote) == 1 else None]:
        if depth and (sign == quote or sign == "\\"):
            return True
        if not depth and sign == quote:
            return False
        depth = max(0, depth + (sign == "{") - (sign == "}"))
    return False

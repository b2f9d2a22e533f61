"""Python's own parser for what a student wrote: only for texts on which its work stays in proportion to them.

It takes time, and memory, in proportion to the length of a statement for every dot of a name in it
(`import a.b.c`) and for every field of an f-string: 40 KB of dots are seconds and a gigabyte.
"""

import ast
import re
import symtable
import threading
from collections.abc import Callable
from typing import TypeVar

Parsed = TypeVar("Parsed")
LEXICAL = re.compile(r"\\|#|'''|\"\"\"|['\"()\[\]{}]")
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
COSTLY = re.compile(r"\.(?!\d)|\{")
MOST_TEXT = 300_000  # characters: read, they take hundreds of times their size in memory
ONE_AT_A_TIME = threading.Lock()  # Python 3.11 counts the depth of all threads' trees together
MOST_WORK = 10_000_000  # characters that dots and fields read again


def syntax_tree(text: str) -> ast.Module | None:
    """Return the syntax tree of a text, None if it is no Python, too long or too much work."""
    return as_python(text, ast.parse)


def names_from_outside(text: str) -> dict[str, set[str]] | None:
    """Return what each definition at the top, and what is in it, reads without defining it; None as above."""
    return as_python(text, lambda one: globals_by_name(symtable.symtable(one, "", "exec")))


def as_python(text: str, parse: Callable[[str], Parsed]) -> Parsed | None:
    """Return what Python's parser makes of a text, None where it is not asked or refuses."""
    if len(text) > MOST_TEXT or parsers_work(text) > MOST_WORK:
        return None
    try:
        with ONE_AT_A_TIME:
            return parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: too deep
        return None


def globals_by_name(table: symtable.SymbolTable) -> dict[str, set[str]]:
    """Return the names that the scopes in this one, and all in them, take from the program or from Python."""
    found: dict[str, set[str]] = {}
    for one in table.get_children():
        names = {symbol.get_name() for symbol in one.get_symbols() if symbol.is_global()}
        found.setdefault(one.get_name(), set()).update(names, *globals_by_name(one).values())
    return found


def parsers_work(text: str) -> int:
    """Return the sum over all statements of their length times their dots and opening braces."""
    work = size = marks = 0
    quote, depth, joined = "", 0, False
    for line in text.split("\n"):
        if not (quote or depth or joined):
            work, size, marks = work + size * marks, 0, 0
        size, marks = size + len(line), marks + len(COSTLY.findall(line))
        quote, depth, joined = open_after(line, quote, depth)
    return work + size * marks


def open_after(line: str, quote: str, depth: int) -> tuple[str, int, bool]:
    """Return what is open after a line, given what is before: a string's quote, brackets, a joined line."""
    at = 0
    while found := LEXICAL.search(line, at):
        mark, at = found[0], found.end()
        if mark == "\\":
            at += 1  # whatever comes next means nothing
        elif quote:
            if mark.startswith(quote):
                at, quote = found.start() + len(quote), ""
        elif mark == "#":
            return "", depth, False
        elif mark[0] in "'\"":
            quote = mark
        else:
            depth = depth + 1 if mark in OPENING else max(depth - 1, 0)
    joined = at > len(line)  # a backslash was the last character
    if len(quote) == 1 and not joined:
        quote = ""  # never closed: an error, which ends with its line
    return quote, depth, joined and not quote

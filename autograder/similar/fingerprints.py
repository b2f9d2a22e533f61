"""What a program looks like without its names, comments and layout: fingerprints of its runs of tokens.

Winnowing (Schleimer, Wilkerson and Aiken, 2003): of the hashes of all runs of RUN tokens the least of every
WINDOW is kept, so two programs that share RUN + WINDOW - 1 tokens share a fingerprint, wherever they stand.
The text is a student's: it is cut at a bound and read by one pattern that never goes back.
"""

import builtins
import keyword
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

RUN, WINDOW = 12, 6
MOST_COMPARED = 300_000  # characters of a submission that are looked at
TOKEN = re.compile(
    r"(?P<skip>\s+|\\\n|#[^\n]*)"
    r"|(?P<text>[rbfuRBFU]{0,2}(?:\"\"\"(?:[^\\\"]|\\.|\"(?!\"\"))*+(?:\"\"\"|\\?\Z)|'''(?:[^\\']|\\.|'(?!''))*+(?:'''|\\?\Z)"
    r"|\"(?:[^\\\"\n]|\\.)*\"?|'(?:[^\\'\n]|\\.)*'?))"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
KEPT_WORDS = frozenset(keyword.kwlist) | frozenset(dir(builtins))


@dataclass(frozen=True)
class Token:
    """A word of a program as it counts, and its line."""

    word: str
    line: int


@dataclass(frozen=True)
class Prints:
    """A program's fingerprints, each with the lines that it covers, and a hash of all its tokens."""

    marks: dict[int, tuple[int, int]]
    whole: int
    count: int


def fingerprints(cells: Sequence[str]) -> Prints:
    """Return the fingerprints of a program; lines are counted through all its cells."""
    found = list(tokens("\n".join(cells)))
    words = [token.word for token in found]
    hashes = [hash_of_words(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]
    marks = {hashes[at]: (found[at].line, found[at + RUN - 1].line) for at in winnowed(hashes)}
    return Prints(marks, hash_of_words(words), len(words))


def hash_of_words(words: Sequence[str]) -> int:
    """Return a hash of words."""
    return zlib.crc32("\0".join(words).encode("utf-8", "surrogatepass"))


def winnowed(hashes: Sequence[int]) -> Iterator[int]:
    """Yield the places of the least hash of every window, each once; of equal ones the last."""
    last = -1
    for start in range(max(1, len(hashes) - WINDOW + 1) if hashes else 0):
        window = range(start, min(start + WINDOW, len(hashes)))
        least = min(window, key=lambda at: (hashes[at], -at))
        if least != last:
            last = least
            yield least


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a program: names, unless they are Python's or follow a dot, are all alike."""
    line, before = 1, ""
    for found in TOKEN.finditer(text[:MOST_COMPARED]):
        kind, said = found.lastgroup, found[0]
        if kind == "text":
            word = "" if before in ("", ":") and said.lstrip("rbfuRBFU")[:3] in ('"""', "'''") else "text"
        elif kind == "name":
            word = said if said in KEPT_WORDS or before == "." else "name"
        else:
            word = said
        if kind != "skip" and word:
            yield Token(word, line)
            before = word
        line += said.count("\n")

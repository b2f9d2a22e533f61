"""What a hidden check may say in its author's words: what stands in quotes in the file of checks.

A reason may be put together from what a student's code returned, and that code knows the hidden input. So
only constants of the file come through; what an f-string puts in between is left out.
"""

import ast
from collections.abc import Iterator

LEFT_OUT = "..."
LONGEST_REASON = 300  # characters of a reason that is looked up
FEWEST_LETTERS = 8  # of an f-string that counts as a sentence


class Sentences:
    """The texts and the f-strings of a file of checks."""

    def __init__(self, source: str) -> None:
        self._whole: set[str] = set()
        self._parts: list[list[str]] = []
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = list(constants(node))
                if sum(letter.isalpha() for part in parts for letter in part) >= FEWEST_LETTERS:
                    self._parts.append(parts)

    def known(self, reason: str) -> str:
        """Return a reason as far as it stands in the file, "" if it does not."""
        if reason in self._whole:
            return reason
        known = self._parts if len(reason) <= LONGEST_REASON else []
        return next((LEFT_OUT.join(parts) for parts in known if fits(reason, parts)), "")


def constants(node: ast.JoinedStr) -> Iterator[str]:
    """Yield the constant parts of an f-string: before, between and after what it puts in."""
    part = ""
    for value in node.values:
        if isinstance(value, ast.Constant):
            part += str(value.value)
        else:
            yield part
            part = ""
    yield part


def fits(text: str, parts: list[str]) -> bool:
    """Whether a text consists of these parts, in order, with anything in between."""
    first, *rest = parts
    if not text.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(rest, 1):
        last = number == len(rest)
        found = text.rfind(part, at) if last else text.find(part, at)
        if found < 0 or (last and not text.endswith(part)):
            return False
        at = found + len(part)
    return True

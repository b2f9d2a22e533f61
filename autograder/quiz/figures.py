"""The figures a student draws. `quiz_paper` copies these functions into the student's quiz.py.

So they use the standard library only, and both sides compute with the very same text.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence


def term_salt(seed: int) -> str:
    """Return what makes a term's figures its own. Students see it: it fits one seed in 256.

    It is the same for all assignments: one of each would soon tell which seed it is.
    """
    return hmac.new(str(seed).encode(), b"quiz figures", hashlib.sha256).hexdigest()[:2]


def draw_figures(
    assignment: str, question: str, student: str, allowed: Mapping[str, Sequence[float]], term: str = ""
) -> dict[str, float]:
    """Return one value for each figure, the same whenever and wherever this student asks.

    Letter case, extra spaces and the way accents of a name are stored make no difference.
    """
    name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", student).casefold())
    name = " ".join(name.split())
    drawn = {}
    for figure, values in allowed.items():
        digest = hashlib.sha256(f"{term}{assignment}|{question}|{figure}|{name}".encode()).hexdigest()
        drawn[figure] = values[int(digest, 16) % len(values)]
    return drawn


def fill_in(text: str, figures: Mapping[str, float]) -> str:
    """Return `text` with each {figure} replaced by its value."""
    for figure, value in figures.items():
        text = text.replace("{" + figure + "}", str(value))
    return text

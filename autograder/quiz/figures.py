"""The figures a student draws. `quiz_paper` copies these functions into the student's quiz.py.

So they use the standard library only, and both sides compute with the very same text.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence


def student_of(sheet: str) -> str:
    """Return the name or number on the `student:` line of a quiz.yml, "" if there is none."""
    line = re.search(r"^\ufeff?student[ \t]*:(.*)$", sheet, re.MULTILINE | re.IGNORECASE)
    said = line.group(1).strip()[:200] if line else ""
    quoted = re.fullmatch(r"""(["'])(.*?)\1\s*(#.*)?""", said)
    said = quoted.group(2) if quoted else re.sub(r"(^|\s)#.*", "", said)
    said = "".join(letter for letter in said if letter.isprintable()).strip()
    return "" if said in ("null", "~") else said


def draw_figures(
    assignment: str, question: str, student: str, allowed: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """Return one value for each figure, the same whenever and wherever this student asks.

    Args:
        assignment: stem of the assignment.
        question: id of the question.
        student: name or number; letter case and extra spaces make no difference.
        allowed: the values each figure may take.
    """
    name = " ".join(student.split()).casefold()
    drawn = {}
    for figure, values in allowed.items():
        digest = hashlib.sha256(f"{assignment}|{question}|{figure}|{name}".encode()).hexdigest()
        drawn[figure] = values[int(digest, 16) % len(values)]
    return drawn


def fill_in(text: str, figures: Mapping[str, float]) -> str:
    """Return `text` with each {figure} replaced by its value."""
    for figure, value in figures.items():
        text = text.replace("{" + figure + "}", str(value))
    return text

"""The two quiz files a student gets: quiz.yml, paper and answer sheet in one, and quiz.py.

quiz.py prints the paper with the student's own figures, and which answers the grader will not be able
to read. It is made of the functions below, of those that draw figures, and of the grader's own reader,
by their source text, so that both can only agree.
"""

import ast
import inspect
import pprint
import re
import textwrap
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from autograder.quiz import numbers
from autograder.quiz import sheet as reader
from autograder.quiz.figures import draw_figures, fill_in
from autograder.quiz.numbers import read_numbers
from autograder.quiz.questions import Question
from autograder.quiz.sheet import read_letters, read_sheet, short, trouble_with

PAPER_WIDTH = 96
LABELS = {
    "one choice": "one choice: its letter",
    "several choices": "every choice that is true: letters, like [a, b]",
    "number": "a number, like 0.7",
    "short text": "a few words",
    "free text": "a few sentences, read by a person",
}
PAPER_HEAD = """\
# Quiz: {title}
#
# 1. Write your name or student number after `student:`. Some questions have figures of your own,
#    drawn from it; here they stand in braces, like {{count}}.
# 2. Run `python quiz.py`: it prints the questions with your figures, and what is still missing.
# 3. Write each answer after its `answer:`, run `python quiz.py` again to see how it is read, and
#    hand this file in.

student:
"""


def render_paper(questions: Mapping[str, Question], title: str) -> str:
    """Return the quiz.yml that a student fills in."""
    parts = [PAPER_HEAD.format(title=title)]
    for number, (name, question) in enumerate(questions.items(), start=1):
        rule = f"# {number} of {len(questions)} ".ljust(PAPER_WIDTH, "-")
        body = textwrap.indent(show_question(question.prompt, question.choices), "    ")
        head = f"{rule}\n{name}:  # {kind_label(question)}"
        parts.append(f"{head}\n  question: |\n{body}\n  answer:\n")
    return "\n".join(parts)


def render_script(questions: Mapping[str, Question], assignment: str, title: str, term: str = "") -> str:
    """Return the quiz.py that shows a student the paper with their own figures."""
    data: dict[str, dict[str, Any]] = {
        name: {
            "kind": question.kind,
            "label": kind_label(question),
            "prompt": question.prompt,
            "choices": question.choices,
            "figures": question.allowed(),
        }
        for name, question in questions.items()
    }
    functions = (draw_figures, fill_in, show_question, show_quiz, show_answer)
    return SCRIPT.format(
        title=title,
        assignment=assignment,
        term=term,
        questions=pprint.pformat(data, width=PAPER_WIDTH, sort_dicts=False),
        reader=f"{module_body(numbers)}\n\n\n{module_body(reader)}",
        functions="\n\n".join(inspect.getsource(function) for function in functions),
    )


def module_body(module: ModuleType) -> str:
    """Return the source of a module without its docstring and imports."""
    source = inspect.getsource(module)
    rest = [node for node in ast.parse(source).body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(source.split("\n")[rest[0].lineno - 1 :])


def kind_label(question: Question) -> str:
    """Return what kind of answer is asked for."""
    return LABELS[question.kind] + (", measured with your own code" if question.measured else "")


def show_question(prompt: str, choices: Mapping[str, str]) -> str:
    """Return a question as it is read: the prompt, then the lettered choices."""
    lines = [prompt.strip()]
    if choices:
        lines.append("")
    for letter, text in choices.items():
        lines.append(textwrap.fill(text, 90, initial_indent=letter + ") ", subsequent_indent="   "))
    return "\n".join(lines)


def show_quiz(text: str, title: str, assignment: str, term: str, questions: Mapping[str, Any]) -> str:
    """Return the paper with a student's own figures and answers, what is missing and what cannot be read."""
    sheet = read_sheet(text, list(questions))
    if not sheet.student and not re.search(r"^\s*student\b", text, re.MULTILINE | re.IGNORECASE):
        return (
            "quiz.yml has no line `student:`: write it with your name, or put the sheet back as you got it."
        )
    if not sheet.student:
        return (
            "Write your name or student number after `student:` in quiz.yml first, then run this"
            " again:\nsome questions have figures of your own, drawn from it."
        )
    parts = [f"{title}\nThe quiz of {sheet.student}"]
    missing, unread = [], []
    for number, (name, question) in enumerate(questions.items(), start=1):
        figures = draw_figures(assignment, name, sheet.student, question["figures"], term)
        body = show_question(fill_in(question["prompt"], figures), question["choices"])
        given, trouble = show_answer(question, sheet.answers.get(name, ()))
        head = f"{number}. {name} ({question['label']})"
        parts.append(f"{head}\n\n{textwrap.indent(body, '   ')}\n\n-> {given}")
        if trouble:
            unread.append(f"{name}: {given}\n   {trouble}")
        elif not sheet.answers.get(name):
            missing.append(name)
    done = len(questions) - len(missing) - len(unread)
    end = [f"{done} of {len(questions)} answered."]
    if missing:
        end.append(textwrap.fill(f"Still missing: {', '.join(missing)}", 96))
    end += [f"The grader cannot read {one}" for one in unread]
    end += sheet.problems
    end += [
        f"quiz.yml: there is no question {short(name)}" for name in sheet.answers if name not in questions
    ]
    return "\n\n".join([*parts, "\n".join(end)])


def show_answer(question: Mapping[str, Any], parts: Sequence[str]) -> tuple[str, str]:
    """Return an answer as it is read, and why it cannot be read, "" if it can."""
    if not parts:
        return "no answer yet", ""
    said = short(", ".join(parts), 90)
    if trouble := trouble_with(question["kind"], question["choices"], parts):
        return f"answer: {said}", trouble
    if question["choices"]:
        letters = ", ".join(sorted(read_letters(parts, question["choices"]) or ()))
        return f"answer: {letters}" + (f" (read from: {said})" if letters != said else ""), ""
    if question["kind"] == "number":
        numbers = " or ".join(f"{number:.10g}" for number in read_numbers(parts[0]))
        return f"answer: {numbers}" + (f" (read from: {said})" if numbers != said else ""), ""
    return f"answer: {said}", ""


SCRIPT = '''\
"""Prints the quiz with your own figures, and which answers are missing or cannot be read: python quiz.py

It reads quiz.yml beside it and changes nothing. The grader draws the same figures and reads answers by
the same code.
"""

from __future__ import annotations

import hashlib
import re
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

TITLE = {title!r}
ASSIGNMENT = {assignment!r}
TERM = {term!r}  # figures are drawn anew each term
QUESTIONS = {questions}

{reader}

{functions}

def main() -> None:
    """Read quiz.yml and print the paper."""
    here = Path(globals().get("__file__", "quiz.py"))  # pasted into a notebook there is none
    path = here.with_name("quiz.yml")
    if not path.exists():
        near = sorted(one.name for one in path.parent.glob("[Qq]uiz*.y*ml*"))
        told = f"is it {{near[0]}}? Rename it" if near else "put it back there"
        sys.exit(f"quiz.yml is not beside quiz.py: {{told}}")
    data = path.read_bytes()[:1_000_000]
    encoding = "utf-16" if data[:2] in (b"\\xff\\xfe", b"\\xfe\\xff") else "utf-8-sig"
    if hasattr(sys.stdout, "reconfigure"):  # IDLE and notebooks have a stdout of their own
        sys.stdout.reconfigure(errors="replace")
    print(show_quiz(data.decode(encoding, errors="replace"), TITLE, ASSIGNMENT, TERM, QUESTIONS))


if __name__ == "__main__":
    main()
'''

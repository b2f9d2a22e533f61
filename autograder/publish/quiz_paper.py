"""The two quiz files a student gets: quiz.yml, paper and answer sheet in one, and quiz.py.

quiz.py prints the paper with the student's own figures. It is made of the functions below and of
those the grader draws figures with, by their source text, so that both can only agree.
"""

import inspect
import pprint
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from autograder.quiz.figures import draw_figures, fill_in, student_of
from autograder.quiz.questions import Question

WIDTH = 96
LABELS = {
    "one choice": "one choice: its letter",
    "several choices": "every choice that is true: letters, like [a, b]",
    "number": "a number, like 0.7",
    "short text": "a few words",
}
HEAD = """\
# Quiz: {title}
#
# 1. Write your name or student number after `student:`. Some questions have figures of your own,
#    drawn from it; here they stand in braces, like {{count}}.
# 2. Run `python quiz.py`: it prints the questions with your figures, and what is still missing.
# 3. Write each answer after its `answer:`, and change nothing else. A short text that holds
#    : or # or a quote goes in "double quotes". Hand this file in with your code.

student:
"""


def render_paper(questions: Mapping[str, Question], title: str) -> str:
    """Return the quiz.yml that a student fills in.

    Args:
        questions: the questions by id.
        title: title of the assignment.
    """
    parts = [HEAD.format(title=title)]
    for number, (name, question) in enumerate(questions.items(), start=1):
        rule = f"# {number} of {len(questions)} ".ljust(WIDTH, "-")
        body = textwrap.indent(show_question(question.prompt, question.choices), "    ")
        head = f"{rule}\n{name}:  # {label(question)}"
        parts.append(f"{head}\n  question: |\n{body}\n  answer:\n")
    return "\n".join(parts)


def render_script(questions: Mapping[str, Question], assignment: str, title: str) -> str:
    """Return the quiz.py that shows a student the paper with their own figures.

    Args:
        questions: the questions by id.
        assignment: the stem that figures are drawn with.
        title: title of the assignment.
    """
    data: dict[str, dict[str, Any]] = {
        name: {
            "label": label(question),
            "prompt": question.prompt,
            "choices": question.choices,
            "figures": question.allowed(),
        }
        for name, question in questions.items()
    }
    functions = (
        student_of,
        draw_figures,
        fill_in,
        show_question,
        answers_in,
        trouble_in,
        show_quiz,
    )
    return SCRIPT.format(
        title=title,
        assignment=assignment,
        questions=pprint.pformat(data, width=WIDTH, sort_dicts=False),
        functions="\n\n".join(inspect.getsource(function) for function in functions),
    )


def label(question: Question) -> str:
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


def answers_in(sheet: str) -> dict[str, str]:
    """Return what stands after `answer:` below each name, by a plain look at the lines."""
    answers, name, inside = {}, "", False
    for line in sheet.splitlines():
        top = re.match(r"([A-Za-z]\w*)[ \t]*:", line)
        field = re.match(r"\s+answer[ \t]*:(.*)", line)
        if top:
            name, inside = top.group(1), False
            answers[name] = ""
        elif field and name:
            answers[name], inside = re.sub(r"(^|\s)#.*", "", field.group(1)).strip(), True
        elif inside and not line.lstrip().startswith("#"):
            answers[name] = (answers[name] + " " + line.strip()).strip()
    return answers


def trouble_in(sheet: str) -> list[str]:
    """Return the lines that YAML would misread, with what to do about each."""
    troubles = []
    for number, line in enumerate(sheet.splitlines(), start=1):
        field = re.match(r"\s+answer[ \t]*:(.*)", line)
        said = re.sub(r"\s#.*", "", field.group(1)).strip() if field else ""
        closing = {'"': r'"[^"\\]*"', "'": r"'[^']*'", "[": r"\[[^\[\]{}:&*!\"']*\]"}.get(said[:1])
        if re.match(r" *\t", line):
            troubles.append(f"line {number} begins with a tab: use spaces")
        elif field and not re.match(r"(\s|$)", field.group(1)):
            troubles.append(f"line {number}: put a space after answer:")
        elif closing and not re.fullmatch(closing, said):
            troubles.append(f"line {number}: what opens here is not closed, or more follows")
        elif not closing and re.search(r"^[-?](\s|$)|^[]{}!&*%@`|>,]|:(\s|$)", said):
            troubles.append(f'line {number}: put this answer in "double quotes"')
    return troubles


def show_quiz(sheet: str, title: str, assignment: str, questions: Mapping[str, Any]) -> str:
    """Return the paper with a student's own figures and answers, and what is still missing."""
    student = student_of(sheet)
    if not student:
        return (
            "Write your name or student number after `student:` in quiz.yml first, then run this"
            " again:\nsome questions have figures of your own, drawn from it."
        )
    answers = answers_in(sheet)
    parts = [f"{title}\nThe quiz of {student}"]
    for number, (name, question) in enumerate(questions.items(), start=1):
        figures = draw_figures(assignment, name, student, question["figures"])
        body = show_question(fill_in(question["prompt"], figures), question["choices"])
        given = f"answer: {answers[name]}" if answers.get(name) else "no answer yet"
        head = f"{number}. {name} ({question['label']})"
        parts.append(f"{head}\n\n{textwrap.indent(body, '   ')}\n\n-> {given}")
    missing = [name for name in questions if not answers.get(name)]
    end = [f"{len(questions) - len(missing)} of {len(questions)} answered."]
    if missing:
        end.append(textwrap.fill(f"Still missing: {', '.join(missing)}", 96))
    end += [f"quiz.yml, {trouble}" for trouble in trouble_in(sheet)]
    return "\n\n".join([*parts, "\n".join(end)])


SCRIPT = '''\
"""Prints the quiz with your own figures, and which answers are still missing: python quiz.py

It reads quiz.yml beside it and changes nothing. The grader draws the same figures by the same code.
"""

from __future__ import annotations

import hashlib
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TITLE = {title!r}
ASSIGNMENT = {assignment!r}
QUESTIONS = {questions}


{functions}

def main() -> None:
    """Read quiz.yml and print the paper."""
    path = Path(__file__).with_name("quiz.yml")
    if not path.exists():
        sys.exit("quiz.yml is not beside quiz.py: put it back there")
    sheet = path.read_bytes().decode("utf-8-sig", errors="replace")
    sys.stdout.reconfigure(errors="replace")
    print(show_quiz(sheet, TITLE, ASSIGNMENT, QUESTIONS))


if __name__ == "__main__":
    main()
'''

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

TITLE = 'GridWorld, Q-learning and value iteration'
ASSIGNMENT = 'gridworld'
QUESTIONS = {'total_of_a_walk': {'label': 'a number, like 0.7',
                     'prompt': 'An agent on the grid reaches the goal with its step number '
                               '{steps}. Reaching it pays 1, every\n'
                               'other step pays -{price}. What is the total reward, '
                               'undiscounted? (Two decimals.)\n',
                     'choices': {},
                     'figures': {'steps': [14,
                                           16,
                                           18,
                                           20,
                                           22,
                                           24,
                                           26,
                                           28,
                                           30,
                                           32,
                                           34,
                                           36,
                                           38,
                                           40,
                                           42,
                                           44,
                                           46,
                                           48],
                                 'price': [0.02, 0.05, 0.1]}},
 'one_lucky_run': {'label': 'one choice: its letter',
                   'prompt': 'The textbook section runs one random episode on the 4x4 grid and '
                             'prints "27 steps, total reward\n'
                             '0.74". What does this say about the random policy?\n',
                   'choices': {'a': 'It needs about 27 steps on average',
                               'b': 'It always arrives, sooner or later within the limit of '
                                    '100 steps',
                               'c': 'Very little; most of its episodes are longer, and some do '
                                    'not arrive within 100 steps',
                               'd': 'It is nearly as good as the best policy, which collects '
                                    '0.95'},
                   'figures': {}},
 'price_per_token': {'label': 'one choice: its letter',
                     'prompt': 'Exercise 1 raises the price of a step from 0.01 to 0.1. Now '
                               'let the agent be a language model that\n'
                               "pays such a price for every token, collects the reward model's "
                               'score at the end, and may end its\n'
                               'response at any time. What is the danger of a price that is '
                               'far too high?\n',
                     'choices': {'a': 'Responses grow longer, because the model tries harder '
                                      'to reach a high score',
                                 'b': 'Responses get very short, even where a good answer '
                                      'needs more tokens',
                                 'c': 'None; the price is the same for all responses, so it '
                                      'cancels out',
                                 'd': 'The model stops exploring, because every action has a '
                                      'negative reward'},
                     'figures': {}},
 'epsilon_share': {'label': 'a number, like 0.7, measured with your own code',
                   'prompt': 'The values of four actions are 2, 5, 5 and 1. With which '
                             'probability does an epsilon-greedy policy\n'
                             'take the second action, at epsilon = {epsilon}? Measure it with '
                             'your epsilon_greedy_probs.\n'
                             '(Four decimals.)\n',
                   'choices': {},
                   'figures': {'epsilon': [0.06, 0.1, 0.14, 0.22, 0.3]}},
 'sampling_temperature': {'label': 'a number, like 0.7, measured with your own code',
                          'prompt': 'A model gives two tokens the logits 0 and {gap}; all '
                                    'others are out of reach. At temperature\n'
                                    '{temperature}, with which probability is the second token '
                                    'sampled? Measure it with your\n'
                                    'boltzmann_probs. (Three decimals.)\n',
                          'choices': {},
                          'figures': {'gap': [1.5, 2, 2.5], 'temperature': [0.5, 0.7, 1.6, 2]}},
 'update_by_hand': {'label': 'a number, like 0.7',
                    'prompt': 'Q(s, a) = {old}. The agent takes action a in state s, is paid '
                              '-0.4 and lands in a state, not\n'
                              'terminal, whose four actions have the values 0.2, {best}, -0.6 '
                              'and 0. What is Q(s, a) after the\n'
                              'update with alpha = {alpha} and gamma = 0.9? (Three '
                              'decimals.)\n',
                    'choices': {},
                    'figures': {'old': [0.15, 0.3, 0.5],
                                'best': [1.6, 1.8, 2.2],
                                'alpha': [0.2, 0.25, 0.3]}},
 'missing_mask': {'label': 'one choice: its letter',
                  'prompt': "The section's lab forgets that nothing follows the end of an "
                            'episode: it adds gamma times the best\n'
                            'value of the next cell even when that cell is the goal. Yet it '
                            'learns the right walk. Why does\n'
                            'nothing go wrong there?\n',
                  'choices': {'a': "The goal's values in the table stay 0, because no action "
                                   'is ever taken there',
                              'b': 'The value that is added is the same for all actions, so '
                                   'the best one stays the best',
                              'c': 'gamma is below 1, so the error dies out after a few '
                                   'updates',
                              'd': 'Epsilon is small, so the goal is rarely reached by '
                                   'accident'},
                  'figures': {}},
 'closer_is_higher': {'label': 'every choice that is true: letters, like [a, b]',
                      'prompt': 'After 500 episodes of Q-learning on the open 4x4 grid you '
                                'plot max Q(s, a) for every cell. What\n'
                                'will you see?\n',
                      'choices': {'a': 'The closer a cell is to the goal, the higher its '
                                       'value, without exception',
                                  'b': 'The goal itself shows 0',
                                  'c': 'Some cells that the greedy walk does not visit show '
                                       'values far below the optimal ones',
                                  'd': 'Every cell shows its optimal value, to about two '
                                       'decimals',
                                  'e': 'Along the greedy walk the values rise, step by step, '
                                       'up to the cell before the goal',
                                  'f': 'The goal shows 1, because reaching it pays 1'},
                      'figures': {}},
 'optimal_value': {'label': 'a number, like 0.7',
                   'prompt': 'On the open grid a cell is {distance} steps from the goal. '
                             'Reaching the goal pays 1, every other\n'
                             'step pays -0.1, as in exercise 1. What is the optimal value of '
                             'the cell at gamma = 0.9?\n'
                             '(Three decimals.)\n',
                   'choices': {},
                   'figures': {'distance': [3, 4, 5, 6]}},
 'learning_about_another': {'label': 'a few words',
                            'prompt': 'At epsilon 1 the agent behaves at random, and '
                                      'Q-learning still learns the values of the best\n'
                                      'policy. A method that learns about another policy than '
                                      'the one it behaves by has a name: it\n'
                                      'learns ... . (One word, often written with a hyphen.)\n',
                            'choices': {},
                            'figures': {}}}


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

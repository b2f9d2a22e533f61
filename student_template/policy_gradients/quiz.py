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

TITLE = 'REINFORCE and PPO at work'
ASSIGNMENT = 'policy_gradients'
QUESTIONS = {'logits': {'label': 'one choice: its letter',
            'prompt': 'PolicyNetwork returns logits. A colleague adds a softmax at its end and '
                      'leaves the sampling as it\n'
                      'is, Categorical(logits=policy(state)). What is the consequence?\n',
            'choices': {'a': 'None, since softmax is applied in either case',
                        'b': 'An error, since probabilities are not allowed there',
                        'c': 'The policy can never become sure of an action',
                        'd': 'The policy always takes the most probable action',
                        'e': "The gradient's sign is turned round"},
            'figures': {}},
 'real_name': {'label': 'a few words',
               'prompt': 'The section\'s "PPO sketch" samples one action an episode, and its '
                         'loss is minus the log-probability\n'
                         'times the reward. There is no ratio and no clip. What is the name of '
                         'this algorithm?\n',
               'choices': {},
               'figures': {}},
 'one_step': {'label': 'one choice: its letter',
              'prompt': "A program standardises the returns of every episode with torch's mean "
                        'and std (no special case,\n'
                        'eps = 1e-8) before it multiplies them with the log-probabilities. It '
                        'is run on episodes of a\n'
                        'single step. What happens?\n',
              'choices': {'a': 'It learns as usual, only slower',
                          'b': 'The only return becomes 0, so the weights stay as they are',
                          'c': 'The only return becomes 1, so every action is reinforced',
                          'd': 'The only return becomes NaN, and after the update all weights '
                               'are NaN',
                          'e': 'The only return stays as it is'},
              'figures': {}},
 'baseline': {'label': 'every choice that is true: letters, like [a, b]',
              'prompt': 'In some state the same number is subtracted from the returns of all '
                        'actions before the REINFORCE\n'
                        'update. What is true?\n',
              'choices': {'a': 'The expected update stays the same',
                          'b': 'The noise of the update may become smaller',
                          'c': 'The noise of the update always becomes smaller',
                          'd': 'An action with a positive return is still raised every time it '
                               'is taken',
                          'e': 'It only works if the number is the mean of the returns'},
              'figures': {}},
 'gamma_exercise': {'label': 'one choice: its letter',
                    'prompt': 'Exercise 2 asks you to change gamma from 0.99 to 0.999 in the '
                              "section's REINFORCE on the 4 by 4\n"
                              'grid, and to watch how the speed of learning changes. As '
                              'printed, nothing changes. Why?\n',
                    'choices': {'a': 'The policy network is too small to notice',
                                'b': 'The returns are standardised and the path is short, so '
                                     'the weights come out nearly equal',
                                'c': 'REINFORCE does not use gamma',
                                'd': 'Adam adapts its learning rate to gamma',
                                'e': 'The reward of -0.01 per step already acts as a discount'},
                    'figures': {}},
 'sampled_rate': {'label': 'one choice: its letter',
                  'prompt': 'To compare a policy before and after training, the section counts '
                            'in how many states action 2 is the\n'
                            'most probable one. What is wrong with that for the untrained '
                            'policy?\n',
                  'choices': {'a': 'Nothing; it is what the policy would do',
                              'b': 'The rate is always 25 % and tells nothing',
                              'c': 'It needs a graph and therefore too much memory',
                              'd': 'Tiny differences between nearly equal probabilities '
                                   'decide, so the rate is mostly 0 or 1 by accident',
                              'e': 'It changes the policy while measuring'},
                  'figures': {}},
 'cut_off': {'label': 'one choice: its letter',
             'prompt': 'A roll-out stops after 512 tokens because the buffer is full; the '
                       'response was not finished. The\n'
                       'critic values the text so far at 0.7. What goes into gae_advantages at '
                       'the last step?\n',
             'choices': {'a': 'terminated True, bootstrap_value 0.7',
                         'b': 'terminated True, bootstrap_value 0',
                         'c': 'terminated False, bootstrap_value 0.7',
                         'd': 'terminated False, bootstrap_value 0',
                         'e': 'The last step is left out'},
             'figures': {}},
 'advantage_by_hand': {'label': 'a number, like 0.7',
                       'prompt': 'A response has two tokens and is then over. Only the second '
                                 'is paid: rewards are 0 and {score}. The\n'
                                 "critic's values before the two tokens are {first} and "
                                 '{second}. With gamma = 1 and gae_lambda =\n'
                                 '{lam}, what is the advantage of the first token? (Three '
                                 'decimals.)\n',
                       'choices': {},
                       'figures': {'score': [1, 2],
                                   'first': [0.3, 0.4],
                                   'second': [0.55, 0.7, 0.8],
                                   'lam': [0.6, 0.8, 0.95]}},
 'loss_of_two': {'label': 'a number, like 0.7, measured with your own code',
                 'prompt': 'Two tokens had log-probability -1.5 each when they were sampled. '
                           'Now the first has {up}, and its\n'
                           'advantage is 2; the second has {same}, and its advantage is -1. '
                           "What is PPO's loss, the number to\n"
                           'be minimised, at clip_eps = 0.2?\n'
                           'Measure it with your ppo_clip_loss. (Three decimals.)\n',
                 'choices': {},
                 'figures': {'up': [-1.2, -1.1, -1], 'same': [-1, -0.9]}},
 'share_outside': {'label': 'a number, like 0.7, measured with your own code',
                   'prompt': 'Five tokens have the log-ratios {high}, {high}, 0.15, {low} and '
                             '0.05. What is their clip fraction at\n'
                             'clip_eps = 0.2?\n'
                             'Measure it with your clip_fraction, with zeros for the old '
                             'log-probabilities. (One decimal.)\n',
                   'choices': {},
                   'figures': {'high': [0.185, 0.19, 0.195], 'low': [-0.205, -0.21, -0.215]}}}


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

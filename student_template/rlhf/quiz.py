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

TITLE = 'From reinforcement learning to alignment'
ASSIGNMENT = 'rlhf'
QUESTIONS = {'shifted_scores': {'label': 'one choice: its letter',
                    'prompt': 'Two reward models agree on everything, but the scores of the '
                              'second are all larger by 100. What\n'
                              'does the ranking loss, `-log(sigmoid(chosen - rejected))`, say '
                              'of them?\n',
                    'choices': {'a': 'The second has the smaller loss, because its chosen '
                                     'responses score higher',
                                'b': 'The second has the larger loss, because its rejected '
                                     'responses score higher',
                                'c': 'Nothing can be said without the responses',
                                'd': 'Both have the same loss',
                                'e': "The second's loss is 0, because sigmoid(100) is 1"},
                    'figures': {}},
 'loss_of_two_pairs': {'label': 'a number, like 0.7, measured with your own code',
                       'prompt': 'A reward model gives the chosen response of one pair {first} '
                                 'and the rejected one 0. In a second\n'
                                 'pair the chosen response gets -1 and the rejected one '
                                 "{second}. What is the reward model's loss?\n"
                                 'Measure it with your reward_model_loss, on tensors of two '
                                 'entries. (Three decimals.)\n',
                       'choices': {},
                       'figures': {'first': [0.4, 0.8, 2.5], 'second': [0.5, 1, 2]}},
 'negative_k1': {'label': 'one choice: its letter',
                 'prompt': 'For one sampled token k1 is -0.7. What has happened?\n',
                 'choices': {'a': 'The reference finds this token more probable than the '
                                  'policy does; nothing is wrong',
                             'b': 'The KL divergence of the policy from the reference is '
                                  'negative',
                             'c': 'The log-probabilities were subtracted in the wrong order, '
                                  'for KL is never negative',
                             'd': 'The policy finds this token more probable than the '
                                  'reference does',
                             'e': 'The estimate should be replaced by 0, since no divergence '
                                  'is below 0'},
                 'figures': {}},
 'last_token': {'label': 'a number, like 0.7',
                'prompt': 'The reward model gives a response the score {score}. Its last token '
                          'has log-probability -2 under the\n'
                          'policy and {ref} under the reference; kl_coef is {kl_coef}. What is '
                          'the reward of this token?\n'
                          '(Two decimals.)\n',
                'choices': {},
                'figures': {'score': [1.5, 2, 2.5],
                            'ref': [-5, -4.5, -3.5],
                            'kl_coef': [0.1, 0.2]}},
 'two_leashes': {'label': 'every choice that is true: letters, like [a, b]',
                 'prompt': "PPO's clipping and the KL penalty both hold the policy back. What "
                           'is true?\n',
                 'choices': {'a': 'The KL penalty ties the policy to the SFT model throughout '
                                  'the training',
                             'b': 'Clipping bounds how far the policy can get from the SFT '
                                  'model in the end',
                             'c': 'Clipping takes away the gain from moving far from the '
                                  'policy that wrote the present batch',
                             'd': 'Each makes the other superfluous',
                             'e': 'Beyond the clipping range the gradient is zero in both '
                                  'directions',
                             'f': 'Neither can tell a good departure from a bad one'},
                 'figures': {}},
 'two_changes': {'label': 'one choice: its letter',
                 'prompt': "A chatbot's score was up by 45 % and satisfaction down by 12 %. "
                           'The team raised kl_coef from 0.02 to\n'
                           '0.1, added a length penalty and trained again: satisfaction is up '
                           'by 18 %. What follows?\n',
                 'choices': {'a': 'The larger kl_coef cured the hack',
                             'b': 'The length penalty cured the hack',
                             'c': 'Both were needed',
                             'd': 'The two together helped here; what each of them did is '
                                  'unknown',
                             'e': 'The reward model has no flaw any more'},
                 'figures': {}},
 'who_is_fooled': {'label': 'every choice that is true: letters, like [a, b]',
                   'prompt': '"RLVR eliminates the reward hacking problem entirely for domains '
                             'where correctness can be verified."\n'
                             'Which statements about this sentence are right?\n',
                   'choices': {'a': 'It is right, for a program cannot be fooled',
                               'b': 'It holds for mathematics, where every answer is either '
                                    'right or wrong',
                               'c': 'A checker that accepts the right number anywhere in a '
                                    'response pays for listing numbers',
                               'd': 'A checker of final answers pays a lucky guess after a '
                                    'nonsensical proof as much as a sound one',
                               'e': 'It is wrong because a checker has to be trained on ranked '
                                    'pairs, too',
                               'f': 'It is true that no learned judge is left that could be '
                                    'fooled'},
                   'figures': {}},
 'group_of_three': {'label': 'a number, like 0.7, measured with your own code',
                    'prompt': 'Three responses to one prompt earn {first}, {second} and 0. '
                              'What is the advantage of the first?\n'
                              'Measure it with your grpo_advantages, on a tensor of shape (1, '
                              '3). (Two decimals.)\n',
                    'choices': {},
                    'figures': {'first': [1, 2, 4], 'second': [0.4, 3]}},
 'dpo_and_flaws': {'label': 'one choice: its letter',
                   'prompt': 'Annotators slightly prefer long answers, and nobody knows. A '
                             'team trains by DPO instead of a reward\n'
                             'model and PPO. What about the length of the answers?\n',
                   'choices': {'a': 'It stays as it was, for without a reward model there is '
                                    'no reward hacking',
                               'b': "It stays as it was, for DPO's reference is a constant",
                               'c': 'It shrinks, for DPO adds up the log-probabilities of all '
                                    'tokens',
                               'd': 'It grows, but only if beta is 0',
                               'e': 'It grows, for the preference is in the pairs that DPO '
                                    'learns from'},
                   'figures': {}},
 'frozen_model': {'label': 'a few words',
                  'prompt': "PPO's KL penalty and DPO's gains are measured against a frozen "
                            'copy of the model as it was before.\n'
                            'What is that copy called in their formulas? (The ... model; one '
                            'word.)\n',
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

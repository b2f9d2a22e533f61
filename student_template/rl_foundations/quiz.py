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

TITLE = 'Returns, Bellman, REINFORCE, PPO and the length penalty'
ASSIGNMENT = 'rl_foundations'
QUESTIONS = {'rl_action': {'label': 'one choice: its letter',
               'prompt': 'A language model is trained by RLHF: it answers prompts, and a '
                         'reward model scores the answers.\n'
                         'What is one action, in the sense of reinforcement learning?\n',
               'choices': {'a': 'Writing one whole answer to a prompt',
                           'b': 'Choosing one prompt from the training set',
                           'c': 'Choosing the next token',
                           'd': "One update of the model's weights by the optimizer",
                           'e': 'The score that the reward model gives'},
               'figures': {}},
 'state_of_the_model': {'label': 'one choice: its letter',
                        'prompt': 'The model has been given a prompt and has written 11 tokens '
                                  'of its answer. It is about to choose\n'
                                  'the 12th. What is the state?\n',
                        'choices': {'a': 'The prompt and the 11 tokens written so far',
                                    'b': 'The prompt alone',
                                    'c': 'The 11th token',
                                    'd': 'The weights of the model',
                                    'e': 'The prompt and the complete answer'},
                        'figures': {}},
 'stochastic_policy': {'label': 'a few words',
                       'prompt': 'The same prompt may get two different answers, because the '
                                 'model gives every token a probability\n'
                                 'and the next token is sampled. Which kind of policy is that? '
                                 '(It is not deterministic, but ...;\n'
                                 'one word will do.)\n',
                       'choices': {},
                       'figures': {}},
 'gamma_zero': {'label': 'one choice: its letter',
                'prompt': 'A team trains a model by policy gradients, each token weighted by '
                          'its discounted return. The\n'
                          'score comes once, with the last token; every other reward is 0. By '
                          'mistake gamma is 0. What does\n'
                          'an answer of 100 tokens with a high score change?\n',
                'choices': {'a': 'All 100 tokens become more probable, all by the same weight',
                            'b': 'Only the first token becomes more probable',
                            'c': 'Nothing at all, since every return is 0',
                            'd': 'Only the last token becomes more probable',
                            'e': 'Training merely gets slower; in the end the result is the '
                                 'same'},
                'figures': {}},
 'return_by_hand': {'label': 'a number, like 0.7',
                    'prompt': 'An episode of three steps has rewards[0] = {first}, rewards[1] '
                              '= {second}, rewards[2] = {third}.\n'
                              'What is the return of the first step, G[0], at gamma = {gamma}? '
                              '(Two decimals.)\n',
                    'choices': {},
                    'figures': {'first': [1, 2, 3],
                                'second': [-2, -1],
                                'third': [4, 6, 8],
                                'gamma': [0.5, 0.8, 0.9]}},
 'first_token_credit': {'label': 'a number, like 0.7, measured with your own code',
                        'prompt': 'An answer has {tokens} tokens. Its score, 1, comes as the '
                                  'reward of the last token; all other\n'
                                  'rewards are 0. With gamma = {gamma}, what is the return of '
                                  'the first token?\n'
                                  'Measure it with your discounted_returns. (Four decimals.)\n',
                        'choices': {},
                        'figures': {'tokens': [120, 140, 160, 180, 200, 220, 240, 260, 280],
                                    'gamma': [0.99, 0.995]}},
 'credit_assignment': {'label': 'a few words',
                       'prompt': 'One score arrives at the end of 280 choices, and nothing '
                                 'says which of them earned it. This\n'
                                 'difficulty has a name in reinforcement learning: the ... '
                                 'problem. (Two words.)\n',
                       'choices': {},
                       'figures': {}},
 'bellman_by_hand': {'label': 'a number, like 0.7',
                     'prompt': 'Half-way through an answer the policy quotes a source with '
                               'probability {p}. That costs at once,\n'
                               'reward {cost}, and leads to a state of value {good}. Otherwise '
                               'it rambles on: reward 0, next\n'
                               'state of value {bad}. What is the value of the present state '
                               'under this policy, at gamma = 0.9?\n'
                               '(Three decimals.)\n',
                     'choices': {},
                     'figures': {'p': [0.6, 0.7, 0.8],
                                 'cost': [-0.3, -0.2],
                                 'good': [2, 2.5, 3],
                                 'bad': [0.5, 1]}},
 'builds_on': {'label': 'one choice: its letter',
               'prompt': 'Which sentence places PPO, as RLHF uses it, rightly?\n',
               'choices': {'a': 'It is Q-learning with a neural network in place of the table',
                           'b': 'It is a policy gradient method, a descendant of REINFORCE',
                           'c': 'It is supervised learning on the answers that people liked '
                                'best',
                           'd': 'It is value iteration, carried out on sampled answers',
                           'e': 'It is DPO with a reward model added'},
               'figures': {}},
 'why_ppo_clips': {'label': 'one choice: its letter',
                   'prompt': "What is the clipping in PPO's objective for?\n",
                   'choices': {'a': 'To keep the rewards between -1 and 1',
                               'b': 'To cut gradients down to a fixed norm, so that training '
                                    'never overflows',
                               'c': 'To keep the trained model near the one that supervised '
                                    'fine-tuning gave',
                               'd': 'To drop tokens whose probability is too low',
                               'e': 'To take away the gain from moving far from the old policy '
                                    'on one batch of data'},
                   'figures': {}},
 'ratio': {'label': 'a number, like 0.7, measured with your own code',
           'prompt': 'When it was sampled, a token had log-probability {old}. Under the '
                     'updated policy it has {new}.\n'
                     "What is PPO's probability ratio, before any clipping?\n"
                     'Measure it with your ppo_clip_ratio, on tensors of one entry. (Three '
                     'decimals.)\n',
           'choices': {},
           'figures': {'old': [-2.4, -2.3, -2.2], 'new': [-1.9, -1.8, -1.7]}},
 'clipped_objective': {'label': 'a number, like 0.7',
                       'prompt': 'A token has probability ratio {ratio} and advantage '
                                 '{advantage}; clip_eps is 0.2. What does it\n'
                                 "add to PPO's clipped objective, the one to be maximised? "
                                 '(Two decimals.)\n',
                       'choices': {},
                       'figures': {'ratio': [1.3, 1.4, 1.5, 1.6, 1.7],
                                   'advantage': [-0.5, -1, -1.5, -2]}},
 'clip_gradient': {'label': 'every choice that is true: letters, like [a, b]',
                   'prompt': 'With clip_eps = 0.2, which of these tokens pass no gradient to '
                             "the policy through PPO's clipped\n"
                             'objective?\n',
                   'choices': {'a': 'ratio 1.5, a good action (advantage 1)',
                               'b': 'ratio 1.5, a bad action (advantage -1)',
                               'c': 'ratio 0.5, a good action (advantage 1)',
                               'd': 'ratio 0.5, a bad action (advantage -1)',
                               'e': 'ratio 1.1, a good action (advantage 1)'},
                   'figures': {}},
 'reward_hacking': {'label': 'one choice: its letter',
                    'prompt': 'Which of these is reward hacking?\n',
                    'choices': {'a': "An attacker changes the reward model's weights",
                                'b': 'The policy learns answers that the reward model '
                                     'overrates, and they get no better for people',
                                'c': 'The reward model memorises its training pairs and fails '
                                     'on new ones',
                                'd': 'The policy finds a better answer than the annotators had '
                                     'thought of',
                                'e': 'The engineers change the reward by hand until the curve '
                                     'looks good'},
                    'figures': {}},
 'length_penalty': {'label': 'a number, like 0.7',
                    'prompt': 'The reward model gives an answer of {tokens} tokens the score '
                              '{score}. Each token beyond the\n'
                              'first 150 costs 0.01. Which reward is left? (Two decimals.)\n',
                    'choices': {},
                    'figures': {'tokens': [170,
                                           180,
                                           190,
                                           200,
                                           210,
                                           220,
                                           230,
                                           240,
                                           250,
                                           260,
                                           270,
                                           280,
                                           290,
                                           300,
                                           310,
                                           320,
                                           330,
                                           340,
                                           350,
                                           360,
                                           370,
                                           380,
                                           390,
                                           400],
                                'score': [1.5, 2, 2.5]}},
 'kl_penalty': {'label': 'every choice that is true: letters, like [a, b]',
                'prompt': 'In RLHF the reward is lowered by a coefficient times the KL '
                          'divergence from the model that\n'
                          'supervised fine-tuning gave. What is true of this penalty?\n',
                'choices': {'a': "It does what PPO's clipping does, so one of the two is "
                                 'superfluous',
                            'b': 'It helps to keep the fluency that the model had before',
                            'c': 'It corrects the errors of the reward model',
                            'd': 'It limits how far the policy can go to exploit the reward '
                                 'model',
                            'e': 'The larger its coefficient, the better the answers become'},
                'figures': {}},
 'verifiable_rewards': {'label': 'every choice that is true: letters, like [a, b]',
                        'prompt': 'In RLVR a program checks the answer (a test suite, or a '
                                  'comparison with the known result) and\n'
                                  'its verdict is the reward. What is true?\n',
                        'choices': {'a': 'There is no reward hacking any more, because no '
                                         'learned model judges',
                                    'b': 'It is of use only where results can be checked by a '
                                         'program',
                                    'c': 'A checker that accepts any answer in which the right '
                                         'number occurs can be fooled',
                                    'd': 'Gradients flow through the checker, so no policy '
                                         'gradient is needed',
                                    'e': 'It is the best choice for poems, too, since it needs '
                                         'no annotators'},
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

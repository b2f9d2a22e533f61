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

TITLE = 'Returns, Bellman, REINFORCE, PPO and the length penalty'
ASSIGNMENT = 'rl_foundations'
TERM = 'a3'  # figures are drawn anew each term
QUESTIONS = {'rl_action': {'kind': 'one choice',
               'label': 'one choice: its letter',
               'prompt': 'A language model is trained by RLHF: it answers prompts, and a '
                         'reward model scores the answers.\n'
                         'What is one action, in the sense of reinforcement learning?\n',
               'choices': {'a': 'Writing one whole answer to a prompt',
                           'b': 'Choosing one prompt from the training set',
                           'c': 'Choosing the next token',
                           'd': "One update of the model's weights by the optimizer",
                           'e': 'The score that the reward model gives'},
               'figures': {}},
 'state_of_the_model': {'kind': 'one choice',
                        'label': 'one choice: its letter',
                        'prompt': 'The model has been given a prompt and has written 11 tokens '
                                  'of its answer. It is about to choose\n'
                                  'the 12th. What is the state?\n',
                        'choices': {'a': 'The prompt and the 11 tokens written so far',
                                    'b': 'The prompt alone',
                                    'c': 'The 11th token',
                                    'd': 'The weights of the model',
                                    'e': 'The prompt and the complete answer'},
                        'figures': {}},
 'stochastic_policy': {'kind': 'short text',
                       'label': 'a few words',
                       'prompt': 'The same prompt may get two different answers, because the '
                                 'model gives every token a probability\n'
                                 'and the next token is sampled. Which kind of policy is that? '
                                 '(It is not deterministic, but ...;\n'
                                 'one word will do.)\n',
                       'choices': {},
                       'figures': {}},
 'gamma_zero': {'kind': 'one choice',
                'label': 'one choice: its letter',
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
 'return_by_hand': {'kind': 'number',
                    'label': 'a number, like 0.7',
                    'prompt': 'An episode of three steps has rewards[0] = {first}, rewards[1] '
                              '= {second}, rewards[2] = {third}.\n'
                              'What is the return of the first step, G[0], at gamma = {gamma}? '
                              '(Two decimals.)\n',
                    'choices': {},
                    'figures': {'first': [1, 2, 3],
                                'second': [-2, -1],
                                'third': [4, 6, 8],
                                'gamma': [0.5, 0.8, 0.9]}},
 'first_token_credit': {'kind': 'number',
                        'label': 'a number, like 0.7, measured with your own code',
                        'prompt': 'An answer has {tokens} tokens. Its score, 1, comes as the '
                                  'reward of the last token; all other\n'
                                  'rewards are 0. With gamma = {gamma}, what is the return of '
                                  'the first token?\n'
                                  'Measure it with your discounted_returns. (Four decimals.)\n',
                        'choices': {},
                        'figures': {'tokens': [120, 140, 160, 180, 200, 220, 240, 260, 280],
                                    'gamma': [0.99, 0.995]}},
 'credit_assignment': {'kind': 'short text',
                       'label': 'a few words',
                       'prompt': 'One score arrives at the end of 280 choices, and nothing '
                                 'says which of them earned it. This\n'
                                 'difficulty has a name in reinforcement learning: the ... '
                                 'problem. (Two words.)\n',
                       'choices': {},
                       'figures': {}},
 'bellman_by_hand': {'kind': 'number',
                     'label': 'a number, like 0.7',
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
 'builds_on': {'kind': 'one choice',
               'label': 'one choice: its letter',
               'prompt': 'Which sentence places PPO, as RLHF uses it, rightly?\n',
               'choices': {'a': 'It is Q-learning with a neural network in place of the table',
                           'b': 'It is a policy gradient method, a descendant of REINFORCE',
                           'c': 'It is supervised learning on the answers that people liked '
                                'best',
                           'd': 'It is value iteration, carried out on sampled answers',
                           'e': 'It is DPO with a reward model added'},
               'figures': {}},
 'why_ppo_clips': {'kind': 'one choice',
                   'label': 'one choice: its letter',
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
 'ratio': {'kind': 'number',
           'label': 'a number, like 0.7, measured with your own code',
           'prompt': 'When it was sampled, a token had log-probability {old}. Under the '
                     'updated policy it has {new}.\n'
                     "What is PPO's probability ratio, before any clipping?\n"
                     'Measure it with your ppo_clip_ratio, on tensors of one entry. (Three '
                     'decimals.)\n',
           'choices': {},
           'figures': {'old': [-2.4, -2.3, -2.2], 'new': [-1.9, -1.8, -1.7]}},
 'clipped_objective': {'kind': 'number',
                       'label': 'a number, like 0.7',
                       'prompt': 'A token has probability ratio {ratio} and advantage '
                                 '{advantage}; clip_eps is 0.2. What does it\n'
                                 "add to PPO's clipped objective, the one to be maximised? "
                                 '(Two decimals.)\n',
                       'choices': {},
                       'figures': {'ratio': [1.3, 1.4, 1.5, 1.6, 1.7],
                                   'advantage': [-0.5, -1, -1.5, -2]}},
 'clip_gradient': {'kind': 'several choices',
                   'label': 'every choice that is true: letters, like [a, b]',
                   'prompt': 'With clip_eps = 0.2, which of these tokens pass no gradient to '
                             "the policy through PPO's clipped\n"
                             'objective?\n',
                   'choices': {'a': 'ratio 1.5, a good action (advantage 1)',
                               'b': 'ratio 1.5, a bad action (advantage -1)',
                               'c': 'ratio 0.5, a good action (advantage 1)',
                               'd': 'ratio 0.5, a bad action (advantage -1)',
                               'e': 'ratio 1.1, a good action (advantage 1)'},
                   'figures': {}},
 'reward_hacking': {'kind': 'one choice',
                    'label': 'one choice: its letter',
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
 'length_penalty': {'kind': 'number',
                    'label': 'a number, like 0.7',
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
 'kl_penalty': {'kind': 'several choices',
                'label': 'every choice that is true: letters, like [a, b]',
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
 'verifiable_rewards': {'kind': 'several choices',
                        'label': 'every choice that is true: letters, like [a, b]',
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

MAX_ANSWER = 500  # characters
NUMBER = r"[+-]?(?:\d[\d,_]*\.?\d*|[.,]\d+)(?:e[+-]?\d{1,3})?"
LEAD = r"(?:.*[=\u2248]|[a-z ]+:|~|about|approximately|approx\.?|ca\.?)?"
BESIDE = r"\s*(?:\((?:[^()\d]|[a-z]\d+)*\))?[^\d]*"
SUPERSCRIPT = re.compile("[\u00b2\u00b3\u00b9\u2070-\u207b]+")
STRIPPED_AROUND = " \t\n*`<>'\""
REWRITTEN = (  # in lower case: what is typed, and how it is read
    (r"(?:[-\u2010-\u2015\u2212\ufe63]|\bminus)\s*(?=[\d.,])", "-"),
    (r"[$\u20ac\u00a3\u00a5]\s*|\s*[$\u20ac\u00a3\u00a5]", ""),
    (r"\s*(?:[x*\u00d7\u00b7]|\\times)\s*10\s*(?:\^|\*\*)\s*[({]?([+-]?\d{1,2})[)}]?", r"e\1"),
    ("\u2044", "/"),
    (r"(?<=\d)[ '\u2019](?=\d{3}(?:\D|$))", ""),
    (r"\s*(?:\u00b1|\+-|\+/-)\s*[\d.,]+$", ""),
)
TYPE_NAMES = r"(?:float|int|uint|complex)\d*|double|number|scalar|array|tensor|parameter|decimal|fraction"
WRAPPED = re.compile(  # not sqrt(2): what is computed is not what is in the brackets
    rf"(?:(?:[a-z]\w*\.)*(?:{TYPE_NAMES}))?\s*[(\[{{]\s*(.*?)\s*[)\]}}](?:\s*\.item\(\))?\.?", re.DOTALL
)
TIMES = r"(?!\s*(?:k|thousand|million|billion)\b)"
EXTRA = re.compile(r",\s*(?:dtype|device|requires_grad|grad_fn)\s*=.*", re.DOTALL)


def read_numbers(said: str) -> list[float]:
    """Return what a typed number may mean: [] if it is none, two values for 1,250.

    Takes 0.7, .70, "0,7", 7e-1, 7/10, 70 %, $0.7, (0.7), "about 0.7 points", "1 - 0.3 = 0.7", a
    typographic minus, 7 x 10^-1, and what Python prints: np.float64(0.7), tensor([0.7], dtype=...).
    """
    raised = SUPERSCRIPT.sub(lambda found: f"^{found[0]}", said[:MAX_ANSWER])
    text = unwrapped(unicodedata.normalize("NFKC", raised).lower().strip(STRIPPED_AROUND))
    for pattern, plainly in REWRITTEN:
        text = re.sub(pattern, plainly, text)
    text = re.sub(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d+", lambda found: found[0].replace(".", ""), text)
    match = re.fullmatch(rf"{LEAD}\s*({NUMBER})(?:\s*/\s*({NUMBER}))?{TIMES}\s*(%?){BESIDE}", text)
    if not match:
        return []
    above, below, percent = match.groups()
    found = []
    for top in commas(above):
        for bottom in commas(below or "1"):
            if bottom:
                found.append(float(top / bottom / (100 if percent else 1)))
    return found


def unwrapped(text: str) -> str:
    """Return the number in np.float64(0.7), tensor([[0.7]], dtype=...), array(0.7) or (0.7)."""
    for _ in range(4):
        found = WRAPPED.fullmatch(text)
        if not found:
            break
        text = EXTRA.sub("", found[1]).strip(STRIPPED_AROUND + ",")
    return text


def commas(number: str) -> list[Fraction]:
    """Return the readings of a number in which commas may mark decimals or thousands."""
    number = number.replace("_", "")
    forms = {number.replace(",", "")} if re.match(r"[+-]?[1-9]\d{0,2}(,\d{3})+(?!\d)", number) else set()
    if number.count(",") == 1 and "." not in number:
        forms.add(number.replace(",", "."))
    if "," not in number:
        forms.add(number)
    readings = [Fraction(form) for form in sorted(forms)]
    return [reading for reading in readings if abs(reading) < 10**15]



MAX_SHEET = 64 * 1024  # characters
MAX_NAME = 200
MAX_BESIDE = 8  # words around an accepted one in a sentence
UNANSWERED = ("", "null", "~", "...", "-", "?")
WHO = frozenset({"student", "name", "student_name", "student_number", "student_id", "student_name_or_number"})
BLOCK_MARKS = ("|", ">", "|-", ">-", "|+", ">+")
QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019", "\u201e": "\u201c", "\u00ab": "\u00bb"}
NEGATIONS = frozenset({"not", "no", "never", "neither", "nor", "without", "except", "but", "instead", "t"})
HEDGES = frozenset({"or", "and", "versus", "vs", "either", "both", "maybe"})
FILLERS = frozenset(
    {"and", "choice", "choices", "answer", "answers", "option", "options", "letter", "is", "are"}
)


class Sheet(NamedTuple):
    """A quiz.yml as handed in: who, the parts of each answer as typed, what could not be read."""

    student: str
    answers: Mapping[str, tuple[str, ...]]
    problems: tuple[str, ...] = ()


def read_sheet(text: str, names: Sequence[str] = ()) -> Sheet:
    """Return a student's sheet. Never raises: what is wrong is in `problems`, a line each.

    `names` are the ids of the questions; without them whatever begins a line counts as one.
    """
    problems = []
    if len(text) > MAX_SHEET:
        problems.append(f"quiz.yml is over {MAX_SHEET // 1024} KB: what comes after that is not read")
    student, said = "", dict[str, list[str]]()
    for name, value in sheet_entries(plain_text(text[:MAX_SHEET]), names):
        if name:
            said.setdefault(name, []).append(value)
        else:
            student = student or student_name(value)
    answers = {}
    for name, values in said.items():
        given = [parts for value in values if (parts := answer_parts(value))]
        if len(set(given)) > 1:
            problems.append(f"{short(name)} is answered {len(given)} times in quiz.yml: the last one counts")
        answers[name] = given[-1] if given else ()
        if sum(map(len, answers[name])) > MAX_ANSWER:
            problems.append(f"the answer to {short(name)} is over {MAX_ANSWER} characters: write less")
            answers[name] = ()
    if not text.strip():
        problems.append("there is no quiz.yml, or nothing in it: hand in the one you were given")
    elif not answers:
        problems.append("quiz.yml holds no questions: fill in the one you were given")
    return Sheet(student, answers, tuple(problems))


def plain_text(text: str) -> str:
    """Return a text with plain spaces, line ends and colons, without what cannot be seen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").replace("\uff1a", ":")
    text = re.sub(r"[^\S\n]", " ", text)
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())


def sheet_entries(text: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of each answer as it stands there, and with no id the student's name."""
    known = {folded_key(name): name for name in names}
    who = WHO - set(known) if known else {"student"}
    name, inside, lines = "", "", list[str]()
    for line in text.split("\n"):
        body = line.strip()
        if not body or body.startswith(("#", "---")):
            continue
        indent = len(line) - len(line.lstrip())
        key, value = key_and_value(body)
        is_answer = key in ("answer", "answers") and bool(name)
        in_prompt = inside == "prompt" and indent >= 4 and not is_answer
        is_other = (
            inside != "prompt" and key.isidentifier() and not indent and " " not in body.split(":")[0].strip()
        )
        is_name = ":" in body and (key in known or is_other)
        if in_prompt:
            continue
        if is_answer or key in who or (key == "question" and name) or is_name:
            if inside == "answer":
                yield name, "\n".join(lines)
            inside, lines = "", []
        if is_answer:
            inside, lines = "answer", [value]
        elif key in who:
            yield "", value
        elif key == "question" and name:
            inside = "prompt"
        elif is_name:
            name, inside, lines = known.get(key, body.split(":")[0].strip()), "answer", [in_braces(value)]
        elif inside == "answer":
            lines.append(body)
    if inside == "answer":
        yield name, "\n".join(lines)


def key_and_value(line: str) -> tuple[str, str]:
    """Return what stands before the colon (or after answer, the =), folded, and what comes after it."""
    key, colon, value = line.partition(":")
    if not colon or len(key) > 80:
        key, colon, value = line.partition("=")
        if folded_key(key) not in ("answer", "answers"):
            return "", line
    return folded_key(key), value


def folded_key(text: str) -> str:
    """Return a name as it is compared: without case, quotes, bullets; spaces and hyphens as _."""
    return re.sub(r"[\s_-]+", "_", text.strip(" \"'*-{").casefold())


def in_braces(value: str) -> str:
    """Return the answer in {answer: b}, else the value as it is."""
    found = re.match(r"\s*\{\s*[\"']?answer[\"']?\s*:(.*)", value)
    return found[1].rstrip().removesuffix("}") if found else value


def student_name(value: str) -> str:
    """Return the name or number on the student line, "" if there is none."""
    said = unquoted(value)[:MAX_NAME].strip()
    return "" if said in ("null", "~") else said


def unquoted(value: str) -> str:
    """Return a value without a comment after it and the quotes around it."""
    value = value.strip()
    closing = QUOTES.get(value[:1])
    end = value.find(closing, 1) if closing else -1
    rest = value[end + 1 :].strip()
    if end > 0 and (not rest or rest.startswith("#")):
        return value[1:end]
    return re.split(r"(?:^|\s)#", value, maxsplit=1)[0].strip()


def answer_parts(value: str) -> tuple[str, ...]:
    """Return the parts of an answer: one, or the items of a list in brackets or on lines of their own."""
    lines = [line for line in map(unquoted, value.split("\n")) if line not in BLOCK_MARKS]
    items = [line[2:].strip() for line in lines if line.startswith("- ")]
    if len(items) == 1 and not value.lstrip(" \t").startswith("\n"):
        items = []  # beside the key it is a minus
    if items and len(items) == len([line for line in lines if line]):
        parts = [unquoted(item) for item in items]
    else:
        whole = " ".join(filter(None, lines))
        listed = re.fullmatch(r"[\[{](.*?)[\]}]?", whole)
        parts = [unquoted(item) for item in listed[1].split(",")] if listed else [whole]
    return tuple(part for part in parts if part.strip() not in UNANSWERED)


def trouble_with(kind: str, choices: Mapping[str, str], parts: Sequence[str]) -> str:
    """Return why an answer cannot be read as what is asked for, "" if it can."""
    last = max(choices, default="")
    if kind == "number":
        readable = len(parts) == 1 and read_numbers(parts[0])
        return "" if readable else "Not read as one number: write it like 0.7 (or 7e-1)."
    if not choices:
        return "" if words(" ".join(parts)) else "Not read as words: write a few."
    picked = read_letters(parts, choices)
    if kind == "one choice" and (picked is None or len(picked) != 1):
        return f"Not read as one choice: write one letter, a to {last}."
    if picked is None:
        return f"Not read as choices: write letters from a to {last}, like [a, b]."
    return ""


def read_letters(parts: Sequence[str], choices: Mapping[str, str]) -> set[str] | None:
    """Return the letters chosen by `a`, `(A)`, `a, c`, `ac`, `* c)`, `I think c`, or the text alone."""
    found: set[str] = set()
    for part in parts:
        letters = letters_of(part[:MAX_ANSWER], choices)
        if letters is None:
            return None
        found |= letters
    return found


def letters_of(said: str, choices: Mapping[str, str]) -> set[str] | None:
    """Return the letters in one piece of text, None if it cannot be read."""
    ticked = re.findall(r"\[[x\u2713\u2714]\]\s*([a-z])\b", said.lower())
    said_words = words(re.sub(r"['\u2019]s\b", "", said)) if not ticked else " ".join(ticked)
    texts = {words(text): letter for letter, text in choices.items()}
    if said_words in texts:
        return {texts[said_words]}
    tokens = [token for token in said_words.split() if token not in FILLERS]
    if len(tokens) == 1 and len(set(tokens[0])) == len(tokens[0]):
        tokens = list(tokens[0])  # "ac"
    if tokens and all(token in choices for token in tokens):
        return set(tokens)
    marked = re.findall(r"(?:^|[,;\s*])\(?([a-z])\s?[).:-](?:\s|$)", said.lower())
    if marked:
        return set(marked) if all(letter in choices for letter in marked) else None
    return letter_in(said_words.split(), choices)


def letter_in(said: Sequence[str], choices: Mapping[str, str]) -> set[str] | None:
    """Return the one letter that a sentence names: I think c. "a" before a word is an article."""
    if NEGATIONS & set(said) or "or" in said:
        return None
    single = {
        word
        for at, word in enumerate(said)
        if len(word) == 1 and word != "i" and not (word == "a" and at + 1 < len(said))
    }
    return single if len(single) == 1 and single <= set(choices) else None


def says(said: str, patterns: Sequence[str]) -> bool:
    """Whether a short text is what a pattern wants, or a plain sentence around it.

    Case, punctuation and articles do not count. A sentence may not deny it, nor offer a choice.
    """
    text = [word for word in words(said[:MAX_ANSWER]).split() if word not in ("a", "an", "the")]
    if any(re.fullmatch(pattern, " ".join(text)) for pattern in patterns):
        return True
    for start in range(min(len(text), MAX_BESIDE + 1)):
        for end in range(len(text), max(start, len(text) - MAX_BESIDE - 1), -1):
            beside = {*text[:start], *text[end:]}
            if len(text) - (end - start) > MAX_BESIDE or beside & (NEGATIONS | HEDGES):
                continue
            if any(re.fullmatch(pattern, " ".join(text[start:end])) for pattern in patterns):
                return True
    return False


def words(said: str) -> str:
    """Return the words of a text: lower case, no punctuation, single spaces."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", said).casefold()))


def short(text: str, limit: int = 60) -> str:
    """Return a text from outside as one line that can be shown."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * limit])
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."


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


def main() -> None:
    """Read quiz.yml and print the paper."""
    here = Path(globals().get("__file__", "quiz.py"))  # pasted into a notebook there is none
    path = here.with_name("quiz.yml")
    if not path.exists():
        near = sorted(one.name for one in path.parent.glob("[Qq]uiz*.y*ml*"))
        told = f"is it {near[0]}? Rename it" if near else "put it back there"
        sys.exit(f"quiz.yml is not beside quiz.py: {told}")
    data = path.read_bytes()[:1_000_000]
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if hasattr(sys.stdout, "reconfigure"):  # IDLE and notebooks have a stdout of their own
        sys.stdout.reconfigure(errors="replace")
    print(show_quiz(data.decode(encoding, errors="replace"), TITLE, ASSIGNMENT, TERM, QUESTIONS))


if __name__ == "__main__":
    main()

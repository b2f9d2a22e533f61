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

TITLE = 'From reinforcement learning to alignment'
ASSIGNMENT = 'rlhf'
TERM = 'a3'  # figures are drawn anew each term
QUESTIONS = {'shifted_scores': {'kind': 'one choice',
                    'label': 'one choice: its letter',
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
 'loss_of_two_pairs': {'kind': 'number',
                       'label': 'a number, like 0.7, measured with your own code',
                       'prompt': 'A reward model gives the chosen response of one pair {first} '
                                 'and the rejected one 0. In a second\n'
                                 'pair the chosen response gets -1 and the rejected one '
                                 "{second}. What is the reward model's loss?\n"
                                 'Measure it with your reward_model_loss, on tensors of two '
                                 'entries. (Three decimals.)\n',
                       'choices': {},
                       'figures': {'first': [0.4, 0.8, 2.5], 'second': [0.5, 1, 2]}},
 'negative_k1': {'kind': 'one choice',
                 'label': 'one choice: its letter',
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
 'last_token': {'kind': 'number',
                'label': 'a number, like 0.7',
                'prompt': 'The reward model gives a response the score {score}. Its last token '
                          'has log-probability -2 under the\n'
                          'policy and {ref} under the reference; kl_coef is {kl_coef}. What is '
                          'the reward of this token?\n'
                          '(Two decimals.)\n',
                'choices': {},
                'figures': {'score': [1.5, 2, 2.5],
                            'ref': [-5, -4.5, -3.5],
                            'kl_coef': [0.1, 0.2]}},
 'two_leashes': {'kind': 'several choices',
                 'label': 'every choice that is true: letters, like [a, b]',
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
 'two_changes': {'kind': 'one choice',
                 'label': 'one choice: its letter',
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
 'who_is_fooled': {'kind': 'several choices',
                   'label': 'every choice that is true: letters, like [a, b]',
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
 'group_of_three': {'kind': 'number',
                    'label': 'a number, like 0.7, measured with your own code',
                    'prompt': 'Three responses to one prompt earn {first}, {second} and 0. '
                              'What is the advantage of the first?\n'
                              'Measure it with your grpo_advantages, on a tensor of shape (1, '
                              '3). (Two decimals.)\n',
                    'choices': {},
                    'figures': {'first': [1, 2, 4], 'second': [0.4, 3]}},
 'dpo_and_flaws': {'kind': 'one choice',
                   'label': 'one choice: its letter',
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
 'frozen_model': {'kind': 'short text',
                  'label': 'a few words',
                  'prompt': "PPO's KL penalty and DPO's gains are measured against a frozen "
                            'copy of the model as it was before.\n'
                            'What is that copy called in their formulas? (The ... model; one '
                            'word.)\n',
                  'choices': {},
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

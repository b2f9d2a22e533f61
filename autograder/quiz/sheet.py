"""The answer sheet a student hands in: tame YAML, and what people type for a letter or a number."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import yaml

from autograder.quiz.figures import student_of

MAX_CHARACTERS = 64 * 1024
MAX_ANSWER = 500
MAX_DEPTH = 6
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # events only: builds no object
EMPTY = ("", "null", "~")
NUMBER = r"[+-]?(?:\d[\d,_]*\.?\d*|[.,]\d+)(?:e[+-]?\d{1,2})?"


class SheetError(Exception):
    """A text that is not the YAML we take: one line, with the number of the line."""


@dataclass(frozen=True)
class Sheet:
    """A quiz.yml as handed in: who, the parts of each answer as typed, what could not be read."""

    student: str
    answers: Mapping[str, tuple[str, ...]]
    problems: tuple[str, ...] = ()


def read_sheet(text: str) -> Sheet:
    """Return a student's sheet. Never raises: what is wrong is in `problems`, a line each."""
    student = student_of(text)
    try:
        tree = read_yaml(text)
    except SheetError as wrong:
        return Sheet(student, {}, (f"quiz.yml cannot be read, so no answer counts: {wrong}",))
    if not isinstance(tree, dict):
        return Sheet(student, {}, ("quiz.yml holds no questions: fill in the one you were given",))
    answers, problems = {}, []
    for name, entry in tree.items():
        if name.lower() == "student":
            continue
        said = entry.get("answer", "") if isinstance(entry, dict) else entry
        parts = tuple(part for part in leaves(said) if part.strip() not in EMPTY)
        if sum(map(len, parts)) > MAX_ANSWER:
            problems.append(f"the answer to {short(name)} is over {MAX_ANSWER} characters: write less")
            parts = ()
        answers[name] = parts
    return Sheet(student, answers, tuple(problems))


def leaves(value: Any) -> Iterator[str]:
    """Yield the texts in an answer: itself, the items of a list, the keys of {a, c}."""
    if isinstance(value, str):
        yield value
    else:
        for item in value:
            yield from leaves(item)


def read_yaml(text: str) -> Any:
    """Return YAML as dicts, lists and the texts that were typed: 007, yes and 0,7 stay as they are.

    Anchors, aliases, tags, duplicate keys, a second document, deep nesting and long texts are
    refused, so the answer is never larger than the text.
    """
    if len(text) > MAX_CHARACTERS:
        raise SheetError(f"it is over {MAX_CHARACTERS // 1024} KB")
    try:
        events = (event for event in yaml.parse(text.lstrip("\ufeff"), Loader=LOADER))
        started = [next(events), next(events)]  # the stream, the document
        if not isinstance(started[1], yaml.DocumentStartEvent):
            return ""
        tree = build(next(events), events, 0)
        if not isinstance([next(events), next(events)][1], yaml.StreamEndEvent):
            raise SheetError("it holds a second document: remove the line ---")
    except yaml.MarkedYAMLError as wrong:
        raise SheetError(explain(wrong, text)) from wrong
    except (yaml.YAMLError, ValueError) as wrong:  # characters that no text file holds
        raise SheetError("it holds characters that are no text") from wrong
    return tree


def explain(wrong: yaml.MarkedYAMLError, text: str) -> str:
    """Return where the YAML breaks and what to do, in one line."""
    in_quotes = "quoted scalar" in (wrong.context or "")
    mark = wrong.context_mark if in_quotes else wrong.problem_mark or wrong.context_mark
    place = f"line {mark.line + 1}: " if mark else ""
    advice = "put an answer that holds : or # or quotes in quotes"
    if in_quotes:
        advice = "a quote that opens here is not closed"
    elif mark and re.match(r" *\t", "".join(text.split("\n")[mark.line : mark.line + 1])):
        advice = "begin the line with spaces, not with a tab"
    return f"{place}{wrong.problem}; {advice}"


def build(event: Any, events: Iterator[Any], depth: int) -> Any:
    """Return what begins with `event`, taking further events as needed."""
    line = f"line {event.start_mark.line + 1}"
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise SheetError(f"{line}: & and * have a meaning in YAML; put the answer in quotes")
    if event.tag is not None:
        raise SheetError(f"{line}: ! has a meaning in YAML; put the answer in quotes")
    if isinstance(event, yaml.ScalarEvent):
        return event.value
    if depth >= MAX_DEPTH:
        raise SheetError(f"{line}: brackets or lists are nested too deeply")
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(build(event, events, depth + 1))
        return items
    tree: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key, line = build(event, events, depth + 1), f"line {event.start_mark.line + 1}"
        if not isinstance(key, str):
            raise SheetError(f"{line}: a name is expected before the colon")
        if key in tree:
            raise SheetError(f"{line}: {short(key)} stands there twice; keep one of them")
        tree[key] = build(next(events), events, depth + 1)
    return tree


def read_letters(parts: Sequence[str], choices: Mapping[str, str]) -> set[str] | None:
    """Return the letters chosen by `a`, `A)`, `a, c`, `ac`, `a) its text` or the text alone."""
    found: set[str] = set()
    for part in parts:
        letters = letters_of(part, choices)
        if letters is None:
            return None
        found |= letters
    return found


def letters_of(said: str, choices: Mapping[str, str]) -> set[str] | None:
    """Return the letters in one piece of text, None if it cannot be read."""
    plain = words(said)
    texts = {words(text): letter for letter, text in choices.items()}
    if plain in texts:
        return {texts[plain]}
    tokens = [token for token in plain.split() if token not in ("and", "choice", "answer", "option")]
    if len(tokens) == 1 and len(set(tokens[0])) == len(tokens[0]):
        tokens = list(tokens[0])  # "ac"
    if tokens and all(token in choices for token in tokens):
        return set(tokens)
    marked = re.findall(r"(?:^|[,;\s])\(?([a-z])\s?[).:-]\s", said.lower())
    return set(marked) if marked and all(letter in choices for letter in marked) else None


def read_numbers(said: str) -> list[float]:
    """Return what a typed number may mean: [] if it is none, two values for 1,250.

    Takes 0.7, .70, "0,7", 7e-1, 7/10, 70 %, "about 0.7 points", "1 - 0.3 = 0.7" and a typographic
    minus.
    """
    text = unicodedata.normalize("NFKC", said).lower().replace("\u2212", "-").strip()
    form = rf"(?:.*[=\u2248]|~|about)?\s*({NUMBER})(?:\s*/\s*({NUMBER}))?\s*(%?)[^\d]*"
    match = re.fullmatch(form, text)
    if not match:
        return []
    above, below, percent = match.groups()
    found = []
    for top in commas(above):
        for bottom in commas(below or "1"):
            if bottom:
                found.append(float(top / bottom / (100 if percent else 1)))
    return found


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


def words(said: str) -> str:
    """Return the words of a text: lower case, no punctuation, single spaces."""
    plain = unicodedata.normalize("NFKC", said).casefold()
    return " ".join(re.findall(r"[^\W_]+", plain))


def short(text: str, limit: int = 60) -> str:
    """Return a text from outside as one line that can be shown."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * limit])
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."

"""Tame YAML: what the authors of a quiz write, as dicts, lists and the texts that were typed."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from autograder.quiz.sheet import MAX_SHEET, short

MAX_NESTING = 6
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # events only: builds no object


class SheetError(Exception):
    """A text that is not the YAML we take: one line, with the number of the line."""


def read_yaml(text: str) -> Any:
    """Return YAML as dicts, lists and the texts that were typed: 007, yes and 0,7 stay as they are.

    Anchors, aliases, tags, duplicate keys, a second document, deep nesting and long texts are
    refused, so the answer is never larger than the text.
    """
    if len(text) > MAX_SHEET:
        raise SheetError(f"it is over {MAX_SHEET // 1024} KB")
    try:
        events = (event for event in yaml.parse(text.lstrip("\ufeff"), Loader=LOADER))
        started = [next(events), next(events)]  # the stream, the document
        if not isinstance(started[1], yaml.DocumentStartEvent):
            return ""
        tree = build_tree(next(events), events, 0)
        if not isinstance([next(events), next(events)][1], yaml.StreamEndEvent):
            raise SheetError("it holds a second document: remove the line ---")
    except yaml.MarkedYAMLError as wrong:
        raise SheetError(yaml_fault(wrong, text)) from wrong
    except (yaml.YAMLError, ValueError) as wrong:  # characters that no text file holds
        raise SheetError("it holds characters that are no text") from wrong
    return tree


def yaml_fault(wrong: yaml.MarkedYAMLError, text: str) -> str:
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


def build_tree(event: Any, events: Iterator[Any], depth: int) -> Any:
    """Return what begins with `event`, taking further events as needed."""
    line = f"line {event.start_mark.line + 1}"
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise SheetError(f"{line}: & and * have a meaning in YAML; put the answer in quotes")
    if event.tag is not None:
        raise SheetError(f"{line}: ! has a meaning in YAML; put the answer in quotes")
    if isinstance(event, yaml.ScalarEvent):
        return event.value
    if depth >= MAX_NESTING:
        raise SheetError(f"{line}: brackets or lists are nested too deeply")
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(build_tree(event, events, depth + 1))
        return items
    tree: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key, line = build_tree(event, events, depth + 1), f"line {event.start_mark.line + 1}"
        if not isinstance(key, str):
            raise SheetError(f"{line}: a name is expected before the colon")
        if key in tree:
            raise SheetError(f"{line}: {short(key)} stands there twice; keep one of them")
        tree[key] = build_tree(next(events), events, depth + 1)
    return tree

"""Files that are called .py and are something else: what they are, by how they begin."""

import re

BEGINNINGS = (
    (re.compile(r"<!doctype html|<html|<\?xml", re.IGNORECASE), "a web page"),
    (re.compile(r"version https://git-lfs\.github\.com/spec"), "a git-lfs pointer without its file"),
    (re.compile(r"\{\\rtf"), "a rich text document (RTF)"),
    (re.compile(r'\{\s*"(?:cells|nbformat|metadata|worksheets)"'), "a part of a notebook"),
    (re.compile(r"%PDF-"), "a PDF"),
    (re.compile(r"PK\x03\x04"), "a zip or an office document"),
    (re.compile(r"diff --git |--- a/|<<<<<<< |(?:\+.*\n){2}"), "a diff"),
)


def what_it_is(text: str) -> str:
    """Return what a text is that is no Python, "" if that cannot be told."""
    start = text.lstrip("\ufeff \t\r\n")[:200]
    return next((kind for pattern, kind in BEGINNINGS if pattern.match(start)), "")

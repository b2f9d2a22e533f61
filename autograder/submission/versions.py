"""Which of several files is the newer one, as people and computers say it in names."""

import re

from autograder.submission.archive import natural

OLDER = frozenset(
    {"draft", "drafts", "old", "older", "backup", "backups", "bak", "archive", "previous", "first", "wip"}
)
NEWEST = frozenset({"final", "newest", "latest", "new", "done", "fixed", "corrected", "revised", "submit"})
NUMBERED = re.compile(r"[0-9]{1,9}")
WORDS = re.compile(r"[^\W\d_]+")

Version = tuple[int, list[tuple[int, str]]]


def version_of(name: str) -> Version:
    """Return what a name says of its age, to be compared: drafts, then others by number, then the final."""
    said = {word.casefold() for word in WORDS.findall(name[:200])}
    age = bool(said & NEWEST) - bool(said & OLDER)
    return age, natural(" ".join(NUMBERED.findall(name[:200])))


def is_version(name: str) -> bool:
    """Whether a folder's name says only which version is in it: draft, Version 2, 2026-12-10, v3_final."""
    known = OLDER | NEWEST | {"version", "attempt", "try", "take", "upload", "rev", "ver", "v", "copy"}
    return all(word.casefold() in known for word in WORDS.findall(name[:200]))

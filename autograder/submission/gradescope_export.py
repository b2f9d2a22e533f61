"""The export of Gradescope: submission_12345678 folders, and a file that tells whose and since when."""

import io
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from autograder.errors import InputError
from autograder.submission.archive import clean, open_regular
from autograder.submission.entry import Entry, Member, Part

METADATA = "submission_metadata.yml"
EXPORT_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value a text, no tag obeyed
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d*)? *(Z|UTC|[-+]\d\d:?\d\d)?")


def gradescope_entries(folder: Path, found: Sequence[os.DirEntry[str]]) -> list[Entry]:
    """Return the submissions of a Gradescope export, with its names; none is left out."""
    about = read_metadata(folder / METADATA)
    names = [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
    entries = []
    for name in dict.fromkeys([*about, *names]):
        known = about.get(name, {})
        people = known.get(":submitters") or ()
        members = tuple(member_of(who) for who in people if isinstance(who, dict))
        part = Part(folder / name, clean(name))
        parts = (part,) if name in names else ()
        when = export_moment(str(known.get(":created_at", "")))
        members = members or (Member(clean(name)),)
        entries.append(Entry(clean(name), members, parts, submitted_at=when, platform="gradescope"))
    return entries


def member_of(about: Mapping[str, Any]) -> Member:
    """Return a submitter; someone without a name goes by their id or address."""
    said = (clean(str(about.get(key, ""))) for key in (":name", ":sid", ":email"))
    name, sid, email = ("" if text in ("~", "null") else text for text in said)
    return Member(name or sid or email or "someone", sid, email)


def export_moment(text: str) -> datetime | None:
    """Return a time such as 2026-04-26 17:34:00.861687000 Z, or None."""
    found = MOMENT.match(text)
    if not found:
        return None
    zone = found[3] if found[3] and found[3][0] in "+-" else "+00:00"
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_metadata(path: Path) -> dict[str, dict[str, Any]]:
    """Return who handed in what, and when. Results of earlier runs in the file are skipped."""
    lines: list[str] = []
    wanted = False
    with io.BufferedReader(open_regular(path, METADATA)) as file:
        for raw in file:
            line = raw.decode("utf-8", "replace")
            if line[:1].strip():
                lines.append(line)
                wanted = False
            elif re.match(r"  \S", line):
                wanted = line.startswith(("  :submitters:", "  :created_at:")) or (
                    wanted and line.startswith("  - ")
                )
            if wanted:
                lines.append(line)
    try:
        about = yaml.load("".join(lines), EXPORT_LOADER)  # noqa: S506 - builds texts, lists and mappings only
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not the file that Gradescope exports") from error
    if not isinstance(about, dict):
        raise InputError(f"{path} is not the file that Gradescope exports")
    return {name: known for name, known in about.items() if isinstance(known, dict)}

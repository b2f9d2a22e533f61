"""What learning platforms write into the names of the files they export: whose it is, and since when.

One grammar a platform, tried in order. Canvas's is that of `lib/content_zipper.rb` of
instructure/canvas-lms: NAME_LATE_USER_UPLOAD_FILE, with hidden names LATE_anon_CODE_UPLOAD_FILE.
Moodle's is Ada Lovelace_123456_assignsubmission_file_FILE (older: a folder, with or without a last _),
Blackboard's TITLE_USER_attempt_2026-12-10-12-00-00_FILE with a receipt .txt beside it, Brightspace's
USER-FOLDER - NAME - Dec 10, 2026 1200 PM - FILE, a file or a folder.
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.errors import InputError
from autograder.submission.archive import open_regular
from autograder.submission.entry import Entry

ANY_CASE = re.IGNORECASE | re.DOTALL  # a name may hold a line end
GRAMMARS: Mapping[str, re.Pattern[str]] = {
    "moodle": re.compile(
        r"(?P<name>[^_]+)(?:_(?P<id>\d+))?_assignsubmission_[a-z]+(?:_(?P<file>.*))?", ANY_CASE
    ),
    "blackboard": re.compile(
        r"(?P<title>.+?)_(?P<name>[^_]+)_attempt_(?P<at>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)", ANY_CASE
    ),
    "brightspace": re.compile(
        r"(?P<id>\d+)-\d+ - (?P<name>.+?) - (?P<at>[^-]*\b\d{4}\b[^-]*?)(?: - (?P<file>.+))?", ANY_CASE
    ),
    "canvas": re.compile(
        r"(?:(?!late_|anon_)(?P<name>.+?)_)?(?P<late>late_)?(?P<id>\d+|anon_[a-z0-9]{4,8})_"
        r"(?:(?P<upload>\d+)_(?P<file>.+)|(?:text|link)\.html)",
        ANY_CASE,
    ),
}
FILES_ONLY = frozenset({"blackboard", "canvas"})  # platforms that make no folders
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DATE = re.compile(r"(?:([a-z]{3})[a-z]* (\d{1,2})|(\d{1,2}) ([a-z]{3})[a-z]*),? (\d{4})", re.IGNORECASE)
TIME = re.compile(r"(\d{1,2})[:_.]?(\d\d)\s*([ap])?\.?m?\.?\s*$", re.IGNORECASE)
RECEIPT_FILE = re.compile(r"\s*name: (.{1,200}?) \(([^()]{1,100})\)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    """What a platform's name for a file or folder says.

    `file` is the name that the student gave it, "" for a folder; `at` is the time of the attempt as
    the platform's clock showed it, without a zone.
    """

    platform: str
    name: str
    id: str = ""
    file: str = ""
    late: bool = False
    at: datetime | None = None
    receipt: bool = False
    upload: str = ""

    @property
    def row(self) -> str:
        """What the submission is called in the gradebook."""
        return "_".join(dict.fromkeys(filter(None, (self.name, self.id))))

    @property
    def key(self) -> str:
        """What all that belongs to one submission has in common."""
        return f"{self.platform} {self.id if self.platform == 'canvas' else self.row}"


def seen_in(name: str, *, is_folder: bool = False) -> Seen | None:
    """Return what a name says if a platform made it, else None."""
    for platform, grammar in GRAMMARS.items():
        if (is_folder and platform in FILES_ONLY) or not (found := grammar.fullmatch(name)):
            continue
        said = found.groupdict()
        at = attempt_time(said.get("at") or "")
        if platform == "brightspace" and at is None:
            continue
        number = said.get("id") or ""
        return Seen(
            platform, said["name"] or number, number, said["file"] or ("" if is_folder else name),
            bool(said.get("late")), at, platform == "blackboard" and not said["file"],
            said.get("upload") or "",
        )  # fmt: skip
    return None


def returned_name(entry: Entry) -> str:
    """Return what feedback is called so that the platform takes it in bulk, "" if it does not."""
    for part in entry.parts:
        seen = seen_in(unicodedata.normalize("NFC", part.path.name), is_folder=part.path.is_dir())
        if seen and seen.platform == "canvas" and seen.id.isdigit() and seen.upload:
            return "_".join([re.sub(r"\d+_|_\d+", "", seen.name), seen.id, seen.upload, "feedback"])
        if seen and seen.platform == "moodle" and seen.id:
            return f"{seen.name}_{seen.id}_assignfeedback_file_feedback"
    return ""


def attempt_time(text: str) -> datetime | None:
    """Return the time in a name: 2026-12-10-12-00-00, Dec 10, 2026 1200 PM, 10 December, 2026 12:00."""
    with contextlib.suppress(ValueError):
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    date = DATE.search(text)
    if not date or (month := (date[1] or date[4]).casefold()) not in MONTH_NAMES:
        return None
    time = TIME.search(text, date.end())
    hour, minute = (int(time[1]), int(time[2])) if time else (23, 59)
    if time and time[3]:
        hour = hour % 12 + 12 * (time[3].lower() == "p")
    with contextlib.suppress(ValueError):
        return datetime(int(date[5]), MONTH_NAMES.index(month) + 1, int(date[2] or date[3]), hour, minute)
    return None


def names_on_receipts(paths: Iterable[Path]) -> dict[str, tuple[str, str]]:
    """Return what Blackboard's receipts say: the name and the user of each by the head of its files."""
    known: dict[str, tuple[str, str]] = {}
    for path in paths:
        head = path.name.partition("_attempt_")[0]
        with contextlib.suppress(InputError), open_regular(path, path.name) as file:
            first = file.read(1_000).decode("utf-8-sig", "replace").split("\n")[0]
            said = RECEIPT_FILE.fullmatch(first)
            if said and head.casefold().endswith("_" + said[2].casefold()):
                known[head] = said[1], said[2]
    return known

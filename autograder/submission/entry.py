"""One submission of a class before it is read: what it is called, who handed it in, where its files are."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """A file or folder that belongs to a submission, and the name that the student gave it.

    `at` is the time of the attempt it came with, without a zone, where the platform tells it.
    """

    path: Path
    name: str
    at: datetime | None = None


@dataclass(frozen=True)
class Member:
    """One of those who handed in together: what the export says of them."""

    name: str
    id: str = ""
    email: str = ""
    login: str = ""


@dataclass(frozen=True)
class Entry:
    """One submission, not read yet: its row's name, who handed it in, and where it is.

    `platform` made the names, "" if a person did; `earlier` are the attempts before the one that
    counts, `outdated` their files; a time without a zone is as the platform's clock showed it.
    """

    name: str
    members: tuple[Member, ...]
    parts: tuple[Part, ...]
    late: bool = False
    submitted_at: datetime | None = None
    platform: str = ""
    earlier: tuple[datetime, ...] = ()
    outdated: tuple[str, ...] = ()

    @property
    def student(self) -> str:
        """The name of the student, or of all in a group."""
        return " and ".join(member.name for member in self.members)

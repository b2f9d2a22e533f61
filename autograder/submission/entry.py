"""One submission of a class before it is read: what it is called, who handed it in, where its files are."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """A file or folder that belongs to a submission, and the name that the student gave it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Member:
    """One of those who handed in together: what the export says of them."""

    name: str
    id: str = ""
    email: str = ""


@dataclass(frozen=True)
class Entry:
    """One submission, not read yet: its row's name, who handed it in, and where it is."""

    name: str
    members: tuple[Member, ...]
    parts: tuple[Part, ...]
    late: bool = False
    submitted_at: datetime | None = None

    @property
    def student(self) -> str:
        """The name of the student, or of all in a group."""
        return " and ".join(member.name for member in self.members)

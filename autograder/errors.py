"""What can go wrong that is not a student's mistake, the stub's way to say so, and "did you mean"."""

import difflib
from collections.abc import Iterable

STUB = "write your code here"  # a stub raises NotImplementedError("NAME: write your code here")


class KitError(Exception):
    """Our fault or the course's: the message names the file, the key and what to do."""


class SubmissionFailed(KitError):
    """The kit cannot grade one submission; it can grade others."""


class ReferenceFailed(Exception):
    """A program of the course ended or took too long, however patiently it was asked: it may go better."""


class InputError(Exception):
    """Something is wrong with what the kit was given to read: one line, with what to do."""


def is_unwritten(type_name: str, message: str) -> bool:
    """Whether an exception says that a function is still the stub that was handed out."""
    return type_name == "NotImplementedError" and STUB in message


def one_line(error: BaseException) -> str:
    """Return what an exception is and says."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def not_utf8(path: object, wrong: UnicodeDecodeError) -> str:
    """Say where a text of the course was saved in another encoding."""
    line = wrong.object.count(b"\n", 0, wrong.start) + 1
    return f"{path}, line {line}: a character there is not in UTF-8: let your editor save the file as UTF-8"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return "; did you mean NAME?" with the name that `name` resembles most, or nothing."""
    folded = {known.casefold(): known for known in names}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[close[0]]}?" if close else ""

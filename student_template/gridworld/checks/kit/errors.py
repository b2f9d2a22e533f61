"""What can go wrong that is not a student's mistake, and the hint that names what was meant."""

import difflib
from collections.abc import Iterable


class KitError(Exception):
    """Our fault or the course's: the message names the file, the key and what to do."""


class InputError(Exception):
    """Something is wrong with what the kit was given to read: one line, with what to do."""


def nearest(name: str, names: Iterable[str]) -> str:
    """Return "; did you mean NAME?" with the name that `name` resembles most, or nothing."""
    folded = {known.casefold(): known for known in names}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[close[0]]}?" if close else ""

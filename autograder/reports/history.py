"""How a submission's score came about, as text for a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from autograder.gradebook.records import Override
from autograder.reports.terminal import clean, number


def to_history(graded: Sequence[tuple[float, float, float]], overrides: Sequence[Override]) -> str:
    """Return every grading and every score set by hand, oldest first.

    Args:
        graded: when, with which score, of how many points, as grading gave it.
        overrides: scores set by hand.
    """
    events = [(made, f"graded: {number(score)} of {number(most)}") for made, score, most in graded]
    for one in overrides:
        what = "hand-set score taken back" if one.score is None else f"set to {number(one.score)}"
        events.append((one.made, f"{what} by {clean(one.author)}: {clean(one.reason)}"))
    if len(events) < 2:
        return ""
    times = [f"{datetime.fromtimestamp(when, UTC):%Y-%m-%d %H:%M} UTC" for when, _ in sorted(events)]
    lines = [f"  {time}  {what}" for time, (_, what) in zip(times, sorted(events), strict=True)]
    return "\n".join(["", "history", *lines]) + "\n"

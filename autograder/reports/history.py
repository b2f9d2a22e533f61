"""How a submission's score came about, as text for a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from autograder.gradebook.records import ByHand, Comment
from autograder.reports.terminal import number, printable


def to_history(graded: Sequence[tuple[float, float, float]], by_hand: ByHand) -> str:
    """Return every grading, (when, score, of how many points), and every decision of staff, oldest first."""
    events = [(made, f"graded: {number(score)} of {number(most)}") for made, score, most in graded]
    events += [(one.made, commented(one)) for one in by_hand.comments]
    for one in by_hand.overrides:
        what = "hand-set score taken back" if one.score is None else f"set to {number(one.score)}"
        events.append((one.made, f"{what} by {printable(one.author)}: {printable(one.reason)}"))
    if len(events) < 2:
        return ""
    times = [f"{datetime.fromtimestamp(when, UTC):%Y-%m-%d %H:%M} UTC" for when, _ in sorted(events)]
    lines = [f"  {time}  {what}" for time, (_, what) in zip(times, sorted(events), strict=True)]
    return "\n".join(["", "history", *lines]) + "\n"


def commented(one: Comment) -> str:
    """Return what staff gave on a question, in words."""
    parts = [f"{one.points:g} points"] if one.points is not None else []
    parts += [f"{one.more:+g} points"] if one.more is not None else []
    given, text = ", ".join(parts) or "comment", " ".join(printable(one.text).split())
    return f"{one.question or 'the whole'}: {given} by {printable(one.author)}: {text}".rstrip(": ")

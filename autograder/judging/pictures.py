"""A refused figure beside the reference's, for the first check of a question that refused one."""

import contextlib
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from autograder.data.values import Figure
from autograder.errors import ReferenceFailed
from autograder.judging.answers import Answers
from autograder.judging.judged import Judged
from autograder.results import CheckResult, Outcome


def with_pictures(
    results: Sequence[CheckResult], judged: Sequence[Judged], reference: Answers
) -> list[CheckResult]:
    """Return the results; the first that failed over a figure holds it, and what the reference drew.

    One pair a question: a figure is fixed once, and pictures are large.
    """
    told = list(results)
    for at, (result, one) in enumerate(zip(results, judged, strict=True)):
        drawn = picture_in(one.last) if result.outcome is Outcome.FAILED else b""
        if drawn:
            told[at] = replace(result, picture=drawn, reference_picture=redrawn(one, reference))
            break
    return told


def redrawn(judged: Judged, reference: Answers) -> bytes:
    """Return the picture that the reference draws when it is asked the same, empty if it does not."""
    conversation, last = reference.conversation(), None
    with contextlib.suppress(ReferenceFailed, TypeError):  # one that cannot be asked alone, with functions
        for exchange in judged.exchanges:
            last = conversation.outcome(exchange.call)
    return picture_in(last)


def picture_in(answer: Any) -> bytes:
    """Return the picture in an answer, empty where it is none."""
    value = getattr(answer, "value", None)
    return value.png if isinstance(value, Figure) else b""

"""Where in its file a check failed: what tells apart wrong answers that are wrong in different ways."""

import functools
import zlib
from collections.abc import Callable
from types import CodeType

from autograder.checks.compare import CheckFailed
from autograder.judging.bank import Check


@functools.lru_cache(maxsize=1000)
def first_instructions(code: CodeType) -> list[int]:
    """Return for each instruction of a check's code which is the first of its expression."""
    first: dict[object, int] = {}
    return [first.setdefault(place, at) for at, place in enumerate(code.co_positions())]


def places_in_check(check: Check, error: BaseException, known: Callable[[str], str]) -> tuple[int, ...]:
    """Return the places in a check's file that an exception came through, and its author's words in figures.

    They are places in the compiled code: as a report, they stay where only layout or comments change. A
    place is its expression's first instruction: in which of them a call ends depends on how warm it is.
    """
    file, places, trace = check.function.__code__.co_filename, [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == file:
            places.append(first_instructions(code)[trace.tb_lasti // 2])
        trace = trace.tb_next
    if isinstance(error, CheckFailed):  # one line may tell of several
        places.append(zlib.crc32(known(error.reason).encode()))
    return tuple(places)

"""Say how far a student is: one verdict for each check, one line for each question."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, TracebackType

from autograder.checks.compare import CheckFailed
from autograder.checks.describe import TOO_SLOW
from autograder.checks.spelling import spell_call, spell_last
from autograder.errors import is_unwritten
from autograder.publish.student_files.classics import meaning
from autograder.publish.student_files.limit import CallLog
from autograder.publish.student_files.work import OwnWork, headline, own_frames
from autograder.sandbox.calls import Call, NotDefined, perform
from autograder.sandbox.stopwatch import TooSlow

PASSED, FAILED, UNWRITTEN_YET, NOT_RUN = "passed", "failed", "not written", "not run"
COMPLAINTS_SHOWN = 3
NOT_AS_HANDED_OUT = "are the names, the order and the defaults of the arguments as they were handed out?"
LINES_SHOWN = 6
LINE_WIDTH = 100
WHERE_OF_A_WARNING = re.compile(
    r"^.*[/\\](?=[^/\\]+\.py:\d+: \w+Warning: )", re.MULTILINE
)  # folders say nothing


@dataclass(frozen=True)
class VisibleVerdict:
    """How a check ended, and what to tell."""

    status: str
    text: str = ""


def visible_verdict(
    error: BaseException, question: str, work: OwnWork, calls: Sequence[Call]
) -> VisibleVerdict:
    """Say what an exception out of a check means; the last call is shown."""
    if isinstance(error, NotImplementedError) and is_unwritten("NotImplementedError", str(error)):
        other = str(error).partition(":")[0]
        if other == question:
            status = FAILED if question in work.remarks else UNWRITTEN_YET
            return VisibleVerdict(status, work.remarks.get(question, "not written yet"))
        return VisibleVerdict(FAILED, f"this needs {other}, which is not written yet")
    if isinstance(error, NotDefined):
        return judge_missing(str(error), work)
    if isinstance(error, TooSlow):
        if question in work.endless:
            return VisibleVerdict(NOT_RUN, "another check of this question ran out of time")
        work.endless.add(question)
    asked = spell_last([call for call in calls if call.action != "read"] or calls)
    return VisibleVerdict(FAILED, "\n".join(filter(None, [asked, *tell(error, work)])))


def passed_verdict(log: CallLog, work: OwnWork) -> VisibleVerdict:
    """Return the verdict on a check that passes; it tells which call the grader would not wait for."""
    took, call = log.longest()
    told = work.limits.too_long(spell_call(call), took, work.limits.call_s) if call else ""
    return VisibleVerdict(PASSED, told)


def too_slow(verdicts: Iterable[VisibleVerdict]) -> list[str]:
    """Return what checks that pass tell of their time."""
    return [one.text for one in verdicts if one.status == PASSED and one.text]


def judge_missing(name: str, work: OwnWork) -> VisibleVerdict:
    """Say that a function is not in the file, and whether it is because its statement stopped."""
    if name in work.lost or not work.namespace:
        return VisibleVerdict(NOT_RUN, "cannot be checked: see above")
    if name in work.remarks:
        return VisibleVerdict(NOT_RUN, work.remarks[name])
    near = difflib.get_close_matches(name, [key for key in work.namespace if key[0] != "_"], 1)
    hint = f" (nearest: `{near[0]}`{foreign_letter(near[0], name)})" if near else ""
    return VisibleVerdict(NOT_RUN, f"{work.name} has no function `{name}`{hint}")


def foreign_letter(found: str, asked: str) -> str:
    """Say which letter of a name only looks like one that is asked for: a Cyrillic c, a full-width a."""
    strange = next((one for one in found if not one.isascii() and one not in asked), "")
    return f": its {strange!r} only looks right, type the name again" if strange else ""


def tell(error: BaseException, work: OwnWork) -> list[str]:
    """Return what went wrong, in lines; of tracebacks only what is the student's."""
    if isinstance(error, CheckFailed):
        return [error.told, *error.details.splitlines()]
    own = own_frames(error.__traceback__, work)
    if isinstance(error, TooSlow):
        stops = f"the grader stops it after {work.limits.call_s:g} s"
        return [f"your code ran for {error.seconds:.0f} s ({stops}): {TOO_SLOW}", *own[-1:]]
    if isinstance(error, SystemExit):
        return ["your code ends the program: return instead of calling exit()", *own]
    if own:
        means = meaning(headline(error))
        return [f"raised {headline(error)}", *own, *([means] if means else [])]
    if isinstance(error, AssertionError):
        return ["the result is not what this check asks for", *str(error).strip().splitlines()[:5]]
    if not passes_through(error.__traceback__, perform.__code__):
        return [f"the check itself broke, please tell your instructor: {headline(error)}"]
    if isinstance(error, TypeError):
        return [headline(error), meaning(headline(error)) or NOT_AS_HANDED_OUT]
    return list(filter(None, (headline(error), meaning(headline(error)))))


def passes_through(trace: TracebackType | None, function: CodeType) -> bool:
    """Whether a traceback has a frame of a function."""
    while trace is not None:
        if trace.tb_frame.f_code is function:
            return True
        trace = trace.tb_next
    return False


def cut_output(text: str) -> str:
    """Return what the student's code printed, long lines and long outputs cut."""
    lines = WHERE_OF_A_WARNING.sub("", text).splitlines()
    kept = [line if len(line) <= LINE_WIDTH else line[:LINE_WIDTH] + " ..." for line in lines[:LINES_SHOWN]]
    more = len(lines) - len(kept)
    return "\n".join([*kept, f"... {more} more lines: pytest -s shows them all"] if more > 0 else kept)


def progress_line(verdicts: Sequence[VisibleVerdict]) -> str:
    """Return how far a question is, in words."""
    statuses = [verdict.status for verdict in verdicts]
    passed, total = statuses.count(PASSED), len(statuses)
    if passed == total:
        return {1: "the only check passes", 2: "both checks pass"}.get(total, f"all {total} checks pass")
    if statuses.count(UNWRITTEN_YET) == total or statuses.count(NOT_RUN) == total:
        return verdicts[0].text
    return f"{passed} of {total} checks pass"


def summary(verdicts: Mapping[str, Sequence[VisibleVerdict]], work: OwnWork) -> list[tuple[str, bool | None]]:
    """Return the closing lines: of each question how far it is, then what to do next.

    A line comes with True for all well, False for something to fix, None for neither.
    """
    complaints = "\n".join(work.complaints[:COMPLAINTS_SHOWN])
    lines: list[tuple[str, bool | None]] = [(line, False) for line in complaints.splitlines()]
    lines += [("", None)] if lines else []
    width = max(map(len, verdicts), default=0)
    first = ""  # what is to be done next
    for question, found in verdicts.items():
        waiting = all(verdict.status == UNWRITTEN_YET for verdict in found)
        if not first and any(verdict.status != PASSED for verdict in found):
            first = f"write {question}" if waiting else question
        good = None if waiting else all(verdict.status == PASSED for verdict in found)
        lines.append((f"{question:{width}}   {progress_line(found)}", good))
        lines += [("  " + slow.replace("\n", "\n  "), False) for slow in too_slow(found)]
    lines.append(("", None))
    if first and not work.complaints:
        lines.append((f"Next: {first}. Then run pytest again.", None))
    elif not first and not work.complaints:
        lines.append(("Next: python study.py --check looks at the rest before you hand in.", None))
    lines.append(("These are the visible checks; the hidden ones decide the grade.", None))
    return [*lines, *([(work.note, None)] if work.note else [])]

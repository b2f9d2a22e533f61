"""Examples that students work out before they write code: which are right, which known mistakes they catch.

What they wrote is read in one worker and comes out as data. The reference, the alternatives and the known
mistakes answer it in workers of their own. Only right or wrong and a count leave the grader.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.checks.compare import CheckFailed, expect_close
from autograder.checks.equality import expect_equal
from autograder.errors import ReferenceFailed
from autograder.grading import examples_reader
from autograder.judging.bank import Bank, Check, Variant
from autograder.judging.copied_calls import defaults_of, is_copy
from autograder.judging.judge import Judge
from autograder.judging.programs import reference_program, variant_program
from autograder.judging.session import Session
from autograder.results import Examples
from autograder.sandbox import protocol
from autograder.sandbox.calls import Answer, Call, StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProtocolError
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.student import Student
from autograder.sandbox.wall import Wall

EXAMPLES_FILE = "examples.py"
MOST_EXAMPLES = 8  # examples of a question that are looked at: each tells whether one answer is right
MOST_BYTES = 20_000  # of an example
CALL_TIMES = 4  # the limit of a call: in that time the course's programs have to answer all of a submission's
NO_TIME_S = 0.01  # less than this is none
RTOL, ATOL = 2e-3, 1e-3  # worked out by hand: three digits are enough
READER = Path(examples_reader.__file__).read_text("utf-8")
FORM = f'{EXAMPLES_FILE}: write examples = {{"function": [((argument, argument), value), ...]}}'
SLOW = "{}: to answer your examples took more than {:g} s; not looked at: {}. Try smaller ones"
Asked = tuple[Call, Any]
Answering = Callable[[Call], Answer | None]


class TookTooLong(Exception):
    """The time in which examples have to be answered is over."""


class Examiner:
    """Judges the examples of submissions of one assignment."""

    def __init__(self, wall: Wall, bank: Bank, judge: Judge) -> None:
        self._wall, self._bank, self._judge = wall, bank, judge
        self._catchable: dict[str, frozenset[str]] = {}
        self._handed_out: dict[str, list[Call]] = {}
        self._lock = threading.Lock()

    def judge(self, text: str, questions: Sequence[str], own: Session) -> tuple[list[Examples], list[str]]:
        """Return what came of the examples in an examples.py, and notes on what could not be looked at."""
        given = self.read(text, questions, own)
        if given is None:
            return [], [FORM]
        names, found = [name for name in questions if name in given], list[Examples]()
        allowed_s = CALL_TIMES * self._wall.bounds.call_s
        programs = Programs(self._wall, allowed_s)
        try:
            for name in names:
                found.append(self.question(name, given[name], programs))
        except TookTooLong:
            return found, [SLOW.format(EXAMPLES_FILE, allowed_s, ", ".join(names[len(found) :]))]
        return found, []

    def read(self, text: str, questions: Sequence[str], own: Session) -> dict[str, list[Any]] | None:
        """Return each question's examples as data, None if there are none; its time is the submission's."""
        modules = {**self._bank.provided, "examples_reader": READER}
        program = Program(protocol.ProgramText(EXAMPLES_FILE, [text]), modules)
        session = Session(self._wall, program, seconds=own.seconds, held=own.held)
        try:
            found = Student(session.send).make(
                "examples_reader.read_examples", list(questions), MOST_EXAMPLES
            )
        except (StudentRaised, CallTimeout, WorkerDied):
            return None
        finally:
            session.close()
            own.seconds = session.seconds
        if not isinstance(found, dict):
            return None
        return {
            name: given[:MOST_EXAMPLES] for name, given in found.items() if isinstance(given, list) and given
        }

    def question(self, name: str, given: Sequence[Any], programs: "Programs") -> Examples:
        """Return what came of the examples of one question."""
        asked = consistent([as_call(name, one) for one in given])
        right = self.right(name, asked, programs)
        wrong = [place for place, one in enumerate(asked, 1) if one is None or place not in right]
        catchable = self.catchable(name)
        right_ones = [(place, one) for place, one in enumerate(asked, 1) if one and place in right]
        defaults = defaults_of(self._bank.parts.values(), name)
        copied = [
            place for place, (call, _) in right_ones
            if any(is_copy(call, one, defaults) for one in self._handed_out[name])
        ]  # fmt: skip
        good = [one for place, one in right_ones if place not in copied]
        mistakes = [one for one in self._bank.misconceptions if one.name in catchable]
        caught = self.caught(mistakes, good, programs)
        tags = {tag: False for one in mistakes for tag in one.tags}
        tags |= {tag: True for one in mistakes if one.name in caught for tag in one.tags}
        untried = [tag for tag, is_tried in tags.items() if not is_tried]
        return Examples(
            question=name, given=len(given), wrong=wrong, copied=copied, caught=len(caught),
            known=len(mistakes), untried=untried,
        )  # fmt: skip

    def right(self, name: str, asked: Sequence[Asked | None], programs: "Programs") -> set[int]:
        """Return the places of the examples with which the reference or an alternative agrees."""
        places = [(place, one) for place, one in enumerate(asked, 1) if one is not None]
        with programs.answering(reference_program(self._bank)) as answer:
            found = {place for place, (call, value) in places if agrees(answer(call), value)}
        others = [one for one in self._bank.alternatives if one.question == name]
        left = [(place, one) for place, one in places if place not in found]
        if others and left:
            program = variant_program(self._bank, self._bank.alternatives_source, others[0])
            with programs.answering(program) as answer:
                found |= {
                    place for place, (call, value) in left
                    if any(agrees(answer(of_variant(call, one)), value) for one in others)
                }  # fmt: skip
        return found

    def caught(self, mistakes: Sequence[Variant], asked: Sequence[Asked], programs: "Programs") -> set[str]:
        """Return the known mistakes that answer one of some examples otherwise."""
        if not mistakes or not asked:
            return set()
        program = variant_program(self._bank, self._bank.mistakes_source, mistakes[0])
        with programs.answering(program) as answer:
            return {
                one.name for one in mistakes
                if any(not agrees(answer(of_variant(call, one)), value) for call, value in asked)
            }  # fmt: skip

    def catchable(self, name: str) -> frozenset[str]:
        """Return the known mistakes that show in the values of plain calls, as those of the checks are."""
        with self._lock:
            if name not in self._catchable:
                asked, handed_out = list[Asked](), self._handed_out.setdefault(name, [])
                try:
                    for check in self._bank.of(name):
                        pairs = self.plain_calls(check, name)
                        asked += pairs
                        handed_out += [call for call, _ in pairs if check.visible]
                except ReferenceFailed:  # it may go better the next time
                    return frozenset()
                mistakes = [one for one in self._bank.misconceptions if one.question == name]
                programs = Programs(self._wall, self._wall.bounds.submission_s)
                self._catchable[name] = frozenset(self.caught(mistakes, asked, programs))
            return self._catchable[name]

    def plain_calls(self, check: Check, name: str) -> list[Asked]:
        """Return the calls of a check of the kind that an example can make, with the reference's values."""
        script = self._judge.script_or_raise(check)
        pairs = zip(script.calls, script.answers, strict=False) if script else ()
        return [(call, answer.value) for call, answer in pairs if is_example_call(call, name)]


class Programs:
    """Programs of the course's own that answer examples, all of them within some time."""

    def __init__(self, wall: Wall, allowed_s: float) -> None:
        self._wall, self._left_s = wall, allowed_s

    @contextlib.contextmanager
    def answering(self, program: Program) -> Iterator[Answering]:
        """Give what answers a call: None if the program raises or does not end, `TookTooLong` at the end."""
        limit_s = self._wall.bounds.submission_s
        session = Session(self._wall, program, seconds=limit_s - self._left_s)

        def answer(call: Call) -> Answer | None:
            try:
                return session.send(call)
            except (StudentRaised, CallTimeout, WorkerDied):
                if limit_s - session.seconds < NO_TIME_S:
                    raise TookTooLong from None
                return None

        try:
            yield answer
        finally:
            session.close()
            self._left_s = limit_s - session.seconds


def as_call(name: str, example: Any) -> Asked | None:
    """Return an example as a call and its value, None if it has no such form or is too large."""
    if not isinstance(example, list) or len(example) != 2 or not isinstance(example[0], list):
        return None
    call = Call("call", name, tuple(example[0]))
    try:
        return (call, example[1]) if len(encode_call(call)) <= MOST_BYTES else None
    except (ProtocolError, TypeError, ValueError):
        return None


def consistent(asked: Sequence[Asked | None]) -> list[Asked | None]:
    """Return examples without those that expect several values of one call: nobody asks by trying."""
    values: dict[bytes, set[str]] = {}
    for one in filter(None, asked):
        values.setdefault(encode_call(one[0]), set()).add(repr(one[1]))
    return [one if one and len(values[encode_call(one[0])]) == 1 else None for one in asked]


def of_variant(call: Call, variant: Variant) -> Call:
    """Return the same call of a known mistake or an alternative."""
    return Call("make", f"variants.{variant.name}", call.args, call.kwargs)


def is_example_call(call: Call, name: str) -> bool:
    """Whether a call is of the kind that an example can make."""
    return call.action == "call" and call.name == name and not (call.wrt or call.functions or call.handle)


def agrees(answer: Answer | None, value: Any) -> bool:
    """Whether an answer is the value that is expected, and no input was changed."""
    if answer is None or answer.changed:
        return False
    try:
        expect_close(value, answer.value, rtol=RTOL, atol=ATOL)
    except CheckFailed:
        return False
    except (TypeError, ValueError, OverflowError):
        return is_equal(value, answer.value)
    return True


def is_equal(value: Any, answer: Any) -> bool:
    """Whether two pieces of data that are no numbers are the same."""
    try:
        expect_equal(value, answer)
    except (CheckFailed, TypeError, ValueError, OverflowError):
        return False
    return True

"""Run one check on one submission and say how it ended.

The calls that a check makes of a right answer are known beforehand, so they are sent all at once
(`Script`) and the check is run on the replies. It is a function of nothing else: what the same replies
gave before, they give again.
"""

import hashlib
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from sys import getsizeof

import numpy as np
from msgspec.msgpack import decode, encode

from autograder.checks.compare import CheckFailed
from autograder.errors import KitError, ReferenceFailed
from autograder.judging.answer_cache import AnswerCache, hash_of_texts, kept_under, program_hash
from autograder.judging.answers import Answers
from autograder.judging.bank import Check
from autograder.judging.cache import Kept
from autograder.judging.judged import Diverged, Judged, Replay
from autograder.judging.passed_before import PassedBefore
from autograder.judging.places import places_in_check
from autograder.judging.session import Ended, Exchange, Reply, Script, Session
from autograder.judging.verdict import JUST_WRONG, Tellable, Verdict, judge
from autograder.results import Cause, Outcome
from autograder.sandbox.calls import Answer, Call, StudentRaised
from autograder.sandbox.codec import encode_call, room_for
from autograder.sandbox.remote import LIVE_BYTES, CallTimeout, WorkerDied
from autograder.sandbox.student import Student

VERDICTS_KEPT = 20_000  # verdicts remembered: far more than the different answers of a class
KEPT_ROOM = 32 << 20  # bytes of all verdicts that are remembered
ENTRY_BYTES = 500  # of a verdict beside its words
BROKEN_CHECK = "This check is broken; it costs you nothing."


class Judge:
    """Runs checks; keeps each check's script and the verdicts on replies seen before."""

    def __init__(
        self, seed: int, reference: Answers, *, hidden_too: bool, known: Callable[[str], str] = lambda _: "",
        checks_source: str = "", right: Sequence[str] = (), lasting: bool = False,
    ) -> None:  # fmt: skip
        self._seed, self._reference, self.hidden_too, self._known = seed, reference, hidden_too, known
        self._checks_source, self._right, self.lasting = checks_source, right, lasting
        self.reference = reference.program
        self._scripts: dict[str, Script | None] = {}
        self._scripting = threading.Lock()
        self._judged: Kept[tuple[Verdict, int]] = Kept(VERDICTS_KEPT, KEPT_ROOM)  # and how many calls

    @cached_property
    def identity(self) -> bytes:
        """What tells apart all that verdicts follow from, besides what a program replies."""
        return f"{program_hash(self.reference)} {self._seed} {self._checks_source}".encode()

    @cached_property
    def _kept(self) -> AnswerCache:
        """The verdicts of earlier runs."""
        name = hash_of_texts([self.identity]).hex()
        return kept_under(f"{name}.verdicts") if self.lasting else AnswerCache(None)

    @cached_property
    def passed(self) -> PassedBefore:
        """The checks that functions passed in other submissions."""
        return PassedBefore(self.reference, self._right, self._kept)

    def save(self) -> None:
        """Write down the verdicts for the next run."""
        self._kept.save()

    def judge_all(
        self, checks: Sequence[Check], session: Session, passed: Collection[str] = ()
    ) -> Iterator[Judged]:
        """Run checks, in order, on a submission, and yield how each ended; others have `passed` already.

        Their calls go over all at once, those of several that ask the very same once; each check is judged
        as soon as its replies are there.
        """
        if not all(check.visible for check in checks):
            session.seal()
        scripts = {check.key: self.script(check) for check in checks if self.runs(check)}
        known = {name: script for name, script in scripts.items() if script is not None and not script.live}
        before = self.passed.judged(checks, scripts, session)
        firsts: dict[tuple[str, tuple[bytes, ...]], str] = {}
        first = {
            check.key: firsts.setdefault((check.question, known[check.key].frames), check.key)
            for check in checks
            if check.key in known and check.key not in before
        }
        played = session.play([known[key] for key in firsts.values()], [question for question, _ in firsts])
        coming = zip(firsts.values(), played, strict=True)
        replies: dict[str, Sequence[Reply]] = {}

        def one(check: Check) -> Judged:
            if check.key in before:
                return before[check.key]
            script, judged = known.get(check.key), None
            if script is not None:
                while first[check.key] not in replies:
                    replies.update([next(coming)])
                judged = self.judge_replies(check, script, replies[first[check.key]], session)
            if judged is None:
                replies.update(coming)  # one conversation at a time
                session.begin_question(check.question)
                there = replies.get(first.get(check.key, ""), ())
                judged = replace(self.judge_live(check, session), replies=there)
            return self.passed.noted(judged, scripts.get(check.key), session)

        yield from self.in_order(checks, one, passed)
        replies.update(coming)

    def judge_live_all(self, checks: Sequence[Check], session: Session) -> Iterator[Judged]:
        """Run a question's checks, in order, call by call."""
        session.begin_question()
        scripts = {check.key: self.script(check) for check in checks}
        before = self.passed.judged(checks, scripts, session)

        def one(check: Check) -> Judged:
            again = before.get(check.key)
            return again or self.passed.noted(self.judge_live(check, session), scripts[check.key], session)

        yield from self.in_order(checks, one)

    def in_order(
        self, checks: Sequence[Check], one: Callable[[Check], Judged], passed: Collection[str] = ()
    ) -> Iterator[Judged]:
        """Judge checks one after another, leaving out those whose prerequisite did not pass."""
        known = set(passed)
        for check in checks:
            skipped = self.skip(check, known)
            judged = one(check) if skipped is None else Judged(check, skipped)
            if judged.verdict.outcome in (Outcome.PASSED, Outcome.BROKEN):  # what is ours stops nobody
                known.add(check.name)
            yield judged

    def runs(self, check: Check) -> bool:
        """Whether a check may run on this machine."""
        return check.visible or self.hidden_too

    def skip(self, check: Check, passed: set[str]) -> Verdict | None:
        """Return why a check does not run, None if it does."""
        if not self.runs(check):
            return Verdict(Outcome.NOT_RUN, "Hidden checks do not run on this machine.")
        missing = [name for name in check.requires if name not in passed]
        return Verdict(Outcome.SKIPPED, f"Runs once {' and '.join(missing)} passes.") if missing else None

    def judge_replies(
        self, check: Check, script: Script, replies: Sequence[Reply], session: Session
    ) -> Judged | None:
        """Run a check on replies, unless the very same were judged before; None if it asks for others."""
        told = hashlib.blake2b(check.key.encode(), digest_size=16)
        for reply in replies:
            told.update(reply.frame or type(reply.ended).__name__.encode())
        said = told.digest()
        key = said + bytes([session.sealed])
        found = self._found(key)
        if found is None:
            replay = Replay(script, replies)
            try:
                verdict = self.verdict(check, Student(replay.send), replay.exchanges, session)
            except Diverged:
                return None
            found = verdict, len(replay.exchanges)
            if verdict.outcome in (Outcome.PASSED, Outcome.FAILED):
                words = getsizeof(verdict.feedback) + getsizeof(verdict.staff_note)
                self._judged.put(key, found, ENTRY_BYTES + words)
                self._kept.keep([key], encode(found))
        verdict, count = found
        plain = verdict.outcome in (Outcome.PASSED, Outcome.FAILED)  # any other depends on more
        digest = said if plain else b""
        return Judged(check, verdict, sent=script.calls[:count], digest=digest, replies=replies, said=said)

    def _found(self, key: bytes) -> tuple[Verdict, int] | None:
        """Return a verdict of this run or an earlier one and how many calls it took."""
        kept = None if key in self._judged else self._kept.find([key])
        return decode(kept, type=tuple[Verdict, int]) if kept else self._judged.get(key)

    def judge_live(self, check: Check, session: Session) -> Judged:
        """Run a check call by call."""
        if not check.visible:
            session.seal()
        script = self.script(check)
        session.begin_check(max(script.all_rooms(), default=LIVE_BYTES) if script else LIVE_BYTES)
        verdict = self.verdict(check, Student(session.send), session.exchanges, session)
        return Judged(check, verdict, tuple(session.exchanges))

    def verdict(
        self, check: Check, student: Student, exchanges: Sequence[Exchange], session: Session
    ) -> Verdict:
        """Call a check and say how it ended; `exchanges` grows by the calls that are made."""
        try:
            self.call(check, student)
        except (StudentRaised, CallTimeout, WorkerDied, CheckFailed) as error:
            open_too, cells = check.visible and not session.sealed, session.program.source.cells
            tellable = Tellable(
                open_too, session.names, cells, self._known, session.lost, question=check.question
            )
            return replace(
                judge(error, tellable, exchanges), places=places_in_check(check, error, self._known)
            )
        except KitError:  # the wall itself: no check's fault and no student's
            raise
        except ReferenceFailed as failed:
            return unanswered_verdict(check, failed)
        except Exception as error:  # noqa: BLE001 the check met data that it did not expect
            return self.not_expected(check, error)
        return Verdict(Outcome.PASSED)

    def call(self, check: Check, student: Student) -> None:
        """Call a check's function with what it asks for."""
        fixtures = {
            "student": student,
            "reference": Student(self._reference.conversation().send),
            "rng": check.rng(self._seed),
        }
        with np.errstate(all="ignore"):
            check.function(*[fixtures[name] for name in check.fixtures])

    def script(self, check: Check) -> Script | None:
        """Return the calls that a check makes of the reference, None if it fails on it or cannot be had."""
        try:
            return self.script_or_raise(check)
        except ReferenceFailed:
            return None

    def script_or_raise(self, check: Check) -> Script | None:
        """Return a check's script, None if it fails on the reference, which must answer.

        One at a time: conversations with objects in them share a worker, and two that take turns
        would each make it begin anew at every call.
        """
        with self._scripting:
            if check.key not in self._scripts:
                self._scripts[check.key] = self._write_script(check)
            return self._scripts[check.key]

    def _write_script(self, check: Check) -> Script | None:
        conversation = self._reference.conversation()
        frames: list[bytes] = []
        calls: list[Call] = []
        outcomes: list[Answer | Ended] = []
        answers: list[Answer] = []
        live = False

        def send(call: Call) -> Answer:
            nonlocal live
            live = live or bool(call.functions)
            frames.append(encode_call(call))  # now: the check may change its arrays later
            calls.append(call)
            outcomes.append(conversation.outcome(call))
            if not isinstance(outcomes[-1], Answer):
                raise outcomes[-1]
            answers.append(outcomes[-1])
            return outcomes[-1]

        try:
            self.call(check, Student(send))
        except (KitError, ReferenceFailed):
            raise
        except Exception:  # noqa: BLE001 any failure here is ours
            return None
        rooms = tuple(map(room_for, answers)) if len(answers) == len(frames) else ()
        return Script(tuple(frames), tuple(answers), live, rooms, tuple(calls), tuple(outcomes))

    def not_expected(self, check: Check, error: Exception) -> Verdict:
        """Decide whose fault it is that a check failed: on the reference's answers it must not."""
        note = f"{check.id} failed: {type(error).__name__}: {error}"
        try:
            if self.script_or_raise(check) is None:
                return Verdict(Outcome.BROKEN, BROKEN_CHECK, note)
        except ReferenceFailed as failed:
            return unanswered_verdict(check, failed)
        if isinstance(error, AssertionError):  # assert, as in pytest
            return Verdict(Outcome.FAILED, JUST_WRONG, note)
        return Verdict(Outcome.FAILED, "Wrong return type: see Returns in the docstring.", note)


def unanswered_verdict(check: Check, failed: ReferenceFailed) -> Verdict:
    """Return the verdict for now where the reference did not answer."""
    return Verdict(Outcome.BROKEN, BROKEN_CHECK, f"{check.id}: {failed}", Cause.REFERENCE)

"""Which known mistake explains a student's answers?

Every misconception is put through the same calls, once, check by check for as long as it agrees. One that
gave the same answers to all of them explains the student's.
"""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.checks.compare import CheckFailed, expect_close, numbers_of
from autograder.checks.explain import explain
from autograder.checks.tolerance import is_close
from autograder.data.values import Handle, Opaque, Tensor
from autograder.judging.bank import Check, Variant
from autograder.judging.judge import Judge, Judged, open_reply
from autograder.judging.loading import Program
from autograder.judging.session import Ended, Reply, Script, Session
from autograder.results import Outcome
from autograder.sandbox.calls import Answer, StudentRaised
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.wall import Wall

Outcomes = Mapping[str, Sequence[Answer | Ended]]  # by the key of a check: what came of each call


KEPT = 5_000  # diagnoses remembered
QUICK_S = 0.05  # what the reference may take for a check that is asked of a mistake without need


@dataclass(frozen=True)
class Diagnosis:
    """The misconceptions that explain all answers, and the hint that follows."""

    misconceptions: tuple[str, ...] = ()
    hint: str = ""


class Diagnostician:
    """Knows what every misconception of a course answers; each is asked once."""

    def __init__(self, wall: Wall, judge: Judge, mistakes: Mapping[str, Program]) -> None:
        self._wall, self._judge, self.programs = wall, judge, mistakes
        self._known: dict[str, dict[str, Known]] = {name: {} for name in mistakes}
        self._diagnosed: dict[tuple[tuple[Outcome, bytes], ...], Diagnosis] = {}
        self._locks = {name: threading.Lock() for name in mistakes}

    def answers(self, mistake: str, checks: Sequence[Check]) -> "Asked":
        """Return what a misconception answers to its question's checks, asked when it is looked up."""
        return Asked(self, mistake, {check.key: check for check in checks})

    def ask(self, mistake: str, checks: Mapping[str, Check], wanted: str) -> "Known":
        """Return what a misconception answers to the check `wanted`.

        It is asked all the question's quick checks at once, but a slow one (training) only when it is wanted.
        """
        with self._locks[mistake]:
            known = self._known[mistake]
            if wanted not in known:
                quick = [name for name in checks if name not in known and self._is_quick(checks[name])]
                self._play(mistake, [checks[name] for name in {*quick, wanted}], known)
            return known[wanted]

    def _is_quick(self, check: Check) -> bool:
        script = self._judge.script(check)
        return script is not None and script.seconds < QUICK_S

    def _play(self, mistake: str, checks: Sequence[Check], known: "dict[str, Known]") -> None:
        scripts = [self._judge.script(check) or Script(()) for check in checks]
        session = Session(self._wall, self.programs[mistake])
        played = list(session.play(scripts))
        for check, script, replies in zip(checks, scripts, played, strict=True):
            passes = self._outcome(check, script, replies, session) is Outcome.PASSED
            known[check.key] = Known([outcome_of(reply) for reply in replies], passes)
        session.close()

    def _outcome(self, check: Check, script: Script, replies: Sequence[Reply], session: Session) -> Outcome:
        judged = self._judge.judge_replies(check, script, replies, session)
        return (judged or self._judge.judge_live(check, session)).verdict.outcome

    def diagnose(
        self, checks: Sequence[Check], judged: Sequence[Judged], candidates: Sequence[Variant]
    ) -> Diagnosis:
        """Explain a question's wrong answers.

        Args:
            checks: the question's.
            judged: how each ended, with the calls that it made.
            candidates: the question's known mistakes.
        """
        if not all(one.digest or one.verdict.outcome is Outcome.SKIPPED for one in judged):
            return self._diagnose(checks, judged, candidates)
        key = tuple((one.verdict.outcome, one.digest) for one in judged)  # the same replies, the same reason
        if key not in self._diagnosed:
            if len(self._diagnosed) >= KEPT:
                self._diagnosed.clear()
            self._diagnosed[key] = self._diagnose(checks, judged, candidates)
        return self._diagnosed[key]

    def _diagnose(
        self, checks: Sequence[Check], judged: Sequence[Judged], candidates: Sequence[Variant]
    ) -> Diagnosis:
        given = {
            check.key: [exchange.outcome for exchange in one.exchanges]
            for check, one in zip(checks, judged, strict=True)
            if one.exchanges
        }
        if not given or not all(one.replayed for one in judged if one.exchanges):
            return Diagnosis()
        passed = {
            check.key
            for check, one in zip(checks, judged, strict=True)
            if one.verdict.outcome is Outcome.PASSED
        }
        wrong = {name: outcomes for name, outcomes in given.items() if name not in passed}
        if not wrong:
            return Diagnosis()
        found = [one for one in candidates if self.fits(one.name, checks, wrong, passed)]
        if len(found) == 1:
            return Diagnosis((found[0].name,), found[0].text)
        if found:
            told = " Or: ".join(mistake.text for mistake in found[:3])
            return Diagnosis(tuple(one.name for one in found), f"One of these, perhaps. {told}")
        scripts = {check.key: self._judge.script(check) for check in checks}
        right = {name: script.answers for name, script in scripts.items() if script is not None}
        for mistake in candidates:
            answers = self.answers(mistake.name, checks)
            twist = common_twist(answers, given)
            if twist and shows(answers, right, given):
                told = f"Two things at once, it seems. {mistake.text} Besides, {twist}."
                return Diagnosis((mistake.name,), told)
        return Diagnosis()

    def fits(self, mistake: str, checks: Sequence[Check], wrong: Outcomes, passed: Collection[str]) -> bool:
        """Whether a misconception passes the checks in `passed` and gives the answers in `wrong`.

        Answers that pass may differ within a check's own tolerance, so they are not compared.
        """
        answers = self.answers(mistake, checks)
        if not explains(answers, wrong):
            return False
        return all(answers.known(check.key).passes for check in checks if check.key in passed)


@dataclass(frozen=True)
class Known:
    """What a misconception answers to a check's calls, and whether the check passes it."""

    outcomes: Sequence[Answer | Ended]
    passes: bool


@dataclass(frozen=True)
class Asked(Mapping[str, Sequence[Answer | Ended]]):
    """The answers of a misconception by the key of a check; only what is looked up is asked."""

    diagnostician: Diagnostician
    mistake: str
    checks: Mapping[str, Check]

    def known(self, name: str) -> Known:
        """Return all that is known about a check."""
        return self.diagnostician.ask(self.mistake, self.checks, name)

    def __getitem__(self, name: str) -> Sequence[Answer | Ended]:
        return self.known(name).outcomes

    def __iter__(self) -> Iterator[str]:
        return iter(self.checks)

    def __len__(self) -> int:
        return len(self.checks)


def outcome_of(reply: Reply) -> Answer | Ended:
    """Return what a reply tells, whatever it is."""
    try:
        return open_reply(reply)
    except (StudentRaised, CallTimeout, WorkerDied) as error:
        return error


def explains(answers: Outcomes, given: Outcomes) -> bool:
    """Whether a program gives the same answers to every call that was made."""
    return all(
        len(answers.get(name, ())) >= len(outcomes) and all(map(agree, outcomes, answers[name]))
        for name, outcomes in given.items()
    )


def agree(got: Answer | Ended, want: Answer | Ended) -> bool:
    """Whether two outcomes of a call are the same within the tolerance."""
    if isinstance(got, StudentRaised) and isinstance(want, StudentRaised):
        return bool(got.type_name == want.type_name)
    if not isinstance(got, Answer) or not isinstance(want, Answer):
        return type(got) is type(want)
    if got.changed != want.changed or got.grads.keys() != want.grads.keys():
        return False
    pairs = [(got.value, want.value), *((got.grads[name], want.grads[name]) for name in got.grads)]
    return all(close(one, other) for one, other in pairs)


def close(got: object, want: object) -> bool:
    """Whether two pieces of data are equal, numbers within the tolerance."""
    if isinstance(want, Handle | Opaque) or want is None or isinstance(want, str | bool):
        return type(got) is type(want) and (isinstance(want, Handle | Opaque) or got == want)
    if isinstance(got, tuple) and isinstance(want, tuple) and len(got) == len(want):
        return all(map(close, got, want))
    one, other = bare(got), bare(want)
    if one is not None and other is not None and one.shape == other.shape:
        return bool(is_close(one, other).all())  # without finding words for what is wrong
    try:
        expect_close(got, want)
    except (CheckFailed, ValueError, TypeError):
        return False
    return True


def bare(value: object) -> np.ndarray | None:
    """Return data that is an array of real numbers already as one of float64, None for any other."""
    array = value.array if isinstance(value, Tensor) else value
    if isinstance(array, np.ndarray) and array.dtype.kind in "fiu":
        return array.astype(np.float64)
    return np.array(value) if type(value) is float else None


def shows(answers: Outcomes, right: Outcomes, given: Outcomes) -> bool:
    """Whether a program is wrong on any of the calls that were made."""
    return any(
        not agree(got, want)
        for name, outcomes in given.items()
        for got, want, _ in zip(answers.get(name, ()), right.get(name, ()), outcomes, strict=False)
    )


def common_twist(answers: Outcomes, given: Outcomes) -> str:
    """Return the one property by which every answer differs from a program's, if there is one."""
    twists: set[str] = set()
    for name, outcomes in given.items():
        for got, want in zip(outcomes, answers.get(name, ()), strict=False):
            twist = twist_of(got, want)
            if twist is None or len(twists | {twist}) > 1:
                return ""
            twists.add(twist)
    return twists.pop() if twists else ""


def twist_of(got: Answer | Ended, want: Answer | Ended) -> str | None:
    """Return how one array of numbers differs from another of its shape, None if it cannot be told."""
    if not isinstance(got, Answer) or not isinstance(want, Answer) or got.grads or want.grads:
        return None
    if got.changed != want.changed:
        return None
    try:
        found, wanted = numbers_of(got.value, "it"), numbers_of(want.value, "it")
    except CheckFailed:
        return None
    if found.shape != wanted.shape or found.size < 2:
        return None
    return explain(found, wanted, lambda a, b: bool(is_close(a, b).all())) or None

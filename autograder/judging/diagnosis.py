"""Which known mistake explains a student's answers, and if none does: what do they have in common?"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from autograder.judging.bank import Check, Variant
from autograder.judging.common import in_common, in_common_with
from autograder.judging.facts import Record
from autograder.judging.judge import Judge, Judged
from autograder.judging.known import KnownAnswers, outcomes_of
from autograder.judging.loading import Program
from autograder.judging.weighing import MANY, Case, Failed, Found, Weighed, find, refutes, weigh
from autograder.results import Outcome
from autograder.sandbox.wall import Wall

<<<<<<< HEAD
=======
Outcomes = Mapping[str, Sequence[Answer | Ended]]  # by the key of a check: what came of each call


>>>>>>> main
KEPT = 5_000  # diagnoses remembered
WRONG = (Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED)


@dataclass(frozen=True)
class Diagnosis:
    """The misconceptions that explain the answers, the hint that follows, and a digest if none does."""

    misconceptions: tuple[str, ...] = ()
    hint: str = ""
    behaviour: str = ""


class Diagnostician:
    """Holds a question's wrong answers against those of every known mistake."""

    def __init__(
        self, wall: Wall, judge: Judge, mistakes: Mapping[str, Program], right: Mapping[str, Program]
    ) -> None:
        self._judge = judge
        self._known = KnownAnswers(wall, judge, {**mistakes, **right})
        self._right = right
        self._diagnosed: dict[tuple[tuple[Outcome, bytes], ...], Diagnosis] = {}
<<<<<<< HEAD
=======
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
>>>>>>> main

    def diagnose(
        self,
        checks: Sequence[Check],
        judged: Sequence[Judged],
        candidates: Sequence[Variant],
        right: Sequence[Variant],
    ) -> Diagnosis:
        """Explain a question's wrong answers.

        Args:
            checks: the question's.
            judged: how each ended, with the calls that it made.
            candidates: the question's known mistakes.
            right: its unusual right answers.
        """
        if not all(one.digest or one.verdict.outcome is Outcome.SKIPPED for one in judged):
            return self._diagnose(checks, judged, candidates, right)
        key = tuple((one.verdict.outcome, one.digest) for one in judged)  # the same replies, the same reason
        if key not in self._diagnosed:
            if len(self._diagnosed) >= KEPT:
                self._diagnosed.clear()
            self._diagnosed[key] = self._diagnose(checks, judged, candidates, right)
        return self._diagnosed[key]

    def _diagnose(
        self,
        checks: Sequence[Check],
        judged: Sequence[Judged],
        candidates: Sequence[Variant],
        right: Sequence[Variant],
    ) -> Diagnosis:
<<<<<<< HEAD
        by_check = dict(zip((check.id for check in checks), judged, strict=True))
        passed = [check for check in checks if by_check[check.id].verdict.outcome is Outcome.PASSED]
        failed = [check for check in checks if by_check[check.id].verdict.outcome in WRONG]
        records = {check.id: self._record(check, by_check[check.id]) for check in failed}
        failed = [check for check in failed if records[check.id] is not None]
        if not failed:
            return Diagnosis()
        parts = [
            Failed(check.id, record, by_check[check.id].verdict.outcome, by_check[check.id].verdict.lines)
            for check in failed
            if (record := records[check.id]) is not None
        ]
        names = [one.name for one in right]
        free = {check.id: self._known.free(check, names) for check in failed}
        case = Case(parts, free, len(passed))
        weighed = list(self._weigh_all(case, checks, failed, passed, candidates, names))
        found = find(case, weighed)
        if found.first:
            return told(found, {one.name: one.text for one in candidates})
        return self._by_property(case, checks, candidates)

    def _record(self, check: Check, judged: Judged) -> Record | None:
        layout = self._known.layout(check)
        return None if layout is None else layout.record(outcomes_of(judged, layout.script))

    def _weigh_all(
        self,
        case: Case,
        checks: Sequence[Check],
        failed: Sequence[Check],
        passed: Sequence[Check],
        candidates: Sequence[Variant],
        right: Sequence[str],
    ) -> Iterator[Weighed]:
        """Yield the mistakes that no check speaks against clearly, the cheapest checks first."""
        inexpensive = sorted(passed, key=self._known.seconds)
=======
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
>>>>>>> main
        for mistake in candidates:
            known = {}
            for check in failed:
                answers = self._known.ask(mistake.name, checks, check)
                if answers is None:
                    break
                known[check.id] = answers
            if len(known) < len(failed):
                continue
            weighed = weigh(mistake.name, case, known, partial(self._unsteady, mistake.name, failed))
            if weighed.possible and weighed.bits and not self._refuted(mistake, checks, inexpensive, right):
                yield weighed

    def _unsteady(self, mistake: str, failed: Sequence[Check], check: str) -> np.ndarray:
        return self._known.unsteady(mistake, next(one for one in failed if one.id == check))

<<<<<<< HEAD
    def _refuted(
        self, mistake: Variant, checks: Sequence[Check], passed: Sequence[Check], right: Sequence[str]
    ) -> bool:
        """Whether a check that the submission passes refuses the mistake, clearly."""
        for check in passed:
            known = self._known.ask(mistake.name, checks, check)
            wrong = known is not None and known.outcome is not Outcome.PASSED
            if known and wrong and refutes(known, self._known.free(check, right)):
                return True
=======
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
>>>>>>> main
        return False

    def _by_property(self, case: Case, checks: Sequence[Check], candidates: Sequence[Variant]) -> Diagnosis:
        """Say what all that is wrong has in common, with the right answers or with a known mistake's."""
        digest = digest_of(case)
        if told := in_common(case):
            return Diagnosis(hint=f"Everywhere it is wrong, {told}.", behaviour=digest)
        failed = [check for check in checks if check.id in case.free]
        for mistake in candidates if all(map(self._known.is_quick, failed)) else ():
            known = {check.id: self._known.ask(mistake.name, checks, check) for check in failed}
            if twist := in_common_with(case, {name: one for name, one in known.items() if one}):
                hint = f"Two things at once, it seems. {mistake.text} Besides, {twist}."
                return Diagnosis((mistake.name,), hint)
        return Diagnosis(behaviour=digest)


def told(found: Found, texts: Mapping[str, str]) -> Diagnosis:
    """Return the diagnosis in words."""
    first, second = (one_of([texts[name] for name in names]) for names in (found.first, found.second))
    hint = first
    if second:
        hint = f"Two things at once, it seems. {first} Besides: {second}"
    elif not found.complete:
        hint = f"{first} Something else is wrong, too."
    return Diagnosis((*found.first, *found.second), hint)


def one_of(texts: Sequence[str]) -> str:
    """Return the hints of mistakes of which one was made."""
    said = " Or: ".join(texts[:MANY])
    return f"One of these, perhaps. {said}" if len(texts) > 1 else said


def digest_of(case: Case) -> str:
    """Return what tells this behaviour from others, whatever noise its numbers have."""
    digest = hashlib.blake2b(digest_size=8)
    for one in case.failed:
        digest.update(repr((one.id, one.outcome, one.lines)).encode())
        shown = case.wrong_in(one) & ~one.record.layout.stateful
        digest.update(np.packbits(shown).tobytes())
        digest.update(" ".join(f"{number:.2g}" for number in one.record.numbers[shown]).encode())
    return digest.hexdigest()

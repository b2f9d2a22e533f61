"""Which known mistake explains a student's answers, and if none does: what do they have in common?"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from msgspec.msgpack import decode, encode

from autograder.checks.describe import sentence
from autograder.diagnosis.causes import MOST_EQUAL, Found, find_causes
from autograder.diagnosis.common_property import in_common, in_common_with
from autograder.diagnosis.known_answers import OF_THE_MACHINE, KnownAnswers, outcomes_of
from autograder.diagnosis.layout import AnswerFacts
from autograder.diagnosis.plain_functions import Known
from autograder.diagnosis.sifting import Stack, sift
from autograder.diagnosis.weighing import (
    Case,
    Comparison,
    FailedAnswers,
    Weighed,
    hold,
    is_hopeless,
    nothing_of,
    refutes,
    weigh,
)
from autograder.judging.answer_cache import AnswerCache, hash_of_texts, kept_under
from autograder.judging.bank import Check, Variant
from autograder.judging.judge import Judge
from autograder.judging.judged import Judged
from autograder.results import Outcome
from autograder.sandbox.program import Program
from autograder.sandbox.wall import Wall

DIAGNOSES_KEPT = 5_000  # diagnoses remembered
Replies = tuple[tuple[Outcome, bytes], ...]  # how each check ended, and a digest of the replies to it
WRONG = (Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED)


@dataclass(frozen=True)
class Diagnosis:
    """The misconceptions that explain the answers, the hint that follows, and a digest if none does."""

    misconceptions: tuple[str, ...] = ()
    hint: str = ""
    behaviour: str = ""

    def after(self, sentence: str) -> "Diagnosis":
        """Return the diagnosis with something else said first."""
        return replace(self, hint=f"{sentence} {self.hint}".strip())


class Diagnostician:
    """Holds a question's wrong answers against those of every known mistake."""

    def __init__(
        self,
        wall: Wall,
        judge: Judge,
        mistakes: Mapping[str, Program],
        right: Mapping[str, Program],
        source: str,
    ) -> None:
        """Begin; `source` is the text of all those programs."""
        self._judge, self._source = judge, source
        self._known = KnownAnswers(wall, judge, {**mistakes, **right})
        self._right = right
        self._diagnosed: dict[Replies, Diagnosis] = {}

    def close(self) -> None:
        """End what is asked, and write down what was found out."""
        self._known.close()
        self._kept.save()

    @cached_property
    def _kept(self) -> AnswerCache:
        """The diagnoses of earlier runs."""
        identity = hash_of_texts([self._judge.identity, self._source.encode("utf-8", "replace")])
        return kept_under(f"{identity.hex()}.diagnoses") if self._judge.lasting else AnswerCache(None)

    def diagnose(
        self,
        checks: Sequence[Check],
        judged: Sequence[Judged],
        candidates: Sequence[Variant],
        right: Sequence[Variant],
    ) -> Diagnosis:
        """Explain a question's wrong answers by known mistakes; `right` are its unusual right answers."""
        if not all(one.said or one.verdict.outcome is Outcome.SKIPPED for one in judged):
            return self._diagnose(checks, judged, candidates, right)
        key = tuple((one.verdict.outcome, one.said) for one in judged)  # the same replies, the same reason
        if key not in self._diagnosed:
            if len(self._diagnosed) >= DIAGNOSES_KEPT:
                self._diagnosed.clear()
            found = self._found_before(key)
            if found is None:
                found = self._diagnose(checks, judged, candidates, right)
                self._keep(key, found)
            self._diagnosed[key] = found
        return self._diagnosed[key]

    def _found_before(self, key: Replies) -> Diagnosis | None:
        """Return the diagnosis of an earlier run, if there is one."""
        kept = self._kept.find(parts_of(key))
        return decode(kept, type=Diagnosis) if kept else None

    def _keep(self, key: Replies, found: Diagnosis) -> None:
        """Keep a diagnosis; one that found nothing, or met what took too long, may find more another time."""
        if found.hint and not any(outcome in OF_THE_MACHINE for outcome, _ in key):
            self._kept.keep(parts_of(key), encode(found))

    def _diagnose(
        self,
        checks: Sequence[Check],
        judged: Sequence[Judged],
        candidates: Sequence[Variant],
        right: Sequence[Variant],
    ) -> Diagnosis:
        verdicts = {check.key: one.verdict for check, one in zip(checks, judged, strict=True)}
        parts = [
            FailedAnswers(check, record, one.verdict.outcome, one.verdict.places, one.verdict.staff_note)
            for check, one in zip(checks, judged, strict=True)
            if one.verdict.outcome in WRONG and (record := self._record(check, one)) is not None
        ]
        if not parts:
            return Diagnosis()
        self._known.find_free(checks, [one.name for one in right])
        free = {one.key: self._known.free(one.check) for one in parts}
        passed = [check for check in checks if verdicts[check.key].outcome is Outcome.PASSED]
        case = Case(parts, free, len(passed))
        held = Against(self._known, case, checks, passed)
        possible = held.possible([mistake.name for mistake in candidates])
        found = find_causes(case, [one for name in possible if (one := held.weigh(name)) is not None])
        if found.first:
            return diagnosis_in_words(found, {one.name: one.text for one in candidates})
        return self._by_property(case, checks, candidates)

    def _record(self, check: Check, judged: Judged) -> AnswerFacts | None:
        layout = self._known.layout(check)
        return None if layout is None else layout.record(outcomes_of(judged, layout.script))

    def _answer(self, name: str, checks: Sequence[Check], failed: FailedAnswers) -> AnswerFacts | None:
        return self._known.record(name, checks, failed.check)

    def _by_property(self, case: Case, checks: Sequence[Check], candidates: Sequence[Variant]) -> Diagnosis:
        """Say what all that is wrong has in common, with the right answers or with a known mistake's."""
        digest = digest_of(case)
        if told := in_common(case):
            return Diagnosis(hint=sentence(f"Everywhere it is wrong, {told}"), behaviour=digest)
        plain, others = all(self._known.is_plain(one.check) for one in case.failed), set[tuple[str, bytes]]()
        for mistake in candidates if plain else ():
            ask = partial(self._answer, mistake.name, checks)
            if twist := in_common_with(case, ask, others):
                hint = sentence(f"Two things at once, it seems. {mistake.text} Besides, {twist}")
                return Diagnosis((mistake.name,), hint)
        return Diagnosis(behaviour=digest)


def parts_of(key: Replies) -> list[bytes]:
    """Return all replies to a question's checks as what a diagnosis is kept under."""
    return [part for outcome, said in key for part in (outcome.encode(), said)]


@dataclass(frozen=True)
class Against:
    """What speaks against known mistakes: the visible checks first, whose inputs are everybody's."""

    known: KnownAnswers
    case: Case
    checks: Sequence[Check]
    passed: Sequence[Check]

    def possible(self, names: Sequence[str]) -> list[str]:
        """Return the mistakes that are worth a closer look."""
        plain = [one for one in self.case.failed if self.known.is_plain(one.check)]
        plain.sort(key=lambda one: (not one.check.visible, self.known.size(one.check)))

        def stack(one: FailedAnswers, rows: np.ndarray) -> Stack:
            return self.known.stack(names, rows, self.checks, one.check)

        def fails(row: int, one: FailedAnswers) -> bool:
            known = self.known.ask(names[row], self.checks, one.check)
            return known is not None and known.outcome is not Outcome.PASSED

        return [names[row] for row in sift(self.case, plain, stack, fails, len(names))]

    def weigh(self, mistake: str) -> Weighed | None:
        """Return what a mistake explains, None as soon as too much speaks against it."""
        held: dict[str, Comparison] = {}
        refuted = same_ends = passed = wrong = 0
        for visible in (True, False):
            for one in sorted(self.case.failed, key=lambda one: self.known.size(one.check)):
                if one.check.visible is visible:
                    known = self._ask(mistake, one.check, held)
                    wrong += known is not None and known.outcome is not Outcome.PASSED
                    unsteady = partial(self.known.unsteady, mistake, one.check)
                    held[one.key] = hold(self.case, one, known, unsteady) if known else nothing_of(one)
                    if is_hopeless(self.case, held.values(), refuted):
                        return None
            for check in self.passed:
                if check.visible is visible and (known := self._ask(mistake, check, held)) is not None:
                    if known.outcome in OF_THE_MACHINE:
                        continue
                    passed, same_ends = passed + 1, same_ends + (known.outcome is Outcome.PASSED)
                    refuted += refutes(known, self.known.free(check))
            if is_hopeless(self.case, held.values(), refuted):
                return None
            if visible and wrong and not explain_any(held.values()):  # it is wrong in other ways
                return None
        parts = [held[one.key] for one in self.case.failed]
        return weigh(mistake, self.case, parts, refuted, same_ends, fails_more=same_ends < passed)

    def _ask(self, mistake: str, check: Check, held: Mapping[str, Comparison]) -> Known | None:
        """Return what a mistake answers to a check; a dear one if it has explained something."""
        hopeful = not held or explain_any(held.values())
        return self.known.ask(mistake, self.checks, check) if hopeful or self.known.is_plain(check) else None


def explain_any(held: Collection[Comparison]) -> bool:
    """Whether a mistake explains anything of the checks that it was held against."""
    return any(one.explained or one.matched.any() for one in held)


def diagnosis_in_words(found: Found, texts: Mapping[str, str]) -> Diagnosis:
    """Return the diagnosis in words."""
    first, second = (one_hint_of([texts[name] for name in names]) for names in (found.first, found.second))
    hint = first
    if second:
        hint = f"Two things at once, it seems. {first} Besides: {second}"
    elif not found.complete:
        hint = f"{first} Something else may be wrong, too."
    return Diagnosis((*found.first, *found.second), hint)


def one_hint_of(texts: Sequence[str]) -> str:
    """Return the hints of mistakes of which one was made; what several say is said once."""
    different = list(dict.fromkeys(texts))[:MOST_EQUAL]
    said = " Or: ".join(different)
    return f"One of these, perhaps. {said}" if len(different) > 1 else said


def digest_of(case: Case) -> str:
    """Return what tells this behaviour from others, whatever noise its numbers have."""
    digest = hashlib.blake2b(digest_size=8)
    for one in case.failed:
        digest.update(repr((one.check.id, one.outcome, one.places)).encode())
        shown = case.wrong_in(one) & ~one.record.layout.stateful & one.check.visible  # no draw decides there
        digest.update(" ".join(f"{number:.2g}" for number in one.record.numbers[shown]).encode())
    return digest.hexdigest()

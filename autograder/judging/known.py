"""What the course's own programs answer to checks: mistakes, and right answers of other kinds."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from msgspec.msgpack import decode, encode

from autograder.judging.answer_cache import AnswerCache, cache_of, hash_of_texts
from autograder.judging.bank import Check
from autograder.judging.facts import AnswerFacts, FactKey, Layout, Odd, Outcomes
from autograder.judging.judge import Judge
from autograder.judging.judged import Judged, outcome_of
from autograder.judging.session import Script, Session
from autograder.results import Cause, Outcome
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.wall import Wall

REFERENCE = "the reference"
OF_THE_MACHINE = (
    Outcome.TIMEOUT,
    Outcome.CRASHED,
    Outcome.BROKEN,
    Outcome.NOT_RUN,
)  # another time it may not be so


@dataclass(frozen=True, eq=False)
class Known:
    """What a program answers to a check, how the check ends, where in the check's file, in which words."""

    record: AnswerFacts
    outcome: Outcome
    lines: tuple[int, ...]
    words: str = ""


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What is written down of a program's answers to a check; the right answers are not."""

    outcome: Outcome
    lines: tuple[int, ...]
    words: str
    present: int  # entries that were asked for
    numbers: bytes
    odd: dict[int, tuple[str, bool, bytes]]

    @classmethod
    def of(cls, known: Known) -> "Kept":
        """Return it in a form that can be kept."""
        record = known.record
        odd = {number: (one.kind, one.raised, one.numbers.tobytes()) for number, one in record.odd.items()}
        present = int(record.present.sum())
        return cls(known.outcome, known.lines, known.words, present, record.numbers.tobytes(), odd)

    def open(self, layout: Layout) -> Known:
        """Return what was kept, beside the right answers."""
        odd = {at: Odd(kind, raised, np.frombuffer(each)) for at, (kind, raised, each) in self.odd.items()}
        numbers = np.frombuffer(self.numbers)
        record = AnswerFacts(layout, numbers, odd, np.arange(numbers.size) < self.present)
        return Known(record, self.outcome, self.lines, self.words)


class KnownAnswers:
    """Asks programs of the course's own; each is asked each check once, when it is looked up."""

    def __init__(
        self, wall: Wall, judge: Judge, programs: Mapping[str, Program], *, lasting: bool = False
    ) -> None:
        self._wall, self._judge, self.programs = wall, judge, {REFERENCE: judge.reference, **programs}
        self._lasting = lasting  # whether what they answer is kept between runs
        self._known: dict[str, dict[str, Known]] = {name: {} for name in self.programs}
        self._locks = {name: threading.Lock() for name in self.programs}
        self._caches: dict[str, AnswerCache] = {}
        self._layouts: dict[str, Layout] = {}
        self._free: dict[str, frozenset[FactKey]] = {}
        self._unsteady: dict[tuple[str, str], np.ndarray] = {}

    def layout(self, check: Check) -> Layout | None:
        """Return how answers to a check are laid out, None for one that is broken."""
        if check.key not in self._layouts and (script := self._judge.script(check)) is not None:
            self._layouts[check.key] = Layout(script)
        return self._layouts.get(check.key)

    def is_plain(self, check: Check) -> bool:
        """Whether a check asks plain functions alone: its calls can be sent with others', and cost little."""
        layout = self.layout(check)
        return layout is not None and not layout.script.live and not layout.stateful.any()

    def size(self, check: Check) -> tuple[bool, int]:
        """Return what tells dear checks from cheap ones, the same on every machine."""
        script = self._judge.script(check)
        return not self.is_plain(check), len(script.frames) if script else 0

    def ask(self, name: str, checks: Sequence[Check], wanted: Check) -> Known | None:
        """Return what a program answers to one check; the plain ones of `checks` are asked with it.

        Visible and hidden ones apart: hidden inputs are drawn several times, and most mistakes are out
        of the question before.
        """
        with self._locks[name]:
            known = self._known[name]
            if wanted.key not in known:
                alike = [check for check in checks if check.visible or not wanted.visible]
                plain = [check for check in alike if self.is_plain(check)]
                first = [check for check in plain if check.visible]  # as in a submission: some remember
                every = [*first, *(check for check in plain if not check.visible)]
                self._play(name, every if wanted in every else [*every, wanted], known)
            return known.get(wanted.key)

    def _play(self, name: str, checks: Sequence[Check], known: dict[str, Known]) -> None:
        layouts = {check: layout for check in checks if (layout := self.layout(check)) is not None}
        cache = self._cache(name)
        calls = [self._judging(checks), *(b"\n".join(one.script.frames) for one in layouts.values())]
        kept = cache.find(calls)
        if kept is not None:
            both = zip(layouts.items(), decode(kept, type=list[Kept]), strict=True)
            known.update({check.key: one.open(layout) for (check, layout), one in both})
            return
        found = self._judged(name, layouts)
        known.update(found)
        if len(found) == len(layouts) and not any(one.outcome in OF_THE_MACHINE for one in found.values()):
            cache.keep(calls, encode([Kept.of(one) for one in found.values()]))
            cache.save()

    def _cache(self, name: str) -> AnswerCache:
        if name not in self._caches:
            self._caches[name] = cache_of(self.programs[name] if self._lasting else None)
        return self._caches[name]

    def _judged(self, name: str, layouts: Mapping[Check, Layout]) -> dict[str, Known]:
        """Ask a program several checks and judge what it answers; what the reference fails in is left out."""
        session, found = Session(self._wall, self.programs[name]), {}
        played = list(session.play([layout.played for layout in layouts.values()]))
        for (check, layout), replies in zip(layouts.items(), played, strict=True):
            judged = self._judge.judge_replies(check, layout.played, replies, session)
            judged = judged or replace(self._judge.judge_live(check, session), replies=replies)
            record, ended = layout.record(outcomes_of(judged, layout.script)), judged.verdict
            if ended.cause is not Cause.REFERENCE:
                found[check.key] = Known(record, ended.outcome, ended.lines, ended.staff_note)
        session.close()
        return found

    def _judging(self, checks: Sequence[Check]) -> bytes:
        """Return a digest of all that decides how replies are judged, besides the calls."""
        ids = [f"{check.key} {check.function.__name__}".encode() for check in checks]
        return hash_of_texts([self._judge.identity, *ids])

    def unsteady(self, name: str, check: Check) -> np.ndarray:
        """Return the entries in which a program contradicts itself: what chance decides in it."""
        key = (name, check.key)
        if key not in self._unsteady:
            known = self.ask(name, [check], check)
            assert known is not None  # noqa: S101 it was compared to something
            layout = known.record.layout
            self._unsteady[key] = layout.drawn(~known.record.same(self._again(name, [layout])[0]))
        return self._unsteady[key]

    def _again(self, name: str, layouts: Sequence[Layout]) -> list[AnswerFacts]:
        """Return what a program answers the second time, when chance stands elsewhere."""
        session = Session(self._wall, self.programs[name])
        played = list(session.play([layout.played for layout in layouts for _ in range(2)]))
        session.close()
        records = zip(layouts, played[1::2], strict=True)
        return [layout.record([outcome_of(reply) for reply in replies]) for layout, replies in records]

    def free(self, check: Check) -> np.ndarray:
        """Return the entries in which right answers differ: what is drawn at random, how a figure looks."""
        layout = self.layout(check)
        assert layout is not None  # noqa: S101 nobody compares answers to a broken check
        facts = self._free.get(check.id, frozenset())
        return layout.each([fact.key in facts for fact in layout.facts])

    def find_free(self, checks: Sequence[Check], right: Sequence[str]) -> None:
        """Find out, once for all draws, which answers to a question's checks may differ."""
        new = [check.drawn(0) for check in checks if check.id not in self._free]
        layouts = {check.key: layout for check in new if (layout := self.layout(check)) is not None}
        new = [check for check in new if check.key in layouts and layouts[check.key].stateful.any()]
        free = {check.key: layouts[check.key].stateful & False for check in new}
        for name in right if new else ():
            known: dict[str, Known] = {}
            self._play(name, new, known)
            for key in free:
                if key in known and known[key].outcome is Outcome.PASSED:
                    free[key] |= known[key].record.wrong & layouts[key].stateful
        again = self._again(REFERENCE, [layouts[key] for key in free]) if new else []
        for key, record in zip(free, again, strict=True):
            free[key] |= layouts[key].drawn(~record.same(layouts[key].record(layouts[key].script.outcomes)))
        for check in checks:
            key = check.drawn(0).key
            owners = np.unique(layouts[key].owner[free[key]]) if key in free else ()
            self._free.setdefault(check.id, frozenset(layouts[key].facts[number].key for number in owners))


def outcomes_of(judged: Judged, script: Script) -> Outcomes:
    """Return what came of the first calls of a check's script, as many as were made."""
    if judged.replies:
        return [outcome_of(reply) for reply in judged.replies]
    made = []
    for exchange, frame in zip(judged.exchanges, script.frames, strict=False):
        if encode_call(exchange.call) != frame:
            break
        made.append(exchange.outcome)
    return made

"""What the course's own programs answer to checks: mistakes, and right answers of other kinds."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from msgspec.msgpack import decode, encode

from autograder.diagnosis.facts import FactKey, Outcomes
from autograder.diagnosis.layout import AnswerFacts, Layout
from autograder.diagnosis.mistake_process import MistakeProcess
from autograder.diagnosis.plain_functions import KeptAnswers, Known, PlainAnswers, Together
from autograder.diagnosis.sifting import Stack
from autograder.judging.answer_cache import AnswerCache, cache_of, hash_of_texts
from autograder.judging.bank import Check
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


class KnownAnswers:
    """Asks programs of the course's own; each is asked each check once, when it is looked up."""

    def __init__(self, wall: Wall, judge: Judge, programs: Mapping[str, Program]) -> None:
        self._wall, self._judge, self.programs = wall, judge, {REFERENCE: judge.reference, **programs}
        self._known: dict[str, dict[str, Known]] = {name: {} for name in self.programs}
        self._locks = {name: threading.Lock() for name in self.programs}
        self._caches: dict[str, AnswerCache] = {}
        self._process = MistakeProcess(wall)
        self._plain = PlainAnswers(self._process, judge, self.programs, self._cache)
        self._together: dict[tuple[str, ...], Together] = {}
        self._layouts: dict[str, Layout] = {}
        self._stacks: dict[str, Stack] = {}
        self._free: dict[str, dict[FactKey, int]] = {}
        self._unsteady: dict[tuple[str, str], np.ndarray] = {}

    def layout(self, check: Check) -> Layout | None:
        """Return how answers to a check are laid out, None for one that is broken."""
        if check.key not in self._layouts and (script := self._judge.script(check)) is not None:
            self._layouts[check.key] = Layout(script)
        return self._layouts.get(check.key)

    def is_plain(self, check: Check) -> bool:
        """Whether a check asks plain functions alone: its calls can be sent with others', and cost little."""
        layout = self.layout(check)
        if layout is None or layout.script.live or layout.stateful.any():
            return False
        return not any(call.once for call in layout.script.calls)

    def size(self, check: Check) -> tuple[bool, int]:
        """Return what tells dear checks from cheap ones, the same on every machine."""
        script = self._judge.script(check)
        return not self.is_plain(check), len(script.frames) if script else 0

    def record(self, name: str, checks: Sequence[Check], wanted: Check) -> AnswerFacts | None:
        """Return what a program answers to a plain check, without looking how that ends."""
        together = self._asked_with(checks, wanted)
        self._plain.prepare([name], together)
        found = self._plain.record(name, together, wanted)
        known = self.ask(name, checks, wanted) if found is None else None
        return known.record if known else found

    def stack(self, names: Sequence[str], rows: np.ndarray, checks: Sequence[Check], wanted: Check) -> Stack:
        """Return what the programs of some rows answer to a plain check, side by side."""
        layout = self.layout(wanted)
        assert layout is not None  # noqa: S101 nobody compares answers to a broken check
        found = self._stacks.setdefault(wanted.key, Stack(len(names), layout.numbers.size))
        new = rows[~found.there[rows]]
        if new.size:
            self._plain.prepare([names[row] for row in new], self._asked_with(checks, wanted))
        for row in new:
            if (record := self.record(names[row], checks, wanted)) is not None:
                found.put(row, record)
        return found

    def ask(self, name: str, checks: Sequence[Check], wanted: Check) -> Known | None:
        """Return what a program answers to one check; the plain ones of `checks` are asked with it."""
        if wanted.key not in self._known[name] and self.is_plain(wanted):
            together = self._asked_with(checks, wanted)
            self._plain.prepare([name], together)
            if (found := self._plain.ask(name, together, wanted)) is not None:
                return found
        with self._locks[name]:
            known = self._known[name]
            if wanted.key not in known:
                every = list(self._asked_with(checks, wanted).layouts)
                self._play(name, every if wanted in every else [*every, wanted], known)
            return known.get(wanted.key)

    def _asked_with(self, checks: Sequence[Check], wanted: Check) -> Together:
        """Return the plain checks that are asked with one, the visible ones first.

        Visible and hidden ones apart: hidden inputs are drawn several times, and most mistakes are out
        of the question before.
        """
        alike = tuple(check.key for check in checks if check.visible or not wanted.visible)
        if alike not in self._together:
            plain = [check for check in checks if check.key in alike and self.is_plain(check)]
            plain.sort(key=lambda check: not check.visible)
            layouts = {check: layout for check in plain if (layout := self.layout(check)) is not None}
            self._together[alike] = Together(layouts, self._judging(plain))
        return self._together[alike]

    def _play(self, name: str, checks: Sequence[Check], known: dict[str, Known]) -> None:
        layouts = {check: layout for check in checks if (layout := self.layout(check)) is not None}
        cache = self._cache(name)
        calls = [self._judging(checks), *(b"\n".join(one.script.frames) for one in layouts.values())]
        kept = cache.find(calls)
        if kept is not None:
            both = zip(layouts.items(), decode(kept, type=list[KeptAnswers]), strict=True)
            opened = {check.key: one.open(layout)[1] for (check, layout), one in both}
            known.update({key: one for key, one in opened.items() if one is not None})
            return
        found = self._judged(name, layouts)
        known.update(found)
        if len(found) == len(layouts) and not any(one.outcome in OF_THE_MACHINE for one in found.values()):
            cache.keep(calls, encode([KeptAnswers.of(one.record, one) for one in found.values()]))
            cache.save()

    def close(self) -> None:
        """End the process of the mistakes, and write down what was found out."""
        self._process.close()
        self._plain.save()
        for cache in self._caches.values():
            cache.save()

    def _cache(self, name: str) -> AnswerCache:
        if name not in self._caches:
            self._caches[name] = cache_of(self.programs[name] if self._judge.lasting else None)
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
                found[check.key] = Known(record, ended.outcome, ended.places, ended.staff_note)
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
        """Return how far right answers differ, by entry: 1 in their numbers, which are drawn, 2 in kind."""
        layout = self.layout(check)
        assert layout is not None  # noqa: S101 nobody compares answers to a broken check
        free = self._free.get(check.id, {})
        return layout.each([free.get(fact.key, 0) for fact in layout.facts])

    def find_free(self, checks: Sequence[Check], right: Sequence[str]) -> None:
        """Find out, once for all draws, which answers to a question's checks may differ."""
        new = [check.drawn(0) for check in checks if check.id not in self._free]
        layouts = {check.key: layout for check in new if (layout := self.layout(check)) is not None}
        new = [check for check in new if check.key in layouts and layouts[check.key].stateful.any()]
        free = {check.key: layouts[check.key].stateful * 0 for check in new}
        for name in right if new else ():
            known: dict[str, Known] = {}
            self._play(name, new, known)
            for key in free:
                if key in known and known[key].outcome is Outcome.PASSED:
                    other, stateful = known[key].record, layouts[key].stateful
                    free[key] = np.maximum(free[key], other.wrong * stateful * (1 + other.strange))
        again = self._again(REFERENCE, [layouts[key] for key in free]) if new else []
        for key, record in zip(free, again, strict=True):
            drawn = layouts[key].drawn
            free[key] = np.maximum(free[key], drawn(record.wrong) * (1 + drawn(record.strange)))
        for check in checks:
            key = check.drawn(0).key
            far = zip(layouts[key].owner, free[key], strict=True) if key in free else ()
            self._free.setdefault(check.id, {layouts[key].facts[at].key: int(one) for at, one in far if one})


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

"""What known mistakes answer to checks of plain functions: asked together, judged when it matters."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np
from msgspec.msgpack import decode, encode

from autograder.diagnosis.layout import AnswerFacts, Layout, Odd
from autograder.diagnosis.mistake_process import MistakeProcess
from autograder.judging.answer_cache import AnswerCache, hash_of_texts
from autograder.judging.bank import Check
from autograder.judging.cache import Kept
from autograder.judging.judge import Judge
from autograder.judging.judged import outcome_of
from autograder.judging.session import Reply, Session
from autograder.results import Outcome
from autograder.sandbox.program import Program

REPLIES, REPLIES_ROOM = 5_000, 64 << 20  # that wait for being looked at, and their bytes


@dataclass(frozen=True, eq=False)
class Known:
    """What a program answers to a check, how the check ends, where in the check's file, in which words."""

    record: AnswerFacts
    outcome: Outcome
    places: tuple[int, ...]
    words: str = ""


class KeptAnswers(msgspec.Struct, frozen=True, array_like=True):
    """What is written down of a program's answers to a check; the right answers are not."""

    present: int  # entries that were asked for
    numbers: bytes
    odd: dict[int, tuple[str, str, bytes]]
    ended: tuple[Outcome, tuple[int, ...], str] | None = None  # None if nobody looked at that

    @classmethod
    def of(cls, record: AnswerFacts, known: Known | None) -> "KeptAnswers":
        """Return it in a form that can be kept."""
        odd = {number: (one.kind, one.raised, one.numbers.tobytes()) for number, one in record.odd.items()}
        ended = (known.outcome, known.places, known.words) if known else None
        return cls(int(record.present.sum()), record.numbers.tobytes(), odd, ended)

    def open(self, layout: Layout) -> tuple[AnswerFacts, Known | None]:
        """Return what was kept, beside the right answers."""
        odd = {at: Odd(kind, raised, np.frombuffer(each)) for at, (kind, raised, each) in self.odd.items()}
        numbers = np.frombuffer(self.numbers)
        record = AnswerFacts(layout, numbers, odd, np.arange(numbers.size) < self.present)
        return record, Known(record, *self.ended) if self.ended else None


@dataclass(frozen=True, eq=False)
class Together:
    """Checks that are asked in one go, the visible ones first, as in a submission: some programs remember."""

    layouts: Mapping[Check, Layout]
    judging: bytes  # what decides how replies are judged, besides the calls

    @cached_property
    def digest(self) -> bytes:
        """What the answers follow from, besides the program."""
        return hash_of_texts(
            [self.judging, *(b"\n".join(one.script.frames) for one in self.layouts.values())]
        )

    @cached_property
    def copy(self) -> str:
        """What tells these inputs from others."""
        return max((str(check.draw) for check in self.layouts if not check.visible), default="visible")


@dataclass
class AskedTogether:
    """One program and checks that it was asked together: how it answered, as far as anybody looked."""

    records: dict[str, AnswerFacts]
    known: dict[str, Known]
    is_new: bool = True  # whether it is not written down as it stands


class PlainAnswers:
    """Answers of programs that differ from the reference in what they bind."""

    def __init__(
        self, process: MistakeProcess, judge: Judge, programs: Mapping[str, Program],
        cache: Callable[[str], AnswerCache],
    ) -> None:  # fmt: skip
        self._process, self._judge, self._programs, self._cache = process, judge, programs, cache
        self._asked: dict[tuple[str, bytes], AskedTogether] = {}
        self._replies: Kept[tuple[Session, Mapping[Check, Sequence[Reply]]]] = Kept(REPLIES, REPLIES_ROOM)
        self._lock = threading.RLock()

    def prepare(self, names: Sequence[str], together: Together) -> None:
        """Ask all programs that have not been asked yet."""
        if all((name, together.digest) in self._asked for name in names):
            return
        with self._lock:
            new = [name for name in names if self._read(name, together)]
            if not new:
                return
            scripts = [layout.played for layout in together.layouts.values()]
            session, played = self._process.play([self._programs[n] for n in new], together.copy, scripts)
            for name, replies in zip(new, played, strict=True):
                if replies:
                    size = sum(len(reply.frame) for one in replies for reply in one)
                    there = session, dict(zip(together.layouts, replies, strict=True))
                    self._replies.put((name, together.digest), there, size)

    def _read(self, name: str, together: Together) -> bool:
        """Read what was written down of a program; return whether it has to be asked."""
        key = (name, together.digest)
        if key in self._asked:
            return False
        asked = self._asked[key] = AskedTogether({}, {}, is_new=False)
        kept = self._cache(name).find([together.digest])
        for check, written in decode(kept, type=dict[str, KeptAnswers]).items() if kept else ():
            layout = next(one for each, one in together.layouts.items() if each.key == check)
            asked.records[check], known = written.open(layout)
            if known is not None:
                asked.known[check] = known
        return kept is None

    def record(self, name: str, together: Together, check: Check) -> AnswerFacts | None:
        """Return what a program answers to a check; None if it has to be asked alone."""
        with self._lock:
            asked = self._asked[name, together.digest]
            there = self._replies.get((name, together.digest))
            if check.key not in asked.records and there is not None:
                outcomes = [outcome_of(reply) for reply in there[1][check]]
                asked.records[check.key], asked.is_new = together.layouts[check].record(outcomes), True
            return asked.records.get(check.key)

    def ask(self, name: str, together: Together, check: Check) -> Known | None:
        """Return what a program answers to a check and how that ends; None if it has to be asked alone."""
        with self._lock:
            asked, record = self._asked[name, together.digest], self.record(name, together, check)
            there = self._replies.get((name, together.digest))
            if check.key not in asked.known and there is not None and record is not None:
                session, replies = there
                script = together.layouts[check].played
                judged = self._judge.judge_replies(check, script, replies[check], session)
                ended = judged.verdict if judged else None
                if ended is not None and ended.outcome is not Outcome.BROKEN:
                    asked.is_new = True
                    asked.known[check.key] = Known(record, ended.outcome, ended.places, ended.staff_note)
            return asked.known.get(check.key)

    def save(self) -> None:
        """Write down what was looked at."""
        with self._lock:
            for (name, digest), asked in self._asked.items():
                if not asked.is_new:
                    continue
                found = {key: KeptAnswers.of(one, asked.known.get(key)) for key, one in asked.records.items()}
                self._cache(name).keep([digest], encode(found))
                asked.is_new = False

"""What the course's own programs answer to checks: mistakes, and right answers of other kinds."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.judging.bank import Check
from autograder.judging.facts import AnswerFacts, Layout, Outcomes
from autograder.judging.judge import Judge, Judged, open_reply
from autograder.judging.loading import Program
from autograder.judging.session import Ended, Reply, Script, Session
from autograder.results import Outcome
from autograder.sandbox.calls import Answer, StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.wall import Wall

REFERENCE = "the reference"
QUICK_S = 0.05  # what the reference may take for a check that is asked of a program without need


@dataclass(frozen=True, eq=False)
class Known:
    """What a program answers to a check, how the check ends, and where in the check's file."""

    record: AnswerFacts
    outcome: Outcome
    lines: tuple[int, ...]


class KnownAnswers:
    """Asks programs of the course's own; each is asked each check once, when it is looked up."""

    def __init__(self, wall: Wall, judge: Judge, programs: Mapping[str, Program]) -> None:
        self._wall, self._judge, self.programs = wall, judge, {REFERENCE: judge.reference, **programs}
        self._known: dict[str, dict[str, Known]] = {name: {} for name in self.programs}
        self._locks = {name: threading.Lock() for name in self.programs}
        self._layouts: dict[str, Layout | None] = {}
        self._free: dict[str, np.ndarray] = {}
        self._unsteady: dict[tuple[str, str], np.ndarray] = {}

    def layout(self, check: Check) -> Layout | None:
        """Return how answers to a check are laid out, None for one that is broken."""
        if check.key not in self._layouts:
            script = self._judge.script(check)
            self._layouts[check.key] = None if script is None else Layout(script)
        return self._layouts[check.key]

    def is_quick(self, check: Check) -> bool:
        """Whether a check costs next to nothing."""
        return self.seconds(check) < QUICK_S

    def seconds(self, check: Check) -> float:
        """Return how long the right answers to a check take."""
        script = self._judge.script(check)
        return script.seconds if script else 0.0

    def ask(self, name: str, checks: Sequence[Check], wanted: Check) -> Known | None:
        """Return what a program answers to one check; the quick ones of `checks` are asked with it.

        Visible and hidden ones apart: hidden inputs are drawn several times, and most mistakes are out
        of the question before.
        """
        with self._locks[name]:
            known = self._known[name]
            if wanted.key not in known:
                alike = [check for check in checks if check.visible or not wanted.visible]
                quick = [check for check in alike if self.is_quick(check)]
                first = [check for check in quick if check.visible]  # as in a submission: some remember
                every = [*first, *(check for check in quick if not check.visible)]
                self._play(name, every if wanted in every else [*every, wanted], known)
            return known.get(wanted.key)

    def _play(self, name: str, checks: Sequence[Check], known: dict[str, Known]) -> None:
        layouts = {check.key: self.layout(check) for check in checks}
        scripts = [layout.played if layout else Script(()) for layout in layouts.values()]
        session = Session(self._wall, self.programs[name])
        played = list(session.play(scripts))
        for (check, script), replies in zip(zip(checks, scripts, strict=True), played, strict=True):
            layout = layouts[check.key]
            if layout is not None:
                judged = self._judge.judge_replies(check, script, replies, session)
                judged = judged or replace(self._judge.judge_live(check, session), replies=replies)
                record = layout.record(outcomes_of(judged, layout.script))
                known[check.key] = Known(record, judged.verdict.outcome, judged.verdict.lines)
        session.close()

    def unsteady(self, name: str, check: Check) -> np.ndarray:
        """Return the entries in which a program contradicts itself: what chance decides in it."""
        key = (name, check.key)
        if key not in self._unsteady:
            known = self.ask(name, [check], check)
            assert known is not None  # noqa: S101 it was compared to something
            script, session = known.record.layout.played, Session(self._wall, self.programs[name])
            _, replies = session.play([script, script])  # the second time, chance stands elsewhere
            session.close()
            again = known.record.layout.record([outcome_of(reply) for reply in replies])
            self._unsteady[key] = known.record.layout.drawn(~known.record.same(again))
        return self._unsteady[key]

    def free(self, check: Check, right: Sequence[str]) -> np.ndarray:
        """Return the entries in which right answers differ: what is drawn at random, how a figure looks.

        Args:
            check: which a right answer passes whatever these are.
            right: names of programs that are right.
        """
        if check.key not in self._free:
            layout = self.layout(check)
            assert layout is not None  # noqa: S101 nobody compares answers to a broken check
            free = np.zeros(layout.numbers.shape, dtype=bool)
            if layout.stateful.any():
                free |= self.unsteady(REFERENCE, check)
                every = [self.ask(name, [check], check) for name in right if self.is_quick(check)]
                for known in every:
                    if known is not None and known.outcome is Outcome.PASSED:
                        free |= known.record.wrong
            drawn = np.isin(layout.owner, layout.owner[free])  # all of an array of which a part was drawn
            self._free[check.key] = drawn & layout.stateful
        return self._free[check.key]


def outcome_of(reply: Reply) -> Answer | Ended:
    """Return what a reply tells, whatever it is."""
    try:
        return open_reply(reply)
    except (StudentRaised, CallTimeout, WorkerDied) as error:
        return error


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

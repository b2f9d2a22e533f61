"""A function that has passed a check passes it again wherever it stands unchanged: it is not called again.

Only what passed is believed of another program, so none can make another fail; and only what passed in one
that loads in full and prints nothing, in which nothing could have changed what its functions answer
(`same_text`). Where it is believed, other functions may do what they like: this one is right.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

from autograder.data.values import Named, leaves
from autograder.judging.answer_cache import AnswerCache, hash_of_texts
from autograder.judging.bank import Check
from autograder.judging.cache import Kept
from autograder.judging.judged import Judged
from autograder.judging.same_text import RightAnswers, SameText
from autograder.judging.session import Script, Session
from autograder.judging.verdict import Verdict
from autograder.results import Outcome
from autograder.sandbox.calls import Call
from autograder.sandbox.program import Program
from autograder.sandbox.student import FILE_READER

PASSES_KEPT = 200_000  # of a function at a check
ENTRY_BYTES = 200
Scripts = Mapping[str, Script | None]  # by the key of a check


class PassedBefore:
    """The checks that functions have passed, by what these consist of."""

    def __init__(self, reference: Program, right: Sequence[str], kept: AnswerCache) -> None:
        """Begin; `right` are the texts of right answers, `kept` is from earlier runs and for later ones."""
        self._reference, self._sources, self._kept = reference, right, kept
        self.is_believed = False  # or everything is run
        self._said: Kept[bytes] = Kept(PASSES_KEPT, PASSES_KEPT * ENTRY_BYTES)
        self._asked: dict[str, set[str]] = {}  # functions, by the key of the check
        self._texts: WeakKeyDictionary[Session, SameText] = WeakKeyDictionary()

    @cached_property
    def _right(self) -> RightAnswers:
        return RightAnswers.of([*self._reference.source.cells, *self._sources])

    def judged(self, checks: Sequence[Check], scripts: Scripts, session: Session) -> dict[str, Judged]:
        """Return how checks end that need no call, by their keys; the program is loaded first."""
        found, passed = dict[str, Judged](), Verdict(Outcome.PASSED)
        run = [check for check in checks if check.key in scripts] if self.is_believed else []
        if run:
            session.load()
        for check in run if is_whole(session) else ():
            key = self._same(check, scripts.get(check.key), session)
            said = (self._said.get(key) or self._kept.find([key])) if key else None
            if said is not None:
                found[check.key] = Judged(check, passed, digest=said, said=said)
        return found

    def noted(self, judged: Judged, script: Script | None, session: Session) -> Judged:
        """Return how a check ended; if it passed, that is remembered."""
        passed = self.is_believed and judged.verdict.outcome is Outcome.PASSED
        if passed and is_whole(session) and not session.has_printed:
            made = functions_in([one.call for one in judged.made])  # or what the script asks for
            key = self._same(judged.check, script, session)
            said = judged.said or key
            if key and self._text(session).is_plain and made <= self._functions(judged.check, script):
                self._said.put(key, said, ENTRY_BYTES)
                self._kept.keep([key], said)
        return judged

    def _same(self, check: Check, script: Script | None, session: Session) -> bytes:
        """Return what is asked of which functions, empty where their text does not tell what they do."""
        names = {check.question, *self._functions(check, script)}
        digest = self._text(session).digest(names)
        return hash_of_texts([digest, check.key.encode()]) if digest else b""

    def _functions(self, check: Check, script: Script | None) -> set[str]:
        """Return which functions a check calls of a right answer."""
        if script is not None and check.key not in self._asked:
            self._asked[check.key] = functions_in(script.calls)
        return self._asked.get(check.key, set())

    def _text(self, session: Session) -> SameText:
        if session not in self._texts:
            self._texts[session] = SameText(session.program, self._right, self._reference.modules)
        return self._texts[session]


def functions_in(calls: Sequence[Call]) -> set[str]:
    """Return which functions of a program are called; "", which none is, where more is looked at."""
    found = {call.name for call in calls if call.action == "call"}
    return found | {"" for call in calls if looks_at_more(call)}


def looks_at_more(call: Call) -> bool:
    """Whether a call reads a file, perhaps the program's own, or hands on a function, to call or read it."""
    handed_on = any(isinstance(leaf, Named) for leaf in leaves([*call.args, *call.kwargs.values()]))
    return handed_on or (call.action, call.name) == ("make", FILE_READER)


def is_whole(session: Session) -> bool:
    """Whether a program was loaded and nothing in it stopped."""
    return session.loaded is not None and not session.loaded.stops

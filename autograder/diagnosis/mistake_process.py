"""One process in which known mistakes answer one after another: most of the cost would be loading each."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from msgspec.structs import replace as replace_fields

from autograder.judging.answer_room import Held
from autograder.judging.judged import open_reply
from autograder.judging.session import Reply, Script, Session
from autograder.sandbox.calls import Call, StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.wall import Wall

SWITCH = "_bind_variant"
# A copy of the module for each draw of the inputs: some mistakes remember earlier calls.
SWITCHING = f"""

_copies, _replaced = {{}}, {{}}


def {SWITCH}(copy, bind):
    import importlib
    import sys

    globals().update(_replaced)
    _replaced.clear()
    for name, (module, attribute) in bind.items():
        if (copy, module) not in _copies:
            sys.modules.pop(module, None)
            _copies[copy, module] = importlib.import_module(module)
        _replaced[name] = globals()[name]
        globals()[name] = getattr(_copies[copy, module], attribute)
"""
PART = 4  # of the time of a submission, after which a fresh process is taken


class MistakeProcess:
    """Plays scripts with programs that differ from the reference in what they bind."""

    def __init__(self, wall: Wall) -> None:
        self._wall = wall
        self._lock = threading.Lock()
        self._session: Session | None = None

    def play(
        self, programs: Sequence[Program], copy: str, scripts: Sequence[Script]
    ) -> tuple[Session, list[list[list[Reply]]]]:
        """Return the replies of each program to each script; none where something ended early."""
        with self._lock:
            session = self._ready(programs[0])
            every, names = [], []
            for number, program in enumerate(programs):
                bind = {name: list(where) for name, where in program.bind.items()}
                switch = Script((encode_call(Call("call", SWITCH, args=(copy, bind))),))
                every += [switch, *scripts]
                names += [f"{number} {copy}"] * (1 + len(scripts))
            session.held = Held()
            played, size = list(session.play(every, names)), 1 + len(scripts)
            if session.unloadable is not None:  # another one may do better
                self.close()
        parts = [played[start : start + size] for start in range(0, len(played), size)]
        return session, [part[1:] if is_whole(part) else [] for part in parts]

    def _ready(self, program: Program) -> Session:
        session = self._session
        if session is None or session.seconds > self._wall.bounds.submission_s / PART:
            self.close()
            text = f"{program.source.cells[0]}{SWITCHING}"
            alone = replace(program, source=replace_fields(program.source, cells=[text]), bind={})
            session = self._session = Session(self._wall, alone)
        return session

    def close(self) -> None:
        """End the process."""
        if self._session is not None:
            self._session.close()
            self._session = None


def is_whole(part: Sequence[Sequence[Reply]]) -> bool:
    """Whether a program was bound and answered every call itself."""
    if any(reply.ended for replies in part for reply in replies):
        return False
    try:
        open_reply(part[0][0])
    except (StudentRaised, CallTimeout, WorkerDied):
        return False
    return True

"""How a check ended, and the calls and replies that it was judged on."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.judging.bank import Check
from autograder.judging.session import Ended, Exchange, Reply, Script
from autograder.judging.verdict import Verdict
from autograder.results import Outcome
from autograder.sandbox.calls import Answer, Call, StudentRaised
from autograder.sandbox.codec import encode_call, read_reply
from autograder.sandbox.protocol import ProtocolError, TooManyPieces
from autograder.sandbox.remote import MUCH_LARGER, AnswerTooLarge, CallTimeout, InvalidReply, WorkerDied


class Diverged(BaseException):
    """The check asked for something that was not sent: it has to be run call by call."""


@dataclass(frozen=True)
class Judged:
    """How a check ended, and the calls that it made until then.

    Replies stay as they came, for unpacked they take many times the memory.
    """

    check: Check
    verdict: Verdict
    made: tuple[Exchange, ...] = ()  # call by call
    sent: Sequence[Call] = ()  # or all at once: the first ones of the check's script, with `replies`
    digest: bytes = b""  # of the replies, where the verdict follows from them alone
    replies: Sequence[Reply] = ()  # to all calls of the check's script, if they were sent
    said: bytes = b""  # a digest of them

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The calls and what came of them."""
        return self.made or tuple(map(Exchange, self.sent, map(outcome_of, self.replies)))

    @property
    def last(self) -> Answer | Ended | None:
        """What came of the last call, None if there was none."""
        if self.made:
            return self.made[-1].outcome
        return outcome_of(self.replies[len(self.sent) - 1]) if self.sent else None

    @property
    def place(self) -> tuple[int, int]:
        """The line and the cell at which the program raised, zeros if it did not."""
        if self.verdict.outcome is Outcome.ERROR and isinstance(last := self.last, StudentRaised):
            return last.problem.line, last.problem.cell
        return 0, 0


class Replay:
    """Answers a check's calls with replies that are there already."""

    def __init__(self, script: Script, replies: Sequence[Reply]) -> None:
        self._expected, self._replies = script.frames, replies
        self.exchanges: list[Exchange] = []

    def send(self, call: Call) -> Answer:
        """Return the next reply, if it is the one to this call."""
        at = len(self.exchanges)
        if at >= len(self._replies) or encode_call(call) != self._expected[at]:
            raise Diverged
        try:
            answer = open_reply(self._replies[at])
        except (StudentRaised, CallTimeout, WorkerDied) as error:
            self.exchanges.append(Exchange(call, error))
            raise
        self.exchanges.append(Exchange(call, answer))
        return answer


def open_reply(reply: Reply) -> Answer:
    """Return the answer in a reply, or raise what it tells of."""
    if reply.ended is not None:
        raise reply.ended
    try:
        return read_reply(reply.frame, reply.room)
    except TooManyPieces:
        raise AnswerTooLarge(MUCH_LARGER) from None
    except ProtocolError:
        raise InvalidReply("sent something that is no answer") from None


def outcome_of(reply: Reply) -> Answer | Ended:
    """Return what a reply tells, whatever it is."""
    try:
        return open_reply(reply)
    except (StudentRaised, CallTimeout, WorkerDied) as error:
        return error

"""A worker, seen from the grader: load a program into it, ask it, end it."""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograder.data.limits import Limits
from autograder.sandbox import protocol
from autograder.sandbox.calls import Answer
from autograder.sandbox.codec import answer_in, call_back
from autograder.sandbox.patience import Excused, WorkerWatch
from autograder.sandbox.program import Lends, Program
from autograder.sandbox.warm import WarmProcess

LOADING = 1.6  # times what loading may take, a worker is ended; until then it cuts statements by itself
GO = protocol.frame_of(protocol.Go())
MUCH_LARGER = "began an answer much larger than the right one"
LIVE_BYTES = 8 << 20  # of one reply, where it is not known how large a right one is


class CallTimeout(Exception):
    """A call took longer than it may."""


class WorkerDied(Exception):
    """The worker is gone; the text says how."""


class InvalidReply(WorkerDied):
    """The worker sent what is no answer; it was ended."""


class AnswerTooLarge(WorkerDied):
    """The worker began to send an answer much larger than a right one; it was ended."""


class Worker:
    """One confined process with one submission in it.

    `ended` hears its number when it is ended; `insist_on_wall` raises if it ended with the wall.
    """

    def __init__(
        self, bounds: Limits, warm: WarmProcess, sock: socket.socket, pid: int, pidfd: int, output: int,
        ended: Callable[[int], None], insist_on_wall: Callable[[WarmProcess], None],
    ) -> None:  # fmt: skip
        self._bounds, self._warm, self._sock, self._output = bounds, warm, sock, output
        self._pid, self.pidfd = pid, pidfd
        self._ended, self._insist_on_wall = ended, insist_on_wall
        self._lender: Lends | None = None
        self.running: protocol.Running | None = None
        sock.setblocking(False)
        self.alive = True
        self.received = 0  # bytes
        self.excused = Excused()

    def load(
        self,
        program: Program,
        deadline: float | None = None,
        skip: Sequence[protocol.WirePlace] = (),
        *,
        statement_s: float = 0,
    ) -> protocol.Loaded:
        """Run a program but for the statements to `skip`; what stops in it comes back.

        With `statement_s`, which one statement may take, `running` tells which it is. Slower.
        """
        self._lender = lender = program.lender
        allowed_s = self._bounds.import_s
        request = protocol.LoadRequest(
            program.source, dict(program.modules), dict(program.bind), list(lender.names) if lender else [],
            allowed_s, list(skip), statement_s > 0, dict(program.files),
        )  # fmt: skip
        frame, until = protocol.frame_of(request), limit(LOADING * allowed_s, deadline)
        try:
            while True:
                excused = self.excused.all_s
                frame = self.reply(frame, statement_s or LOADING * allowed_s, until)
                until += self.excused.all_s - excused
                reply, _ = protocol.decode_frame(frame, protocol.REPLY)
                if isinstance(reply, protocol.Loaded):
                    return reply
                if not statement_s or not isinstance(reply, protocol.Running):
                    raise protocol.ProtocolError("no answer to a request to load")
                self.running, frame = reply, GO
        except protocol.ProtocolError:
            raise self._died("sent something that is no answer", InvalidReply) from None

    def ask(
        self,
        frame: bytes,
        allowed_s: float,
        deadline: float | None = None,
        room: int = LIVE_BYTES,
        functions: Sequence[Callable[..., Any]] = (),
    ) -> Answer:
        """Send an encoded call and return its answer, of `room` bytes at the most.

        It may call `functions` back, which are the grader's.

        Raises:
            StudentRaised: the student's code raised.
            CallTimeout: it took longer than `allowed_s`, or went past `deadline`; the worker is ended.
            WorkerDied: the worker ended, or broke the protocol; it is ended.
        """
        until = limit(allowed_s, deadline)
        try:
            while True:
                excused = self.excused.all_s
                frame = self.reply(frame, allowed_s, until, room)
                until += self.excused.all_s - excused
                reply, body = protocol.decode_frame(frame, protocol.REPLY)
                if not isinstance(reply, protocol.CallRequest):
                    return answer_in(reply, body, room)
                if reply.action == "callback":
                    frame = call_back(reply, body, functions)
                    continue
                if self._lender is None:
                    raise protocol.ProtocolError("a call of what is not lent")
                lent = self._lender.excused_s
                frame = self._lender.answer(reply, frame, self._bounds.call_s, until)
                until += self._lender.excused_s - lent
                self.excused.all_s += self._lender.excused_s - lent
        except protocol.TooManyPieces:
            raise self._died(MUCH_LARGER, AnswerTooLarge) from None
        except protocol.ProtocolError:
            raise self._died("sent something that is no answer", InvalidReply) from None

    def stream(
        self,
        frames: bytes,
        count: int,
        allowed_s: float,
        deadline: float | None = None,
        rooms: Sequence[int] = (),
    ) -> Iterator[bytes]:
        """Send many encoded calls at once and yield each reply, of up to its room of bytes, as it comes.

        Raises:
            CallTimeout: the next reply took too long; the worker is ended.
            AnswerTooLarge: the next reply has more than its room; the worker is ended.
            WorkerDied: the worker ended, or broke the protocol; it is ended.
            WallLost: the worker ended with the process that it was forked from.
        """
        unsent, arriving = memoryview(frames), protocol.Frames(rooms=rooms)
        poll = select.poll()
        poll.register(self._sock, select.POLLIN | select.POLLOUT)
        watch = WorkerWatch(self._pid, allowed_s, deadline, self.excused)
        try:
            while count > 0:  # write and read as either is possible: neither side waits forever
                events = self._wait(poll, watch, allowed_s)
                if events & select.POLLOUT and unsent:
                    unsent = unsent[self._sock.send(unsent) :]
                    watch.begin()  # it waited for us, not we for it
                    if not unsent:
                        poll.modify(self._sock, select.POLLIN)
                if events & ~select.POLLOUT:
                    found = arriving.feed(self._receive())
                    if len(found) > count:
                        self.end()  # it answers what it was not asked
                    watch.settle()
                    told = time.monotonic()
                    yield from found[:count]
                    watch.postpone(time.monotonic() - told)
                    count -= len(found)
                    if found:
                        watch.begin()
                    if arriving.has_too_large and count > 0:
                        self.end()
                        raise AnswerTooLarge(MUCH_LARGER)
            if count < 0:
                raise protocol.ProtocolError
        except protocol.ProtocolError:
            raise self._died("sent something that is no answer", InvalidReply) from None
        except (EOFError, OSError):
            error = self._died("ended the process that it runs in")
            self._insist_on_wall(self._warm)
            raise error from None
        finally:
            watch.settle()

    def output(self) -> str:
        """Return what the student printed, cut to the limit."""
        data = os.pread(self._output, self._bounds.output_kb * 1024, 0)
        return data.decode("utf-8", "replace")

    def end(self) -> None:
        """Kill the worker, whatever it is doing; the warm process sees to what it may have left."""
        if self.alive:
            self.alive = False
            self._ended(self._pid)
            self._sock.close()
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            os.close(self.pidfd)
            self._warm.tell({"do": "reap", "silent": True})

    def close(self) -> None:
        """End the worker and forget what it printed."""
        self.end()
        os.close(self._output)

    def reply(self, frame: bytes, allowed_s: float, deadline: float | None, room: int = LIVE_BYTES) -> bytes:
        """Return the reply to one encoded call; see `stream`."""
        [reply] = self.stream(frame, 1, allowed_s, deadline, [room])
        return reply

    def _wait(self, poll: select.poll, watch: WorkerWatch, allowed_s: float) -> int:
        """Return what the worker is ready for, 0 for nothing yet."""
        ready = poll.poll(watch.wait_s() * 1000)
        watch.back()
        if not ready and watch.is_over():
            self.end()
            raise CallTimeout(f"no answer within {allowed_s:g} s")
        return ready[0][1] if ready else 0

    def _receive(self) -> bytes:
        data = self._sock.recv(1 << 18)
        if not data:
            raise EOFError
        self.received += len(data)
        return data

    def _died(self, why: str, kind: type[WorkerDied] = WorkerDied) -> WorkerDied:
        self.end()
        return kind(why)


def limit(allowed_s: float, deadline: float | None) -> float:
    """Return the moment by which the next reply must be here."""
    until = time.monotonic() + allowed_s
    return until if deadline is None else min(until, deadline)

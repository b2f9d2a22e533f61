"""The grader's side of the wall: start workers, ask them, end them."""

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.errors import InputError, KitError
from autograder.sandbox import limits, protocol
from autograder.sandbox.calls import Answer
from autograder.sandbox.codec import answer_in
from autograder.sandbox.lender import Lender
from autograder.sandbox.limits import LAYERS, Limits

KIT = Path(__file__).resolve().parents[2]
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from autograder.sandbox.zygote import main; import autograder.sandbox.protocol; main()"
)
HANDSHAKE_S = 120
OURS = ("autograder.checks",)  # of the kit: files of known mistakes import it in workers


class CallTimeout(Exception):
    """A call took longer than it may."""


class WorkerDied(Exception):
    """The worker is gone; the text says how."""


class InvalidReply(WorkerDied):
    """The worker sent what is no answer, and was ended."""


class Wall:
    """A warm process and the workers forked from it. Use as a context manager."""

    def __init__(
        self, bounds: Limits, preload: Sequence[str] = ("numpy",), without: Sequence[str] = ()
    ) -> None:
        if sys.platform != "linux":
            raise KitError("the wall needs Linux; on this system run the kit in a Linux container")
        for unknown in set(without) - set(LAYERS):
            raise InputError(f"the wall has no layer {unknown} (it has: {', '.join(LAYERS)})")
        self.bounds = bounds
        self.layers = tuple(layer for layer in LAYERS if layer not in without)
        self._preloaded = set(preload)
        self._lock = threading.Lock()
        limits.hide_memory()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        settings = {"limits": asdict(bounds), "layers": self.layers}
        settings |= {"ours": OURS, "preload": list(preload)}
        self._process = subprocess.Popen(  # noqa: S603 our own interpreter, our own arguments
            [sys.executable, "-I", "-c", START, str(KIT), str(theirs.fileno()), json.dumps(settings)],
            pass_fds=[theirs.fileno()],
            env=dict(limits.CLEAN_ENVIRONMENT),
            stdin=subprocess.DEVNULL,
            cwd="/",
        )
        theirs.close()
        self._control = ours

    def __enter__(self) -> "Wall":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the warm process; it takes every worker with it."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """The warm process, parent of every worker and of whatever a worker leaves behind."""
        return self._process.pid

    def preload(self, modules: Sequence[str]) -> None:
        """Import further libraries into the warm process, once."""
        missing = [name for name in modules if name not in self._preloaded]
        if missing:
            self._ask({"do": "preload", "modules": missing})
            self._preloaded.update(missing)

    def settle(self) -> None:
        """Make every later worker cheaper to start: before a batch, not before one submission."""
        self._ask({"do": "settle"})

    def worker(self) -> "Worker":
        """Fork a confined worker."""
        ours, theirs = socket.socketpair()
        output = os.memfd_create("output")
        try:
            pid = self._ask({"do": "fork"}, [theirs.fileno(), output])["pid"]
        except KitError:
            ours.close()
            os.close(output)
            raise
        finally:
            theirs.close()
        return Worker(self, ours, pid, output)

    def end(self, pid: int) -> None:
        """Kill a worker."""
        with contextlib.suppress(KitError):  # the warm process has gone, and its workers with it
            self._ask({"do": "end", "pid": pid})

    def _ask(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        with self._lock:
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], list(descriptors))
                self._control.settimeout(HANDSHAKE_S)
                data = self._control.recv(4096)
            except OSError as error:
                raise KitError(f"the warm process of the wall does not answer ({error})") from error
        reply: dict[str, Any] = json.loads(data) if data else {"error": "it has ended; see above for why"}
        if "error" in reply:
            raise KitError(f"the warm process of the wall: {reply['error']}")
        return reply


class Worker:
    """One confined process with one submission in it."""

    def __init__(self, wall: Wall, sock: socket.socket, pid: int, output: int) -> None:
        self._wall, self._sock, self._pid, self._output = wall, sock, pid, output
        self._lender: Lender | None = None
        sock.setblocking(False)
        self.alive = True

    def load(
        self,
        source: protocol.Source,
        modules: Mapping[str, str] | None = None,
        bind: Mapping[str, tuple[str, str]] | None = None,
        deadline: float | None = None,
        lender: Lender | None = None,
    ) -> protocol.Loaded:
        """Run the program; its errors come back as problems.

        Args:
            source: the program.
            modules: texts of modules that it may import.
            bind: names of the program to replace, each by (module, attribute).
            deadline: of `time.monotonic`; at most `import_s` from now.
            lender: of functions that replace those of the same names.
        """
        self._lender = lender
        names = list(lender.names) if lender else []
        request = protocol.LoadRequest(source, dict(modules or {}), dict(bind or {}), names)
        frame = self.reply(protocol.frame_of(request), self._wall.bounds.import_s, deadline)
        try:
            reply, _ = protocol.decode_frame(frame, protocol.REPLY)
        except protocol.ProtocolError:
            reply = None
        if not isinstance(reply, protocol.Loaded):
            raise self._died("sent something that is no answer", InvalidReply)
        return reply

    def ask(self, frame: bytes, allowed_s: float, deadline: float | None = None) -> Answer:
        """Send an encoded call and return its answer.

        Raises:
            StudentRaised: the student's code raised.
            CallTimeout: it took longer than `allowed_s`, or went past `deadline`; the worker is ended.
            WorkerDied: the worker ended, or broke the protocol; it is ended.
        """
        until = limit(allowed_s, deadline)
        try:
            while True:
                frame = self.reply(frame, allowed_s, until)
                reply, body = protocol.decode_frame(frame, protocol.REPLY)
                if not isinstance(reply, protocol.CallRequest):
                    return answer_in(reply, body)
                if self._lender is None:
                    raise protocol.ProtocolError("a call of what is not lent")
                frame = self._lender.answer(reply, frame, self._wall.bounds.call_s, until)
        except protocol.ProtocolError:
            raise self._died("sent something that is no answer", InvalidReply) from None

    def stream(
        self, frames: bytes, count: int, allowed_s: float, deadline: float | None = None
    ) -> Iterator[bytes]:
        """Send many encoded calls at once and yield each reply as it comes.

        Args:
            frames: the calls, one after another.
            count: how many replies there will be.
            allowed_s: what each call may take.
            deadline: of `time.monotonic`, for all of them.

        Raises:
            CallTimeout: the next reply took too long; the worker is ended.
            WorkerDied: the worker ended, or broke the protocol; it is ended.
        """
        unsent, arriving = memoryview(frames), protocol.Frames()
        poll = select.poll()
        poll.register(self._sock, select.POLLIN | select.POLLOUT)
        until = limit(allowed_s, deadline)
        try:
            while count > 0:  # write and read as either is possible: neither side waits forever
                ready = poll.poll(max(0.0, until - time.monotonic()) * 1000)
                if not ready:
                    self.end()
                    raise CallTimeout(f"no answer within {allowed_s:g} s")
                if ready[0][1] & select.POLLOUT and unsent:
                    unsent = unsent[self._sock.send(unsent) :]
                    if not unsent:
                        poll.modify(self._sock, select.POLLIN)
                if ready[0][1] & ~select.POLLOUT:
                    data = self._sock.recv(1 << 18)
                    if not data:
                        raise EOFError
                    found = arriving.feed(data)
                    if len(found) > count:
                        self.end()  # it answers what it was not asked
                    yield from found[:count]
                    count -= len(found)
                    until = limit(allowed_s, deadline) if found else until
            if count < 0:
                raise protocol.ProtocolError
        except protocol.ProtocolError:
            raise self._died("sent something that is no answer", InvalidReply) from None
        except (EOFError, OSError):
            raise self._died("ended the process that it runs in") from None

    def output(self) -> str:
        """Return what the student printed, cut to the limit."""
        data = os.pread(self._output, self._wall.bounds.output_kb * 1024, 0)
        return data.decode("utf-8", "replace")

    def end(self) -> None:
        """Kill the worker, whatever it is doing."""
        if self.alive:
            self.alive = False
            self._sock.close()
            self._wall.end(self._pid)

    def close(self) -> None:
        """End the worker and forget what it printed."""
        self.end()
        os.close(self._output)

    def reply(self, frame: bytes, allowed_s: float, deadline: float | None) -> bytes:
        """Return the reply to one encoded call; see `stream`."""
        [reply] = self.stream(frame, 1, allowed_s, deadline)
        return reply

    def _died(self, why: str, kind: type[WorkerDied] = WorkerDied) -> WorkerDied:
        self.end()
        return kind(why)


def limit(allowed_s: float, deadline: float | None) -> float:
    """Return the moment by which the next reply must be here."""
    until = time.monotonic() + allowed_s
    return until if deadline is None else min(until, deadline)

"""The wall: a warm process, kept alive, from which confined workers are forked."""

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence

from autograder.data.limits import Limits
from autograder.errors import InputError, KitError
from autograder.sandbox.limits import LAYERS
from autograder.sandbox.program import Program
from autograder.sandbox.remote import Worker
from autograder.sandbox.warm import CannotStart, WallLost, WarmProcess

FORK_S, IMPORT_S = 30, 120  # what the warm process may take
PAUSES_S = (0, 0.05, 0.2, 0.5, 1, 2, 4, 8, 16)  # before a fork is tried again
STARTS = 2  # of a warm process that ends before it is ready: a third would as well


class Wall:
    """A warm process and the workers forked from it. Use as a context manager."""

    def __init__(
        self,
        bounds: Limits,
        preload: Sequence[str] = ("numpy",),
        without: Sequence[str] = (),
        also: Sequence[str] = (),
    ) -> None:
        if sys.platform != "linux":
            raise KitError("the wall needs Linux; on this system run the kit in a Linux container")
        for unknown in set(without) - set(LAYERS):
            raise InputError(f"the wall has no layer {unknown} (it has: {', '.join(LAYERS)})")
        self.bounds, self._also = bounds, tuple(also)
        self.layers = tuple(layer for layer in LAYERS if layer not in without)
        self._preloaded = dict.fromkeys(preload)
        self._refused: set[str] = set()
        self._settled = self._closed = False
        self.workers: set[int] = set()  # that have not been ended
        self._lock = threading.Lock()
        self._warm = WarmProcess(bounds, self.layers, preload, self._also)

    def __enter__(self) -> "Wall":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the warm process; it takes every worker with it."""
        self._closed = True
        self._warm.close()

    @property
    def pid(self) -> int:
        """The warm process, parent of every worker and of whatever a worker leaves behind."""
        return self._warm.pid

    def loaded(self, program: Program) -> Worker:
        """Start a worker with a program in it; what does not load ends it."""
        worker = self.worker()
        try:
            worker.load(program)
        except BaseException:
            worker.close()
            raise
        return worker

    def preload(self, modules: Sequence[str]) -> None:
        """Import further libraries into the warm process, once; workers import what it cannot."""
        known = self._preloaded.keys() | self._refused
        if known.issuperset(modules):
            return
        with self._lock:
            for name in modules:
                if name in self._preloaded or name in self._refused:
                    continue
                try:
                    reply, _ = self._warm.ask({"do": "preload", "modules": [name]}, within_s=IMPORT_S)
                    is_there = "error" not in reply
                except CannotStart:  # the next fork says so
                    return
                except WallLost:
                    self._restart()
                    is_there = False
                if is_there:
                    self._preloaded[name] = None
                else:
                    self._refused.add(name)

    def settle(self) -> None:
        """Make every later worker cheaper to start: before a batch, not before one submission."""
        self._settled = True
        with self._lock, contextlib.suppress(WallLost):
            self._warm.ask({"do": "settle"}, within_s=IMPORT_S)

    def worker(self) -> Worker:
        """Fork a confined worker."""
        ours, theirs = socket.socketpair()
        output = os.memfd_create("output")
        try:
            warm, pid, pidfd = self._fork([theirs.fileno(), output])
        except BaseException:
            ours.close()
            os.close(output)
            raise
        finally:
            theirs.close()
        self.workers.add(pid)
        return Worker(self.bounds, warm, ours, pid, pidfd, output, self.workers.discard, self.check)

    def _fork(self, descriptors: Sequence[int]) -> tuple[WarmProcess, int, int]:
        """Fork, again if need be: a machine that is short of something is short of it for a time."""
        why, failed = "", 0
        for pause in PAUSES_S:
            if pause:
                time.sleep(pause)
            with self._lock:
                try:
                    reply, received = self._warm.ask({"do": "fork"}, descriptors, within_s=FORK_S)
                except WallLost as lost:
                    why = str(lost)
                    failed += isinstance(lost, CannotStart)
                    if failed == STARTS:
                        raise
                    self._restart()
                    continue
                if "error" not in reply:
                    return self._warm, reply["pid"], received[0]
                why = f"the warm process of the wall: {reply['error']}"
                if reply.get("hopeless"):
                    self._restart()
        raise WallLost(why)

    def _restart(self) -> None:
        """Start another warm process in place of one that is lost."""
        if self._closed:
            raise KitError("the wall has been closed")
        self._warm.close(patience_s=0)
        self._warm = WarmProcess(self.bounds, self.layers, list(self._preloaded), self._also)
        if self._settled:
            self._warm.tell({"do": "settle", "silent": True})

    def check(self, warm: WarmProcess) -> None:
        """Raise `WallLost` if a warm process has ended: then its workers have ended with it."""
        with self._lock:
            if warm is not self._warm or warm.has_ended():
                raise WallLost("the warm process of the wall has ended")
            warm.ask({"do": "reap"}, within_s=FORK_S)

"""The warm process that workers are forked from.

It is started by exec before the grader reads any check or answer, imports the course's libraries once,
and never runs code of a course or a student. Requests and replies are small JSON texts.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
import traceback
import types
from os import _exit  # what programs see as `os._exit` does not end a process
from pathlib import Path
from typing import Any

import numpy as np

from autograder.data.limits import Limits
from autograder.data.plain import plain
from autograder.data.values import tensor
from autograder.sandbox import landlock, limits, pages, protocol, worker
from autograder.sandbox.calls import Call, Objects
from autograder.sandbox.codec import encode_call
from autograder.sandbox.habits import make_harmless
from autograder.sandbox.libraries import PRELOADABLE, TOGETHER
from autograder.sandbox.promised import import_only_promised

REQUEST_BYTES = 4096
REHEARSALS = 20  # Python has specialized what it runs by then


class Zygote:
    """Forks confined workers on request and sees to it that none outlives its submission."""

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self._control = control
        self._limits = Limits(**settings["limits"])
        self._layers = frozenset(settings["layers"])
        self._ruleset: int | None = None
        if "landlock" in self._layers and landlock.abi() > 0:
            self._ruleset = landlock.build_ruleset(limits.readable_paths(), ["/dev/null"])
        self._change_user = "uid" in self._layers and limits.can_change_user()
        self._forked = 0
        self._alive: set[int] = set()
        self._settled = False

    def serve(self) -> None:
        """Answer the grader until it hangs up, then end every worker."""
        actions = {"fork": self.fork, "reap": self.reap, "preload": self.preload, "settle": self.settle}
        with contextlib.suppress(ConnectionError):
            while True:
                data, descriptors, _, _ = socket.recv_fds(self._control, REQUEST_BYTES, 2)
                if not data:
                    break
                request = json.loads(data)
                reply = actions[request["do"]](request, descriptors)
                sent = [reply.pop("pidfd")] if "pidfd" in reply else []
                if not request.get("silent"):
                    socket.send_fds(self._control, [json.dumps(reply).encode()], sent)
                for descriptor in sent:
                    os.close(descriptor)
        for pid in self._alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def fork(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        """Start a worker that talks over the first descriptor and prints to the second."""
        self.reap(request, [])
        try:
            if len(os.listdir("/proc/self/task")) != 1:
                return {"error": "more than one thread, so forking is not safe", "hopeless": True}
            pid = os.fork()
            if pid == 0:
                self.become_worker(*descriptors)
            self._forked += 1
            self._alive.add(pid)
            return {"pid": pid, "pidfd": os.pidfd_open(pid)}
        except OSError as error:  # no process, memory or descriptor to be had: the grader asks again
            return {"error": f"no worker could be started: {error.strerror}"}
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def become_worker(self, sock: int, output: int) -> None:
        """Confine this fresh child and serve; never return."""
        try:
            self._control.close()
            os.setsid()
            os.dup2(output, 1)
            os.dup2(output, 2)
            channel, ruleset = settle_descriptors(sock, self._ruleset)
            uid = limits.FIRST_UID + self._forked % limits.UIDS if self._change_user else None
            limits.confine(self._limits, self._layers, ruleset, uid)
            os.closerange(4, 5)
            gc.enable()
            worker.serve_requests(channel, 1, self._limits.output_kb * 1024)
        except BaseException:  # noqa: BLE001 staff find it in the worker's output
            os.write(2, traceback.format_exc().encode())
        finally:
            _exit(0)

    def reap(self, _: dict[str, Any], __: list[int]) -> dict[str, Any]:
        """Collect workers that have ended, and kill what they left: orphans become children of ours."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(ended.si_pid, signal.SIGKILL)  # not collected yet: its number is nobody else's
                os.waitpid(ended.si_pid, 0)
                self._alive.discard(ended.si_pid)
        children = Path(f"/proc/self/task/{os.getpid()}/children")
        with contextlib.suppress(OSError):
            for pid in map(int, children.read_text().split()):
                if pid not in self._alive:
                    os.kill(pid, signal.SIGKILL)
        return {}

    def settle(self, _: dict[str, Any], __: list[int]) -> dict[str, Any]:
        """Spend a moment on becoming cheap to fork: worth it for more than a few submissions."""
        self._settled = True
        rehearse()
        return {"pages": pages.use_huge_pages()}

    def preload(self, request: dict[str, Any], _: list[int]) -> dict[str, Any]:
        """Import libraries now, so that no worker has to."""
        try:
            preload(request["modules"])
        except Exception as error:  # noqa: BLE001 workers import it themselves, and say so to whom it concerns
            return {"error": f"{type(error).__name__}: {error}"}
        if self._settled:
            pages.use_huge_pages()
        return {}


def settle_descriptors(sock: int, ruleset: int | None) -> tuple[socket.socket, int | None]:
    """Move a worker's descriptors to 3 and 4, and close all others."""
    spare = os.dup(sock)
    spare_ruleset = None if ruleset is None else os.dup(ruleset)
    channel = socket.socket(fileno=os.dup2(spare, 3))
    if spare_ruleset is not None:
        os.dup2(spare_ruleset, 4)
    close_from(5)
    return channel, None if ruleset is None else 4


def preload(modules: list[str]) -> None:
    """Import libraries with one thread, and move what they made out of the collector's way."""
    for name in modules:
        if name not in PRELOADABLE:
            raise ValueError(f"{name} is not a library that is preloaded")
        had_torch = "torch" in sys.modules
        for module in (name, *TOGETHER.get(name, ())):
            importlib.import_module(module)
        if "torch" in sys.modules and not had_torch:  # it may be set only once
            torch: Any = sys.modules["torch"]
            torch.set_num_threads(1)
            torch.set_num_interop_threads(1)
    make_harmless()
    seed_everything()
    gc.collect()
    gc.freeze()


def rehearse() -> None:
    """Answer calls of our own, so that no worker is the first to do so: what has been used is faster.

    None asks for gradients: where there is a graphics card, that starts a thread, and forking would end.
    """
    module, objects = types.ModuleType("rehearsal"), Objects()
    vars(module).update(last=lambda *values, **_: values[-1], loss=lambda one: (one.exp() * one).mean())
    data = {"a": np.arange(3.0), "b": [1.0, 2]}
    calls = [Call("call", "last", (1.0, data), data), Call("make", "numpy.random.default_rng")]
    if "torch" in sys.modules:
        calls += [Call("call", "loss", (tensor([1.0, 2.0]),))]
    requests = [protocol.decode_frame(encode_call(call), protocol.REQUEST) for call in calls]
    for request, body in REHEARSALS * requests:
        worker.answer(request, body, module, objects, [])
    if "matplotlib.pyplot" in sys.modules:
        draw_one()
    seed_everything()
    gc.collect()
    gc.freeze()


def draw_one() -> None:
    """Draw a figure: the first one loads fonts and the rest of matplotlib."""
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    figure.subplots().set(title="0.5", xlabel="x", ylabel="y")
    plain(figure)


def seed_everything() -> None:
    """Give every worker the same global randomness, so that a regrade repeats to the bit."""
    random.seed(0)
    sys.modules["numpy"].random.seed(0)
    if "torch" in sys.modules:  # not torch.manual_seed: it looks for every kind of accelerator
        sys.modules["torch"].default_generator.manual_seed(0)


def forget_folders() -> None:
    """Leave on the path only what workers may read: not the kit's folder, nor that of an editable install."""
    libraries = limits.readable_paths()
    sys.path[:] = [
        path
        for path in sys.path
        if any(Path(os.path.realpath(path)).is_relative_to(one) for one in libraries)
    ]


def close_from(first: int) -> None:
    """Close every descriptor from `first` on."""
    close_range = 436  # the same on every architecture; Linux 5.9
    if ctypes.CDLL(None).syscall(close_range, first, 2**31 - 1, 0) != 0:
        os.closerange(first, 65536)


def main() -> None:
    """Run as `zygote CONTROL_DESCRIPTOR SETTINGS_JSON`, with nothing on the path that is the course's."""
    gc.disable()  # what is imported stays: to look for garbage meanwhile takes a tenth of the time
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    os.environ.clear()
    os.environ.update(limits.CLEAN_ENVIRONMENT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    limits.prctl(limits.PR_SET_SUBREAPER, 1)
    limits.hide_memory()
    pages.keep_what_is_freed()
    for name in settings["ours"]:
        importlib.import_module(name)
    forget_folders()
    import_only_promised(settings["also"])
    preload(settings["preload"])
    Zygote(control, settings).serve()
    _exit(0)  # taking torch apart properly would take longer than grading did

"""The warm process, seen from the grader: started, asked, and started again when it is lost."""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from autograder.data.limits import Limits
from autograder.errors import KitError
from autograder.sandbox import limits

KIT = Path(__file__).resolve().parents[2]
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from autograder.sandbox.zygote import main; import autograder.sandbox.protocol; main()"
)
REPLY_BYTES = SAID_BYTES = 4096
START_S = 300  # for its first reply, which comes when the libraries are imported
# of the kit: files of known mistakes import the one in workers, the self-check the other
OURS = ("autograder.checks", "autograder.sandbox.probes")


class WallLost(KitError):
    """The warm process ended or does not answer: no submission's fault; what was under way begins again."""


class CannotStart(WallLost):
    """The warm process ended before it was ready: the next one would as well."""


class WarmProcess:
    """One warm process. Not safe for threads: the wall asks one thing at a time."""

    def __init__(
        self, bounds: Limits, layers: Sequence[str], preload: Sequence[str], also: Sequence[str]
    ) -> None:
        limits.hide_memory()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        settings = {"limits": asdict(bounds), "layers": layers, "ours": OURS}
        settings |= {"preload": list(preload), "also": list(also)}
        self._said = os.fdopen(os.memfd_create("said"), "rb")
        self._process = subprocess.Popen(  # noqa: S603 our own interpreter, our own arguments
            [sys.executable, "-sP", "-c", START, str(KIT), str(theirs.fileno()), json.dumps(settings)],
            pass_fds=[theirs.fileno()],
            env=dict(limits.CLEAN_ENVIRONMENT),
            stdin=subprocess.DEVNULL,
            stderr=self._said,
            cwd="/",
        )
        theirs.close()
        self._control, self._has_started = ours, False
        self.pid = self._process.pid

    def ask(
        self, request: dict[str, Any], descriptors: Sequence[int] = (), *, within_s: float
    ) -> tuple[dict[str, Any], list[int]]:
        """Return the reply and the descriptors that came with it; raise `WallLost` if there is none."""
        try:
            self._control.settimeout(within_s if self._has_started else max(within_s, START_S))
            socket.send_fds(self._control, [json.dumps(request).encode()], list(descriptors))
            data, received, _, _ = socket.recv_fds(self._control, REPLY_BYTES, 1)
        except (BrokenPipeError, ConnectionResetError):
            data = b""
        except OSError as error:
            raise WallLost(f"the warm process of the wall does not answer ({error})") from error
        if not data and not self._has_started:
            raise CannotStart(f"the warm process of the wall cannot start: {self._last_words()}")
        if not data:
            raise WallLost("the warm process of the wall has ended")
        self._has_started = True
        reply: dict[str, Any] = json.loads(data)
        return reply, received

    def tell(self, request: dict[str, Any]) -> None:
        """Send what needs no reply; where it cannot be sent at once, it is not sent."""
        try:
            self._control.send(json.dumps(request).encode(), socket.MSG_DONTWAIT)
        except OSError:  # it is blocked or gone, and learns of what it should know when it is asked again
            return

    def _last_words(self) -> str:
        size = self._said.seek(0, os.SEEK_END)
        said = os.pread(self._said.fileno(), SAID_BYTES, max(0, size - SAID_BYTES))
        return (said.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"])[-1]

    def has_ended(self) -> bool:
        """Whether the process is no more."""
        return self._process.poll() is not None

    def close(self, patience_s: float = 5) -> None:
        """End the process; it takes every worker with it."""
        self._control.close()
        try:
            self._process.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()


def wait_for_exit(pidfd: int, seconds: float) -> bool:
    """Wait until a process has ended; whether it has."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))

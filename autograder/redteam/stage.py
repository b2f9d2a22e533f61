"""The stage for attacks: places to leave a mark in, a neighbour to read, servers to call."""

import contextlib
import queue
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.opening import at_once
from autograder.redteam.collection import Attack, Gain


@dataclass
class Stage:
    """What attacks try to reach: places to leave a mark in, a neighbour to read, servers to call."""

    folder: Path
    port: int
    heard: list[str] = field(default_factory=list)

    def preamble(self, grader: int, course: Path, stem: str) -> str:
        """Return the first lines of an attack: it knows where everything is."""
        secrets = [f"{course}/solutions/{stem}.py", f"{course}/tests/questions/*.py", f"{course}/grading.yml"]
        return (
            f"GRADER, PORT, STEM = {grader}, {self.port}, {stem!r}\n"
            f"MARKS, OUT, CLASS = {str(self.folder / 'marks')!r}, {str(self.folder / 'out')!r},"
            f" {str(self.folder / 'class')!r}\nSECRETS = {secrets!r}\n"
        )

    def marks(self) -> list[str]:
        """Return what was left behind where nothing should be."""
        places = [self.folder / name for name in ("marks", "out", "class")]
        known = {"socket", "neighbour.py", "results.json"}
        found = [path for place in places for path in place.rglob("*") if path.name not in known]
        for path in found:
            path.unlink(missing_ok=True)
        return [path.name for path in found]


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Set the stage: folders that anyone may write, and servers that note who calls."""
    with tempfile.TemporaryDirectory(prefix="redteam-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        for place in ("marks", "out", "class"):
            (folder / place).mkdir()
            (folder / place).chmod(0o777)  # an attack that gets this far may leave its mark
        (folder / "class" / "neighbour.py").write_text("# somebody else's work\n")
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        made = Stage(folder, tcp.getsockname()[1])
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", made.port))
        by_name = stack.enter_context(socket.socket(socket.AF_UNIX))
        by_name.bind(str(folder / "marks" / "socket"))
        (folder / "marks" / "socket").chmod(0o777)
        by_name.listen()
        for server in (tcp, udp, by_name):
            threading.Thread(target=listen, args=(server, made.heard), daemon=True).start()
        yield made


def on_stages(
    attacks: Sequence[Attack],
    run: Callable[[Stage, Attack], Gain],
    set_up: Callable[[Stage], None] = lambda _: None,
) -> Iterator[Gain]:
    """Run attacks, several at once, none on a stage that is in use, and yield what each gained."""
    free: queue.SimpleQueue[Stage] = queue.SimpleQueue()

    def one(attack: Attack) -> Gain:
        scene = free.get()
        try:
            return run(scene, attack)
        finally:
            free.put(scene)

    with contextlib.ExitStack() as stack:
        for _ in range(min(at_once(), len(attacks))):
            scene = stack.enter_context(stage())
            set_up(scene)
            free.put(scene)
        yield from stack.enter_context(ThreadPoolExecutor(at_once())).map(one, attacks)


def listen(server: socket.socket, heard: list[str]) -> None:
    """Note every contact until the socket is closed."""
    with contextlib.suppress(OSError):
        while True:
            if server.type == socket.SOCK_DGRAM:
                server.recv(10)
            else:
                server.accept()[0].close()
            heard.append(server.type.name)

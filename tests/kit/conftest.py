"""Shared by the kit's own tests: a wall, started once, and ways to put programs behind it."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.data.limits import Limits
from autograder.sandbox.calls import Answer, Call
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.remote import Worker
from autograder.sandbox.student import Student
from autograder.sandbox.wall import Wall

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).parent / "tiny"

settings.register_profile("kit", deadline=None)  # how fast the machine is proves nothing
settings.load_profile("kit")

if sys.platform != "linux":
    collect_ignore_glob = ["test_wall*", "test_grading*", "test_batch*", "test_doctor*", "test_cluster*"]


@pytest.fixture(scope="session", autouse=True)
def only_own_lines_are_measured() -> Iterator[None]:
    """Let what tests start, pytest of students among it, know nothing of coverage (see `make test`)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SLIPCOVER_ENABLED", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_of_an_earlier_run_is_known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Begin with nothing kept on this machine: some tests change what verdicts follow from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("kept")))
        yield


@pytest.fixture(scope="session")
def wall() -> Iterator[Wall]:
    """A wall with short limits and NumPy only."""
    bounds = Limits(import_s=2, call_s=1, submission_s=10, memory_mb=256, output_kb=8)
    with Wall(bounds, ("numpy",)) as made:
        yield made


@pytest.fixture(scope="session")
def torch_wall() -> Iterator[Wall]:
    """A wall that has torch."""
    with Wall(Limits(call_s=5), ("numpy", "torch")) as made:
        yield made


@pytest.fixture
def behind(wall: Wall) -> Iterator[Callable[[str], tuple[Student, Worker]]]:
    """Load a program's text into a worker and return a stand-in for it."""
    workers = []

    def load(
        text: str, *, over: Wall = wall, modules: Mapping[str, str] | None = None
    ) -> tuple[Student, Worker]:
        worker = over.worker()
        workers.append(worker)
        worker.load(Program(ProgramText("work.py", [text]), modules or {}))

        def send(call: Call) -> Answer:
            return worker.ask(encode_call(call), over.bounds.call_s, functions=call.functions)

        return Student(send), worker

    yield load
    for worker in workers:
        worker.close()

"""Show how far a batch is: a bar on a terminal, a plain line every few seconds elsewhere, or JSON."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import msgspec

from autograder.batch.tasks import Progress

EVERY_S = 5
GUESS_FROM = 10  # submissions: the time left is not guessed from fewer
Tell = Callable[[Progress], None]


@contextlib.contextmanager
def progress(total: int, *, quiet: bool, as_json: bool = False) -> Iterator[Tell]:
    """Yield a function to call after every submission.

    Args:
        total: how many there are.
        quiet: show nothing on standard error.
        as_json: write one line of JSON a submission to standard output.
    """
    with contextlib.ExitStack() as stack:
        tells: list[Tell] = [json_line] if as_json else []
        if not quiet:
            tells.append(stack.enter_context(bar(total)) if sys.stderr.isatty() else lines())

        def tell(now: Progress) -> None:
            for one in tells:
                one(now)

        yield tell


@contextlib.contextmanager
def bar(total: int) -> Iterator[Tell]:
    """Yield a function that moves a bar with rate and time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("grading"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    began = time.monotonic()
    with Bar(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("grading", total=total, rate="")

        def tell(now: Progress) -> None:
            shown.update(task, completed=now.done, rate=rate_of(now, began))

        yield tell


def lines() -> Tell:
    """Return a function that writes a line every few seconds, and one at the end."""
    began = last = time.monotonic()

    def tell(now: Progress) -> None:
        nonlocal last
        present = time.monotonic()
        if present - last >= EVERY_S or now.done == now.total:
            last = present
            left = (now.total - now.done) * (present - began) / max(1, now.done)
            parts = [rate_of(now, began)]
            parts += [f"{now.reused} known already"] if now.reused else []
            parts += [f"about {left:.0f} s left"] if GUESS_FROM <= now.done < now.total else []
            done = f"graded {now.done} of {now.total} ({', '.join(parts)})"
            print(done, file=sys.stderr, flush=True)  # noqa: T201

    return tell


def rate_of(now: Progress, began: float) -> str:
    """Return how many submissions a second were done."""
    rate = now.done / max(1e-9, time.monotonic() - began)
    return f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s"


def json_line(now: Progress) -> None:
    """Write a submission's result as a line of JSON."""
    report = now.report
    line = {
        "submission": report.submission, "student": report.student, "score": report.score,
        "max_score": report.max_score, "late_days": report.late_days, "outcome": report.outcome,
        "known": now.is_reused, "done": now.done, "total": now.total,
    }  # fmt: skip
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether Ctrl-C was pressed; pressed twice it ends everything at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

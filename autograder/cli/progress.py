"""Show how far a batch is: a bar on a terminal, a plain line every few seconds elsewhere, or JSON."""

import contextlib
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import FrameType

import msgspec

from autograder.batch.tasks import Progress

EVERY_S = 5
LATELY_S = 30  # the rate is that of the last so many seconds
GUESS_FROM = 10  # submissions: the time left is not guessed from fewer
Tell = Callable[[Progress], None]


@contextlib.contextmanager
def progress(total: int, *, quiet: bool, as_json: bool = False) -> Iterator[Tell]:
    """Yield a function to call after every submission; `as_json` writes to standard output."""
    with contextlib.ExitStack() as stack:
        tells: list[Tell] = [json_line] if as_json else []
        if not quiet:
            tells.append(stack.enter_context(bar(total)) if sys.stderr.isatty() else lines())

        def tell(now: Progress) -> None:
            for one in tells:
                one(now)

        yield tell


@contextlib.contextmanager
def counting(verb: str, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Yield a function that says every few seconds how many are done: `read 120`."""
    last = time.monotonic()

    def tell(done: int) -> None:
        nonlocal last
        if not quiet and time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            print(f"{verb} {done}", file=sys.stderr, flush=True)  # noqa: T201

    yield tell


@contextlib.contextmanager
def trials(stem: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function to call with how many trials are done, and how many there are."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(f"examining {stem}", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


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
    pace = Pace()
    with Bar(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("grading", total=total, rate="")

        def tell(now: Progress) -> None:
            pace.note(now.done)
            shown.update(task, completed=now.done, rate=pace.told())

        yield tell


def lines() -> Tell:
    """Return a function that writes a line every few seconds, and one at the end."""
    pace, last = Pace(), time.monotonic()

    def tell(now: Progress) -> None:
        nonlocal last
        present = pace.note(now.done)
        if present - last >= EVERY_S or now.done == now.total:
            last = present
            parts = [pace.told()]
            parts += [f"{now.reused} known already"] if now.reused else []
            if GUESS_FROM <= now.done < now.total:
                parts.append(f"about {duration((now.total - now.done) / pace.rate())} left")
            done = f"graded {now.done} of {now.total} ({', '.join(parts)})"
            print(done, file=sys.stderr, flush=True)  # noqa: T201

    return tell


class Pace:
    """How fast it goes at present: the start, and what was known already, soon count no more."""

    def __init__(self) -> None:
        self._seen = deque([(time.monotonic(), 0)])

    def note(self, done: int) -> float:
        """Note that so many are done, and return the time."""
        now = time.monotonic()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] >= LATELY_S:
            self._seen.popleft()
        return now

    def rate(self) -> float:
        """Return how many submissions a second were done lately."""
        (began, before), (now, done) = self._seen[0], self._seen[-1]
        return max(1, done - before) / max(1e-3, now - began)

    def told(self) -> str:
        """Return the rate in words."""
        rate = self.rate()
        return f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s"


def duration(seconds: float) -> str:
    """Return a time as one says it: 45 s, 12 min, 1 h 5 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


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

"""Show how far a batch is: a bar on a terminal, a plain line every few seconds elsewhere."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from autograder.batch import Progress

EVERY_S = 5


@contextlib.contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Yield a function to call after every submission."""
    if quiet:
        yield lambda now: None
    elif sys.stderr.isatty():
        with bar(total) as tell:
            yield tell
    else:
        yield lines()


@contextlib.contextmanager
def bar(total: int) -> Iterator[Callable[[Progress], None]]:
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
            rate = now.done / max(1e-9, time.monotonic() - began)
            shown.update(task, completed=now.done, rate=f"{rate:.0f}/s")

        yield tell


def lines() -> Callable[[Progress], None]:
    """Return a function that writes a line every few seconds, and one at the end."""
    began = last = time.monotonic()

    def tell(now: Progress) -> None:
        nonlocal last
        present = time.monotonic()
        if present - last >= EVERY_S or now.done == now.total:
            last = present
            rate = now.done / max(1e-9, present - began)
            known = f", {now.reused} known already" if now.reused else ""
            print(f"graded {now.done} of {now.total} ({rate:.0f}/s{known})", file=sys.stderr, flush=True)  # noqa: T201

    return tell

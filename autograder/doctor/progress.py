"""Show how far an examination is: a bar on a terminal, nothing elsewhere."""

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(stem: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function to call with how many trials are done, and how many there are."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(f"examining {stem}", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)

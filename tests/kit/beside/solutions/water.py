"""The level of a river, read from files."""

from collections.abc import Sequence
from pathlib import Path

from gauge import Gauge


def mean_level() -> float:
    """Return the mean of the levels in `levels.csv`, which holds a number a line."""
    levels = [float(line) for line in Path("levels.csv").read_text("utf-8").split()]
    return sum(levels) / len(levels)


def write_summary(levels: Sequence[float], path: str) -> None:
    """Write a file of two lines, `count N` and `highest X`, X as Python prints it.

    Args:
        levels: at least one.
        path: where to write.
    """
    gauge = Gauge()
    for level in levels:
        gauge.add(level)
    Path(path).write_text(f"count {len(levels)}\nhighest {gauge.highest()}\n", "utf-8")


def essay() -> str:
    """Return the text of `essay.txt`, in which you name the season in which the river is highest, and why."""
    return Path("essay.txt").read_text("utf-8")

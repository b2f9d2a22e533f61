"""Wrong answers to water that students really write. The docstring is the hint."""

from pathlib import Path

from autograder.checks import misconception


@misconception("Gauge")
class remembers_the_last:
    """This is the newest level. Which one is asked for?"""

    def __init__(self):
        self.level = None

    def add(self, level):
        self.level = level

    def highest(self):
        return self.level


@misconception("Gauge")
class starts_at_zero:
    """A gauge starts at 0 here, so levels below 0 are lost. What does it hold before the first level?"""

    def __init__(self):
        self.most = 0

    def add(self, level):
        self.most = max(self.most, level)

    def highest(self):
        return self.most


@misconception("Gauge")
class shares_its_levels:
    """All gauges share one list. Where is it made?"""

    levels = []

    def add(self, level):
        self.levels.append(level)

    def highest(self):
        return max(self.levels)


@misconception("mean_level")
def sums_up():
    """This is the sum of the levels. How many are there?"""
    return sum(float(line) for line in Path("levels.csv").read_text().split())


@misconception("write_summary")
def appends(levels, path):
    """What was in the file before is still there. How is it opened?"""
    with open(path, "a") as file:
        file.write(f"count {len(levels)}\nhighest {max(levels)}\n")


@misconception("write_summary")
def writes_one_line(levels, path):
    """Both stand on one line. What ends a line?"""
    Path(path).write_text(f"count {len(levels)} highest {max(levels)}\n")


@misconception("essay")
def returns_the_name():
    """This is the name of the file. Where is its text?"""
    return "essay.txt"


@misconception("essay")
def writes_about_summer():
    """Another season is named here. When is the river highest?"""
    return "The river is highest in summer, when it rains a lot."

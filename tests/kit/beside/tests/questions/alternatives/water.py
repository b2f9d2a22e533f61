"""Right answers to water, written in unusual ways. None of them may lose a point."""

import numpy as np

from autograder.checks import alternative


@alternative("Gauge")
class keeps_the_highest:
    """Only one number is remembered."""

    def __init__(self):
        self.most = float("-inf")

    def add(self, level):
        self.most = max(self.most, level)

    def highest(self):
        return np.float64(self.most)


@alternative("mean_level")
def loads_with_numpy():
    """NumPy reads the file."""
    return np.loadtxt("levels.csv").mean()


@alternative("write_summary")
def prints_to_the_file(levels, path):
    """Two prints."""
    with open(path, "w") as file:
        print("count", len(levels), file=file)
        print("highest", sorted(levels)[-1], file=file)


@alternative("essay")
def reads_line_by_line():
    """The file, opened and joined."""
    with open("essay.txt") as file:
        return "".join(file)

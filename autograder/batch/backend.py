"""Where submissions are graded: one small thing, done here or by a cluster (`cluster.py`)."""

from typing import Protocol

from autograder.batch.update import added_up_again
from autograder.config import Assignment
from autograder.errors import KitError
from autograder.gradebook.keys import keys_of_course
from autograder.grading.grader import Grader
from autograder.grading.opening import at_once
from autograder.results import Report
from autograder.submission.reading import Submission


class Backend(Protocol):
    """Grades submissions of one assignment, from any number of threads.

    `keys` are those of the course where the submissions run, `jobs` how many may be under way at once.
    """

    assignment: Assignment
    keys: dict[str, str]
    jobs: int

    def settle(self, *, anew: bool = True) -> None:
        """Make ready for many submissions; unless `anew`, what a function has passed need not run again."""

    def grade(self, submission: Submission, standing: Report | None = None) -> Report:
        """Return the report on a submission; a `KitError` is never the submission's fault.

        Args:
            submission: to be graded.
            standing: a report that only needs adding up again; None: everything runs.
        """

    def is_alive(self) -> bool:
        """Whether further submissions can be graded."""

    def close(self) -> None:
        """End everything that was started, also what is still running."""


class LocalBackend:
    """A grader behind the wall of this machine."""

    def __init__(self, grader: Grader) -> None:
        self.grader, self.assignment = grader, grader.assignment
        self.keys = keys_of_course(grader)
        self.jobs = at_once()

    def settle(self, *, anew: bool = True) -> None:
        """Make every later worker cheap to fork; unless `anew`, believe what functions have passed."""
        self.grader.wall.settle()
        self.grader.judge.passed.is_believed = not anew

    def grade(self, submission: Submission, standing: Report | None = None) -> Report:
        """Run a submission behind the wall, or add up what stands, and return the report."""
        return (
            self.grader.grade(submission)
            if standing is None
            else added_up_again(self.grader, submission, standing)
        )

    def is_alive(self) -> bool:
        """Whether workers can be started still."""
        try:
            self.grader.wall.worker().close()
        except KitError:
            return False
        return True

    def close(self) -> None:
        """End everything behind the wall."""
        self.grader.wall.close()  # first: no thread waits for an answer then
        self.grader.close()

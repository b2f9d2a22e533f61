"""How much of submissions' answers the grader holds at once: few bytes of each, many of a few at a time."""

import threading

from autograder.sandbox.remote import AnswerTooLarge

SUBMISSION_BYTES = 64 << 20  # of all answers of a submission
SMALL_BYTES = 4 << 20  # that any submission may have answered while others are under way
MOST_LARGE = 3  # submissions that may have answered more at the same time
PIECE_BYTES = 64  # of memory, for each piece of an answer that is kept unpacked


class Held:
    """What one submission has answered, in bytes. With more than `SMALL_BYTES` it takes one of few places."""

    def __init__(self, places: threading.Semaphore | None = None) -> None:
        """Begin with nothing; a program of the course's own needs no place."""
        self.bytes = 0
        self._places, self._has_place = places, False

    def wait(self) -> None:
        """Wait, where it has answered much, until it may answer more: that is nobody's time."""
        if self._places is not None and self.bytes > SMALL_BYTES and not self._has_place:
            self._has_place = self._places.acquire()

    def check(self) -> None:
        """Raise if it has answered too much."""
        if self.bytes >= SUBMISSION_BYTES:
            raise AnswerTooLarge(f"has answered {SUBMISSION_BYTES >> 20} MB, far more than a right one does")

    def release(self) -> None:
        """Leave the place to others: nothing of it is held any more."""
        if self._places is not None and self._has_place:
            self._places.release()
            self._has_place = False

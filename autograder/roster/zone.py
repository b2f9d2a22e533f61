"""Where clocks stand: times that platforms and people write without a UTC offset get one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from autograder.config import Course


class Zone:
    """The course's time zone; if grading.yml names none, the offset of the due date."""

    def __init__(self, course: Course, due: datetime | None) -> None:
        self._named = course.settings.zone
        self._zone = self._named or (due.tzinfo if due else None) or UTC
        self.due = due and self._here(due)  # in a zone a day more is the same time of day
        self._guessed = 0

    def placed(self, time: datetime) -> datetime:
        """Return a time with an offset, by these clocks; one without is what they showed."""
        self._guessed += time.tzinfo is None
        there = self._here(time) if time.tzinfo else time.replace(tzinfo=self._zone)
        # Python compares times of one zone by what clocks show, an hour off if clocks changed in between
        return there.replace(tzinfo=timezone(there.utcoffset() or timedelta(0)))

    def _here(self, time: datetime) -> datetime:
        """Return a moment as these clocks show it; at the ends of the calendar, as it was written."""
        try:
            return time.astimezone(self._zone)
        except OverflowError:
            return time

    def doubts(self) -> Iterator[str]:
        """Yield a remark if times had no offset and it is not known where clocks stand."""
        if self.due and self._guessed and not self._named:
            yield (
                f"times without a UTC offset ({self._guessed}) are read in that of the due date,"
                f" {self.due.isoformat()[-6:]}: where clocks change, name time_zone in grading.yml"
            )

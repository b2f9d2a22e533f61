"""Late work and attempts: the rules, and the times they are applied to."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from autograder.config import Attempts, Course, Late, parse_config
from autograder.roster.late import Extension, Ruling, days_late, rule
from autograder.roster.times import moment
from autograder.roster.zone import Zone
from autograder.submission.gradescope_export import export_moment

DUE = datetime(2026, 12, 15, 23, 59, tzinfo=timezone(timedelta(hours=1)))
COURSE = Course(Path(), parse_config("assignments: {a: {questions: {f: 3}}}"))
RULES = Late(grace_minutes=15, per_day=0.1, max_days=3)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("after", "days", "taken"),
    [
        (-DAY, 0, 0.0),
        (timedelta(0), 0, 0.0),
        (15 * MINUTE, 0, 0.0),  # to the second the grace ends
        (15 * MINUTE + timedelta(seconds=1), 1, 0.1),
        (DAY, 1, 0.1),
        (DAY + 15 * MINUTE, 1, 0.1),
        (DAY + 16 * MINUTE, 2, 0.2),
        (3 * DAY + 15 * MINUTE, 3, 0.3),
        (3 * DAY + 16 * MINUTE, 4, 1.0),
        (40 * DAY, 40, 1.0),
    ],
)
def test_each_day_begun_after_the_grace_takes_its_share(after, days, taken):
    ruling = rule(DUE + after, DUE, RULES)
    assert (ruling.late_days, ruling.taken) == (days, taken)
    assert bool(ruling.notes) == bool(days)


def test_the_note_names_the_penalty():
    assert rule(DUE + 2 * DAY, DUE, RULES).notes == [
        "Handed in 2 days late: 20 % of the maximum is taken off."
    ]
    assert rule(DUE + HOUR, DUE, RULES).notes == ["Handed in 1 day late: 10 % of the maximum is taken off."]
    assert rule(DUE + 9 * DAY, DUE, RULES).notes == ["Handed in 9 days late: after 3 days nothing counts."]


def test_never_on_times_that_are_not_known():
    assert rule(None, DUE, RULES) == Ruling()
    assert rule(DUE + 5 * DAY, None, RULES) == Ruling()
    marked = rule(None, DUE, RULES, said_late=True)
    assert (marked.late_days, marked.taken, marked.notes) == (0, 0.0, [])
    assert "not known when" in marked.staff_notes[0]


def test_offsets_are_heard():
    same_moment = datetime(2026, 12, 15, 22, 59, tzinfo=UTC)
    assert rule(same_moment, DUE, RULES).late_days == 0
    assert rule(same_moment + 16 * MINUTE, DUE, RULES).late_days == 1


def test_extensions_move_the_due_date_and_keep_the_grace():
    late = DUE + 2 * DAY + 10 * MINUTE
    assert rule(late, DUE, RULES, extension=Extension(days=2)).late_days == 0
    assert rule(late, DUE, RULES, extension=Extension(days=1)).late_days == 1
    assert rule(late, DUE, RULES, extension=Extension(until=DUE + 2 * DAY)).late_days == 0
    assert rule(late, DUE, RULES, extension=Extension(until=DUE - 9 * DAY)).late_days == 2
    told = rule(late, DUE, RULES, extension=Extension(days=1)).staff_notes
    assert told == ["Extended until 2026-12-16 23:59 UTC+01:00."]


def test_no_lateness_allowed():
    assert rule(DUE + HOUR, DUE, Late(grace_minutes=0, per_day=0.1, max_days=0)).taken == 1
    assert rule(DUE + 15 * DAY, DUE, Late(per_day=0.1, max_days=20)).taken == 1
    free = rule(DUE + DAY, DUE, Late(per_day=0, max_days=3))
    assert (free.late_days, free.taken, free.notes) == (1, 0, [])


def test_attempts_beyond_the_limit_do_not_count():
    times = [DUE - hours * HOUR for hours in (9, 8, 7, 6)]
    two = Attempts(max=2)
    taken = [rule(time, DUE, RULES, two, times[:at]).taken for at, time in enumerate(times)]
    assert taken == [0, 0, 1, 1]
    note = "This comes after 2 of 2 attempts: it does not count."
    assert rule(times[3], DUE, RULES, two, times[:3]).notes == [note]
    assert rule(times[3], DUE, RULES, Attempts(), times[:3]).taken == 0


def test_an_attempt_in_the_cooldown_does_not_count_and_uses_none_up():
    rules = Attempts(max=2, cooldown_minutes=60)
    first = DUE - 9 * HOUR
    times = [first, first + 30 * MINUTE, first + 60 * MINUTE, first + 130 * MINUTE]
    taken = [rule(time, DUE, RULES, rules, times[:at]).taken for at, time in enumerate(times)]
    assert taken == [0, 1, 0, 1]
    assert "less than 60 minutes" in rule(times[1], DUE, RULES, rules, times[:1]).notes[0]


def test_the_order_of_earlier_attempts_and_later_ones_make_no_difference():
    rules = Attempts(max=1)
    assert rule(DUE, DUE, RULES, rules, [DUE + HOUR, DUE + DAY]).taken == 0
    assert rule(DUE, DUE, RULES, Attempts(max=2), [DUE - HOUR, DUE + HOUR]).taken == 0


@given(minutes=st.integers(-10_000, 100_000), grace=st.integers(0, 2000), per_day=st.floats(0, 1))
def test_later_is_never_cheaper(minutes, grace, per_day):
    rules = Late(grace_minutes=grace, per_day=per_day, max_days=5)
    now, then = (rule(DUE + at * MINUTE, DUE, rules) for at in (minutes, minutes + 7))
    assert 0 <= now.taken <= then.taken <= 1
    assert days_late(DUE + minutes * MINUTE, DUE, grace) == now.late_days <= then.late_days


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2026-12-15T23:59:00+01:00", DUE),
        ("2026-12-15 14:59:00 -0800", DUE),  # as Gradescope exports
        ("2026-12-15 22:59:00 UTC", DUE),
        ("2026-12-15T22:59:00Z", DUE),
        ("2026-12-15 23:59", DUE),  # in the zone of the due date
        ("Tuesday, 15 December 2026, 11:59 PM", DUE),  # as Moodle's worksheets have it
        ("15.12.2026 23:59", DUE),
        ("12/15/2026 11:59 PM", DUE),
        ("tomorrow", None),
        ("", None),
        ("2026-13-45", None),
    ],
)
def test_times_as_platforms_write_them(text, want):
    found = moment(text)
    assert (found and Zone(COURSE, DUE).placed(found)) == want


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00"])
@pytest.mark.parametrize("place", ["Europe/Berlin", "America/New_York"])
def test_at_the_ends_of_the_calendar_a_time_stays_as_it_is(time, place):
    end = datetime.fromisoformat(time)
    zone = Zone(Course(Path(), replace(COURSE.settings, time_zone=place)), end)
    assert zone.placed(end) == zone.due == end
    assert export_moment(time.replace("T", " ")) is None


def test_where_clocks_change_a_time_is_what_they_showed():
    due = datetime.fromisoformat("2027-03-27T23:59:00+01:00")
    berlin = Zone(Course(Path(), replace(COURSE.settings, time_zone="Europe/Berlin")), due)
    (sunday,) = [berlin.placed(datetime(2027, 3, 28, 23, 59))]  # clocks went forward that morning
    assert sunday == datetime(2027, 3, 28, 21, 59, tzinfo=UTC)
    assert days_late(sunday, berlin.due, 0) == 1
    assert days_late(berlin.placed(datetime(2027, 3, 29, 0, 59)), berlin.due, 0) == 1  # 24 hours later
    assert days_late(berlin.placed(datetime(2027, 3, 29, 1, 0)), berlin.due, 0) == 2
    assert rule(sunday, berlin.due, Late(), extension=Extension(days=1)).late_days == 0  # until 23:59 there
    assert not list(berlin.doubts())
    unknown = Zone(COURSE, due)
    assert unknown.placed(datetime(2027, 3, 28, 23, 59)) == datetime(2027, 3, 28, 22, 59, tzinfo=UTC)
    (told,) = unknown.doubts()
    assert "(1) are read in that of the due date, +01:00" in told

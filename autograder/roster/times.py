"""Times as people and platforms write them, in any language; what may mean two things is not read.

Moodle writes `strftimedaydatetime` of the site's language pack, such as "%A, %d %B %Y, %H:%M", "%Y年%m月%d日
%A %H:%M" or "%A, %Y(e)ko %Bren %d(e)an, %H:%M(e)tan". In all of them years have four figures and times a
colon. What is left are names of months and weekdays and the halves of a day: Unicode's (CLDR), as in Moodle.
"""

import contextlib
import functools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from autograder.roster.late import iso_moment

if TYPE_CHECKING:
    from babel import Locale

NOON = 12
FORMS = (
    "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%A, %d %B %Y, %I:%M %p", "%A, %B %d, %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M", "%d %B %Y, %I:%M %p", "%d %B %Y, %H:%M", "%d %B %Y %H:%M", "%b %d, %Y %H:%M",
)  # fmt: skip
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:,? (\d{1,2}:\d\d(?::\d\d)?(?: ?[APap][Mm])?))?")
CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.h](\d\d)(?:[:.]\d\d)?(?!\d)")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
NUMBERED_MONTH = re.compile(r"(\d{1,2})\s*[月월]|tháng (\d{1,2})")
LONG = 4  # letters
AFTER_24_HOURS = ("", "(e)tan", "uhr", "h", "hs")  # behind a time of 24 hours
NO_MARKS = dict.fromkeys(map(ord, "\u200e\u200f"))  # of direction
TURKISH = {"öğleden önce": 0, "öğleden sonra": NOON}  # Moodle's own words


@dataclass(frozen=True)
class Language:
    """What names mean in a language: months, weekdays (Monday is 0), hours to add to a time of 12 hours."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    halves: Mapping[str, int]


def moment(text: str, *, day_first: bool | None = None) -> datetime | None:
    """Return the time in a text, without an offset if it says none; None if it cannot be read.

    `day_first` says what 03/04/2026 means.
    """
    text = " ".join(text.split())
    found = iso_moment(text) or next(filter(None, (in_form(text, form) for form in FORMS)), None)
    if found:
        return found
    try:
        return in_slashes(text, day_first) or time_in_words(text)
    except ValueError:  # no such day or hour
        return None


def in_form(text: str, form: str) -> datetime | None:
    """Return a time that is written in a form, None if it is not."""
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def in_slashes(text: str, day_first: bool | None) -> datetime | None:
    """Return a time such as 12/15/2026 11:59 PM, None if it may be two days."""
    found = SLASHED.fullmatch(text)
    if not found:
        return None
    one, two = int(found[1]), int(found[2])
    first = days_first([text]) if day_first is None else day_first
    if first is None and one != two:
        return None
    day = date(int(found[3]), *((two, one) if first else (one, two)))
    clock = CLOCK.match(found[4] or "")
    at = hour_and_minute("", clock, found[4][clock.end() :].casefold()) if clock else time(0)
    return datetime.combine(day, at) if at else None


def days_first(texts: Iterable[str]) -> bool | None:
    """Return whether dates with slashes in a list name the day first, None if nothing in it tells."""
    pairs = [found.group(1, 2) for text in texts if (found := SLASHED.fullmatch(" ".join(text.split())))]
    told = {int(one) > int(two) for one, two in pairs if max(int(one), int(two)) > NOON}
    return told.pop() if len(told) == 1 else None


def time_in_words(text: str) -> datetime | None:
    """Return a time with a month in figures or by its name in some language; a weekday has to be its own."""
    text = normal(text)
    years, clocks = YEAR.findall(text), list(CLOCK.finditer(text))
    clocks = [one for one in clocks if ":" in one[0]] or clocks
    if len(years) != 1 or len(clocks) != 1:
        return None
    before, after = text[: clocks[0].start()], text[clocks[0].end() :]
    said = re.split(r"\d", after)[0]
    rest = YEAR.sub(" ", before + " " + after.removeprefix(said if halves(said) else ""))
    found = set(days_meant(int(years[0]), rest))
    clock = hour_and_minute(before, clocks[0], after) if len(found) == 1 else None
    return datetime.combine(found.pop(), clock) if clock else None


def days_meant(year: int, text: str) -> Iterator[date]:
    """Yield the days that a text without its year and time may mean."""
    numbered = NUMBERED_MONTH.search(text)
    found = (
        [(numbered[0], int(numbered[1] or numbered[2]), None)]
        if numbered
        else months_named(re.sub(r"\d", "0", text))
    )
    for name, month, weekday in found:
        days = re.findall(r"\d+", text.replace(name, " ", 1))
        with contextlib.suppress(ValueError):
            day = date(year, month, int(days[0]))
            if len(days) == 1 and weekday in (None, day.weekday()):
                yield day


def hour_and_minute(before: str, clock: re.Match[str], after: str) -> time | None:
    """Return a time of day, None if a word beside it may say which half of the day it is."""
    hour, minute = int(clock[1]), int(clock[2])
    behind = re.split(r"\d", after)[0].strip(" ,)")
    if not 0 < hour <= NOON:
        return time(hour, minute)
    half = halves(behind) or halves("".join(before.split()[-1:]))
    if len(half) == 1:
        return time(hour % NOON + half.pop(), minute)
    return time(hour, minute) if behind in AFTER_24_HOURS or not re.search(r"[^\W\d]", behind) else None


def halves(text: str) -> set[int]:
    """Return the hours to add to a time of 12 hours with these words beside it, if they say a half."""
    said = undotted(text)
    return {one.halves[said] for one in languages() if said in one.halves}


@functools.lru_cache(maxsize=1000)
def months_named(text: str) -> Collection[tuple[str, int, int | None]]:
    """Return the months that a text may name, with the weekday, by the languages that know most of it."""
    found: dict[tuple[str, int, int | None], int] = {}
    for language in languages():
        for month in (name for name in language.months if stands(name, text)):
            known = (name for name in language.weekdays if stands(name, text))
            beside = (name for name in known if month in text.replace(name, " ", 1))
            weekday = max(beside, key=len, default="")
            if weekday or stands(month, text, bare=True):
                meant = (month, language.months[month], language.weekdays[weekday] if weekday else None)
                found[meant] = max(found.get(meant, 0), len(month) + len(weekday))
    return [meant for meant, known in found.items() if known == max(found.values())]


def stands(name: str, text: str, *, bare: bool = False) -> bool:
    """Whether a name stands in a text; a long one may have an ending, unless `bare`."""
    end = r"(?!\w)" if bare or len(name) < LONG else ""
    return name in text and bool(re.search(rf"(?<!\w){re.escape(name)}{end}", text))


def normal(text: str) -> str:
    """Return a text without what may be written in two ways."""
    return unicodedata.normalize("NFC", text.casefold()).translate(NO_MARKS)


def undotted(text: str) -> str:
    """Return a text without dots and spaces around it: p.m. is pm."""
    return text.replace(".", "").strip()


@functools.cache
def languages() -> Collection[Language]:
    """Return the names of all languages."""
    from babel import Locale, localedata

    codes = sorted(code for code in localedata.locale_identifiers() if "_" not in code)
    return [Language({}, {}, TURKISH), *(language_of(Locale.parse(code)) for code in codes)]


def language_of(locale: "Locale") -> Language:
    """Return the names of one language, without those that mean two things in it."""
    places: list[dict[str, set[int]]] = [{}, {}, {}]
    for known, contexts in zip(places, (locale.months, locale.days, locale.day_periods), strict=True):
        for widths in contexts.values():
            for place, name in [*widths.get("wide", {}).items(), *widths.get("abbreviated", {}).items()]:
                number = {"am": 0, "pm": NOON}.get(place, place)
                if isinstance(number, int):
                    said = normal(name)
                    known.setdefault(undotted(said) if known is places[2] else said, set()).add(number)
    return Language(*({name: min(found) for name, found in one.items() if len(found) == 1} for one in places))

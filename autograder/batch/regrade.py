"""What a regrade changes: scores by student, outcomes by check, and checks that cannot make up their mind."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.batch.tasks import Watched
from autograder.gradebook.keys import (
    COURSE,
    FILES,
    KIT,
    LIBRARIES,
    LIMITS,
    POINTS,
    QUESTION,
    QUIZ,
    RECEIPT,
    SEED,
    WEIGHTS,
)
from autograder.reports.terminal import number, printable
from autograder.results import Report

REASON_WORDS = {
    FILES: "files", COURSE: "the reference", QUIZ: "the quiz", SEED: "the seed", LIMITS: "the limits",
    KIT: "another version of the kit", LIBRARIES: "other versions of the libraries",
    POINTS: "points, titles or visibility", WEIGHTS: "weights of checks",
}  # fmt: skip
NAMES_SHOWN = 10  # names in one line
ALIKE_SHOWN = 3  # more checks of a question that changed alike share a line


@dataclass(frozen=True)
class Turn:
    """A check that ended otherwise than before; "" for one that was not there."""

    check: str
    before: str
    now: str
    flaky: bool


@dataclass(frozen=True)
class Change:
    """What a regrade changed for one submission."""

    name: str
    student: str
    before: float | None
    now: float
    max_before: float
    max_now: float
    turns: tuple[Turn, ...]
    kept: bool
    by_hand: bool
    same_work: bool

    @property
    def is_score(self) -> bool:
        """Whether the score or what it is out of changed."""
        return (self.before, self.max_before) != (self.now, self.max_now)

    @property
    def gain(self) -> float:
        """By how much the share of the points that is scored has grown."""
        if self.before is None or not self.max_before or not self.max_now:
            return 0.0
        return self.now / self.max_now - self.before / self.max_before

    @property
    def dropped(self) -> bool:
        """Whether the score is a smaller share of the points."""
        return self.gain < -1e-9

    @property
    def rose(self) -> bool:
        """Whether the score is a larger share of the points."""
        return self.gain > 1e-9


@dataclass
class Impact:
    """The sum of what a regrade changed. `watch` takes one submission after another."""

    total: int = 0
    ran: int = 0
    changes: list[Change] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def watch(self, watched: Watched) -> None:
        """Take in one submission."""
        self.total += 1
        self.ran += watched.done.ran
        old = watched.done.before
        keys, old_keys = watched.done.result.keys, old.keys if old else {}
        self.reasons.update(change_reasons(old_keys, keys) if old else ["submissions that were not there"])
        change = change_of(watched, old_keys, keys)
        if change.turns or change.is_score:
            self.changes.append(change)


def change_reasons(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """Yield what is different, in words; reports of an older kit tell some parts only together."""
    together = {SEED, LIMITS, LIBRARIES} - old.keys()
    for name in (new.keys() | old.keys()) - {RECEIPT} - together:
        if old.get(name) != new.get(name):
            yield REASON_WORDS.get(name) or f"checks or known mistakes of {name.removeprefix(QUESTION)}"


def change_of(watched: Watched, old: Mapping[str, str], new: Mapping[str, str]) -> Change:
    """Return what changed for a submission."""
    before, now = watched.before, watched.now
    turns = tuple(turns_of(before, now, old, new)) if before is not None else ()
    return Change(
        name=now.submission, student=now.student,
        before=None if before is None else before.score, now=now.score,
        max_before=now.max_score if before is None else before.max_score, max_now=now.max_score,
        turns=turns, kept=watched.done.kept is not None, by_hand=watched.by_hand,
        same_work=old.get(FILES) == new.get(FILES),
    )  # fmt: skip


def turns_of(before: Report, now: Report, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Turn]:
    """Yield the checks that ended otherwise. Flaky: though nothing that could matter is different."""
    first, second = outcomes(before), outcomes(now)
    same = not {name for name in new.keys() | old.keys() if old.get(name) != new.get(name)} - {RECEIPT}
    for check in dict.fromkeys([*second, *first]):
        was, is_now = first.get(check, ""), second.get(check, "")
        if was == is_now:
            continue
        yield Turn(check, was, is_now, flaky=same and bool(was and is_now))


def outcomes(report: Report) -> dict[str, str]:
    """Return how every check and every question of the quiz ended."""
    checks = {check.id: check.outcome.value for check in report.checks}
    return checks | {f"{QUIZ}.{answer.id}": answer.outcome.value for answer in report.quiz}


def impact_text(impact: Impact, assignment: str, *, dry_run: bool) -> str:
    """Return an impact as text for a terminal."""
    lines = [f"{assignment}: {impact.ran} of {impact.total} submissions ran again"]
    lines += [f"  {reason}: {plural(many)}" for reason, many in sorted(impact.reasons.items())]
    changed = [one for one in impact.changes if one.is_score or one.kept]
    lines += ["", "by student", *by_student(changed)] if changed else []
    lines += by_check(impact.changes)
    lines += flaky_lines(impact.changes)
    if not impact.changes:
        lines += ["", "No score and no outcome changed."]
    drops = sum(one.dropped for one in impact.changes)
    rises = sum(one.rose for one in impact.changes)
    if rises or drops:
        other_points = any(one.max_before != one.max_now for one in impact.changes)
        more, less = "gained points", "lost points"
        if other_points:
            more, less = "with a larger share of all points", "with a smaller"
        lines += ["", f"{plural(rises)} {more}, {drops} {less}."]
    if drops:
        lines[-1] += " --never-lower keeps the better score."
    lines += ["", "Nothing was written (--dry-run)."] if dry_run else []
    return "\n".join(lines) + "\n"


def unasked_text(impact: Impact) -> str:
    """Return as text the scores that are others than before though the work is the same, "" if none is."""
    changes = [one for one in impact.changes if one.is_score and one.same_work and one.before is not None]
    if not changes:
        return ""
    lines = ["the same work scores otherwise than in the last run of this folder", *by_student(changes)]
    return "\n".join(lines) + "\n"


def by_student(changes: Sequence[Change]) -> Iterator[str]:
    """Yield a line for each score that changed, drops first."""
    width = max((len(submission_label(one)) for one in changes), default=0)
    for one in sorted(changes, key=lambda one: (not one.dropped, one.name)):
        was = "new" if one.before is None else score_text(one.before, one.max_before, one.max_now)
        remarks = ["DROPPED"] if one.dropped else []
        remarks += ["the better score is kept"] if one.kept else []
        remarks += ["set by hand"] if one.by_hand else []
        now = score_text(one.now, one.max_now, one.max_before)
        line = f"  {submission_label(one):<{width}}  {was:>9} -> {now:<9}"
        yield f"{line} {score_change(one):>7}  {', '.join(remarks)}".rstrip()


def submission_label(change: Change) -> str:
    """Return a submission's name, with the student's where that does not tell it."""
    name, student = printable(change.name), printable(change.student)
    return name if student in name else f"{name} ({student})"


def score_text(score: float, most: float, other_most: float) -> str:
    """Return a score, with its maximum where that changed."""
    return number(score) if most == other_most else f"{number(score)}/{number(most)}"


def score_change(change: Change) -> str:
    """Return by how much a score changed, with its sign."""
    if change.before is None:
        return ""
    by = round(change.now - change.before, 2)
    return ("+" if by > 0 else "") + number(by)


def by_check(changes: Sequence[Change]) -> Iterator[str]:
    """Yield a line for each check that ended otherwise for somebody."""
    turns: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for change in changes:
        for turn in change.turns:
            turns[turn.check][turn.before, turn.now] += 1
    if turns:
        yield from ("", "by check")
    alike: dict[tuple[str, str], list[str]] = {}
    for check, kinds in turns.items():
        words = (f"{n} {was or 'not there'} -> {now or 'gone'}" for (was, now), n in kinds.most_common())
        alike.setdefault((check.rpartition(".")[0], ", ".join(words)), []).append(check)
    for (question, told), checks in alike.items():
        if len(checks) > ALIKE_SHOWN:
            yield f"  {question}, {len(checks)} checks: {told}"
        else:
            yield from (f"  {check}: {told}" for check in checks)


def flaky_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Yield a line for each check that ended otherwise on identical work."""
    flaky: defaultdict[str, list[str]] = defaultdict(list)
    for change in changes:
        for turn in change.turns:
            if turn.flaky:
                flaky[turn.check].append(change.name)
    if flaky:
        yield from ("", "flaky: another outcome on identical work under an identical check")
    for check, names in flaky.items():
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        yield f"  {check}: {', '.join(map(printable, names[:NAMES_SHOWN]))}{more}"


def plural(many: int) -> str:
    """Return `1 submission` or `2 submissions`."""
    return f"{many} submission{'' if many == 1 else 's'}"

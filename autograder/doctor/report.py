"""What doctor says, as text."""

import math
from collections.abc import Iterator, Sequence

from autograder.doctor.behaviour import caught, entry_for
from autograder.doctor.examination import Examination
from autograder.doctor.findings import Finding, Subject
from autograder.doctor.trials import Ran, trials_of
from autograder.results import Outcome
from autograder.submission.archive import listing

FIRST = 3  # things to do, told before all others
OUTCOME_MARKS = {Outcome.PASSED: ".", Outcome.SKIPPED: "-", Outcome.NOT_RUN: "-", Outcome.BROKEN: "?"}
TABLE_HEAD = ("question", "checks", "visible", "mistakes", "alternatives", "garbage", "mutants", "equivalent")


def to_text(found: Examination) -> str:
    """Return an assignment's examination for a terminal."""
    lines = [f"{found.stem}", ""]
    count = len(found.findings)
    first = found.findings[:FIRST] if count > 2 * FIRST else []
    if first:
        lines += [
            f"{count} to fix; some may go when others are fixed. First:",
            "",
            *finding_lines(first),
            "",
        ]
    if found.subject is not None:
        lines += [*question_table(found, found.subject), "", *examination_remarks(found, found.subject), ""]
    lines += [*(["Then:", ""] if first else []), *finding_lines(found.findings[len(first) :])]
    verdict = f"{count} to fix" if count else "healthy"
    lines += [f"{found.stem}: {verdict} ({found.seconds:.1f} s)", ""]
    return "\n".join(lines)


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield what is wrong, and how to fix it."""
    for finding in findings:
        yield from (f"  x {finding.what}", f"    -> {finding.mend}")


def question_table(found: Examination, subject: Subject) -> Iterator[str]:
    """Yield how much there is of everything, question by question."""
    rows: list[tuple[str, ...]] = [TABLE_HEAD]
    for question in subject.assignment.questions:
        checks = subject.bank.of(question)
        counts = [len(trials_of(found.results, kind, question))
                  for kind in ("misconception", "alternative", "garbage", "mutant")]  # fmt: skip
        same = sum(bool(entry_for(name, found.equivalent))
                   for name in trials_of(found.results, "mutant", question))  # fmt: skip
        rows.append((question, *map(str, (len(checks), sum(c.visible for c in checks), *counts, same))))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  " + "  ".join([row[0].ljust(widths[0]), *cells])


def examination_remarks(found: Examination, subject: Subject) -> Iterator[str]:
    """Yield what is known of hidden inputs, what visible checks alone would miss, how narrow escapes are."""
    hidden = [check for check in subject.bank.checks if not check.visible]
    if same := [check.name for check in hidden if not check.draws]:
        yield f"  {len(same)} of {len(hidden)} hidden checks have no rng: the same inputs in all draws"
        yield f"  ({listing(same)})"
    for question in subject.assignment.questions:
        mistakes = trials_of(found.results, "misconception", question)
        if not mistakes:
            continue
        missed = [name for name, ran in mistakes.items()
                  if not caught([one for one in ran if one.check.visible])]  # fmt: skip
        line = f"  {question}: visible checks alone would miss {len(missed)} of {len(mistakes)} mistakes"
        near = min(mistakes, key=lambda name: margin(mistakes[name]))
        if math.isfinite(margin(mistakes[near])):
            line += f"; the closest, {near}, is {margin(mistakes[near]):.3g} tolerances away"
        yield line
        noise = widest(trials_of(found.results, "alternative", question))
        if noise:
            yield f"  {' ' * len(question)}  right answers stay within {noise:.2g} of a tolerance"


def margin(ran: Sequence[Ran]) -> float:
    """Return how far a wrong answer was from the right one where it was farthest, in tolerances.

    Below 1 it was not its numbers that were refused.
    """
    known = [one.away for one in ran if one.caught and one.away is not None and one.away >= 1]
    return max(known, default=math.inf)


def widest(alternatives: dict[str, list[Ran]]) -> float:
    """Return how far a right answer came, in tolerances; what a check leaves open does not count."""
    return max((one.away for ran in alternatives.values() for one in ran
                if one.away is not None and one.away < 1), default=0.0)  # fmt: skip


def to_matrix(found: Examination) -> str:
    """Return the kill matrix: which check (columns) catches which wrong answer (rows)."""
    if found.subject is None:
        return ""
    lines: list[str] = []
    for question in found.subject.assignment.questions:
        lines += [question, ""]
        checks = found.subject.bank.of(question)
        mistakes = trials_of(found.results, "misconception", question)
        for number, check in enumerate(checks, 1):
            near = closest_mistake(mistakes, check.id)
            shown = "visible" if check.visible else "hidden "
            lines.append(f"  {number:3} {shown} {check.name}{near}")
        lines += ["", "      " + " ".join(f"{number:2}" for number in range(1, len(checks) + 1))]
        rows = {**mistakes, **trials_of(found.results, "mutant", question)}
        for name, ran in rows.items():
            marks = {one.check.id: OUTCOME_MARKS.get(one.outcome, "x") for one in ran}
            cells = " ".join(f"{marks.get(check.id, ' '):>2}" for check in checks)
            away = margin(ran)
            said = f"  {away:8.3g}" if math.isfinite(away) else "          "
            lines.append(f"      {cells}{said}  {name}")
        lines.append("")
    lines += ["x: caught. The number: how far the answers were from the right ones, in tolerances"
              " (1: hardly seen; none: of another kind, or not measured).", ""]  # fmt: skip
    return "\n".join(lines)


def closest_mistake(mistakes: dict[str, list[Ran]], check: str) -> str:
    """Return the mistake that a check catches by the narrowest margin, in brackets."""
    away = {
        name: one.away or 0.0
        for name, ran in mistakes.items()
        for one in ran
        if one.check.id == check and one.caught and (one.away or 0.0) >= 1
    }
    if not away:
        return ""
    name = min(away, key=lambda name: away[name])
    return f" (closest: {name}, {away[name]:.3g})" if math.isfinite(away[name]) else ""

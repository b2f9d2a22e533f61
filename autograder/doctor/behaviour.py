"""What trials tell about a course: who scores what, what is caught, what never fails."""

from collections.abc import Iterator, Mapping, Sequence

from autograder.doctor.findings import Finding, Subject, closest
from autograder.doctor.trials import CAUGHT, Ran, Trial
from autograder.mutants import Mutant
from autograder.results import Outcome

Results = Mapping[Trial, list[Ran]]
NOT_WRITTEN = "Not written yet."


def caught(ran: Sequence[Ran]) -> bool:
    """Whether a check that carries points has refused a program."""
    return any(one.outcome in CAUGHT and one.check.weight > 0 for one in ran)


def of_kind(results: Results, kind: str) -> Iterator[tuple[Trial, list[Ran]]]:
    """Yield the trials of one kind."""
    return ((trial, ran) for trial, ran in results.items() if trial.kind == kind)


def brief(note: str) -> str:
    """Return a note on one line, cut."""
    line = " ".join(note.partition("Traceback (most recent call last)")[0].split())
    return line if len(line) <= 200 else f"{line[:200]}..."


def judge_reference(subject: Subject, results: Results) -> Iterator[Finding]:
    """The reference must pass every check."""
    for _, ran in of_kind(results, "reference"):
        for one in ran:
            if one.outcome is not Outcome.PASSED:
                yield Finding(
                    f"the reference does not pass {one.check.name} ({one.outcome}): {brief(one.note)}",
                    f"mend {subject.at('checks', one.check.name)}"
                    f" or {subject.at('solution', one.check.question)}",
                )


def judge_stub(subject: Subject, results: Results) -> Iterator[Finding]:
    """The untouched template must score 0, and say at every check that it is not written."""
    for _, ran in of_kind(results, "stub"):
        for one in ran:
            if one.outcome is Outcome.PASSED or not one.note.startswith(NOT_WRITTEN):
                yield Finding(
                    f"the untouched template gets past {one.check.name}: it should say that"
                    f" {one.check.question} is not written yet",
                    f"call student.{one.check.question} first in {subject.at('checks', one.check.name)}",
                )


def judge_misconceptions(subject: Subject, results: Results) -> Iterator[Finding]:
    """Every misconception must be caught, and every check must catch one."""
    failed_once: set[str] = set()
    for trial, ran in of_kind(results, "misconception"):
        failed_once |= {one.check.name for one in ran if one.outcome in CAUGHT}
        if not caught(ran):
            yield Finding(
                f"misconception {trial.name} of {trial.questions[0]} loses no points",
                f"write a check that it fails into {subject.path('checks')}, or take it out:"
                f" {subject.at('mistakes', trial.name)}",
            )
    for check in subject.bank.checks:
        if check.question in subject.ready() and check.name not in failed_once:
            yield Finding(
                f"{check.name} has never failed for a misconception of {check.question}",
                f"write the one that it is there for into {subject.path('mistakes')}, or take the"
                f" check out: {subject.at('checks', check.name)}",
            )


def judge_alternatives(subject: Subject, results: Results) -> Iterator[Finding]:
    """Every unusual right answer must pass every check."""
    for trial, ran in of_kind(results, "alternative"):
        for one in ran:
            if one.outcome is not Outcome.PASSED:
                yield Finding(
                    f"alternative {trial.name} of {trial.questions[0]} loses points at"
                    f" {one.check.name} ({one.outcome}): {brief(one.note)}",
                    f"mend {subject.at('checks', one.check.name)}, or"
                    f" {subject.at('alternatives', trial.name)} if it is not right",
                )


def judge_garbage(subject: Subject, results: Results) -> Iterator[Finding]:
    """Garbage must not earn a point."""
    passing: dict[str, list[str]] = {}
    for trial, ran in of_kind(results, "garbage"):
        for one in ran:
            if one.outcome in (Outcome.PASSED, Outcome.BROKEN) and one.check.weight > 0:
                passing.setdefault(one.check.name, []).append(trial.name)
    for name, kinds in passing.items():
        yield Finding(
            f"garbage earns points at {name}: {', '.join(kinds)}",
            f"compare numbers that garbage cannot get right, too, in {subject.at('checks', name)}",
        )


def judge_mutants(
    subject: Subject, results: Results, found: Sequence[Mutant], equivalent: Mapping[str, str]
) -> Iterator[Finding]:
    """Every mutant must be caught or listed with its reason, and the list must be true."""
    known = {mutant.id: mutant for mutant in found}
    where = subject.path("equivalent")
    for trial, ran in of_kind(results, "mutant"):
        mutant = known[trial.name]
        if not caught(ran) and mutant.id not in equivalent:
            yield Finding(
                f"{subject.path('solution')}:{mutant.line}: mutant {mutant.id} loses no points:"
                f" {mutant.change}",
                f"write a check that it fails into {subject.path('checks')}; if its answers are as"
                f" right, say why in {where}, as `{yaml_key(mutant.id)}: REASON`",
            )
        elif caught(ran) and mutant.id in equivalent:
            name = next(one.check.name for one in ran if one.outcome in CAUGHT)
            yield Finding(
                f"{where} says that mutant {mutant.id} is equivalent, but {name} catches it",
                f"take the entry out of {where}",
            )
    for name, reason in equivalent.items():
        if name not in known:
            yield Finding(
                f"{where} lists mutant {name}, which does not exist (any more)",
                f"take the entry out of {where}"
                + (f", or is it now {closest(name, list(known))}?" if known else ""),
            )
        elif not reason.strip():
            yield Finding(f"{where} gives no reason for mutant {name}", f"write it in {where}")


def yaml_key(name: str) -> str:
    """Return a name as it is written as a key in YAML."""
    quoted = name.replace("'", "''")
    return f"'{quoted}'"

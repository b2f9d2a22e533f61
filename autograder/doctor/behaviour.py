"""What trials tell about a course: who scores what, what is caught, what never fails."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from autograder.doctor.findings import Finding, Subject, closest
from autograder.doctor.mutants import Mutant
from autograder.doctor.trials import Ran, Trial
from autograder.results import Outcome
from autograder.sandbox.program import Program

TrialResults = Mapping[Trial, list[Ran]]
SLIPS = ("NameError", "ImportError", "ModuleNotFoundError")  # no student's, but the author's


def caught(ran: Sequence[Ran]) -> bool:
    """Whether a check that carries points has refused a program."""
    return any(one.caught and one.check.weight > 0 for one in ran)


def of_kind(results: TrialResults, kind: str) -> Iterator[tuple[Trial, list[Ran]]]:
    """Yield the trials of one kind."""
    return ((trial, ran) for trial, ran in results.items() if trial.kind == kind)


def brief_note(note: str) -> str:
    """Return a note on one line, cut."""
    line = " ".join(note.partition("Traceback (most recent call last)")[0].split())
    return line if len(line) <= 200 else f"{line[:200]}..."


def unsound(results: TrialResults) -> set[str]:
    """Return the questions whose reference does not pass every check."""
    return {one.check.question for _, ran in of_kind(results, "reference") for one in ran
            if one.outcome is not Outcome.PASSED}  # fmt: skip


def judge_reference(subject: Subject, results: TrialResults) -> Iterator[Finding]:
    """The reference must pass every check."""
    for trial, ran in of_kind(results, "reference"):
        if lost := [one for one in ran if one.outcome is not Outcome.PASSED]:
            first = lost[0].check
            yield Finding(
                f"the reference does not pass {names(lost)}: {brief_note(lost[0].note)}",
                f"fix {subject.at('checks', first.name)} or"
                f" {subject.at('solution', trial.questions[0])}; only then is {trial.questions[0]} judged",
            )


def names(ran: Sequence[Ran]) -> str:
    """Return the names of checks, and how the first ended."""
    more = f" and {len(ran) - 1} more" if len(ran) > 1 else ""
    return f"{ran[0].check.name}{more} ({ran[0].outcome})"


def judge_stub(subject: Subject, results: TrialResults) -> Iterator[Finding]:
    """The untouched template must score 0, and say at every check that it is not written."""
    for _, ran in of_kind(results, "stub"):
        for one in ran:
            waits = one.outcome is Outcome.SKIPPED and one.check.requires  # for one judged here as well
            if one.outcome is not Outcome.UNWRITTEN and not waits:
                yield Finding(
                    f"the untouched template gets past {one.check.name}: it should say that"
                    f" {one.check.question} is not written yet",
                    f"call student.{one.check.question} first in {subject.at('checks', one.check.name)}",
                )


def judge_misconceptions(subject: Subject, results: TrialResults) -> Iterator[Finding]:
    """Every misconception must be caught for its answers, and every check must catch one."""
    failed_once: set[str] = set()
    for trial, ran in of_kind(results, "misconception"):
        failed_once |= {one.check.name for one in ran if one.caught}
        if slips := [one.note for one in ran if one.raised in SLIPS]:
            yield Finding(
                f"misconception {trial.name} of {trial.questions[0]} has a bug: {brief_note(slips[0])}",
                f"fix {subject.at('mistakes', trial.name)}",
            )
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


def judge_alternatives(subject: Subject, results: TrialResults) -> Iterator[Finding]:
    """Every question has an unusual right answer, if only one made here; each must pass every check."""
    for question in subject.ready():
        if not any(question in trial.questions for trial, _ in of_kind(results, "alternative")):
            yield Finding(f"{question} has no alternative", f"write one into {subject.path('alternatives')}")
    for trial, ran in of_kind(results, "alternative"):
        if lost := [one for one in ran if one.outcome is not Outcome.PASSED]:
            yield Finding(
                f"alternative {trial.name} of {trial.questions[0]} loses points at {names(lost)}:"
                f" {brief_note(lost[0].note)}",
                f"fix {subject.at('checks', lost[0].check.name)}, or"
                f" {subject.at('alternatives', trial.name)} if it is not right",
            )


def judge_garbage(subject: Subject, results: TrialResults) -> Iterator[Finding]:
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
    subject: Subject, results: TrialResults, found: Sequence[Mutant], equivalent: Mapping[str, str]
) -> Iterator[Finding]:
    """Every mutant must be caught, where all whom it concerns are asked, or listed with its true reason."""
    known = {mutant.id: mutant for mutant in found}
    where = subject.path("equivalent")
    catcher: dict[str, str] = {}
    for trial, ran in of_kind(results, "mutant"):
        mutant = known[trial.name]
        if caught(ran):
            catcher[mutant.id] = next(one.check.name for one in ran if one.caught)
        elif trial.questions == mutant.questions and not entry_for(mutant.id, equivalent):
            yield Finding(
                f"{mutant.where}:{mutant.line}: mutant {mutant.id} loses no points: {mutant.change}",
                f"write a check that it fails into {subject.path('checks')}; if it answers as right,"
                f" say why in {where}: {yaml_key(mutant.id)}: REASON",
            )
    tried = {trial.name for trial, _ in of_kind(results, "mutant")}
    for entry, reason in equivalent.items():
        meant = [name for name in known if entry_for(name, [entry])]
        if not meant:
            if entry.partition(":")[0] in subject.unfinished:
                continue  # not looked at
            near = f", or is it now {closest(entry, list(known))}?" if known else ""
            yield Finding(f"{where} lists {entry}, which no mutant is called (any more)",
                          f"take the entry out of {where}{near}")  # fmt: skip
        elif tried.issuperset(meant) and catcher.keys() >= set(meant):
            yield Finding(
                f"{where} calls mutant {entry} equivalent, but {catcher[meant[0]]} catches it",
                f"take the entry out of {where}",
            )
        elif not reason.strip():
            yield Finding(f"{where} gives no reason for {entry}", f"write the reason in {where}")


def uncaught(
    results: TrialResults, equivalent: Collection[str]
) -> dict[str, tuple[Program, tuple[str, ...]]]:
    """Return the mutants that no check catches and nobody called equivalent: program and questions."""
    return {
        trial.name: (trial.program, trial.questions) for trial, ran in of_kind(results, "mutant")
        if not caught(ran) and not entry_for(trial.name, equivalent)
    }  # fmt: skip


def entry_for(name: str, entries: Collection[str]) -> str:
    """Return the entry that a mutant is meant by: its name, or a beginning of it and a star."""
    stars = [one for one in entries if one.endswith("*") and name.startswith(one[:-1])]
    return name if name in entries else next(iter(stars), "")


def yaml_key(name: str) -> str:
    """Return a name as it is written as a key in YAML."""
    quoted = name.replace("'", "''")
    return f"'{quoted}'"

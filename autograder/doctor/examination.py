"""Examine one assignment: audits first, then every trial."""

import contextlib
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from msgspec import structs

from autograder.config import Assignment, Course
from autograder.doctor.audits import OF_ALL, OF_QUESTIONS, unfinished
from autograder.doctor.behaviour import (
    TrialResults,
    judge_alternatives,
    judge_garbage,
    judge_misconceptions,
    judge_mutants,
    judge_reference,
    judge_stub,
    uncaught,
    unsound,
)
from autograder.doctor.draws import judge_draws
from autograder.doctor.findings import PATHS, Audit, Finding, Subject
from autograder.doctor.handed_out import handed_out_trials, judge_handed_out
from autograder.doctor.made_up import garbage_trials, rewritten_trials
from autograder.doctor.mutants import Mutant, mutants
from autograder.doctor.proofs import Prover
from autograder.doctor.quiz import judge_quiz
from autograder.doctor.trials import (
    Trial,
    TrialRunner,
    mutant_trials,
    reference_trials,
    stub_trials,
    variant_trials,
)
from autograder.errors import InputError, KitError, nearest
from autograder.grading.grader import Grader
from autograder.grading.quiz_sheet import open_quiz
from autograder.judging.bank import load_bank, read_text
from autograder.judging.programs import reference_program
from autograder.publish.source import CourseModule
from autograder.publish.template import build_template
from autograder.quiz.tame_yaml import SheetError, read_yaml
from autograder.results import Isolation
from autograder.sandbox.elsewhere import insist_on_linux
from autograder.sandbox.libraries import used_by
from autograder.sandbox.student import Student
from autograder.sandbox.wall import Wall

TRUSTED = Isolation(verdict="the course's own programs", layers=[], leaks=[])
TellCount = Callable[[int, int], None]


@dataclass(frozen=True)
class Examination:
    """What was found, and what it rests on."""

    stem: str
    findings: list[Finding]
    subject: Subject | None = None
    results: TrialResults = field(default_factory=dict)
    equivalent: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def examine(
    course: Course,
    stem: str,
    *,
    only: Collection[str] | None = None,
    thorough: bool = False,
    every_draw: bool = True,
    tell: TellCount = lambda *_: None,
) -> Examination:
    """Return what is wrong with an assignment, or with `only` some questions and answers to them.

    If `only` is empty, no answers are tried, and all is looked at. `thorough` runs every check on every
    wrong answer, not only until it is caught.
    """
    insist_on_linux()
    began = time.monotonic()
    assignment = course.assignment(stem)
    left_out = questions_left_out(assignment, only)
    findings: list[Finding] = []
    try:
        subject = open_subject(course, assignment)
        chosen = subject.about(set(assignment.questions) - left_out) if only else subject
        findings += [one for audit in OF_QUESTIONS for one in guarded(audit, chosen)]
        equivalent = load_equivalent(subject)
        judged = replace(subject, quiz=None if only else subject.quiz).without(left_out)
        results, more, proven = run_trials(judged, equivalent, thorough, tell, every_draw=every_draw)
        findings += more
        if not only:
            findings += [one for audit in OF_ALL for one in guarded(audit, subject)]
    except KitError as error:
        known = {one.what for one in findings}
        findings += [one for one in to_mend(error) if one.what not in known]
        return Examination(stem, findings)
    seconds = time.monotonic() - began
    return Examination(stem, findings, chosen, results, {**equivalent, **proven}, seconds)


def questions_left_out(assignment: Assignment, only: Collection[str] | None) -> set[str]:
    """Return the questions whose answers are not tried."""
    questions = assignment.questions
    for name in only or ():
        if name not in questions:
            near = nearest(name, questions)
            raise InputError(f"there is no question {name!r} in {assignment.stem}{near}")
    return set() if only is None else set(questions) - set(only)


def reseeded(course: Course, seed: int | None) -> Course:
    """Return a course whose hidden inputs are drawn from another seed, the same one for None."""
    if seed is None:
        return course
    return replace(course, settings=structs.replace(course.settings, seed=seed))


def to_mend(error: KitError) -> list[Finding]:
    """Return what stops an examination as a finding; it says itself where it is."""
    return [Finding(str(error), "fix that, then run doctor again: it could not go on")]


def guarded(audit: Audit, subject: Subject) -> list[Finding]:
    """Return an audit's findings; what stops it is one."""
    try:
        return list(audit(subject))
    except KitError as error:
        return to_mend(error)


def open_subject(course: Course, assignment: Assignment) -> Subject:
    """Read everything that an assignment consists of."""
    stem = assignment.stem
    for part in ("solution", "checks", "mistakes", "alternatives"):
        path = PATHS[part].format(stem=stem)
        CourseModule(read_text(course.root / path, missing=""), path)  # an error names file and line
    bank = load_bank(course.root, stem, assignment)
    handout = read_text(course.root / PATHS["handout"].format(stem=stem), missing="")
    texts = [
        *bank.parts.values(),
        bank.checks_source,
        bank.mistakes_source,
        bank.alternatives_source,
        handout,
    ]
    return Subject(course, assignment, bank, open_quiz(course, stem), unfinished(texts))


def load_equivalent(subject: Subject) -> dict[str, str]:
    """Return the mutants that are as right as the reference, each with the reason."""
    path = subject.path("equivalent")
    text = read_text(subject.course.root / path, missing="")
    try:
        tree = read_yaml(text) or {}
    except SheetError as wrong:
        raise KitError(f"{path}: {wrong}") from wrong
    if not isinstance(tree, dict) or not all(isinstance(reason, str) for reason in tree.values()):
        raise KitError(f"{path} must hold MUTANT: REASON, a line each")
    return tree


def run_trials(
    subject: Subject,
    equivalent: Mapping[str, str],
    thorough: bool,
    tell: TellCount,
    *,
    every_draw: bool = True,
) -> tuple[TrialResults, list[Finding], dict[str, str]]:
    """Run every trial behind a wall of its own and judge what they say; return what is proven, too."""
    bank = subject.bank
    libraries = used_by([*bank.parts.values(), bank.mistakes_source, bank.alternatives_source])
    with Wall(subject.assignment.limits, libraries) as wall:
        grader = Grader(subject.course, bank, subject.quiz, wall, TRUSTED, hidden_too=True)
        with contextlib.closing(grader):
            runner = TrialRunner(grader, thorough=thorough)
            results, findings, proven = judge_all(subject, grader, runner, equivalent, tell)
            draws = judge_draws(subject.without(unsound(results)), runner, results) if every_draw else ()
            return results, [*findings, *draws], proven


def judge_all(
    subject: Subject, grader: Grader, runner: TrialRunner, equivalent: Mapping[str, str], tell: TellCount
) -> tuple[TrialResults, list[Finding], dict[str, str]]:
    """Run the reference, then everything else of the questions whose reference is right."""
    results = {trial: runner.run(trial) for trial in reference_trials(subject)}
    findings = list(judge_reference(subject, results))
    sound = subject.without(unsound(results))
    asked = list(subject.assignment.questions)
    parts = [CourseModule(text, f"solutions/{name}.py") for name, text in subject.bank.parts.items()]
    found = [mutant for part in parts for mutant in mutants(part, asked)]
    trials = other_trials(sound, runner, found)
    for done, (trial, ran) in enumerate(runner.run_all(trials), 1):
        results[trial] = ran
        tell(done, len(trials))
    runner.prove_all(results)
    for judge in (judge_stub, judge_misconceptions, judge_alternatives, judge_garbage, judge_handed_out):
        findings += judge(sound, results)
    prover = Prover(grader.wall, reference_program(subject.bank), runner.calls)
    proven = prover.prove_all(uncaught(results, equivalent))
    findings += judge_mutants(sound, results, found, {**equivalent, **proven})
    reference = Student(grader.reference.conversation().send)
    findings += judge_quiz(subject, grader.functions(reference))
    return results, findings, proven


def other_trials(subject: Subject, runner: TrialRunner, found: list[Mutant]) -> list[Trial]:
    """Return everything but the reference; what is only a quiz has nothing to try."""
    if not subject.assignment.questions:
        return []
    bank = subject.bank
    folder = build_template(subject.course, subject.stem)
    stubs = {name: folder[f"{name}.py"].decode() for name in bank.parts}
    return [
        *stub_trials(subject, stubs),
        *variant_trials(subject, "misconception", bank.misconceptions, bank.mistakes_source),
        *variant_trials(subject, "alternative", bank.alternatives, bank.alternatives_source),
        *rewritten_trials(subject, runner.answers),
        *garbage_trials(subject, runner.answers),
        *handed_out_trials(subject),
        *mutant_trials(subject, found),
    ]

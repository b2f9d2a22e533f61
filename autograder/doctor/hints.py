"""Does each known mistake get its own hint, in whatever way it is written?"""

import contextlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.config import Course
from autograder.doctor import writings
from autograder.doctor.examination import TRUSTED, TellCount, open_subject, questions_left_out
from autograder.doctor.findings import Subject
from autograder.doctor.writings import WAYS
from autograder.grading.grader import Grader
from autograder.judging.bank import Variant
from autograder.judging.programs import variant_program
from autograder.judging.session import Session
from autograder.reports.tables import Table
from autograder.results import CheckResult, QuestionResult
from autograder.sandbox.elsewhere import insist_on_linux
from autograder.sandbox.libraries import used_by
from autograder.sandbox.program import Program
from autograder.sandbox.wall import Wall


@dataclass(frozen=True)
class HintGiven:
    """What a known mistake, written in one way, was told."""

    question: str
    mistake: str
    way: str
    named: tuple[str, ...]
    hint: str

    @property
    def own(self) -> bool:
        """Whether its own hint came, alone or among others."""
        return self.mistake in self.named


def measure_hints(
    subject: Subject, ways: Sequence[str] = WAYS, tell: TellCount = lambda *_: None
) -> list[HintGiven]:
    """Hand in every known mistake, in an otherwise right file, and return what each was told."""
    bank, ready = subject.bank, subject.ready()
    libraries = used_by([*bank.parts.values(), bank.mistakes_source, bank.alternatives_source])
    work = [(one, way) for one in bank.misconceptions if one.question in ready for way in ways]
    found = []
    with Wall(subject.assignment.limits, libraries) as wall:
        grader = Grader(subject.course, bank, subject.quiz, wall, TRUSTED, hidden_too=True)
        with contextlib.closing(grader), ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            for told in pool.map(lambda each: told_of(grader, *each), work):
                found.append(told)
                tell(len(found), len(work))
    return [told for told in found if told]


def grade_alone(grader: Grader, question: str, program: Program) -> tuple[QuestionResult, list[CheckResult]]:
    """Grade one question of a program."""
    session = Session(grader.wall, program)
    checks = grader.bank.of(question)
    try:
        found = grader.judge_checks([check for check in checks if check.visible], session)
        found |= grader.judge_checks([check for check in checks if not check.visible], session, found)
        return grader.grade_question(question, session, found)
    finally:
        session.close()


def told_of(grader: Grader, mistake: Variant, way: str) -> HintGiven | None:
    """Return what a known mistake is told in an otherwise right file, None if another way makes it right."""
    graded, _ = grade_alone(grader, mistake.question, mistaken_program(grader, mistake, way))
    if way != WAYS[0] and graded.score == graded.max_score:  # right, so written: integers in a list, say
        return None
    return HintGiven(mistake.question, mistake.name, way, tuple(graded.misconceptions), graded.hint)


def mistaken_program(grader: Grader, mistake: Variant, way: str) -> Program:
    """Return the reference with one question answered by a mistake, written in some way."""
    program = variant_program(grader.bank, grader.bank.mistakes_source, mistake)
    if way == WAYS[0]:
        return program
    text = Path(writings.__file__).read_text("utf-8")
    text += f"\n\nimport variants\nanswer = write_in(variants.{mistake.name}, {way!r})\n"
    modules = {**program.modules, "written": text}
    return replace(program, modules=modules, bind={mistake.question: ("written", "answer")})


def hints_to_text(stem: str, found: Sequence[HintGiven]) -> str:
    """Return how many mistakes of each question get their own hint, and those that get another."""
    lines = [stem, ""]
    for question in dict.fromkeys(told.question for told in found):
        of = [told for told in found if told.question == question]
        right, alone = sum(told.own for told in of), sum(told.own and len(told.named) == 1 for told in of)
        lines.append(f"  {question}: {right} of {len(of)} get their own hint, {alone} no other beside it")
        for told in of:
            if not told.own:
                lines.append(f"    {told.mistake}, {told.way}: {', '.join(told.named) or 'no hint'}")
    return "\n".join([*lines, ""]) + "\n"


def hints_to_csv(found: Sequence[HintGiven]) -> str:
    """Return the confusion table as CSV: a row for each mistake and way."""
    table = Table(["question", "mistake", "way", "own", "named", "hint"])
    for told in found:
        table.add([told.question, told.mistake, told.way, told.own, " ".join(told.named), told.hint])
    return str(table)


def tell_hints(
    course: Course,
    stem: str | None,
    only: Sequence[str],
    path: Path,
    tell: Callable[[str], None],
    shown: Callable[[str], contextlib.AbstractContextManager[TellCount]],
) -> bool:
    """Write down which hints known mistakes get, of one assignment or all; return whether all are right."""
    insist_on_linux()
    found: list[HintGiven] = []
    for name in [stem] if stem else course.settings.assignments:
        assignment = course.assignment(name)
        subject = open_subject(course, assignment).without(questions_left_out(assignment, only or None))
        with shown(name) as show:
            of_one = measure_hints(subject, tell=show)
        tell(hints_to_text(name, of_one))
        found += of_one
    path.write_text(hints_to_csv(found), "utf-8")
    return all(told.own for told in found)

"""What finding the mistake behind wrong answers costs a class, in processor time.

.venv/bin/python benchmarks/hints.py                 # 200 submissions, 12 different wrong answers a question
.venv/bin/python benchmarks/hints.py --class-size 1000 --wrong 60 -a rlhf
"""

import argparse
import resource
from collections.abc import Sequence
from pathlib import Path

from autograder.config import Course, load_config
from autograder.judging.bank import Bank, Variant
from autograder.judging.diagnosis import Diagnosis
from autograder.judging.grader import Grader
from autograder.judging.loading import Program
from autograder.judging.opening import open_grader
from autograder.judging.programs import variant_program
from autograder.judging.session import Session

ROOT = Path(__file__).resolve().parents[1]
DRAWS = 8  # of the hidden inputs


def main() -> None:
    """Grade a class with and without diagnosis, and print what both cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-a", "--assignment", default="rl_foundations")
    parser.add_argument("--class-size", type=int, default=200)
    parser.add_argument("--wrong", type=int, default=12, help="different wrong answers to a question")
    given = parser.parse_args()
    course, size = load_config(ROOT), given.class_size
    grade_class(course, given.assignment, 1, 1, diagnosing=True)  # what the reference answers is known then
    plain = grade_class(course, given.assignment, size, given.wrong, diagnosing=False)
    whole = grade_class(course, given.assignment, size, given.wrong, diagnosing=True)
    print(f"{given.assignment}: {size} submissions, {given.wrong} different wrong answers to each question")
    print(
        f"without diagnosis {plain:.1f} s, with it {whole:.1f} s of processor time: {whole / plain - 1:+.1%}"
    )


def grade_class(course: Course, stem: str, size: int, wrong: int, *, diagnosing: bool) -> float:
    """Grade a class in which each question is answered wrong by one in two; return the processor time."""
    began = processor_s()
    grader = open_grader(course, stem, hidden_anyway=True)
    if not diagnosing:
        grader.diagnostician.diagnose = lambda *_: Diagnosis(("not looked for",))  # type: ignore[method-assign]
    answers = {name: several(grader.bank, name, wrong) for name in grader.assignment.questions}
    for number in range(size):
        grade(grader, program(grader.bank, answers, number), number % DRAWS)
    grader.close()
    return processor_s() - began


def several(bank: Bank, question: str, wrong: int) -> Sequence[Variant]:
    """Return known mistakes of a question, spread over all that there are."""
    known = [one for one in bank.misconceptions if one.question == question]
    return known[:: max(1, len(known) // wrong)][:wrong]


def program(bank: Bank, answers: dict[str, Sequence[Variant]], number: int) -> Program:
    """Return one submission: every second question is answered by one of the mistakes."""
    bind = {}
    for at, (name, mistakes) in enumerate(answers.items()):
        if (number + at) % 2:
            made = variant_program(bank, bank.mistakes_source, mistakes[number % len(mistakes)])
            bind[name] = made.bind[name]
    return Program(made.source, made.modules, bind)


def grade(grader: Grader, work: Program, draw: int) -> None:
    """Run all checks of one submission and add up."""
    session = Session(grader.wall, work, draw=draw)
    found = grader.judge_checks(grader.checks(session, visible=True), session)
    found |= grader.judge_checks(grader.checks(session, visible=False), session, found)
    for name in grader.assignment.questions:
        grader.grade_question(name, session, found)
    session.close()


def processor_s() -> float:
    """Return the processor time of this process and of all that it has ended."""
    each = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in each)


if __name__ == "__main__":
    main()

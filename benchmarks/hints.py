"""What finding the mistake behind wrong answers costs a class, in processor time.

.venv/bin/python benchmarks/hints.py         # 1,000 submissions, 60 different wrong answers a question
.venv/bin/python benchmarks/hints.py --class-size 200 --wrong 12 -a rlhf

The wrong answers are mutants of the reference, which nobody listed; most of the class is right in each
question. The same class is graded three times: without diagnosis, with it for the first time on a
machine, and with it once more, when what the known mistakes answer is kept.
"""

import argparse
import ast
import os
import random
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.config import Course, load_config
from autograder.diagnosis.diagnosis import Diagnosis
from autograder.doctor.mutants import mutants
from autograder.grading.opening import open_grader
from autograder.publish.source import CourseModule
from autograder.submission.reading import Submission

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Grade a class with and without diagnosis, and print what both cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-a", "--assignment", default="rl_foundations")
    parser.add_argument("--class-size", type=int, default=1000)
    parser.add_argument("--wrong", type=int, default=60, help="different wrong answers to a question")
    parser.add_argument("--share", type=float, default=0.2, help="of the class that is wrong in a question")
    given = parser.parse_args()
    course, stem = load_config(ROOT), given.assignment
    works = submissions(course, stem, given.class_size, given.wrong, given.share)
    print(f"{stem}: {len(works)} submissions, {given.wrong} different wrong answers to each question")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        grade_class(course, stem, works[:1], diagnosing=False)  # what the reference answers is known then
        plain = grade_class(course, stem, works, diagnosing=False)
        print(f"without diagnosis {plain:.1f} s of processor time")
        for kind in ("first", "second"):
            whole = grade_class(course, stem, works, diagnosing=True)
            print(f"with it, the {kind} time {whole:.1f} s: {whole / plain - 1:+.1%}", flush=True)


def submissions(course: Course, stem: str, size: int, wrong: int, share: float) -> list[Submission]:
    """Return a class: right files in which some functions are mutants, the same on every machine."""
    source = CourseModule((course.root / "solutions" / f"{stem}.py").read_text("utf-8"), stem)
    chance = random.Random(12)
    answers = {name: several(source, name, wrong) for name in course.assignment(stem).questions}
    works = []
    for number in range(size):
        text = source.text
        for right, bodies in answers.values():
            text = text.replace(right, chance.choice(bodies)) if chance.random() < share else text
        data = f"{text}\n# {number}\n".encode()  # nobody's file is another's
        works.append(Submission(f"s{number}", "", {f"{stem}.py": data}, main=f"{stem}.py"))
    return works


def several(source: CourseModule, question: str, wrong: int) -> tuple[str, list[str]]:
    """Return a question's function, and as many mutants of it, spread over all that there are."""
    own = [one.text for one in mutants(source, [question]) if one.id.startswith(f"{question}:")]
    right, *bodies = (definition(text, question) for text in [source.text, *own])
    return right, bodies[:: max(1, len(bodies) // wrong)][:wrong]


def definition(text: str, name: str) -> str:
    """Return the text of a function or class of a module."""
    found = next(node for node in ast.parse(text).body if getattr(node, "name", "") == name)
    return ast.get_source_segment(text, found) or ""


def grade_class(course: Course, stem: str, works: Sequence[Submission], *, diagnosing: bool) -> float:
    """Grade a class; return the processor time."""
    began = processor_s()
    grader = open_grader(course, stem, hidden_anyway=True)
    if not diagnosing:
        grader.diagnostician.diagnose = lambda *_: Diagnosis()  # type: ignore[method-assign]
    for work in works:
        grader.grade(work)
    grader.close()
    return processor_s() - began


def processor_s() -> float:
    """Return the processor time of this process and of all that it has ended."""
    each = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in each)


if __name__ == "__main__":
    main()

"""Wrong answers as public code has them, in otherwise right files: are students told why, and truly?

`wild/<stem>.py` holds them. The tags of each are what is true of it: names of known mistakes, or words
of the feedback. `make wild` runs all and prints what each is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.doctor.hints import grade_alone
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.judging.bank import Variant, variants
from autograder.judging.programs import variant_program

WILD = Path(__file__).parent / "wild"
ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ("rlhf", "kl_penalty")
NAMED = 0.75  # of the answers must be told what is wrong with them


@dataclass(frozen=True)
class Told:
    """What a student reads about a wrong answer."""

    answer: Variant
    names: tuple[str, ...]
    hint: str
    feedback: str

    @property
    def is_named(self) -> bool:
        """Whether one true reason is among it."""
        said = f"{self.hint} {self.feedback}"
        return any(tag in self.names or tag in said for tag in self.answer.tags)

    @property
    def is_false(self) -> bool:
        """Whether it holds a reason that is not true; of several that are told as "perhaps", one must be."""
        true = {*self.names} & {*self.answer.tags}
        perhaps = bool(true) and self.hint.startswith("One of these, perhaps.")
        return not (perhaps or true == {*self.names}) or (bool(self.hint) and not self.is_named)

    def __str__(self) -> str:
        kind = "FALSE" if self.is_false else "named" if self.is_named else "-"
        return f"{kind:6}{self.answer.question}, {self.answer.text} {', '.join(self.names)} {self.hint}"


def ask(grader: Grader, question: str = "") -> Iterator[Told]:
    """Grade each answer to an assignment, or to one question of it."""
    text = (WILD / f"{grader.bank.stem}.py").read_text()
    for answer in variants(text, "misconception"):
        if question in ("", answer.question):
            program = variant_program(grader.bank, text, answer)
            graded, results = grade_alone(grader, answer.question, program)
            assert graded.score < graded.max_score, answer.name
            feedback = " ".join(result.feedback for result in results)
            yield Told(answer, tuple(graded.misconceptions), graded.hint, feedback)


def insist(told: list[Told]) -> None:
    """Most are named, none wrongly."""
    print("", *told, sep="\n")
    assert not [one.answer.name for one in told if one.is_false]
    assert sum(one.is_named for one in told) >= NAMED * len(told)


@pytest.fixture
def grader(request: pytest.FixtureRequest) -> Iterator[Grader]:
    """A grader of one assignment."""
    opened = open_grader(load_config(ROOT), request.param, hidden_anyway=True)
    yield opened
    opened.close()


@pytest.mark.parametrize("grader", SAMPLE[:1], indirect=True)
def test_answers_to_one_question_are_told_what_is_wrong_with_them(grader):
    insist(list(ask(grader, SAMPLE[1])))


@pytest.mark.slow
@pytest.mark.parametrize("grader", [path.stem for path in sorted(WILD.glob("*.py"))], indirect=True)
def test_real_wrong_answers_are_told_what_is_wrong_with_them(grader):
    insist(list(ask(grader)))

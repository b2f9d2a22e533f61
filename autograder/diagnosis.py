"""Which known mistake explains a student's answers?

The recorded calls are put to every misconception of the question. One that gave the same answers to all of
them explains the student's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.bank import Variant
from autograder.compare import CheckFailed, expect_close, numbers_of
from autograder.explain import explain
from autograder.sandbox.calls import Answer
from autograder.sandbox.wall import StudentRaised
from autograder.session import Answers, Ended, Exchange
from autograder.tolerance import is_close
from autograder.values import Handle, Opaque


@dataclass(frozen=True)
class Diagnosis:
    """The misconceptions that explain all answers, and the hint that follows."""

    misconceptions: tuple[str, ...] = ()
    hint: str = ""


def diagnose(
    checks: Sequence[Sequence[Exchange]],
    candidates: Sequence[Variant],
    answers: Mapping[str, Answers],
    reference: Answers,
) -> Diagnosis:
    """Explain a question's wrong answers.

    Args:
        checks: for each check the calls that it made and what the student's code answered.
        candidates: the question's known mistakes.
        answers: what each of them answers, by name.
        reference: what the right program answers; a student who agrees with it is not diagnosed.
    """
    if not any(checks) or explains(reference, checks):
        return Diagnosis()
    found = [mistake for mistake in candidates if explains(answers[mistake.name], checks)]
    if len(found) == 1:
        return Diagnosis((found[0].name,), found[0].text)
    if found:
        told = " Or: ".join(mistake.text for mistake in found[:3])
        return Diagnosis(tuple(mistake.name for mistake in found), f"One of these, perhaps. {told}")
    for mistake in candidates:
        twist = common_twist(answers[mistake.name], checks)
        if twist:
            told = f"Two things at once, it seems. {mistake.text} Besides, {twist}."
            return Diagnosis((mistake.name,), told)
    return Diagnosis()


def explains(program: Answers, checks: Sequence[Sequence[Exchange]]) -> bool:
    """Whether a program gives the same answers to every call."""
    for exchanges in checks:
        conversation = program.conversation()
        if not all(agree(exchange.outcome, conversation.outcome(exchange.call)) for exchange in exchanges):
            return False
    return True


def agree(got: Answer | Ended, want: Answer | Ended) -> bool:
    """Whether two outcomes of a call are the same within the tolerance."""
    if isinstance(got, StudentRaised) and isinstance(want, StudentRaised):
        return got.type_name == want.type_name
    if not isinstance(got, Answer) or not isinstance(want, Answer):
        return type(got) is type(want)
    if got.changed != want.changed or got.grads.keys() != want.grads.keys():
        return False
    pairs = [(got.value, want.value), *((got.grads[name], want.grads[name]) for name in got.grads)]
    return all(close(one, other) for one, other in pairs)


def close(got: object, want: object) -> bool:
    """Whether two pieces of data are equal, numbers within the tolerance."""
    if isinstance(want, Handle | Opaque) or want is None or isinstance(want, str | bool):
        return type(got) is type(want) and (isinstance(want, Handle | Opaque) or got == want)
    try:
        expect_close(got, want)
    except CheckFailed:
        return False
    except (ValueError, TypeError):
        return False
    return True


def common_twist(program: Answers, checks: Sequence[Sequence[Exchange]]) -> str:
    """Return the one property by which every answer differs from a program's, if there is one."""
    twists: set[str] = set()
    for exchanges in checks:
        conversation = program.conversation()
        for exchange in exchanges:
            twist = twist_of(exchange.outcome, conversation.outcome(exchange.call))
            if twist is None or len(twists | {twist}) > 1:
                return ""
            twists.add(twist)
    return twists.pop() if twists else ""


def twist_of(got: Answer | Ended, want: Answer | Ended) -> str | None:
    """Return how one array of numbers differs from another of its shape, None if it cannot be told."""
    if not isinstance(got, Answer) or not isinstance(want, Answer) or got.grads or want.grads:
        return None
    try:
        found, wanted = numbers_of(got.value, "it"), numbers_of(want.value, "it")
    except CheckFailed:
        return None
    if found.shape != wanted.shape or found.size < 2:
        return None
    return explain(found, wanted, lambda a, b: bool(is_close(a, b).all())) or None

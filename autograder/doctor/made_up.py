"""Answers that doctor makes itself: garbage, and the reference's written in other ways."""

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograder.data.values import Handle, Tensor
from autograder.doctor import garbage, writings
from autograder.doctor.findings import Subject
from autograder.doctor.trials import Trial
from autograder.judging.programs import reference_program
from autograder.publish.source import Definition
from autograder.sandbox.protocol import ProgramText


def garbage_trials(subject: Subject, answers: Mapping[str, Sequence[Any]]) -> list[Trial]:
    """Return every kind of garbage for every question.

    Args:
        subject: the assignment.
        answers: what the reference answers; without a number in them some kinds are all alike.
    """
    trials = []
    for question in subject.ready():
        known = answers.get(question, ())
        numeric, acts = any(map(has_numbers, known)), bool(known) and all(one is None for one in known)
        for kind, parameter in garbage.kinds(
            parameters(subject.defined[question].node),
            types=set(map(type, known)),
            numeric=numeric,
            acts=acts,
        ):
            swap = f"garbage.instead({question}, {kind!r}, {parameter!r})"
            trials.append(swapped(subject, "garbage", f"{parameter} {kind}".strip(), question, garbage, swap))
    return trials


def rewritten_trials(subject: Subject, answers: Mapping[str, Sequence[Any]]) -> list[Trial]:
    """Return the reference in the writings that make its answers other objects: each is as right."""
    return [
        swapped(subject, "alternative", f"(the reference {way})", question, writings,
                f"writings.write_in({question}, {way!r})")
        for question in subject.ready() if not isinstance(subject.defined[question].node, ast.ClassDef)
        for way in writings.OTHER_TYPES
        if any(is_written_otherwise(as_arrays(one), way) for one in answers.get(question, ()))
    ]  # fmt: skip


def is_written_otherwise(answer: Any, way: str) -> bool:
    """Whether an answer is another object when it is written in some way."""
    return repr(writings.TREATED[way](answer)) != repr(answer)


def as_arrays(answer: Any) -> Any:
    """Return an answer with its tensors as arrays."""
    if type(answer) in (list, tuple):
        return type(answer)(map(as_arrays, answer))
    return answer.array if isinstance(answer, Tensor) else answer


def swapped(subject: Subject, kind: str, name: str, question: str, tool: ModuleType, swap: str) -> Trial:
    """Return the reference with one question's function replaced by what a module makes of it."""
    reference = reference_program(subject.bank)
    module = tool.__name__.rpartition(".")[2]
    text = f"import {module}\n{question} = {swap}\n"
    source = ProgramText(reference.source.name, [subject.bank.solution, text])
    modules = {**reference.modules, module: Path(str(tool.__file__)).read_text("utf-8")}
    return Trial(kind, name, (question,), replace(reference, source=source, modules=modules))


def has_numbers(answer: Any) -> bool:
    """Whether an answer holds numbers, or is an object whose methods may return some."""
    if isinstance(answer, dict):
        answer = answer.values()
    if isinstance(answer, Collection) and not isinstance(answer, str | bytes | np.ndarray):
        return any(map(has_numbers, answer))
    return isinstance(answer, int | float | np.ndarray | Tensor | Handle)


def parameters(node: Definition) -> list[str]:
    """Return the names of a function's parameters; for a class, one that stands for any."""
    arguments = getattr(node, "args", None)
    if arguments is None:
        return ["input"]
    return [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]

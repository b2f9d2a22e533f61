"""Do the files of an assignment agree with each other? Nothing is run here but a few look-ups."""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from autograder.config import FILE, KNOWN_SEED
from autograder.doctor.findings import Audit, Finding, Subject, closest, definitions
from autograder.doctor.generated import audit_generated, audit_leaks
from autograder.errors import KitError
from autograder.judging.bank import read_text
from autograder.publish.facts import hint_faults, load_hints
from autograder.publish.source import FUNCTION, Definition, FunctionNode

TODO = re.compile(r"TODO\((\w+)\):?\s*([^\"\n]*)")


def audit_unfinished(subject: Subject) -> Iterator[Finding]:
    """Nothing may be left to be filled in."""
    for part in ("solution", "checks", "mistakes", "alternatives", "handout"):
        text = read_text(subject.course.root / subject.path(part), missing="")
        for number, line in enumerate(text.splitlines(), 1):
            if (found := TODO.search(line)) and subject.is_asked(found[1]):
                what = found[2].strip(" `").rstrip(".") or "this place"
                yield Finding(
                    f"{found[1]} is not finished: {what}",
                    f"fill in {subject.path(part)}:{number} and take the TODO mark away",
                )


def unfinished(texts: Sequence[str]) -> frozenset[str]:
    """Return the questions that have TODO marks."""
    return frozenset(found[1] for text in texts for found in TODO.finditer(text))


def audit_questions(subject: Subject) -> Iterator[Finding]:
    """Every question must be there under its name: in the code, the checks and the handout."""
    defined = subject.defined
    handout = read_text(subject.course.root / subject.path("handout"), missing="")
    for question in subject.assignment.questions:
        if question not in defined:
            near = f": is it {closest(question, list(defined))}?" if defined else ""
            yield Finding(
                f"{subject.path('solution')} has no function or class {question}",
                f"write it in {subject.path('solution')}, or fix the name in grading.yml{near}",
            )
        if not re.search(rf"\b{question}\b", handout):
            yield Finding(
                f"{subject.path('handout')} does not name {question}",
                f"tell students about it in {subject.path('handout')}",
            )
        if question not in subject.unfinished:
            yield from missing_parts(subject, question)
    for name in defined:
        if not name.startswith("_") and name not in subject.everything:
            yield Finding(
                f"{subject.at('solution', name)}: {name} is public, but no question",
                f"give it points in grading.yml, or call it _{name}",
            )


def audit_hints(subject: Subject) -> Iterator[Finding]:
    """Hints must be there for every question or none, and give no line of the solution away."""
    path = f"assignments/{subject.stem}/hints.yml"
    try:
        hints = load_hints(subject.course.root, subject.stem)
    except KitError as error:
        yield Finding(str(error), f"fix {path}")
        return
    for fault in hint_faults(hints, list(subject.assignment.questions), [*subject.bank.parts.values()]):
        yield Finding(f"{path}: {fault}", f"fix {path}")


def audit_seed(subject: Subject) -> Iterator[Finding]:
    """Hidden inputs follow from the seed, so it must be the course's own."""
    if subject.course.settings.seed == KNOWN_SEED:
        yield Finding(
            f"{FILE} has no seed of its own: whoever has the kit can compute the hidden inputs",
            "autograder new-term draws one",
        )


def missing_parts(subject: Subject, question: str) -> Iterator[Finding]:
    """A question needs checks of both kinds, and misconceptions."""
    checks = subject.bank.of(question)
    mistakes = [one for one in subject.bank.misconceptions if one.question == question]
    for there, what, part in (
        (any(check.visible for check in checks), "visible check", "checks"),
        (any(not check.visible and check.weight for check in checks), "hidden check with points", "checks"),
        (bool(mistakes), "misconception", "mistakes"),
    ):
        if not there:
            yield Finding(f"{question} has no {what}", f"write one into {subject.path(part)}")


def audit_strangers(subject: Subject) -> Iterator[Finding]:
    """Nothing may be written for a question that does not exist."""
    bank, questions = subject.bank, list(subject.assignment.questions)
    named = [(check.name, check.question, "check", "checks") for check in bank.checks]
    named += [(one.name, one.question, "misconception", "mistakes") for one in bank.misconceptions]
    named += [(one.name, one.question, "alternative", "alternatives") for one in bank.alternatives]
    for name, question, what, part in named:
        if question not in questions:
            yield Finding(
                f"{what} {name} is for {question}, which is no question in grading.yml",
                f"fix {subject.at(part, name)}: is it {closest(question, questions)}?",
            )


def doubled_checks(subject: Subject) -> Iterator[Finding]:
    """No check may do what another does: it would count twice."""
    first: dict[tuple[str, str], str] = {}
    known = {check.name: check.question for check in subject.bank.checks}
    for name, node in definitions(subject.bank.checks_source).items():
        if name in known:
            body = ast.dump(ast.Module(node.body[ast.get_docstring(node) is not None :], []))
            same = first.setdefault((known[name], body), name)
            if same != name:
                yield Finding(f"{name} does what {same} does", f"take one out: {subject.at('checks', name)}")


def audit_words(subject: Subject) -> Iterator[Finding]:
    """Titles must be told apart, hints and alternatives must say something, names stand once."""
    yield from doubled_checks(subject)
    titles = Counter((check.question, check.title) for check in subject.bank.checks)
    for check in subject.bank.checks:
        if titles[check.question, check.title] > 1:
            yield Finding(
                f"{check.name} has the title of another check of {check.question}: {check.title}",
                f"say what is its own in {subject.at('checks', check.name)}",
            )
    for part, variants in (("mistakes", subject.bank.misconceptions),
                           ("alternatives", subject.bank.alternatives)):  # fmt: skip
        names = Counter(one.name for one in variants)
        for name, times in names.items():
            if times > 1:
                of = " and ".join(dict.fromkeys(one.question for one in variants if one.name == name))
                yield Finding(
                    f"{name} is defined twice, for {of}: only the last is tried",
                    f"rename one in {subject.at(part, name)}",
                )
        for one in variants:
            if not one.text:
                what = "the hint that students read" if part == "mistakes" else "what is unusual about it"
                yield Finding(
                    f"{one.name} of {one.question} has no docstring",
                    f"write {what} in {subject.at(part, one.name)}",
                )


def audit_docstrings(subject: Subject) -> Iterator[Finding]:
    """What a docstring says about arguments must be what the signature says."""
    for name, found in subject.defined.items():
        node = found.node
        if not subject.is_asked(name):
            continue
        functions = [inner for inner in ast.walk(node) if isinstance(inner, FUNCTION)]
        for function in functions:
            text = ast.get_docstring(function) or ""
            if isinstance(node, ast.ClassDef) and function.name == "__init__" and "Args:" not in text:
                text = ast.get_docstring(node) or ""
            told, taken = documented(text), taken_by(function)
            asked = function is node and name in subject.assignment.questions
            if told != taken and (told or (asked and taken)):
                yield Finding(
                    f"{function.name} takes {in_words(taken)}, but its docstring tells of {in_words(told)}",
                    f"fix the Args of {found.path}:{function.lineno}",
                )
        if name in subject.assignment.questions and not spoken(node):
            yield Finding(
                f"{name} has no docstring: it is the contract",
                f"write it in {subject.at('solution', name)}",
            )


def spoken(node: Definition) -> bool:
    """Whether a definition has a docstring."""
    return bool(ast.get_docstring(node))


def documented(text: str) -> list[str]:
    """Return the names in the Args section of a docstring."""
    found = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)*)", inspect.cleandoc(text), re.MULTILINE)
    if not found:
        return []
    lines = [line for line in found[1].splitlines() if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    heads = [re.match(r"\*{0,2}(\w+)[^:]*:", line[indent:]) for line in lines if line[indent] != " "]
    return [head[1] for head in heads if head]


def taken_by(function: FunctionNode) -> list[str]:
    """Return the names of a function's parameters, `self` left out."""
    every = function.args
    taken = [*every.posonlyargs, *every.args, every.vararg, *every.kwonlyargs, every.kwarg]
    return [one.arg for one in taken if one is not None and one.arg not in ("self", "cls")]


def in_words(names: Sequence[str]) -> str:
    """Return names as a person lists them."""
    return ", ".join(names) or "none"


# what is asked of each question, and of an assignment as a whole
OF_QUESTIONS: tuple[Audit, ...] = (audit_unfinished, audit_questions, audit_words, audit_docstrings)
OF_ALL: tuple[Audit, ...] = (audit_seed, audit_strangers, audit_hints, audit_leaks, audit_generated)

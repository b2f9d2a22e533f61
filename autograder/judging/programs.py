"""The course's own programs, as they are loaded behind the wall."""

from autograder.judging.bank import Bank, Variant
from autograder.judging.loading import Program
from autograder.sandbox import protocol


def reference_program(bank: Bank) -> Program:
    """Return the reference as a program."""
    return Program(protocol.ProgramText(f"{bank.stem}.py", [bank.solution]), bank.provided)


def variant_program(bank: Bank, text: str, variant: Variant) -> Program:
    """Return the reference with one question answered by a variant out of a module's text."""
    reference = reference_program(bank)
    solutions = {"solutions": "", f"solutions.{bank.stem}": bank.solution}
    modules = {**bank.provided, **solutions, "variants": text}
    return Program(reference.source, modules, {variant.question: ("variants", variant.name)})

"""The course's own programs, as they are loaded behind the wall."""

from autograder.judging.bank import Bank, Variant
from autograder.sandbox import protocol
from autograder.sandbox.program import Program


def reference_program(bank: Bank) -> Program:
    """Return the reference as a program."""
    source = protocol.ProgramText(f"{bank.stem}.py", [bank.solution])
    return Program(source, {**bank.own, **bank.provided}, files={**bank.own_files, **bank.files})


def variant_program(bank: Bank, text: str, variant: Variant) -> Program:
    """Return the reference with one question answered by a variant out of a module's text."""
    reference = reference_program(bank)
    solutions = {"solutions": "", **{f"solutions.{name}": part for name, part in bank.parts.items()}}
    modules = {**reference.modules, **solutions, "variants": text}
    bound = {variant.question: ("variants", variant.name)}
    return Program(reference.source, modules, bound, files=reference.files)

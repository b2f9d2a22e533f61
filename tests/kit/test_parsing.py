"""What the grader asks Python's own parser: it is left out where the parser takes more than its share."""

import ast
import json
from pathlib import Path

import pytest

from autograder.authoring.mistake import definition_in
from autograder.errors import STUB, InputError
from autograder.grading.lending import defining_statements
from autograder.judging.session import Session
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.submission.notebook_code import cells_of
from autograder.submission.parsing import MOST_TEXT, MOST_WORK, parsers_work, syntax_tree
from autograder.submission.work import Work, work_in
from autograder.viva.asking import VIVA_FOLDER, ask
from autograder.viva.questions import Outline

COURSE = Path(__file__).resolve().parents[2] / "assignments"
FEW, MANY = 20, 9_000
DOTTED = {
    "a name": lambda many: f"import {'é.' * many}é\n",
    "a name over many lines": lambda many: f"from .{('é.' + chr(92) + chr(10)) * (many // 2)}é import a\n",
    "an f-string": lambda many: f"x = f'{'{é}' * (many // 2)}'\n",
    "an f-string over many lines": lambda many: f"x = f\'\'\'{('{é}' + chr(10)) * (many // 2)}\'\'\'\n",
    "an f-string in brackets": lambda many: f"x = (1,\n f'{'{é}' * (many // 2)}')\n",
}  # fmt: skip
EACH = pytest.mark.parametrize("dotted", DOTTED.values(), ids=DOTTED)


@EACH
def test_what_the_parser_reads_again_and_again_is_left_to_nobody(dotted):
    ast.parse(dotted(FEW))
    assert syntax_tree(dotted(FEW)) is not None
    assert syntax_tree(dotted(MANY)) is None


@EACH
def test_no_function_is_lent_to_it(dotted):
    text = "def f():\n    return g()\n"
    assert defining_statements((dotted(FEW), text)).keys() >= {"f"}
    assert defining_statements((dotted(FEW) + text,)).keys() >= {"f"}
    assert not defining_statements((dotted(MANY) + text,))
    assert defining_statements((dotted(MANY), text)).keys() == {"f"}  # another cell is


@EACH
def test_a_cell_of_it_under_an_unknown_command_is_left_out(dotted):
    for many, kept in ((FEW, True), (MANY, False)):
        cell = {"cell_type": "code", "source": "%%unknown\n" + dotted(many)}
        (text,) = cells_of(json.dumps({"cells": [cell]}).encode(), "a.ipynb")
        assert ("run_cell_magic" not in text) is kept  # which says that it was left out


@EACH
def test_a_class_of_it_is_somebodys_work(dotted):
    stub = f"    def g(self):\n        raise NotImplementedError('g: {STUB}')\n"
    for many, stubs in ((FEW, 1), (MANY, 0)):
        body = dotted(many).rstrip().replace("\n", "\n        ")
        found = work_in(f"class f:\n    def h(self):\n        {body}\n{stub}", ["f"])
        assert found == Work(1 - stubs / 2, stubs, frozenset({"f"}))


@EACH
def test_no_known_mistake_is_made_of_it(dotted):
    text = "def f():\n    return 1\n"
    assert definition_in([dotted(FEW) + text], "f").name == "f"
    with pytest.raises(InputError, match="no function or class f"):
        definition_in([dotted(MANY) + text], "f")


def test_for_a_viva_it_is_read_behind_the_wall_until_the_time_is_up(wall):
    outline = {"viva_outline": (VIVA_FOLDER / "outline.py").read_text("utf-8")}
    text = "def f():\n    return 1\n"
    for many, names in ((FEW, ["f"]), (30_000, [])):
        session = Session(wall, Program(ProgramText("outline.py", [""]), outline))
        found = ask(session, list[Outline], "viva_outline.outline", [DOTTED["a name"](many) + text], ["f"])
        session.close()
        assert [one.name for one in found or ()] == names


def test_a_program_longer_than_people_write_is_not_looked_through():
    line = "x = running_mean\n"
    assert defining_statements((line * (MOST_TEXT // len(line) + 1),)) == {}
    assert defining_statements((line * (MOST_TEXT // len(line)),)) != {}


@pytest.mark.parametrize("program", sorted(COURSE.glob("*/*.py")), ids=lambda path: path.stem)
def test_what_people_write_is_far_from_too_much(program):
    assert parsers_work(program.read_text("utf-8")) < MOST_WORK / 10


def test_points_of_numbers_are_no_dots_of_names():
    assert parsers_work("x = [" + "0.5, 0.25,\n" * 20_000 + "]") == 0

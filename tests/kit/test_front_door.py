"""What authors import: everything from autograder.checks, documented and typed."""

import ast
import inspect
from pathlib import Path

import pytest

import autograder
from autograder import checks

QUESTIONS = Path(__file__).parents[1] / "questions"


@pytest.mark.parametrize("name", checks.__all__)
def test_every_public_name_is_documented(name):
    thing = getattr(checks, name)
    assert inspect.getdoc(thing)
    assert f"`{name}`" in (checks.__doc__ or "")


@pytest.mark.parametrize("name", [name for name in checks.__all__ if name.startswith("expect")])
def test_every_expectation_has_typed_parameters(name):
    parameters = inspect.signature(getattr(checks, name)).parameters.values()
    assert all(one.annotation is not inspect.Parameter.empty for one in parameters)


def test_the_package_says_that_it_is_typed():
    assert (Path(autograder.__file__).parent / "py.typed").is_file()


@pytest.mark.parametrize("path", sorted(QUESTIONS.glob("test_*.py")), ids=lambda path: path.stem)
def test_the_course_needs_nothing_else_of_the_kit(path):
    imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    used = {node.module for node in imports if (node.module or "").startswith("autograder")}
    assert used == {"autograder.checks"}

"""Small changes and garbage for what is no number: texts, dicts, sets, exceptions."""

import ast

import pytest

from autograder.doctor import garbage
from autograder.doctor.edits import edits


def changes(body: str) -> set[str]:
    """Return the labels of the changes to a function with this body."""
    text = f"def f(x, y='mean'):\n    '''Say it.'''\n    {body}\n"
    return {edit.label for edit in edits(ast.parse(text).body[0], {"warnings", "np"})} - OF_THE_DEFAULT


OF_THE_DEFAULT = {"'mean'->''", "'mean'->'MEAN'"}


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        ("return {'Ab': x}", {"'Ab'->''", "'Ab'->'aB'"}),
        ("return ''", {"''->' '"}),
        ("return '?'", {"'?'->''"}),
        ("return 'a text that is longer than a label'", {"'a text that is longe...'->''"}),
        ("return x.lower()", {"lower->upper", "drop .lower()"}),
        ("return x.rstrip()", {"rstrip->strip"}),
        ("return x.split()", {"split->splitlines"}),
        ("x.append(3)", {"append->extend"}),
        ("return x.endswith(y)", {"endswith->startswith"}),
        ("return sorted(x)", {"sorted->list", "drop sorted()"}),
        ("return set(x)", {"set->list"}),
        ("return min(x)", {"min->max"}),
        ("raise ValueError('no')", {"ValueError->TypeError", "drop statement"}),
        ("raise KeyError", {"KeyError->ValueError", "drop statement"}),
    ],
)
def test_texts_their_methods_and_exceptions_are_changed(body, labels):
    assert labels <= changes(body)


def test_the_default_is_a_text_as_well():
    made = {edit.label for edit in edits(ast.parse("def f(y='mean'):\n    return y\n").body[0], set())}
    assert made == OF_THE_DEFAULT


@pytest.mark.parametrize(
    "body",
    [
        "raise x",
        "assert x, 'Say it.'",
        "print('Say it.')",
        "warnings.warn('Say it.')",
        "x.set_title('Say it.')",
        "x.plot(y, label='Say it.')",
        "return f'{x}: Say it.'",
        "x.set(y)",
        "set = x",
    ],
)
def test_what_is_said_to_people_is_left_alone(body):
    assert not [label for label in changes(body) if "Say" in label or "->" in label]


def garbage_of(right, **more):
    return {
        kind: garbage.instead(lambda text: right, kind, parameter)("A b")
        for kind, parameter in garbage.kinds(["text"], types={type(right)}, numeric=True, **more)
        if kind != garbage.RAISED
    }


def test_garbage_for_dicts_and_sets():
    made = garbage_of({"a": 2.5, "b": [1, "x"]})
    assert made["an empty dict"] == {}
    assert made["zeros"] == {"a": 0.0, "b": [0, ""]}
    assert "an empty set" not in made
    made = garbage_of({1, 2})
    assert (made["an empty set"], made["zeros"]) == (set(), {0})


class Coin:
    def __init__(self, worth):
        self.worth = worth

    def __eq__(self, other):
        return self.worth == other.worth


def test_garbage_of_a_class_without_methods_is_no_right_one():
    for kind in ("zeros", "None", "handed back"):
        made = garbage.instead(Coin, kind, "worth")
        try:
            right = made(3).worth == 3 and (made(3) == made(3)) is True
        except (AttributeError, TypeError):
            right = False
        assert not right


def test_garbage_refuses_everything_in_every_way_that_a_check_may_be_content_with():
    refuse = garbage.instead(
        dict, *next(one for one in garbage.kinds([], types=[], numeric=True) if one[0] == garbage.RAISED)
    )
    for kind in (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError):
        with pytest.raises(kind):
            refuse(1, key=2)


def test_garbage_for_text_is_the_input_in_lower_case():
    assert garbage_of("right")["handed back in lower case"] == "a b"
    assert "handed back in lower case" not in garbage_of([1])

"""Known mistakes told as a change of the reference."""

import pytest

from autograder.errors import KitError
from autograder.judging.bank import variants
from autograder.judging.changed_reference import written_out

PARTS = {
    "count": '''"""Counting."""

import math

LIMIT = 3


def _least(values):
    return min(values, default=LIMIT)


def total(values):
    """Add up."""
    if not values:
        return 0
    return values[0] + total(values[1:])


class Mean:
    """A mean."""

    def of(self, values):
        return math.fsum(values) / len(values) - _least(values)
'''
}
FILE = '''"""Mistakes."""

from autograder.checks import changed

changed(
    "total",
    starts_at_one=("return 0", "return 1", "The sum of nothing is 1. What should it be?"),
    {more}
)
'''


def made(more: str = "") -> str:
    return written_out(FILE.replace("{more}", more), PARTS, "count.py")


def test_a_change_becomes_a_function_with_its_hint_and_calls_itself():
    (found,) = variants(made(), "misconception")
    assert (found.name, found.question) == ("starts_at_one", "total")
    assert found.text == "The sum of nothing is 1. What should it be?"
    namespace = {"changed": lambda *_, **__: None}
    exec(made(), namespace)
    assert namespace["starts_at_one"]([2, 3]) == 6


def test_a_change_may_have_tags():
    tagged, plain = variants(
        made('other=("return 0", "return 2", "h", ("an empty list", "b")),'), "misconception"
    )[::-1]
    assert (tagged.tags, plain.tags) == (("an empty list", "b"), ())


def test_a_change_of_a_class_has_what_the_class_uses():
    text = 'changed("Mean", forgets_the_length=(" / len(values)", "", "Divided by what?"))\n'
    told = written_out(text, PARTS, "count.py")
    assert "from solutions.count import _least, math" in told
    assert "class forgets_the_length:" in told
    assert told.splitlines()[0] == ""  # all else keeps its line


def test_a_file_without_changes_stays_as_it_is():
    assert written_out("x = 1\n", PARTS, "count.py") == "x = 1\n"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('twice=("values", "x", "h")', "'values' must stand once in the reference, it stands 4 times"),
        ('never=("product", "x", "h")', "'product' must stand once in the reference, it stands 0 times"),
        ('broken=("return 0", "return (", "h")', "broken: Python cannot read what comes of it"),
        ("short=('return 0', 'return 1')", "count.py:5: "),
        ("a=('return 0', 'return 1', 'h', 'empty')", "a: after the hint comes one tuple of tags"),
    ],
)
def test_a_change_that_cannot_be_made_is_told_with_its_line(more, told):
    with pytest.raises(KitError, match=r"count\.py:5") as error:
        made(more)
    assert told in str(error.value)


def test_a_name_that_is_the_references_too_is_refused():
    with pytest.raises(KitError, match="_least is a name of the reference too"):
        written_out(
            'def _least(v): ...\nchanged("Mean", a=("- _least", "+ _least", "h"))\n', PARTS, "count.py"
        )


def test_an_unknown_question_is_named_with_the_nearest():
    with pytest.raises(KitError, match=r"defines no totl; did you mean total\?"):
        written_out('changed("totl", a=("x", "y", "h"))\n', PARTS, "count.py")


def test_what_is_not_written_out_is_refused_by_its_name():
    for wrong in ('("a", "b")', '("a" if True else "b", "c", "d")', '"abc"'):
        with pytest.raises(KitError, match=r"broken: write three texts"):
            written_out(f'changed("total", broken={wrong})\n', PARTS, "count.py")

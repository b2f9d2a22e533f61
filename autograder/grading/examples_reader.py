"""Read what a student wrote in examples.py. Its text runs in a worker, beside that file.

It imports the standard library only and returns plain data of a bounded size.
"""

import sys
from collections.abc import Sequence
from typing import Any

MOST_CHARACTERS = 20_000  # of an example as text


def read_examples(names: Sequence[str], most: int) -> dict[str, list[list[Any]]] | None:
    """Return each question's examples: arguments and value, or nothing where one has another form.

    Of a question `most` are read. Anything else in the file is a slip, and None is returned.
    """
    found = getattr(sys.modules.get("examples"), "examples", None)
    if not isinstance(found, dict) or not set(found) <= set(names):
        return None
    if not all(isinstance(given, list | tuple) for given in found.values()):
        return None
    return {name: [example_parts(one) for one in list(given)[:most]] for name, given in found.items()}


def example_parts(example: Any) -> list[Any]:
    """Return an example as its arguments and the value."""
    if not isinstance(example, tuple | list) or len(example) != 2 or len(repr(example)) > MOST_CHARACTERS:
        return []
    args, value = example
    return [list(args) if isinstance(args, tuple) else [args], value]

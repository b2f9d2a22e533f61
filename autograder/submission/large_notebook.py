"""A large notebook without its outputs: read whole, it takes twenty times its size in memory."""

import contextlib

import msgspec

from autograder.errors import InputError
from autograder.submission.archive import clean
from autograder.submission.notebook_code import code_text

LARGE_NOTEBOOK = 5_000_000  # bytes


class SlimCell(msgspec.Struct):
    """What is looked at of a cell."""

    cell_type: str = ""
    source: str | list[str] | None = None


class Notebook(msgspec.Struct):
    """What is looked at of a notebook: the rest takes no memory."""

    cells: list[SlimCell]


def slim(data: bytes, name: str) -> bytes:
    """Return a file as it is, a large notebook with its code cells alone, or raise if it is none."""
    if len(data) <= LARGE_NOTEBOOK or not name.lower().endswith(".ipynb"):
        return data
    try:
        book = notebook_in(data, name)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        told = f"{clean(name)} cannot be read at this size: clear its outputs, save it and hand it in again"
        raise InputError(told) from error
    return msgspec.json.encode(Notebook([cell for cell in book.cells if cell.cell_type == "code"]))


def notebook_in(data: bytes, name: str) -> Notebook:
    """Return what is looked at of a notebook, which is UTF-8 or says otherwise."""
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(data, type=Notebook)
    return msgspec.json.decode(code_text(data, name), type=Notebook)

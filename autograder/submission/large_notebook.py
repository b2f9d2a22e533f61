"""A large notebook without its outputs: read whole, it takes twenty times its size in memory."""

import msgspec

from autograder.errors import InputError
from autograder.submission.archive import clean
from autograder.submission.notebook_code import BOMS, code_text

LARGE = 5_000_000  # bytes


class Cell(msgspec.Struct):
    """What is looked at of a cell."""

    cell_type: str
    source: str | list[str]


class Notebook(msgspec.Struct):
    """What is looked at of a notebook: the rest takes no memory."""

    cells: list[Cell]


def slim(data: bytes, name: str) -> bytes:
    """Return a file as it is, a large notebook with its code cells alone, or raise if it is none."""
    if len(data) <= LARGE or not name.lower().endswith(".ipynb"):
        return data
    marked = data.startswith(tuple(mark for mark, _ in BOMS))
    try:
        book = msgspec.json.decode(code_text(data, name) if marked else data, type=Notebook)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        told = f"{clean(name)} cannot be read at this size: clear its outputs, save it and hand it in again"
        raise InputError(told) from error
    return msgspec.json.encode(Notebook([cell for cell in book.cells if cell.cell_type == "code"]))

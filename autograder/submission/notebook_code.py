"""From what a student saved to Python text: encodings, notebook cells."""

import codecs
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.errors import STUB, InputError
from autograder.submission.commands import python_of_cell, without_commands
from autograder.submission.disguises import what_it_is
from autograder.submission.parsing import CLOSING, OPENING

BOMS = (  # the longer ones first: UTF-16's is how UTF-32's begins
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
NOT_FOR_SOURCE = re.compile(r"idna|punycode|undefined|(raw.)?unicode.escape|utf.(7|16|32).*")

LOOKED_AT = 200  # bytes, to see what a file is that is no text
LONGEST_TEMPLATE = 200_000
NOTEBOOK = re.compile(r'\s*\{\s*"(?:cells|nbformat\w*|metadata|worksheets)"')
PROGRAM_LINE = re.compile(r"^(?:import|from|def|class)[ \t]", re.MULTILINE)
REPLACED = "\ufffd"
MAX_CODE = 900_000  # bytes of all code: more does not fit into one message to the worker
WINDOWS = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(128, 256)}


def decode(data: bytes, name: str) -> str:
    """Return the text of a file with "\\n" line ends, or raise an `InputError` of one line.

    It is UTF-8, anything with a byte order mark, or what a coding comment names.
    """
    encoding = next((encoding for bom, encoding in BOMS if data.startswith(bom)), "")
    encoding = encoding or unmarked(data)
    if not encoding:
        if b"\0" in data:
            kind = what_it_is(data[:LOOKED_AT].decode("latin-1"))
            found = kind or f"not a text file: NUL at byte {data.index(0)}"
            raise InputError(f"{name} is {found}; save it as plain text")
        encoding = coding_comment(data, name)
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = data[:at].count(b"\n") + 1
        label = "UTF-8" if encoding == "utf-8-sig" else encoding.upper()
        raise InputError(
            f"{name} is not {label} text: byte {at} (line {line}) does not fit; save it as UTF-8"
        ) from error
    if "\0" in text:
        raise InputError(f"{name} is not a text file: NUL at character {text.index(chr(0))}")
    return unix_lines(text)


def unmarked(data: bytes) -> str:
    """Return the encoding of a text in UTF-16 without its mark, "" if it is none: each second byte is 0."""
    for at, encoding in enumerate(("utf-16-be", "utf-16-le")):
        halves = data[at::2], data[1 - at :: 2]
        if data and len(data) % 2 == 0 and not any(halves[0]) and 0 not in halves[1]:
            return encoding
    return ""


def code_text(data: bytes, name: str) -> str:
    """Return the text of a program in any encoding: what is no UTF-8 is as a rule from Windows.

    Raises:
        InputError: it is no text.
    """
    if not data.startswith(tuple(mark for mark, _ in BOMS)) and not unmarked(data):
        data = data.rstrip(b"\0") or data  # what a disk that was full, or a crash, filled it up with
    try:
        text = decode(data, name)
    except InputError:
        if b"\0" in data:
            raise
        text = unix_lines(data.decode("utf-8", "surrogateescape").translate(WINDOWS))
    return text.lstrip("\ufeff")


def coding_comment(data: bytes, name: str) -> str:
    """Return the encoding that the first two lines name, UTF-8 if they name none."""
    for line in data[:2000].splitlines()[:2]:
        found = COOKIE.match(line)
        if found:
            said = found[1].decode("ascii", "replace")
            try:
                known = codecs.lookup(said).name
                "".encode(known)  # not for codecs that are not of text
            except (LookupError, UnicodeError):
                known = "undefined"
            if NOT_FOR_SOURCE.fullmatch(known):
                raise InputError(f"{name} names the unknown encoding {said[:40]}: save it as UTF-8")
            return known
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"


def unix_lines(text: str) -> str:
    """Return a text with every line end as "\\n"."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def cells_of(data: bytes, name: str) -> list[str]:
    """Return code as Python text, cell by cell, or raise an `InputError` of one line.

    What is in a file decides whether it is a notebook.
    """
    text = code_text(data, name)
    if ".ipynb" in name.lower():
        is_notebook = not PROGRAM_LINE.search(text) or NOTEBOOK.match(text)
    else:
        is_notebook = NOTEBOOK.match(text)
    cells = notebook_cells(text, name) if is_notebook else [text]
    if sum(map(len, cells)) > MAX_CODE:
        raise InputError(f"{name} holds more than {MAX_CODE / 1e6:g} MB of code")
    if not is_notebook:
        return [without_commands(text)]
    module = name.rpartition("/")[2].lower().replace(".ipynb", ".py")
    cells = [python_of_cell(cell, module) for cell in cells]
    if not cells:
        raise InputError(f"{name} has no code cells")
    return cells


def notebook_cells(text: str, name: str) -> list[str]:
    """Return the code cells of a notebook (format 3 or 4) in order, or raise an `InputError`."""
    try:
        book = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{name} is not a whole notebook: its JSON breaks{line}") from error
    try:
        return [cell_text(cell) for cell in all_cells(book) if cell.get("cell_type") == "code"]
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{name} is JSON, but not a notebook: it has no proper cells") from error


def all_cells(book: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the cells of a notebook; before format 4 they were on worksheets."""
    if "cells" in book:
        yield from book["cells"]
    else:
        for sheet in book["worksheets"]:
            yield from sheet.get("cells", ())


def cell_text(cell: Mapping[str, Any]) -> str:
    """Return a code cell's text, "" if it has none; before format 4 its key was "input"."""
    source = cell.get("source", cell.get("input")) or ""
    text = source if isinstance(source, str) else "".join(source)
    # half a surrogate pair, which JSON can spell, fits into no file
    return unix_lines(text.encode("utf-8", "replace").decode().replace("\0", "?"))


def is_untouched(text: str) -> bool:
    """Whether every function of a module is still the stub that was handed out."""
    if STUB not in text or len(text) > LONGEST_TEMPLATE:
        return False
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    marks = (token for token in tokens if token.type not in (tokenize.COMMENT, tokenize.NL))
    try:
        return all(is_stub_body(marks) for token in marks if token.string == "def")
    except (tokenize.TokenError, SyntaxError):
        return False


def is_stub_body(marks: Iterator[tokenize.TokenInfo]) -> bool:
    """Whether the function after a "def" holds a docstring, the stub's raise and nothing else."""
    depth = 0
    for token in marks:
        depth += (token.string in OPENING) - (token.string in CLOSING)
        if token.string == ":" and depth == 0:
            break
    body: list[str] = []
    blocks = 0
    for token in marks:
        blocks += (token.type == tokenize.INDENT) - (token.type == tokenize.DEDENT)
        if blocks == 0 and token.type != tokenize.NEWLINE:
            break
        if token.type not in (tokenize.NEWLINE, tokenize.INDENT):
            body.append(token.string)
    if body and body[0].lstrip("rRuU").startswith(("'", '"')):
        body = body[1:]
    return body[:3] == ["raise", "NotImplementedError", "("] and len(body) == 5 and STUB in body[3]

"""Lists as spreadsheets and platforms save them: a first line that names the columns, then rows."""

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import InputError
from autograder.roster.worksheet import in_english
from autograder.submission.archive import clean, harmless, listing

MAX_TABLE_BYTES = 50_000_000
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .ods; .xls
ONE_LINE = frozenset({"name", "first", "last", "sid", "email", "login", "submission", "time"})


@dataclass(frozen=True)
class Line:
    """A line of a table: its number in the file and its cells by what their columns mean."""

    number: int
    cells: Mapping[str, str]


def read_lines(path: Path, columns: Mapping[str, Sequence[str]], needed: Collection[str]) -> list[Line]:
    """Read a CSV file as a spreadsheet or a platform saves it; one that cannot be read is an `InputError`.

    `columns` are what columns may mean, each with the headers that say so, in lower case; one of `needed`
    must be there.
    """
    rows = [(number, row) for number, row in read_rows(path) if any(cell.strip() for cell in row)]
    if not rows:
        raise InputError(f"{path} is empty: its first line names the columns")
    heads = [folded_head(head) for head in english_heads(rows)]
    meanings = {}
    for meaning, names in columns.items():
        found = [heads.index(name) for name in names if name in heads]
        if found:
            meanings[meaning] = found[0]
    if not set(needed) & set(meanings):
        known = " or ".join(columns[meaning][0] for meaning in needed)
        raise InputError(f"{path}: its first line names no column {known}; found: {listing(rows[0][1])}")
    return [table_line(path, number, row, len(heads), meanings) for number, row in rows[1:]]


def table_line(path: Path, number: int, row: Sequence[str], width: int, meanings: Mapping[str, int]) -> Line:
    """Return a line by what its columns mean; one that slipped is an `InputError`."""
    if any(cell.strip() for cell in row[width:]):
        raise InputError(
            f"{path}, line {number}: {len(row)} cells, the first line names {width}: a comma in a cell needs"
            f' quotes around the cell, "{clean(row[0].strip())},{clean(row[1])}"'
        )
    cells = {what: row[at].strip() for what, at in meanings.items() if at < len(row)}
    if any("\n" in cell for what, cell in cells.items() if what in ONE_LINE):
        raise InputError(f"{path}, line {number}: a cell goes over several lines: is a quote not closed?")
    return Line(number, {what: harmless(cell, "\n\t") for what, cell in cells.items()})


def read_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file with their line numbers, whatever separates the cells."""
    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            raise InputError(f"{path} is larger than {MAX_TABLE_BYTES / 1e6:g} MB: is it the right file?")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if data.startswith(SPREADSHEETS):
        raise InputError(f"{path} is a spreadsheet or a zip: save it as CSV")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252", "replace")
    head = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t", key=head.count))
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from error


def folded_head(head: str) -> str:
    """Return a column's header in lower case, words only."""
    return " ".join(re.findall(r"[^\W_]+", head.casefold()))


def heads_of(path: Path) -> list[str]:
    """Return the headers of a list's columns, in lower case, words only."""
    rows = read_rows(path)
    return [folded_head(head) for head in english_heads(rows)] if rows else []


def english_heads(rows: Sequence[tuple[int, list[str]]]) -> list[str]:
    """Return the header of a list, that of Moodle's worksheet in English whatever its language."""
    return in_english(rows[0][1], [row for _, row in rows[1:] if row])

"""From what a student saved to Python text: encodings, notebook cells, notebook commands."""

import codecs
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.errors import STUB, InputError

BOMS = (  # the longer ones first: UTF-16's is how UTF-32's begins
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
NOT_FOR_SOURCE = re.compile(r"idna|punycode|undefined|(raw.)?unicode.escape|utf.(7|16|32).*")

SUSPECT_LINE = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
RUN = re.compile(r"([ \t]*)%run[ \t]+(?:-\w[ \t]+)*([\w./-]+|\"[^\"\\]+\"|'[^'\\]+')[^\\]*$")
WRITTEN = re.compile(r"\s*%%(?:writefile|file)[ \t]+(-a[ \t]+)?([^\n]+?)[ \t]*(?:\n|$)")
CELL_COMMAND = re.compile(r"\s*%%(\w+)")
BODY_RUNS = frozenset({"time", "capture", "prun"})  # their cells define names, as without them
TIMED = re.compile(r"([ \t]*)%time[ \t]+(?=[^-\s])")
COMMAND = re.compile(r"([ \t]*)(?:%{1,2}[A-Za-z_]|!|\?)")
HELP = re.compile(r"([ \t]*)%{0,2}[^\W\d][\w.*\[\]]*\?{1,2}[ \t]*$")
ASSIGNED_COMMAND = re.compile(r"([\w.,\[\] \t]+=[ \t]*)(?:!|%[A-Za-z_])")
LEXICAL = re.compile(r"\\|#|'''|\"\"\"|['\"()\[\]{}]")
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
INDENT = re.compile(r"[ \t]+(?=[^\s#])")
LONGEST_TEMPLATE = 200_000
NOTEBOOK = re.compile(r'\s*\{\s*"(?:cells|nbformat\w*|metadata|worksheets)"')
PROGRAM = re.compile(r"^(?:import|from|def|class)[ \t]", re.MULTILINE)
REPLACED = "\ufffd"


def decode(data: bytes, name: str) -> str:
    """Return the text of a file with "\\n" line ends, or raise an `InputError` of one line.

    It is UTF-8, anything with a byte order mark, or what a coding comment names.
    """
    encoding = next((encoding for bom, encoding in BOMS if data.startswith(bom)), "")
    if not encoding:
        if b"\0" in data:
            raise InputError(f"{name} is not a text file: NUL at byte {data.index(0)}")
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


def code_text(data: bytes, name: str) -> str:
    """Return the text of a program in any encoding: what does not fit is as a rule in its comments.

    Raises:
        InputError: it is no text.
    """
    if not data.startswith(tuple(mark for mark, _ in BOMS)):
        data = data.rstrip(b"\0") or data  # what a disk that was full, or a crash, filled it up with
    try:
        text = decode(data, name)
    except InputError:
        if b"\0" in data:
            raise
        text = unix_lines(data.decode("utf-8", "replace"))
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
        is_notebook = not PROGRAM.search(text) or NOTEBOOK.match(text)
    else:
        is_notebook = NOTEBOOK.match(text)
    if not is_notebook:
        return [without_commands(text)]
    module = name.rpartition("/")[2].lower().replace(".ipynb", ".py")
    cells = [python_of_cell(cell, module) for cell in notebook_cells(text, name)]
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
        return [cell_text(cell) for cell in all_cells(book) if cell["cell_type"] == "code"]
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{name} is JSON, but not a notebook: it has no proper cells") from error


def all_cells(book: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the cells of a notebook; before format 4 they were on worksheets."""
    if "cells" in book:
        yield from book["cells"]
    else:
        for sheet in book["worksheets"]:
            yield from sheet["cells"]


def cell_text(cell: Mapping[str, Any]) -> str:
    """Return a code cell's text; before format 4 its key was "input"."""
    source = cell["source"] if "source" in cell else cell["input"]
    text = source if isinstance(source, str) else "".join(source)
    # half a surrogate pair, which JSON can spell, fits into no file
    return unix_lines(text.encode("utf-8", "replace").decode().replace("\0", "?"))


def python_of_cell(text: str, module: str = "") -> str:
    """Return a cell with its notebook commands commented out, line by line.

    A cell under `%%time`, `%%capture` or `%%prun` runs as without it; `%%writefile` writes its file, and
    if that is the `module` that is graded, the cell is part of it; under any other `%%` command (`%%bash`,
    ...) it is no Python and all of it is commented out.
    """
    written = WRITTEN.match(text)
    if written:
        name, body = written[2].strip("\"'"), text[written.end() :]
        mode = "a" if written[1] else "w"
        rest = without_commands(body) if name.lower() == module else "\n" * body.count("\n")
        return f"open({name!r}, {mode!r}, encoding='utf-8').write({body!r})\n{rest}"
    command = CELL_COMMAND.match(text)
    if command and command[1] not in BODY_RUNS:
        return "\n".join(f"# {line}" for line in text.split("\n"))
    return without_commands(without_indent(text))


def without_indent(text: str) -> str:
    """Return a cell without the indentation of its first line, as notebooks take it."""
    indent = INDENT.match(text)
    return "\n".join(line.removeprefix(indent[0]) for line in text.split("\n")) if indent else text


def without_commands(text: str) -> str:
    """Return Python text with `%magic`, `!shell` and `help?` lines commented out, else unchanged.

    Line numbers stay. A command is one only where a statement can begin: not inside brackets, a
    string or after a backslash. No line of valid Python looks like that.
    """
    if not SUSPECT_LINE.search(text):
        return text
    lines, quote, depth, joined, continued = [], "", 0, False, False
    for line in text.split("\n"):
        if continued:  # of a command that went on with a backslash
            line, continued = f"# {line}", line.endswith("\\")
        elif not quote and not depth and not joined:
            line, continued = without_command(line)
        if not continued:
            quote, depth, joined = open_after(line, quote, depth)
        lines.append(line)
    return "\n".join(lines)


def without_command(line: str) -> tuple[str, bool]:
    """Return the line at which a statement begins as Python, and whether its command goes on."""
    timed = TIMED.match(line)
    if timed:
        return timed[1] + line[timed.end() :], False
    assigned = ASSIGNED_COMMAND.match(line)
    if assigned:
        start = assigned.end(1)
        value = "[]" if line[start] == "!" else "None"  # what a command of the system prints, in lines
        return f"{assigned[1]}{value}  # {line[start:]}", line.endswith("\\")
    run = RUN.match(line)
    if run:
        name = run[2].strip("\"'")
        if name.endswith(".ipynb"):
            return f"{run[1]}raise RuntimeError('%run of a notebook is not carried out here')", False
        name = name if name.endswith(".py") else f"{name}.py"
        return f"{run[1]}exec(compile(open({name!r}, encoding='utf-8').read(), {name!r}, 'exec'))", False
    command = COMMAND.match(line) or HELP.match(line)
    if not command:
        return line, False
    indent = command[1]
    keeps_block = "pass  " if indent else ""  # the command may be all that a block holds
    return f"{indent}{keeps_block}# {line[len(indent) :]}", line.endswith("\\")


def open_after(line: str, quote: str, depth: int) -> tuple[str, int, bool]:
    """Return what is open after a line, given what is before: a string's quote, brackets, a joined line."""
    at = 0
    while found := LEXICAL.search(line, at):
        mark, at = found[0], found.end()
        if mark == "\\":
            at += 1  # whatever comes next means nothing
        elif quote:
            if mark.startswith(quote):
                at, quote = found.start() + len(quote), ""
        elif mark == "#":
            return "", depth, False
        elif mark[0] in "'\"":
            quote = mark
        else:
            depth = depth + 1 if mark in OPENING else max(depth - 1, 0)
    joined = at > len(line)  # a backslash was the last character
    if len(quote) == 1 and not joined:
        quote = ""  # never closed: an error, which ends with its line
    return quote, depth, joined and not quote


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

"""From bytes to Python text: encodings, notebooks of both formats, notebook commands."""

import ast
import json
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import InputError
from autograder.submission.commands import python_of_cell
from autograder.submission.notebook_code import cells_of, decode, is_untouched

STUB = '''"""Doc."""
import numpy as np

def f(x: dict[str, int], y=lambda a: a) -> list[int]:
    """What f does: {things}."""
    raise NotImplementedError("f: write your code here")


class Net:
    # a comment
    def forward(self):
        raise NotImplementedError("Net: write your code here")
'''


def notebook(*cells: Any, **more: Any) -> bytes:
    """Return a notebook of format 4 with these code cells."""
    code = [{"cell_type": "code", "source": cell, "outputs": [], "metadata": {}} for cell in cells]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, **more}).encode()


@pytest.mark.parametrize(
    "data",
    [
        "x = 'é'\ny\n".encode(),
        b"\xef\xbb\xbf" + "x = 'é'\ny\n".encode(),
        "x = 'é'\r\ny\r\n".encode(),
        "x = 'é'\ry\r".encode(),
        "x = 'é'\ny\n".encode("utf-16"),
        b"\xfe\xff" + "x = 'é'\ny\n".encode("utf-16-be"),
        "x = 'é'\ny\n".encode("utf-32"),
    ],
)
def test_every_honest_encoding_gives_the_same_text(data: bytes) -> None:
    assert decode(data, "a.py") == "x = 'é'\ny\n"


@pytest.mark.parametrize("comment", ["# -*- coding: latin-1 -*-", "#!python\n# vim: fileencoding=cp1252"])
def test_a_coding_comment_counts(comment: str) -> None:
    assert decode(f"{comment}\nx = 'é'".encode("latin-1"), "a.py").endswith("x = 'é'")


def test_what_is_no_utf_8_in_a_program_is_as_on_windows() -> None:
    (text,) = cells_of("a = 'ü'  # ".encode() + "it’s\u00a0é".encode("cp1252"), "a.py")
    assert text == "a = 'ü'  # it’s\u00a0é"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a = 1\nb\x00c", "a.py is not a text file: NUL at byte 7; save it as plain text"),
        (b"PK\x03\x04\x14\x00", "a.py is a zip or an office document; save it as plain text"),
        ("a\0".encode("utf-16"), "a.py is not a text file: NUL at character 1"),
        (
            b"a\nb = '\xe9'",
            "a.py is not UTF-8 text: byte 7 (line 2) does not fit; save it as UTF-8",
        ),
        (b"\xff\xfea", "a.py is not UTF-16 text"),
        (b"# coding: klingon\n", "a.py names the unknown encoding klingon: save it as UTF-8"),
        (b"# coding: idna\n", "names the unknown encoding idna"),
        (b"# coding: rot13\n", "names the unknown encoding rot13"),
        (b"# coding: utf-7\n+2AA-", "names the unknown encoding utf-7"),
    ],
)
def test_what_is_no_text_is_told_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data, "a.py")
    assert said in str(caught.value)


@settings(database=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_one_line(data: bytes) -> None:
    message = ""
    try:
        decode(data, "a.py").encode()
    except InputError as error:
        message = str(error)
    assert len(message.splitlines()) <= 1


def test_code_cells_come_in_order_from_both_formats() -> None:
    four = notebook("a = 1", ["b = 2\n", "c = 3"])
    cells = [
        {"cell_type": "code", "input": ["a = ", "1"], "language": "python"},
        {"cell_type": "markdown", "source": "text"},
        {"cell_type": "code", "input": "b = 2\nc = 3"},
    ]
    three = json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}).encode()
    assert cells_of(four, "n.ipynb") == ["a = 1", "b = 2\nc = 3"] == cells_of(three, "n.ipynb")


def test_half_a_surrogate_pair_does_not_get_through() -> None:
    (cell,) = cells_of(b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}', "n.ipynb")
    assert cell.encode() == b"x = '?'"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "n.ipynb is not a whole notebook: its JSON breaks in line 1"),
        (b'{\n"cells": [', "n.ipynb is not a whole notebook: its JSON breaks in line 2"),
        (b"[" * 100_000, "n.ipynb is not a whole notebook"),
        (b'{"cells": [' + b"9" * 5000 + b"]}", "n.ipynb is not a whole notebook"),
        (b"[]", "n.ipynb is JSON, but not a notebook"),
        (b"3", "n.ipynb is JSON, but not a notebook"),
        (b'"cells"', "n.ipynb is JSON, but not a notebook"),
        (b'{"cells": 3}', "n.ipynb is JSON, but not a notebook"),
        (b'{"cells": [{"cell_type": "markdown"}]}', "n.ipynb has no code cells"),
        (b'{"cells": [{"cell_type": "code", "source": [3]}]}', "but not a notebook"),
        (b'{"cells": []}', "n.ipynb has no code cells"),
    ],
)
def test_a_broken_notebook_is_one_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        cells_of(data, "n.ipynb")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "want"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!pip install torch\nx", "# !pip install torch\nx"),
        ("!pip install \\\n  torch\nx", "# !pip install \\\n#   torch\nx"),
        ("if x:\n    !ls\ny", "if x:\n    pass  # !ls\ny"),
        ("?np.sum\nnp.sum?\nnp.x[0]??", "# ?np.sum\n# np.sum?\n# np.x[0]??"),
        ("files = !ls\nx = %sx ls", "files = []  # !ls\nx = []  # %sx ls"),
        ("here = %pwd", "here = get_ipython().run_line_magic('pwd', '')"),
        ("y = %time f(2)", "y = f(2)"),
        ("%time x = f(\n  2)", "x = f(\n  2)"),
        ("%timeit f()", "# %timeit f()"),
        ("%run -i a", "get_ipython().run_line_magic('run', '-i a')"),
        ("if x:\n    %cd a b\n", "if x:\n    get_ipython().run_line_magic('cd', 'a b')\n"),
        ("%load_ext a\n%store x \\\n  y", "# %load_ext a\n# %store x \\\n#   y"),
        ("%%memit\n!ls\nx = 1", "# %%memit\n# !ls\nx = 1"),
        (
            "\n%%cython -a\ncdef int x\n",
            "# \nget_ipython().run_cell_magic('cython', '-a', '')  # %%cython -a\n# cdef int x\n# ",
        ),
        ("!echo it's\nx = 1\n%pwd", "# !echo it's\nx = 1\n# %pwd"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("\n\n%%capture out\n!ls\nx = 1", "\n\n# %%capture out\n# !ls\nx = 1"),
        ("%%bash\nrm -rf x\n", "# %%bash\n# rm -rf x\n# "),
        ("%%writefile a.py\nx = 1", "get_ipython().run_cell_magic('writefile', 'a.py', 'x = 1')\n"),
    ],
)
def test_commands_become_comments_line_by_line(cell: str, want: str) -> None:
    assert python_of_cell(cell) == want


def test_a_cell_that_writes_the_module_is_part_of_it() -> None:
    cell = {"cell_type": "code", "source": "%%writefile Warmup.py\n%matplotlib inline\nx = 1\n"}
    book = json.dumps({"cells": [cell, {**cell, "source": "%%writefile -a other.py\ny = 2"}]})
    first, other = cells_of(book.encode(), "warmup.ipynb")
    assert first.splitlines()[1:] == ["# %matplotlib inline", "x = 1"]
    assert other.strip() == "get_ipython().run_cell_magic('writefile', '-a other.py', 'y = 2')"


@pytest.mark.parametrize(
    "cell",
    [
        'x = """\n%not a command\n!nor this\nwhat?\n"""',
        "x = '''\n%s ''' % y\nz = (a\n % b)",
        "x = a \\\n % b",
        "x = [\n  a # (\n  % b]",
        "x = 'it\\'s' '''\n!'''",
        "x = 'a\\\n!b'",
        "# really?\nx = 'really?'\nx != y",
        "x = f'{y!r}'\nx %= 3",
        'r"""\\"""\ny = {"""a""""b":\n1}',
    ],
)
def test_python_is_left_alone(cell: str) -> None:
    assert python_of_cell(cell) == cell


def test_the_standard_library_is_left_alone() -> None:
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    assert len(files) > 100
    for file in files:
        text = decode(file.read_bytes(), file.name)
        assert python_of_cell(text) == text, file.name


PIECES = st.sampled_from(
    [
        "%x",
        "!",
        "?",
        "'",
        '"',
        "'''",
        '"""',
        "\\",
        "\n",
        " ",
        "#",
        "(",
        ")",
        "[",
        "a",
        "=",
        "%%time",
        "x?",
    ]
)


@settings(database=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_commands_never_raise_and_keep_line_numbers(text: str) -> None:
    result = python_of_cell(text)
    assert result.count("\n") == text.count("\n")
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return
    assert result == text


def test_the_template_is_recognised() -> None:
    assert is_untouched(STUB)
    assert is_untouched(STUB.replace('    """What f does: {things}."""\n', ""))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('raise NotImplementedError("f: write your code here")', "return [x]"),
        ('    raise NotImplementedError("f:', '    return [x]\n    raise NotImplementedError("f:'),
        ('raise NotImplementedError("Net:', 'x = 1\n        raise NotImplementedError("Net:'),
        ('"Net: write your code here")', '"Net: write your code here")\n        return 3'),
        ('"Net: write your code here"', '"Net: not yet"'),
        ("class Net:", "class Net(:\n  '''"),
    ],
)
def test_work_on_the_template_is_noticed(old: str, new: str) -> None:
    assert old in STUB
    assert not is_untouched(STUB.replace(old, new))

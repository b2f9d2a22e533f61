"""Folders in the states that beginners bring them into: every screen is short, true, and says what to do."""

import contextlib
import importlib.util
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from autograder.config import load_config
from autograder.publish.template import build_template

TINY = Path(__file__).parent / "tiny"
STUB = '    raise NotImplementedError("{}: write your code here")\n'
CELL = 'raise NotImplementedError(\\"running_mean: write your code here\\")'
MEAN = """\
    values = np.asarray(values, dtype=float)
    return np.array([values[max(0, i - window + 1) : i + 1].mean() for i in range(len(values))])
"""
CLIP = "    return np.minimum(np.maximum(values, low), high)\n"
MOST_LINES, WIDEST = 30, 130
Change = Callable[[Path], object]


def body(text: str, question: str = "running_mean") -> Change:
    return swap(STUB.format(question), text)


def swap(old: str, new: str, name: str = "warmup.py") -> Change:
    def change(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")

    return change


def last_lines(folder: Path) -> str:
    """Return the end of the docstring of the last function."""
    return (folder / "warmup.py").read_text("utf-8")[-160:]


def below(text: str) -> Change:
    return lambda folder: (folder / "warmup.py").open("a", encoding="utf-8").write(text)


def saved_as(name: str, text: str = "x = 1\n") -> Change:
    return lambda folder: (folder / name).write_text(text, "utf-8")


def renamed(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / "warmup.py").rename(folder / name)
        (folder / "warmup.ipynb").unlink()

    return change


def indented(question: str) -> Change:
    """Move a question's function, the last of the file, to the right."""

    def change(folder: Path) -> None:
        lines = (folder / "warmup.py").read_text("utf-8").splitlines(keepends=True)
        start = next(at for at, line in enumerate(lines) if line.startswith(f"def {question}"))
        text = "".join([*lines[:start], *(f"    {line}" for line in lines[start:])])
        (folder / "warmup.py").write_text(text, "utf-8")

    return change


def gone(name: str) -> Change:
    return lambda folder: shutil.rmtree(path) if (path := folder / name).is_dir() else path.unlink()


def encoded(code: str) -> Change:
    return lambda folder: (folder / "warmup.py").write_bytes((folder / "warmup.py").read_text().encode(code))


def both(*changes: Change) -> Change:
    return lambda folder: [change(folder) for change in changes]


NO_RETURN = "the result is None; expected numbers. Is there a return at the end?"
# state: what was done, then what --once and --check say of it
STATES: dict[str, tuple[Change, str, str]] = {
    "nothing done": (both(), "Next: write running_mean.", "LOOK  running_mean is not written yet"),
    "half a stub": (
        body("    for v in values:\n"), "has nothing below it yet", "expected an indented block after 'for'"
    ),
    "no return": (body("    means = [1]\n"), NO_RETURN, "0 of 4 visible checks pass"),
    "print for return": (
        body("    print(np.mean(values))\n"), "your code printed:\n      3.5", "0 of 4 visible checks pass"
    ),
    "only dots": (body("    ...\n"), NO_RETURN, "0 of 4 visible checks pass"),
    "another name": (
        swap("def running_mean", "def runningMean"), "(nearest: `runningMean`)",
        "there is no running_mean in warmup.py: keep the names",
    ),
    "a letter that looks right": (
        swap("def running_mean", "def running_m\u0435an"), "its '\u0435' only looks right, type the name again",
        "there is no running_mean in warmup.py: keep the names",
    ),
    "async": (swap("def running_mean", "async def running_mean"), "Take the async before def away", "0 of 4"),
    "docstring not closed": (
        lambda folder: swap(last_lines(folder), last_lines(folder).replace('"""', ""))(folder),
        'a docstring lacks its """ at one end, here or above', "Python cannot read this",
    ),
    "another language": (
        body("    t = 0\n    t++\n    return t\n"), "another language writes it so; Python writes elif", "invalid syntax",
    ),
    "a command of the terminal": (
        swap("import numpy as np\n", "pip install numpy\nimport numpy as np\n"),
        "this is for the terminal: take it out here", "invalid syntax",
    ),
    "quiz saved as text": (
        lambda folder: (folder / "quiz.yml").rename(folder / "quiz.yml.txt"), "0 of 15 visible points",
        "quiz.yml is missing: is it quiz.yml.txt? Rename it",
    ),
    "quiz of another sheet": (
        saved_as("quiz.yml", "<html>"), "0 of 15 visible points", "quiz.yml: write your name or student number",
    ),
    "a debugger": (
        body("    import pdb; pdb.set_trace()\n"), "0 of 15 visible points", "pdb.set_trace(): nobody answers there",
    ),
    "self added": (
        swap("def running_mean(values", "def running_mean(self, values"), "the order and the defaults of the arguments as they were handed out?",
        "running_mean(self, values, window): its arguments were handed out as (values, window)",
    ),
    "tabs and spaces": (
        body("    a = 1\n\treturn a\n"), "let your editor indent by spaces", "line 25: Python cannot read this"
    ),
    "indented badly": (
        body("   a = 1\n    return a\n"), "exactly below those that it belongs to", "line 24: Python cannot"
    ),
    "bracket open": (
        body("    return np.mean((values\n"), "'(' was never closed", "'(' was never closed"
    ),
    "one equals sign": (
        body("    if window = 1:\n        return values\n"), "Maybe you meant '=='", "Maybe you meant '=='"
    ),
    "quotes of a word processor": (
        body("    return “a”\n"), "a word processor's: type them again", "invalid character '“'"
    ),
    "copied from a prompt": (
        body("    >>> running_mean([1], 1)\n"), "take the >>> away", "Python cannot read this"
    ),
    "merge left over": (below("\n<<<<<<< HEAD\n"), "keep one of the two versions", "Python cannot read this"),
    "renamed": (
        renamed("warmup_final.py"), "is it warmup_final.py? Rename it", "is it warmup_final.py? Rename it"
    ),
    "in a folder of its own": (
        lambda folder: [(folder / "mine").mkdir(), (folder / "warmup.py").rename(folder / "mine" / "warmup.py")],
        "is it mine/warmup.py? Move it here", "is it mine/warmup.py? Move it here",
    ),
    "a text file": (
        renamed("warmup.py.txt"), "is it warmup.py.txt? Rename it", "is it warmup.py.txt? Rename it"
    ),
    "a copy": (
        saved_as("warmup (1).py"), "Next: write", "warmup (1).py is not looked at: only warmup.py counts"
    ),
    "empty": (saved_as("warmup.py", ""), "has no function `running_mean`", "there is no running_mean"),
    "saved in UTF-16": (encoded("utf-16"), "Next: write running_mean.", "warmup.py is handed in"),
    "import gone": (
        swap("import numpy as np\n", ""), "it is not imported in this file", "name 'np' is not defined"
    ),
    "pandas": (below("\nimport pandas\n"), "not available where this is graded", "import pandas: the grader"),
    "random.py beside": (saved_as("random.py"), "random.py has the name of a", "random.py has the name of a"),
    "numpy.py beside": (saved_as("numpy.py"), "numpy.py has the name of a", "numpy.py has the name of a"),
    "loop": (body("    while True:\n        pass\n"), "a loop that never ends, or far more done than asked?", "0 of 4 visible checks pass"),
    "loop on loading": (below("\nwhile True:\n    pass\n"), "line 42: stopped after", "line 42: stopped after"),
    "recursion": (
        body("    return running_mean(values, window)\n"), "which input stops it?", "0 of 4 visible checks"
    ),
    "input": (body("    input()\n"), "nobody answers an input() here", "line 24: input(): nobody answers"),
    "input on loading": (below("\ninput()\n"), "nobody answers an input()", "line 42: input(): nobody answers"),
    "exit": (body("    exit()\n"), "return instead of calling exit()", "line 24: exit(): it ends the program"),
    "exit on loading": (
        below("\nimport sys\nsys.exit()\n"), "this ends the program: take it away", "line 43: sys.exit()"
    ),
    "plot shown": (
        both(body(MEAN), below("\nimport matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\n")),
        "Next: write clip_to_range.", "2 of 4 visible checks pass",
    ),
    "too much memory": (body("    return [0.0] * 10**15\n"), "print the sizes that go into it", "0 of 4"),
    "flood of prints": (
        body("    for i in range(9999):\n        print('x' * 500, i)\n    return values\n"), "9993 more lines",
        "0 of 4 visible checks pass",
    ),
    "flood of warnings": (
        body("    import warnings\n    for i in range(99):\n        warnings.warn(f'w{i}')\n    return values\n"),
        "wrong at 3 of 4 entries", "0 of 4 visible checks pass",
    ),
    "quiz without a colon": (
        swap("student:", "student Ada", "quiz.yml"), "quiz 0 of 3", "write your name or student number"
    ),
    "no quiz": (gone("quiz.yml"), "0 of 15 visible points\n", "quiz.yml is missing: its questions earn nothing"),
    "inside another": (
        indented("clip_to_range"),
        "clip_to_range is inside running_mean: move it", "clip_to_range is inside running_mean: move it",
    ),
    "stub left in": (
        body(STUB.format("running_mean") + MEAN),
        "line 24: the stub's raise NotImplementedError is left in", "line 24: the stub's raise NotImplemented",
    ),
    "variable of that name": (
        both(body(MEAN), below("\nrunning_mean = running_mean([1.0], 1)\n")),
        "running_mean is a variable here (ndarray)", "running_mean is a variable here (ndarray)",
    ),
    "sum = ...": (
        body("    np = np.asarray(values)\n    return np\n"), "if it has another meaning outside, rename it",
        "0 of 4 visible checks pass",
    ),
    "a word document": (
        lambda folder: (folder / "warmup.py").write_bytes(b"PK\x03\x04\x14\0\0word/document.xml"),
        "a zip or an office document; save it as plain text", "a zip or an office document; save it as",
    ),
    "pasted from a chat": (
        swap('"""Two small', 'Here is the solution:\n\n"""Two small'), "is this a sentence?", "line 1: Python cannot",
    ),
    "a sign from a page": (
        body("    return values × 2\n"), "this sign came in by pasting", "invalid character",
    ),
    "half of it at the left edge": (
        body("    values = np.asarray(values)\nmeans = values[:window}\n    return means\n"),
        "running_mean    cannot be checked: see above", "line 25: Python cannot read this",
    ),
    "saved on an old Windows": (
        both(body(f"    # it’s é\n\u00a0\u00a0\u00a0\u00a0low = 0\n{MEAN}"), encoded("cp1252")),
        "invalid non-printable character U+00A0", "invalid non-printable character U+00A0",
    ),
    "called wrongly below": (
        both(body(MEAN), below("\nrunning_mean([1])\n")), "missing 1 required positional argument: 'window'",
        "2 of 4 visible checks pass",
    ),
    "defined twice": (
        both(body(MEAN), below("\ndef running_mean(values, window):\n    return 0\n")),
        "line 43: running_mean again: this one counts",
        "warmup.py, line 43: running_mean again: this one counts, not that of warmup.py, line 11",
    ),
    "in both files": (
        both(body(MEAN), swap(CELL, "return 1", "warmup.ipynb")), "warmup.ipynb was not looked at",
        "warmup.ipynb holds work too, and is not looked at: hand in one of the two",
    ),
    "in the notebook": (
        swap(CELL, "return 1", "warmup.ipynb"), "is a single number", "warmup.ipynb is handed in"
    ),
    "notebook broken": (
        saved_as("warmup.ipynb", "{"), "not a whole notebook", "not a whole notebook"
    ),
    "a word for a number": (
        body('    return "three"\n'), "the result is a str; expected numbers. Turn it into", "0 of 4",
    ),
    "zip opened in place": (gone("checks"), "is the zip unpacked?", "is the zip unpacked?"),
    "file of their own": (
        body("    return np.loadtxt('data.csv')\n"), "only the files that you hand in", "0 of 4 visible checks"
    ),
    "shapes": (body("    return np.ones(4) + np.ones(3)\n"), "these shapes do not fit", "0 of 4 visible checks"),
    "not a number": (body("    return np.full(len(values), np.nan)\n"), "NaN at all 4 entries", "0 of 4"),
    "all done": (
        both(body(MEAN), body(CLIP, "clip_to_range")), "15 of 15 visible points", "4 of 4 visible checks pass"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return build_template(load_config(TINY), "warmup")


@pytest.fixture
def folder(tmp_path: Path, built: dict[str, bytes]) -> Path:
    root = tmp_path / "OneDrive - Universität" / "warmup"
    for name, data in built.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    facts = root / "checks" / "assignment.json"
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"limits": {"import_s": 1, "call_s": 0.2}}))
    return root


def study_in(folder: Path) -> ModuleType:
    """Return study.py as a module whose checks run here: a process for each screen takes long."""
    spec = importlib.util.spec_from_file_location("study_of_a_beginner", folder / "study.py")
    assert spec
    assert spec.loader
    study = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(study)

    def run_once(kit: ModuleType) -> tuple[object, list[object]]:
        checks = kit.checks_in(folder / "checks" / "test_warmup.py")
        loaded, *told = kit.run_folder(folder, "warmup", checks)
        return loaded, [one for one in told if one["event"] == "ended"]

    study.run_once = run_once  # type: ignore[attr-defined]
    return study


def screen(folder: Path, *words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> str:
    for name in ("path", "meta_path"):
        monkeypatch.setattr(sys, name, list(getattr(sys, name)))
    monkeypatch.setattr(sys, "modules", sys.modules)
    monkeypatch.setattr(sys, "argv", ["study.py", *words])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    ended = ""
    try:
        study_in(folder).main()
    except SystemExit as end:
        ended = str(end.code or "")
    finally:
        for name in ("checks", "checks.kit", "warmup"):
            sys.modules.pop(name, None)
    return capsys.readouterr().out + ended


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("state", STATES)
def test_every_screen_is_short_and_says_what_it_is(folder, state, monkeypatch, capsys):
    change, once, check = STATES[state]
    change(folder)
    for asked, said in (("--once", once), ("--check", check)):
        shown = screen(folder, asked, monkeypatch=monkeypatch, capsys=capsys)
        assert said in shown, shown
        assert "Traceback" not in shown
        assert ("left in" in shown) == (state == "stub left in"), shown
        lines = shown.splitlines()
        looks = [line for line in lines if line.startswith("LOOK")]
        assert not [one for one in looks for other in looks if one is not other and one.startswith(other)]
        assert 0 < len(lines) <= MOST_LINES, shown
        assert max(map(len, lines)) <= WIDEST, shown


@contextlib.contextmanager
def unwritable(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder in which nothing may be written; root may everywhere, so the zip is told so."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    with monkeypatch.context() as patch:
        patch.setattr("zipfile.ZipFile.__init__", refused)
        yield


def test_a_folder_that_cannot_be_written_to_is_told_so(folder, monkeypatch, capsys):
    with unwritable(folder, monkeypatch):
        shown = screen(folder, "--zip", monkeypatch=monkeypatch, capsys=capsys)
    assert (
        "warmup_to_hand_in.zip cannot be written here (Permission denied): copy the folder elsewhere" in shown
    )


def test_before_it_is_zipped_what_is_wrong_is_told_first(folder, monkeypatch, capsys):
    shown = screen(folder, "--zip", monkeypatch=monkeypatch, capsys=capsys)
    assert shown.startswith("LOOK  running_mean is not written yet")
    assert shown.splitlines()[-1] == "warmup_to_hand_in.zip holds warmup.py and quiz.yml."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("numpy>=99", "numpy {}: >=99 is needed. Run: python -m pip install"),
        ("numpy<1", "numpy {}: <1 is needed"),
        ('numpy>=99; sys_platform == "amiga"', ""),
        ('numpy>=99; sys_platform != "amiga" or platform_machine != "x"', ">=99 is needed"),
        ('numpy>=99; sys_platform == "amiga" and platform_machine == "x"', ""),
    ],
)
def test_versions_out_of_range_are_told_and_stop_nothing(folder, asked, said, monkeypatch, capsys):
    import numpy as np

    (folder / "requirements.txt").write_text(f"{asked}\n")
    shown = screen(folder, "--check", monkeypatch=monkeypatch, capsys=capsys)
    if said:
        assert f"LOOK  numpy {np.__version__}" in shown
        assert said.format(np.__version__) in shown
    else:
        assert "is needed" not in shown
    shown = screen(folder, "--once", monkeypatch=monkeypatch, capsys=capsys)
    assert "Next: write running_mean." in shown


def test_an_environment_that_was_not_activated_is_remembered(folder, monkeypatch, capsys):
    (folder / ".venv").mkdir()
    (folder / "requirements.txt").write_text("torch_that_is_missing\n")
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    shown = screen(folder, "--once", monkeypatch=monkeypatch, capsys=capsys)
    assert "not installed: torch_that_is_missing. First activate your environment: source" in shown


def test_a_due_date_that_has_passed_is_said(folder, monkeypatch, capsys):
    facts = folder / "checks" / "assignment.json"
    facts.write_text(facts.read_text().replace('"due": ""', '"due": "2020-01-01T10:00:00+01:00"'))
    assert "it was due" in screen(folder, "--once", monkeypatch=monkeypatch, capsys=capsys)


def test_examples_of_another_form_are_told_with_their_line(folder, monkeypatch, capsys):
    facts = folder / "checks" / "assignment.json"
    facts.write_text(facts.read_text().replace('"quiz.yml"', '"quiz.yml", "examples.py"', 1))
    text = 'examples = {\n    "running_mean": [([1.0], 2, [1.0])],\n    "mean": [],\n}\n'
    (folder / "examples.py").write_text(text)
    shown = screen(folder, "--check", monkeypatch=monkeypatch, capsys=capsys)
    assert "LOOK  examples.py, line 2: write ((argument, argument), value)" in shown
    assert "LOOK  examples.py, line 3: mean is no function of this assignment" in shown

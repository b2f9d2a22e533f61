"""The student's folder: nothing of a solution or a hidden check in it, and it works alone."""

import ast
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.checks.compare import CheckFailed, expect_close
from autograder.checks.spelling import spell_call
from autograder.config import AssignmentSettings, Course, CourseSettings
from autograder.data.values import Handle, tensor
from autograder.errors import KitError
from autograder.publish.leaks import faults, leaks
from autograder.publish.source import CourseModule, read_source
from autograder.publish.stubs import make_stubs
from autograder.publish.student_files.limit import time_limit
from autograder.publish.student_files.progress import (
    FAILED,
    NOT_RUN,
    UNWRITTEN_YET,
    VisibleVerdict,
    cut_output,
    progress_line,
    visible_verdict,
)
from autograder.publish.student_files.work import load_work
from autograder.publish.template import build_template, home_requirements
from autograder.publish.tree import differences, write_tree
from autograder.publish.visible import make_visible_checks, visible_checks
from autograder.sandbox.calls import Call
from autograder.sandbox.stopwatch import TooSlow
from autograder.sandbox.student import here

ROOT = Path(__file__).parents[2]

SOLUTION = '''"""Three small things to write."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.signal import lfilter  # how it is done

Vector = np.ndarray
Update = Callable[[Vector], "Vector"]
Unused = dict[str, float]
LIMIT = 150  # tokens that cost nothing
PRICES = (
    0.01,  # a comment inside
    0.5,
)
ANSWERS = lfilter([1.0], [1.0, -0.5], [1.0, 2.0])
_factor = 2.0


def _helper_of_double(values: Sequence[float]) -> list[float]:
    return [2 * value for value in values]


@np.errstate(over="ignore")
def double(
    values: Vector,  # any shape
    factor: float = 2.0,
    *,
    name: str = "):",
) -> Vector:
    """Return `factor * values`.

    Quotes: \\'\\'\\' and "a: b" and \\\\d. Not modified.
    """
    # secret comment before the code
    def scale_each(value: float) -> float:
        """Nested docstring of the solution."""
        return value * math.fsum([factor])

    scaled = np.vectorize(scale_each)(values)
    return scaled  # secret comment beside
    # secret comment after the last statement


class Tally:
    """Counts."""

    start: int = 0
    _table = {"secret": "table of the class"}

    def __init__(self, first: int = 0) -> None:
        """Begin with `first`."""
        self._private_total = first

    @property
    def total(self) -> int:
        """What was counted."""
        return self._private_total

    @staticmethod
    def unit() -> str:
        """The unit."""
        return "a unit that is secret"

    def _step_of_tally(self) -> None:
        self._private_total += 1


def total(values: Vector, update: Update | None = None) -> float:
    """Return the sum, at most LIMIT."""
    return min(float(np.sum(values)), LIMIT)


def not_a_question(values: Vector) -> Vector:
    """Help."""
    return values[::-1].copy().reshape(-1)
'''

CHECKS = '''"""Checks of tiny: doubles and sums.

The hidden ones look at negative numbers.
"""

import math

import numpy as np
from scipy import special

from autograder.checks import check, expect_close, expect_unchanged, tensor
from autograder.data.values import Tensor

STEPS = [1.0, 2.0, 4.0]
HIDDEN_STEPS = [-1.0, -20.0, -400.0]


def doubled(values):
    """Return what is wanted."""
    return [2 * value for value in scaled_by(values, 1)]


def scaled_by(values, factor):
    """Scale."""
    return [factor * value for value in values]


def hidden_helper(values):
    """Only hidden checks need this helper."""
    return special.expit(values)


# visible checks

@check("double", visible=True, weight=3, requires=("test_hidden_negative_numbers",))
def test_doubles_by_hand(student):
    """Doubles 1, 2 and 4."""
    # a comment for students
    expect_close(student.double(np.array(STEPS)), doubled(STEPS))
    # comment about the hidden check that follows


@check("double")
def test_hidden_negative_numbers(student, reference, rng):
    """Negative numbers are doubled, too, says the hidden title."""
    values = rng.normal(size=17)
    expect_close(student.double(values), reference.double(values))
    expect_unchanged(student.double)
    expect_close(hidden_helper(math.pi), special.expit(math.pi))


@check("total", visible=True)
def test_sums_small_numbers(student):
    """1 + 2 + 4."""
    expect_close(student.total(STEPS), 7.0)


@check("total", visible=True)
def test_limit_is_kept(student, rng):
    """No more than 150."""
    assert rng.random() < 1
    expect_close(student.total([100.0, 100.0]), 150.0)


@check(question="Tally", visible=True)
def test_tally_begins(student):
    """Begins with 5."""
    expect_close(student.Tally(5).total, 5.0)


@check("Tally", visible=False)
def test_hidden_tally(student):
    """The unit of a tally stays hidden."""
    expect_close(len(student.Tally.unit()), 21)
'''

POINTS = {"double": 20, "total": 12.5, "Tally": 10}
QUESTIONS = list(POINTS)


@pytest.fixture
def course(tmp_path):
    """A tiny course that needs numpy only."""
    texts = {
        "solutions/tiny.py": SOLUTION,
        "tests/questions/test_tiny.py": CHECKS,
        "assignments/tiny/handout.md": "# Tiny\n",
        "assignments/tiny/toy_world.py": '"""Provided."""\n\nSIZE = 4\n',
    }
    for path, text in texts.items():
        (tmp_path / "course" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / path).write_text(text)
    return tmp_path / "course"


@pytest.fixture
def files(course):
    """The folder generated from the tiny course."""
    return built(course, title="A tiny assignment", provided=["toy_world"])


def built(root, stem="tiny", questions=POINTS, **settings):
    """Return the folder of an assignment with these settings."""
    assignment = AssignmentSettings(questions=questions, **settings)
    return build_template(Course(root, CourseSettings(assignments={stem: assignment})), stem)


@pytest.fixture
def folder(files, tmp_path):
    """That folder, written somewhere else, below a name with a space."""
    path = tmp_path / "my work" / "tiny"
    write_tree(files, path)
    return path


def run_pytest(folder, *arguments):
    """Run pytest as a student does and return its exit code and what it prints."""
    command = [sys.executable, "-I", "-B", "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    for word in ("NoneType", "Traceback", "INTERNALERROR", "checks/kit", "site-packages"):
        assert word not in done.stdout + done.stderr
    return done.returncode, done.stdout


def solve(folder, text=SOLUTION):
    (folder / "tiny.py").write_text(text)


def stubs_of(text, questions, provided=()):
    return make_stubs(CourseModule(text, "solutions/x.py"), questions, provided)


# Stubs


def test_a_stub_keeps_signature_and_docstring_to_the_letter():
    text = stubs_of(SOLUTION, QUESTIONS)
    start = SOLUTION.index("def double(")
    kept = SOLUTION[start : SOLUTION.index("    # secret comment before")]
    assert kept + '    raise NotImplementedError("double: write your code here")\n' in text


def test_what_is_not_asked_for_is_left_out():
    text = stubs_of(SOLUTION, QUESTIONS)
    for secret in ("secret", "lfilter", "scipy", "errstate", "math", "Sequence"):
        assert secret not in text
    for secret in ("_factor", "ANSWERS", "Unused", "_helper", "_table", "_step", "_private"):
        assert secret not in text
    assert "not_a_question" not in text
    assert "comment inside" not in text


def test_what_the_stubs_refer_to_stays():
    text = stubs_of(SOLUTION, QUESTIONS)
    for kept in ("LIMIT = 150\n", "    0.01,\n    0.5,\n", "Vector = np.ndarray\n", "@property\n"):
        assert kept in text
    assert "from collections.abc import Callable\n\nimport numpy as np\n\nVector" in text
    assert "    start: int = 0\n" in text
    assert text.count('NotImplementedError("Tally: write your code here")') == 3


def test_every_stub_raises_its_own_name():
    text = stubs_of(SOLUTION, QUESTIONS)
    assert faults(text, QUESTIONS) == []
    namespace = {"__name__": "stubs"}
    exec(compile(text, "stubs", "exec"), namespace)
    for call in (namespace["double"], namespace["total"], namespace["Tally"]):
        with pytest.raises(NotImplementedError, match=rf"^{call.__name__}: write your code here$"):
            call(1)


def test_stubs_are_clean_for_a_linter(tmp_path):
    path = tmp_path / "stubs.py"
    path.write_text(stubs_of(SOLUTION, QUESTIONS))
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--line-length=100",
        "--no-cache",
    ]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True)
    if "No module named ruff" in done.stderr:
        pytest.skip("ruff is not installed")
    assert done.returncode == 0, done.stdout


def test_libraries_every_student_needs_stay_and_hints_go():
    text = stubs_of(
        "from __future__ import annotations\nimport torch\nimport torch.nn.functional as F\n"
        "from torch import nn\nfrom torch.distributions import Categorical\nimport toy_world\n"
        'def f(x):\n    """Doc."""\n    return F.relu(x)\n',
        ["f"],
        ["toy_world"],
    )
    assert "import torch\nfrom torch import nn\nimport toy_world\n" in text
    assert text.startswith("from __future__ import annotations\n")
    assert "functional" not in text
    assert "Categorical" not in text


def test_a_long_import_that_shrinks_is_still_readable():
    names = [f"a_rather_long_name_{number}" for number in range(7)]
    text = stubs_of(
        f"from somewhere import (\n    {', '.join(names)},\n    hint,\n)\n\n"
        f"def f({', '.join(f'x{name}: {name}' for name in names)}):\n    return 1 + 1\n",
        ["f"],
    )
    assert "from somewhere import (\n    a_rather_long_name_0,\n" in text
    assert "hint" not in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def f(x): return x\n", "line 1: `f` is written on one line; put its body"),
        ('def f(x): "doc"; return x\n', "one line"),
        ('class f:\n    """D."""\n\n    def go(self): return 1\n', "line 4: `go` is written"),
        ("async def f(x):\n    return x\n", "async"),
        ("def ff(x):\n    return x\n", "no function or class `f`.*did you mean ff"),
        ("class f:\n    x = 1\n", "no public method"),
        ("def f(x=_EPS):\n    return x\n", "refers to `_EPS`"),
        ("RATE = 1 / 3\n\n\ndef f(x=RATE):\n    return x\n", "refers to `RATE`"),
        ("def f(x:\n", "line 1: Python cannot read this"),
    ],
)
def test_what_cannot_be_cut_is_refused_with_what_to_do(text, told):
    with pytest.raises(KitError, match=told):
        stubs_of(text, ["f"])


def test_quoted_annotations_and_windows_line_ends_are_understood():
    text = stubs_of(
        "\ufeffimport enum\r\nfrom typing import TypeVar\r\n\r\nT = TypeVar('T')\r\n\r\n"
        "def f(x: 'T', how: 'enum.Enum') -> 'T':\r\n    '''Doc.'''\r\n    return x\r\n",
        ["f"],
    )
    assert "import enum\nfrom typing import TypeVar\n\nT = TypeVar('T')\n\n\ndef f(" in text
    assert "\r" not in text


# Leaks


def test_leaks_finds_every_line_of_a_body_in_whatever_form():
    assert leaks(SOLUTION, SOLUTION)
    told = leaks(SOLUTION, SOLUTION)
    assert "scaled = np.vectorize(scale_each)(values)" in told
    assert "return value * math.fsum([factor])" in told
    assert "return [2 * value for value in values]" in told
    assert "def _helper_of_double(values: Sequence[float]) -> list[float]:" in told
    moved = "# see:\n#   scaled =   np.vectorize(scale_each)(values)\n"
    assert leaks(moved, SOLUTION) == ["scaled = np.vectorize(scale_each)(values)"]


def test_leaks_does_not_mind_signatures_docstrings_and_short_lines():
    assert leaks(stubs_of(SOLUTION, QUESTIONS), SOLUTION) == []
    assert leaks("return scaled\nNested docstring of the solution.\n", SOLUTION) == []


def test_a_handout_that_holds_the_solution_is_refused(course):
    path = course / "assignments" / "tiny" / "handout.md"
    path.write_text("Hint: `return min(float(np.sum(values)), LIMIT)`\n")
    with pytest.raises(KitError, match=r"handout.md.* would hold a line of solutions/tiny.py"):
        built(course)


def test_faults_names_a_stub_that_runs_or_is_missing():
    assert faults("def f(x):\n    return x\n", ["f", "g"]) == ["no stub for g", "f: f has a body"]


# Visible checks


def test_nothing_of_a_hidden_check_is_handed_out():
    text = make_visible_checks(CourseModule(CHECKS, "test_tiny.py"))
    for secret in ("hidden", "HIDDEN", "special", "math", "expect_unchanged", "reference"):
        assert secret not in text
    tree = ast.parse(CHECKS)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and "hidden" in node.name:
            for line in ast.unparse(node).splitlines()[1:]:
                assert line.strip() not in text
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert names == [
        *("doubled", "scaled_by", "test_doubles_by_hand"),
        *("test_sums_small_numbers", "test_limit_is_kept", "test_tally_begins"),
    ]


def test_visible_checks_keep_what_they_need():
    text = make_visible_checks(CourseModule(CHECKS, "test_tiny.py"))
    head = '"""Checks of tiny: doubles and sums."""\n\nimport numpy as np\n\n'
    assert text.startswith(head + "from checks.kit import check, expect_close\n\n\nSTEPS = [")
    assert '@check("double")\ndef test_doubles_by_hand(student):\n    """Doubles' in text
    assert '@check("Tally")\n' in text
    assert "    # a comment for students\n" in text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("def test_a(student, reference):\n    pass", "`reference`, which students do not have"),
        ("def test_a(student):\n    unknown(student)", "needs `unknown`"),
        ("def test_a(student):\n    import autograder.data.values", "at the top of the file"),
        ("@other\ndef test_a(student):\n    pass", "no decorator but @check"),
        ("class A:\n    pass", "line 3"),
    ],
)
def test_a_visible_check_that_students_cannot_run_is_refused(body, told):
    text = f'from autograder.checks import check\n@check("f", visible=True)\n{body}\n'
    with pytest.raises(KitError, match=told):
        make_visible_checks(CourseModule(text, "test_x.py"))


def test_a_visible_check_that_calls_a_hidden_one_is_refused():
    text = CHECKS.replace("    # a comment for students", "    test_hidden_tally(student)")
    with pytest.raises(KitError, match="refers to the check `test_hidden_tally`"):
        make_visible_checks(CourseModule(text, "test_x.py"))


def test_engine_imports_are_rewritten():
    text = CHECKS.replace("# a comment for students", "assert Tensor")
    made = make_visible_checks(CourseModule(text, "test_x.py"))
    assert "from checks.kit import Tensor\n" in made


# The folder


def test_the_folder_holds_what_it_should_and_nothing_of_the_engine(files):
    assert {"README.md", "tiny.py", "handout.md", "conftest.py", "pytest.ini"} < files.keys()
    assert {"toy_world.py", "requirements.txt", "checks/test_tiny.py"} < files.keys()
    # nothing else may be there: otter takes every .py file for a question
    otters = {path for path in files if path.startswith("tests/")}
    assert otters == {"tests/Tally.py", "tests/double.py", "tests/total.py"}
    for path, content in files.items():
        assert b"autograder" not in content.lower(), path
        if path.endswith(".py"):
            compile(content, path, "exec")


def test_the_readme_says_the_essentials_on_one_screen(files):
    text = files["README.md"].decode()
    assert len(text.splitlines()) < 45
    for part in (
        "pip install -r",
        "    python study.py\n",
        "python -m pytest",
        "| `total` | 12.5 | 2 |",
        "hidden checks decide",
    ):
        assert part in text
    assert "one class and 2 functions" in text
    assert "quiz" not in text
    wanted = {re.split(r"\W", line)[0] for line in files["requirements.txt"].decode().splitlines()}
    assert wanted == {"matplotlib", "numpy", "pytest", "scipy"}


def test_torch_is_asked_for_in_a_range_and_only_where_it_is_needed():
    assert (
        home_requirements(["import torch.nn as nn", "from torch import optim"]).split()[-1] == "torch>=2.2,<3"
    )


def test_building_twice_gives_the_same_bytes(files, course):
    again = built(course, title="A tiny assignment", provided=["toy_world.py"])
    assert again == files


def test_missing_sources_are_named(course):
    with pytest.raises(KitError, match=r"toyworld.py is missing.*did you mean toy_world.py"):
        built(course, provided=["toyworld"])
    with pytest.raises(KitError, match=r"assignments/tiny/quiz.yml is missing"):
        built(course, quiz=5)
    with pytest.raises(KitError, match=r"solutions/tony.py is missing"):
        built(course, stem="tony")


def test_pictures_are_handed_out_beside_the_handout(course):
    assert "pictures/one.png" not in built(course)
    (course / "assignments" / "tiny" / "pictures").mkdir()
    (course / "assignments" / "tiny" / "pictures" / "one.png").write_bytes(b"PNG")
    assert built(course)["pictures/one.png"] == b"PNG"


def test_a_handout_shows_the_pictures_that_there_are():
    for folder in (ROOT / "assignments").iterdir():
        shown = re.findall(r"!\[[^]]+\]\((pictures/[^)]+)\)", (folder / "handout.md").read_text("utf-8"))
        assert sorted(shown) == sorted(f"pictures/{one.name}" for one in folder.glob("pictures/*"))


def test_differences_names_each_file_and_the_cure(files, folder):
    assert differences(files, folder) == []
    (folder / "tiny.py").write_text("changed")
    (folder / "pytest.ini").unlink()
    (folder / "old.py").write_text("stale")
    (folder / "__pycache__").mkdir(exist_ok=True)
    (folder / "__pycache__" / "x.pyc").write_bytes(b"")
    told = differences(files, folder)
    assert [line.split()[0].rsplit("/")[-1] for line in told] == ["old.py", "pytest.ini", "tiny.py"]
    assert "student_template/tiny/tiny.py differs" in told[2]
    assert all("Run: autograder build" in line for line in told)
    write_tree(files, folder)
    assert differences(files, folder) == []


def test_a_folder_of_something_else_is_not_touched(files, tmp_path):
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(KitError, match="not a generated folder"):
        write_tree(files, other)
    assert (other / "thesis.txt").exists()


# What a student sees


def test_the_first_run_says_that_nothing_is_written(folder):
    code, text = run_pytest(folder)
    assert code == 1
    for name in QUESTIONS:
        assert f"\n{name:6}   not written yet\n" in text
    assert "FAILURES" not in text
    assert "Next: write double. Then run pytest again." in text
    assert "the hidden ones decide the grade" in text
    assert len(text.splitlines()) < 12


def test_the_solution_passes(folder):
    solve(folder)
    code, text = run_pytest(folder)
    assert code == 0
    assert "double   the only check passes" in text
    assert "total    both checks pass" in text


WRONG = SOLUTION.replace(
    "    return scaled  # secret comment beside",
    '    print("\\n".join(["I was here"] * 5000))\n    return scaled[::-1]',
)
WRONG = WRONG.replace("    return min(float", "    while values:\n        pass\n    return min(float")
WRONG = WRONG.replace("        return self._private_total\n", "        return self.totl\n", 1)


def set_limits(folder, **seconds):
    """Let the grader be said to wait so long."""
    facts = folder / "checks" / "assignment.json"
    told = json.loads(facts.read_text()) if facts.exists() else {"limits": {}}
    told["limits"] |= seconds
    facts.parent.mkdir(exist_ok=True)
    facts.write_text(json.dumps(told))


def test_what_takes_longer_than_the_grader_waits_is_told_though_it_passes(folder):
    solve(
        folder,
        SOLUTION.replace("    return scaled", "    import time\n    time.sleep(0.2)\n    return scaled"),
    )
    set_limits(folder, call_s=0.15)
    _, text = run_pytest(folder)
    told = r"double\(array\(\[1., 2., 4.\]\)\) took 0.\d s here: the grader stops it after 0.15 s"
    assert re.search(told, text)
    set_limits(folder, call_s=5)
    assert "the grader stops" not in run_pytest(folder)[1]


def test_failures_are_short_and_say_what_came_and_what_was_wanted(folder):
    solve(folder, WRONG)
    set_limits(folder, call_s=0.5)
    code, text = run_pytest(folder)
    assert code == 1
    assert " double: Doubles 1, 2 and 4 " in text
    assert "\ndouble(array([1., 2., 4.]))\n" in text
    assert "the result is wrong" in text
    assert "in reverse order" not in text  # 2, 4 and 8 are all sorts of each other
    assert text.count("I was here") == 6
    assert "... 4994 more lines" in text
    line = WRONG[: WRONG.index("self.totl")].count("\n") + 1
    meant = "'Tally' object has no attribute 'totl'. Did you mean: 'total'?"
    assert f"AttributeError: {meant}\ntiny.py, line {line}," in text
    assert text.count("your code ran for 2 s (the grader stops it after 0.5 s): is there a loop") == 1
    assert "total    0 of 2 checks pass" in text


@pytest.mark.parametrize(
    ("begin", "is_one"),
    [([], False), (["-m", "coverage", "run", "--data-file=measured"], False), (["-m", "pdb"], True)],
)
def test_a_debugger_stops_the_clock_and_what_measures_coverage_does_not(begin, is_one, tmp_path):
    program = tmp_path / "program.py"
    asks = "from autograder.sandbox.stopwatch import is_debugged\nprint(is_debugged(sys._getframe()))\n"
    program.write_text(f"import sys\n{asks}")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *begin, str(program)],
        cwd=tmp_path, env=environment, input="next\n" * 3 + "quit\n", capture_output=True, text=True,
    )  # fmt: skip
    assert f"{is_one}\n" in done.stdout, done.stderr


def test_a_file_python_cannot_read_gives_one_clear_message(folder):
    solve(folder, SOLUTION.replace("class Tally:", "class Tally"))
    code, text = run_pytest(folder)
    assert code == 1
    line = SOLUTION[: SOLUTION.index("class Tally:")].count("\n") + 1
    assert f"tiny.py, line {line}: Python cannot read this: expected ':'\n    class Tally\n" in text
    assert text.count("expected ':'") == 1
    assert "double   the only check passes" in text
    assert "Tally    cannot be checked: see above" in text
    assert "ERROR" not in text


def test_a_file_that_stops_half_way_is_checked_as_far_as_it_goes(folder):
    solve(folder, SOLUTION.replace("def total(values", "numbers = unknown\n\n\ndef total(values"))
    code, text = run_pytest(folder)
    assert code == 0
    assert "NameError: name 'unknown' is not defined\n    numbers = unknown\n" in text
    assert "double   the only check passes" in text
    assert "total    all 2 checks pass" in text or "total    both checks pass" in text


def test_two_folders_from_above_each_with_its_own_kit_and_a_question_by_name(folder):
    other = folder.with_name("other tiny")
    shutil.copytree(folder, other)
    solve(other, SOLUTION.replace("def total(values", "def totals(values"))
    code, text = run_pytest(folder.parent, "tiny", "other tiny", "-k", "total")
    assert code == 1
    assert "2 not run, 2 not written" in text or "2 not written, 2 not run" in text
    assert "total   not written yet" in text
    assert "total   tiny.py has no function `total` (nearest: `totals`)" in text


def test_a_notebook_is_checked_when_only_that_is_written(folder):
    cells = [
        {"cell_type": "markdown", "source": ["# Tiny"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!ls\n", "import numpy as np\n"]},
        {"cell_type": "code", "source": "%%bash\nrm -rf nothing"},
        {"cell_type": "code", "source": "grader = unknown"},
        {"cell_type": "code", "source": "def total(values):\n    return min(sum(values), 150)\n"},
        {"cell_type": "code", "source": "def double(values):\n    return values.nothing\n"},
    ]
    (folder / "tiny.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    code, text = run_pytest(folder)
    assert code == 1
    assert "total    both checks pass" in text
    assert "tiny.ipynb, cell 3, line 1: NameError" in text
    assert "tiny.ipynb, cell 5, line 2, in double\n    return values.nothing\n" in text
    assert "Tally    tiny.ipynb has no function `Tally`" in text


# The pieces, without a process


def test_calls_are_spelled_as_they_would_be_typed():
    call = Call("call", "f", ([1.0, 0.25], np.array([[1, 2]])), {"x": tensor([1.0, 3.5]), "n": (1,)})
    assert spell_call(call) == "f([1.0, 0.25], array([[1, 2]]), x=tensor([1., 3.5]), n=(1,))"
    held = Handle(3, "toy_world.World")
    assert spell_call(Call("invoke", "step", (1,), handle=held)) == "World.step(1)"
    assert spell_call(Call("invoke", "", (held,), handle=held)) == "World(<World>)"
    assert spell_call(Call("read", "state", handle=held)) == "World.state"
    file = Handle(4, "pathlib.PosixPath")
    assert spell_call(Call("invoke", "read_text", ("utf-8",), handle=file)) == "the text of the file"
    large = Call("call", "f", (np.zeros((9, 9)), tensor(np.zeros(99)), [0.0] * 99))
    assert spell_call(large) == "f(<array of shape (9, 9)>, <tensor of shape (99,)>, <list of 99>)"
    long = Call("call", "f", ("x" * 50,), {"name": "y" * 50})
    assert spell_call(long).splitlines()[::3] == ["f(", ")"]
    half = Call("call", "f", (tensor([0.5], "float32"), 1 / 3))
    assert spell_call(half) == 'f(tensor([0.5], dtype="float32"), 0.333333)'


def raised_by(action):
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever it is
        action()
    return caught.value


def judged(folder, text, question="f", *arguments):
    """Return the verdict on a call of a function in a program of a student."""
    (folder / "x.py").write_text(text)
    work = load_work(folder, "x")
    calls = []
    student = here(work.namespace, calls.append)
    error = raised_by(lambda: getattr(student, question)(*arguments))
    return visible_verdict(error, question, work, calls)


def test_verdicts_on_what_students_do(tmp_path):
    stub = "def {}(x):\n    raise NotImplementedError('{}: write your code here')\n"
    assert judged(tmp_path, stub.format("f", "f"), "f", 1) == VisibleVerdict(UNWRITTEN_YET, "not written yet")
    needs = stub.format("g", "g") + "def f(x):\n    return g(x)\n"
    assert judged(tmp_path, needs, "f", 1).text == "this needs g, which is not written yet"
    assert (
        "the order and the defaults of the arguments"
        in judged(tmp_path, "def f():\n    return 1\n", "f", 1).text
    )
    assert "ends the program" in judged(tmp_path, "def f(x):\n    exit()\n", "f", 1).text
    assert judged(tmp_path, "f = 3\n", "f", 1).status == FAILED
    deep = judged(tmp_path, "def f(x):\n    return f(x)\n", "f", 1).text
    assert deep.count("return f(x)") == 1
    rude = "class E(Exception):\n    def __str__(self):\n        raise E\ndef f(x):\n    raise E\n"
    assert "raised E\nx.py, line 5, in f\n    raise E" in judged(tmp_path, rude, "f", 1).text
    assert judged(tmp_path, "def ff(x):\n    return 1\n", "f", 1) == VisibleVerdict(
        NOT_RUN, "x.py has no function `f` (nearest: `ff`)"
    )


def test_a_broken_check_is_not_blamed_on_the_student(tmp_path):
    work = load_work(tmp_path, "x")
    verdict = visible_verdict(raised_by(lambda: unknown_name), "f", work, [])  # noqa: F821 - on purpose
    assert "tell your instructor" in verdict.text
    assert work.complaints == ["x.py is missing: put it back"]


def test_a_wrong_answer_shows_the_last_call_of_the_module(tmp_path):
    (tmp_path / "x.py").write_text("")
    work = load_work(tmp_path, "x")
    wrong = raised_by(lambda: expect_close(2.0, 3.0))
    assert isinstance(wrong, CheckFailed)
    calls = [Call("call", "f", (1,)), Call("read", "state", handle=Handle(0, "World"))]
    assert visible_verdict(wrong, "f", work, calls).text.startswith("f(1)\n")


def test_the_file_is_preferred_when_both_are_written(tmp_path):
    (tmp_path / "x.py").write_text("def f(x):\n    return 1\n")
    cells = [{"cell_type": "code", "source": "def f(x):\n    return 2\n"}]
    (tmp_path / "x.ipynb").write_text(json.dumps({"cells": cells}))
    work = load_work(tmp_path, "x")
    assert (work.name, work.namespace["f"](0)) == ("x.py", 1)
    assert "x.ipynb was not looked at" in work.note
    stub = "def f(x):\n    raise NotImplementedError('f: write your code here')\n"
    (tmp_path / "x.ipynb").write_text(json.dumps({"cells": [{**cells[0], "source": stub}]}))
    assert load_work(tmp_path, "x").note == ""


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"import nothing_at_all.x\n", "nothing_at_all is not available.*\n.*\n.*and nothing else"),
        (b"x = 1\n\x81\n", "x.py, line 2: Python cannot read this"),
        (b"raise SystemExit(3)\n", "line 1: SystemExit: 3"),
        (b"\x00", "x.py"),
    ],
)
def test_files_that_do_not_run_are_explained(tmp_path, source, told):
    (tmp_path / "x.py").write_bytes(source)
    (complaint,) = load_work(tmp_path, "x").complaints
    assert re.search(told, complaint)


def test_libraries_are_imported_before_any_check_is_timed(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.import_module", (asked := []).append)
    (tmp_path / "x.py").write_text("import numpy as np\nfrom torch import optim\n1 / 0\n")
    load_work(tmp_path, "x")
    assert asked == ["numpy", "torch", "torch._dynamo"]


@pytest.mark.parametrize("alarm", [True, False], ids=["by an alarm", "by a thread"])
def test_the_time_limit_ends_a_loop_that_goes_on_after_any_exception(monkeypatch, alarm):
    if not alarm:
        monkeypatch.delattr(signal, "SIGALRM", raising=False)

    def stubborn():
        with time_limit(0.05):
            while True:
                with contextlib.suppress(Exception):
                    sum(range(1000))

    assert isinstance(raised_by(stubborn), TooSlow)


def test_a_statement_that_never_ends_is_stopped_without_an_alarm_too(tmp_path, monkeypatch):
    monkeypatch.delattr(signal, "SIGALRM", raising=False)
    set_limits(tmp_path, import_s=0.4)
    (tmp_path / "x.py").write_text("a = 1\nwhile True:\n    a += 1\nb = 2\n")
    work = load_work(tmp_path, "x")
    assert work.namespace["b"] == 2
    cut, slow = work.complaints
    assert re.search("line [23].*stopped after [12] s", cut)
    assert re.fullmatch(r"loading x.py took [\d.]+ s here: the grader stops it after 0.4 s", slow)


def test_outputs_are_cut():
    assert cut_output("a\nb") == "a\nb"
    assert cut_output("x" * 1000).endswith("x ...")
    warned = "/home/One Drive/work.py:3: UserWarning: here\n  x = 1\nC:\\A B\\work.py:4: UserWarning: too"
    assert cut_output(warned) == "work.py:3: UserWarning: here\n  x = 1\nwork.py:4: UserWarning: too"
    assert progress_line([VisibleVerdict("passed")] * 3) == "all 3 checks pass"


# The real course


def real_files(stem="rl_foundations"):
    """Return the generated folder of a real assignment, each question worth a point."""
    if not (ROOT / "solutions" / f"{stem}.py").exists():
        pytest.skip(f"there is no {stem} yet")
    checks = read_source(ROOT, f"tests/questions/test_{stem}.py")
    points = dict.fromkeys(visible_checks(checks).values(), 1.0)
    quiz = (ROOT / "assignments" / stem / "quiz.yml").exists()
    return built(ROOT, stem, points, quiz=1.0 * quiz), list(points)


def test_the_real_assignment_goes_from_unwritten_to_green(tmp_path):
    files, questions = real_files()
    folder = tmp_path / "rl_foundations"
    write_tree(files, folder)
    code, text = run_pytest(folder)
    assert code == 1
    assert text.count("not written yet") == len(questions)
    shutil.copy(ROOT / "solutions" / "rl_foundations.py", folder)
    code, text = run_pytest(folder)
    assert (code, text.count("pass\n")) == (0, len(questions))


@pytest.mark.parametrize("asked", ["tiny.py", "study.py", "double", "tests/double.py"])
def test_what_holds_no_check_is_told_with_what_to_run(folder, asked):
    (folder / "tests").mkdir(exist_ok=True)  # as an assignment that goes to otter has it
    (folder / "tests" / "double.py").write_text("from checks.for_otter import Cases\n")
    code, told = run_pytest(folder, asked)
    assert code != 0
    assert f"run pytest alone, in {folder.name}; pytest -k QUESTION" in told

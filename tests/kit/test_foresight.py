"""What is said before handing in: true, and of everything that the grader would stumble over."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.config import load_config
from autograder.doctor.audits import audit_hints
from autograder.errors import KitError
from autograder.judging.bank import load_bank
from autograder.publish.facts import hint_faults, load_hints
from autograder.publish.student_files.foresight import (
    HandedProgram,
    bound_names,
    call_troubles,
    data_troubles,
    graded,
    import_troubles,
    parameters_of,
    renamed_parameters,
)
from autograder.publish.student_files.overview import now_possible, run_lines
from autograder.publish.student_files.preflight import preflight, write_zip
from autograder.publish.template import build_template
from autograder.publish.tree import write_tree

BESIDE = Path(__file__).parent / "beside"


def troubles(folder: Path, text: str) -> str:
    program = HandedProgram("work.py", [text], graded(text))
    found = [
        *import_troubles(folder, program, {"os", "sys", "http", "urllib", "numpy", "gauge"}),
        *call_troubles(program, parameters_of(program.tree)),
        *data_troubles(folder, program, {"given.csv"}),
    ]
    return "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "from urllib.parse import quote",
        "from http import HTTPStatus",
        "import urllib",
        "if __name__ == '__main__':\n    import pandas\n    input()\n    open('data.csv')",
        "def exit():\n    pass\n\nexit()",
        "import numpy as np\nnp.loadtxt('given.csv')\nnp.savetxt('data.csv', [1])",
        "open('data.csv', 'w')\nopen('data.csv', mode='a')\nopen('elsewhere.csv')",
    ],
)
def test_nothing_is_said_of_what_is_well(tmp_path, text):
    (tmp_path / "data.csv").write_text("1\n")
    (tmp_path / "given.csv").write_text("1\n")
    assert troubles(tmp_path, text) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from urllib.request import urlopen", "import urllib.request: the grader has no network"),
        ("from urllib import request", "import urllib.request: the grader has no network"),
        ("import http.client as web", "import http.client: the grader has no network"),
        ("import pandas as pd", "import pandas: the grader does not have it"),
        ("import helpers", "import helpers: helpers.py is not handed in: put its functions into work.py"),
        ("import sys as s\ns.exit()", "work.py, line 2: sys.exit(): it ends the program"),
        (
            "from os import system as run\nrun('ls')",
            "line 2: os.system(): the grader starts no programs",
        ),
        ("def f():\n    return input()", "work.py, line 2: input(): nobody answers there"),
        ("if __name__ == '__main__':\n    pass\nelse:\n    input()", "line 4: input()"),
        ("open('data.csv')", "work.py, line 1: data.csv is not handed in"),
        (
            "import numpy\nnumpy.loadtxt(r'C:\\me\\data.csv', delimiter=',')",
            "line 2: data.csv is not handed in",
        ),
    ],
)
def test_what_the_grader_would_stumble_over_is_told_with_its_full_name(tmp_path, text, told):
    (tmp_path / "data.csv").write_text("1\n")
    (tmp_path / "helpers.py").write_text("")
    assert told in troubles(tmp_path, text)


def test_a_name_that_gets_a_value_is_there_and_one_that_is_only_asked_for_of_ones_own_module_is_not():
    texts = {"work.py": "from gauge import Gauge\nfrom mine import g\nf = lambda x: x", "gauge.py": "h: int"}
    programs = [HandedProgram(name, [text], graded(text)) for name, text in texts.items()]
    assert bound_names(programs) >= {"f", "g"}
    assert "Gauge" not in bound_names(programs)


def test_parameters_keep_their_names_and_their_order():
    wanted = parameters_of(graded("class A:\n    def go(self, x): ...\ndef f(x, y): ...\ndef g(*, z): ..."))
    own = "class A:\n    def go(self, y): ...\ndef f(y, x): ...\ndef g(*, z, more=1): ...\ndef helper(q): ..."
    assert list(renamed_parameters(graded(own), wanted)) == [
        "A.go(self, y): its arguments were handed out as (self, x)",
        "f(y, x): its arguments were handed out as (x, y)",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an assignment with two modules and a file, without `.py` in grading.yml, and examples."""
    text = (BESIDE / "grading.yml").read_text()
    shutil.copytree(BESIDE, tmp_path / "course")
    text = text.replace("gauge.py", "gauge").replace("hand_in:", "examples: feedback\n    hand_in:")
    (tmp_path / "course" / "grading.yml").write_text(text)
    write_tree(build_template(load_config(tmp_path / "course"), "water"), tmp_path / "water")
    for path in (BESIDE / "solutions").iterdir():
        shutil.copy(path, tmp_path / "water")
    return tmp_path / "water"


def test_of_the_reference_only_good_is_said_and_all_of_it_is_handed_in(folder):
    facts = json.loads((folder / "checks" / "assignment.json").read_text())
    assert [told for fine, told in preflight(folder, facts) if not fine] == []
    names = ["water.py", "gauge.py", "essay.txt", "examples.py"]
    assert write_zip(folder, facts)[1] == names
    assert "`water.py`, `gauge.py`, `essay.txt` and `examples.py`" in (folder / "README.md").read_text()


def test_examples_that_are_no_python_and_a_missing_function_are_told(folder):
    facts = json.loads((folder / "checks" / "assignment.json").read_text())
    (folder / "examples.py").write_text("examples = {\n")
    gauge = folder / "gauge.py"
    gauge.write_text(gauge.read_text().replace("class Gauge", "class Gage"))
    told = [told for fine, told in preflight(folder, facts) if not fine]
    assert told == [
        "there is no Gauge in water.py and gauge.py: keep the names as they were handed out",
        "examples.py, line 1: Python cannot read this: '{' was never closed",
    ]


def test_a_notebook_is_told_by_cell_and_what_only_a_notebook_runs_is_left_out(folder):
    facts = json.loads((folder / "checks" / "assignment.json").read_text())
    book = json.loads((folder / "water.ipynb").read_text())
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    code[3]["source"] = ["import os\n", "os.system('ls')\n", "def own():\n", "    return 1\n"]
    (folder / "water.ipynb").write_text(json.dumps(book))
    (folder / "water.py").unlink()
    told = [told for fine, told in preflight(folder, facts) if not fine]
    assert "water.ipynb, cell 4, line 2: os.system(): the grader starts no programs" in told
    assert not any("import " in line for line in told)
    code[4]["source"] = ["x = (\n"]
    (folder / "water.ipynb").write_text(json.dumps(book))
    told = [told for fine, told in preflight(folder, facts) if not fine]
    assert "water.ipynb, cell 5, line 1: Python cannot read this: '(' was never closed" in told


def test_a_run_says_how_many_pass_and_what_was_not_known_yet():
    loaded = {"complaints": ["a.py, line 1: known", "a.py, line 2: new\n    x"]}
    results = [{"status": "passed", "text": ""}, {"status": "failed", "text": "wrong"}]
    assert list(run_lines(loaded, results, {"a.py, line 1: known"})) == [
        (False, "a.py, line 2: new\n    x"), (False, "1 of 2 visible checks pass"),
    ]  # fmt: skip
    assert list(run_lines({"complaints": []}, results[:1], ())) == [(True, "1 of 1 visible checks pass")]
    assert list(run_lines({"complaints": []}, [], ())) == [(False, "0 of 0 visible checks pass")]


def test_a_part_of_the_lab_becomes_possible_once_with_its_last_function():
    parts = {"One": {"f"}, "Both": {"f", "g"}}
    assert now_possible(parts, set(), {"f"}) == ["One"]
    assert now_possible(parts, {"f"}, {"f", "g"}) == ["Both"]
    assert now_possible(parts, {"f", "g"}, {"f", "g"}) == []
    assert now_possible(parts, {"f", "g"}, {"f"}) == []


def test_a_hint_gives_no_line_of_any_module_away():
    hints = {"Gauge": ["Look.", "Think.", "Write self._levels.append(level) there."]}
    texts = [(BESIDE / "solutions" / name).read_text() for name in ("water.py", "gauge.py")]
    assert hint_faults(hints, ["Gauge"], texts[:1]) == []
    (fault,) = hint_faults(hints, ["Gauge"], texts)
    assert "gives a line of the solution away: self._levels.append(level)" in fault


def test_building_and_doctor_look_for_lines_of_every_module_in_the_hints(folder):
    course = load_config(folder.parent / "course")
    asked = course.assignment("water").questions
    hints = {name: ["Look.", "Think.", "Call self._levels.append(level)."] for name in asked}
    (course.root / "assignments" / "water" / "hints.yml").write_text(json.dumps(hints))
    with pytest.raises(KitError, match=r"hints.yml: Gauge gives a line of the solution away"):
        build_template(course, "water")
    bank = load_bank(course.root, "water", course.assignment("water"))
    subject = SimpleNamespace(course=course, stem="water", assignment=course.assignment("water"), bank=bank)
    found = [finding for finding in audit_hints(subject) if "self._levels.append(level)" in str(finding)]
    assert len(found) == len(asked)


def test_a_hint_with_a_colon_is_refused_until_it_is_in_quotes(tmp_path):
    hints = tmp_path / "assignments" / "warmup" / "hints.yml"
    hints.parent.mkdir(parents=True)
    hints.write_text("running_mean:\n- Look at this: what is it?\n- b\n- c\n")
    with pytest.raises(KitError, match="a hint of running_mean is no text"):
        load_hints(tmp_path, "warmup")
    hints.write_text('running_mean:\n- "Look at this: what is it?"\n- b\n- c\n')
    assert load_hints(tmp_path, "warmup")["running_mean"][0] == "Look at this: what is it?"


def test_what_was_handed_out_is_no_copy_of_the_work(folder):
    (folder / "water_lab.py").write_text("x = 1\n")
    facts = json.loads((folder / "checks" / "assignment.json").read_text())
    told = "water_lab.py is not looked at: only water.py counts"
    assert (False, told) in list(preflight(folder, facts))
    assert (False, told) not in list(preflight(folder, facts | {"given": ["water_lab.py"]}))

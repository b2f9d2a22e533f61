"""Questions about one's own code: right answers, the same each time, none where there is nothing to ask."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder import viva
from autograder.cli.main import main
from autograder.config import load_config
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.sandbox.calls import StudentRaised
from autograder.submission.reading import Submission
from autograder.viva.answers import is_right_answer
from autograder.viva.asking import Asker
from autograder.viva.outline import outline
from autograder.viva.questions import VivaQuestion, VivaSheet, key_of
from autograder.viva.sheets import LETTERS, answer_sheet, read_key
from autograder.viva.trace import call_text

TINY = Path(__file__).parent / "tiny"
KEY = key_of(7, "ada")
LOOP = '''import numpy as np

def running_mean(values, window):
    """Mean of the last ones."""
    means = []
    for place in range(len(values)):
        start = place - window + 1
        if start < 0:
            start = 0
        piece = values[start : place + 1]
        means.append(sum(piece) / len(piece))
    return np.array(means)
'''
RECURSION = """
def clip_to_range(values, low=0.0, high=1.0):
    if len(values) == 0:
        return np.array([])
    first = min(max(values[0], low), high)
    return np.concatenate([[first], clip_to_range(values[1:], low, high)])
"""
WHILE = """
def running_mean(values, window):
    means, place = [], 0
    while place < len(values):
        piece = values[max(0, place - window + 1) : place + 1]
        means.append(sum(piece) / len(piece))
        place += 1
    return means
"""
SHORT = """
import numpy as np
def clip_to_range(values, low=0.0, high=1.0):
    return np.clip(values, low, high)
"""


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    made = open_grader(load_config(TINY), "warmup")
    yield made
    made.close()


def asked(grader: Grader, code: str, key: bytes = KEY, right: tuple[str, ...] = ()) -> list[VivaQuestion]:
    submission = Submission("ada", "Ada", {"warmup.py": code.encode()}, main="warmup.py")
    return Asker(grader).questions(submission, right, key)[0]


def test_what_is_short_is_asked_about_changed_lines(grader):
    found = asked(grader, SHORT, right=("clip_to_range",))
    assert len(found) == 3
    assert {one.kind for one in found} <= {"changed", "known mistake"}


def all_of(grader: Grader, code: str, kind: str) -> dict[str, VivaQuestion]:
    keys = [key_of(7, str(number)) for number in range(2)]
    found = (one for key in keys for one in asked(grader, code, key))
    return {one.text: one for one in found if one.kind == kind}


def test_a_loop_a_branch_and_a_line_left_out_have_the_answers_that_a_person_finds(grader):
    loops = all_of(grader, LOOP, "loop")
    for text, one in loops.items():
        assert "the loop of line 6" in text
        if "`means`" in text:
            assert one.answer == ("[2.0, 3.0]" if "2.0, 4.0" in text else "[3.0, 4.5]")
    assert loops
    branches = all_of(grader, LOOP, "branch")
    assert {one.answer for one in branches.values()} == {"line 9"}
    assert all(one.choices == ["line 9", "line 10"] for one in branches.values())
    left_out = all_of(grader, LOOP, "left out")
    assert all(one.answer == "[]" for text, one in left_out.items() if text.startswith("Line 11"))
    assert all(one.answer == "NameError" for text, one in left_out.items() if text.startswith("Line 5"))
    assert left_out


def test_no_line_is_left_out_where_an_answer_would_be_what_is_in_the_memory(grader):
    filled = LOOP.replace("means = []", "means = np.empty(len(values))")
    filled = filled.replace("means.append(sum(piece) / len(piece))", "means[place] = sum(piece) / len(piece)")
    found = asked(grader, filled)
    assert {one.kind for one in found} == {"loop", "branch"}
    assert not any("`means`" in one.text for one in found)
    assert {one.kind for one in asked(grader, filled.replace("empty", "zeros"))} > {"loop", "branch"}


def test_a_recursion_is_counted(grader):
    found = all_of(grader, "import numpy as np\n" + RECURSION, "calls")
    assert {one.answer for one in found.values()} == {"4"}  # of three values, and of none


def test_a_change_that_is_a_known_mistake_offers_hints_to_choose_from(grader):
    code = "import numpy as np\n" + RECURSION
    for number in range(5):
        questions = asked(grader, code, key_of(7, str(number)), ("clip_to_range",))
        found = [one for one in questions if one.kind == "known mistake"]
        if found:
            break
    hints = [one.text for one in grader.bank.misconceptions if one.question == "clip_to_range"]
    (one,) = found
    assert one.answer in one.choices
    assert set(one.choices) <= set(hints)
    assert len(one.choices) > 1


def test_the_same_seed_asks_the_same_and_another_student_is_asked_something_else(grader):
    both = LOOP + RECURSION
    assert asked(grader, both) == asked(grader, both)
    assert any(asked(grader, both) != asked(grader, both, key_of(7, name)) for name in ("bob", "eve", "zoe"))
    assert 3 <= len(asked(grader, both)) <= 5


def test_a_change_that_never_ends_is_not_asked_about(grader):
    found = all_of(grader, WHILE, "left out")
    assert not any(text.startswith("Line 7") for text in found)  # place += 1
    assert not any("never" in one.answer for one in found.values())


def test_a_trace_ends_where_a_program_does_not(behind):
    texts = {"viva_trace": (Path(viva.__file__).parent / "trace.py").read_text()}
    student, _ = behind("def f(n):\n    while n:\n        pass\n    return n\n", modules=texts)
    told = student.make("viva_trace.trace", "work", "f", [], [0], {})
    assert (told["returned"], told["ended"], [one["line"] for one in told["steps"]]) == ("0", True, [2, 4])
    with pytest.raises(StudentRaised, match="TooLong"):
        student.make("viva_trace.trace", "work", "f", [], [1], {})


@pytest.mark.parametrize(
    "code", ["def running_mean(:\n", "", "raise SystemExit\n", "1/0\ndef clip_to_range(v): return v"]
)
def test_there_is_nothing_to_ask_about_what_does_not_load_or_answers_nothing(grader, code):
    assert asked(grader, code) == []


def test_a_program_whose_function_ends_its_process_or_hangs_is_left_alone(grader):
    body = "    for one in values:\n        pass\n    "
    for ends in ("import os; os._exit(0)", "while True: pass", "return running_mean(values, window)"):
        assert asked(grader, f"def running_mean(values, window):\n{body}{ends}\n") == []


def test_a_program_that_lies_about_its_trace_only_spoils_its_own_sheet(grader):
    lie = "import sys\nclass M: pass\nm = M()\nm.trace = lambda *a: {'call': 7, 'steps': 'x' * 999}\n"
    assert asked(grader, lie + "sys.modules['viva_trace'] = m\n" + LOOP) == []


@pytest.mark.parametrize(
    "code",
    [
        "def f(:", "\0", "(" * 5000, "def f(): return 1", "class f: pass", "f = lambda: 1",
        "async def f():\n    pass", "def f():\n\tif é: x = '\u2028'\n\telse: pass",
        "def f(a):\n  if a: return 1",
    ],
)  # fmt: skip
def test_any_text_has_an_outline(code):
    for one in outline([code], ["f"]):
        assert set(one) >= {"name", "first", "last", "edits"}


def test_every_edit_of_a_line_is_one_line_of_the_function():
    (found,) = outline(["x = 1\n" + LOOP], ["running_mean"])
    assert {edit["kind"] for edit in found["edits"]} == {"leave out", "change"}
    texts = [edit["text"] for edit in found["edits"]]
    assert "        piece = values[start:place + 1]".replace("place + 1", "place") in [
        text.replace(" : ", ":") for text in texts
    ]
    assert all("\n" not in text for text in texts)


def test_a_call_is_told_only_if_it_is_short():
    assert call_text("f", [[1, 2.5], "a"], {"k": None}) == "f([1, 2.5], 'a', k=None)"
    assert call_text("f", [list(range(50))], {}) == ""
    assert call_text("f", [object()], {}) == ""


def written(answer: str) -> VivaQuestion:
    return VivaQuestion("loop", "f", "?", answer, "")


def test_answers_are_compared_by_their_numbers_and_words():
    assert is_right_answer(written("[3.0, 4.5]"), "3, 4.5")
    assert is_right_answer(written("6.6667"), "6.67")
    assert is_right_answer(written("NameError"), "nameerror")
    assert is_right_answer(written("[2.0, -3.0]"), "array([2., -3.])")
    assert not is_right_answer(written("[2.0, -3.0]"), "[2, 3]")
    assert not is_right_answer(written("[3.0, 4.5]"), "[3.0]")
    assert not is_right_answer(written("4"), "")
    assert not is_right_answer(written("4"), "1 2 3 4")
    choice = VivaQuestion("branch", "f", "?", "line 9", "", ["line 8", "line 9"])
    assert is_right_answer(choice, "(B)")
    assert not is_right_answer(choice, "line 9 or 8")


def test_an_answer_sheet_holds_hostile_names_in_its_comments_only():
    sheet = VivaSheet("a\nstudent: x", "Eve\u2028--- !!python/object", [written("1")])
    lines = "\n".join(answer_sheet(sheet, "T")).splitlines()
    assert [text for text in lines if text and not text.startswith("#")] == ["1: ''"]


def command(*words: object) -> Result:
    return CliRunner().invoke(main, ["--course", str(TINY), *map(str, words)])


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded class: one who wrote loops, one with a hostile name, one too short, one that does not load."""
    home = tmp_path_factory.mktemp("viva")
    works = {"ada": LOOP + RECURSION, "<b>eve&": LOOP + RECURSION, "short": SHORT, "broken": "def f(:"}
    for name, code in works.items():
        (home / "class" / name).mkdir(parents=True)
        (home / "class" / name / "warmup.py").write_text(code)
    assert command("grade", home / "class", "-a", "warmup", "-o", home / "out", "-q").exit_code == 0
    result = command("viva", home / "out")
    assert result.exit_code == 0, result.output
    assert "3 sheets; 1 with nothing to ask about" in result.output
    return home / "out"


def test_every_student_gets_a_sheet_and_the_answers_are_in_the_key_only(out):
    sheets = {sheet.submission: sheet for sheet in read_key(out / "viva")}
    page = (out / "viva" / "ada.html").read_text()
    assert "def running_mean" in page or "def clip_to_range" in page
    key = (out / "viva" / "key.html").read_text()
    for one in sheets["ada"].questions:
        assert one.how not in page
    assert "long enough" in key
    assert sheets["broken"].questions == []
    everybody = (out / "viva" / "sheets.html").read_text()
    assert everybody.count('class="sheet"') == 3
    assert "<b>eve" not in everybody + key


def test_answer_sheets_are_graded_into_a_table(out, tmp_path):
    folder = tmp_path / "back" / "deep"
    shutil.copytree(out / "viva", folder, ignore=shutil.ignore_patterns("*.html", "*.csv", "*.json"))
    (ada,) = [sheet for sheet in read_key(out / "viva") if sheet.submission == "ada"]
    lines = []
    for number, one in enumerate(ada.questions, 1):
        answer = LETTERS[one.choices.index(one.answer)] if one.choices else one.answer
        lines.append(f"{number}: '{answer if number > 1 else 'nonsense'}'")
    (folder / "ada.yml").write_text("\n".join(lines))
    result = command("viva", out, "--answers", tmp_path / "back")
    assert "3 of 3 answer sheets came back" in result.output
    with (out / "viva" / "viva.csv").open(newline="") as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert int(rows["ada"]["right"]) == len(ada.questions) - 1
    assert rows["ada"]["wrong"] == "1"
    (folder / "ada.yml").write_text("1: [\n&a")
    assert command("viva", out, "--answers", tmp_path / "back").exit_code == 0
    assert "cannot be read" in (out / "viva" / "viva.csv").read_text()


def test_asking_again_changes_no_file(out):
    before = {path.name: path.read_bytes() for path in (out / "viva").iterdir() if path.name != "viva.csv"}
    assert command("viva", out, "-q").exit_code == 0
    after = {path.name: path.read_bytes() for path in (out / "viva").iterdir() if path.name != "viva.csv"}
    assert before == after


def test_answers_without_a_key_are_refused_in_one_line(tmp_path):
    result = command("viva", tmp_path, "--answers", tmp_path)
    assert result.exit_code == 1
    assert "autograder viva" in result.output

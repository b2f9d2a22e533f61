"""Works that are alike: renamed, moved and copied ones are listed, common ones are not; hostile text."""

import ast
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.config import load_config
from autograder.grading.opening import open_grader
from autograder.roster.people import Index, Person
from autograder.similar.answers import with_answers
from autograder.similar.fingerprints import MOST_COMPARED, RUN, WINDOW, fingerprints, tokens
from autograder.similar.gather import signs_of_others
from autograder.similar.outputs import pair_html, pair_table, reasons, write_similar
from autograder.similar.pairs import ComparedWork, SimilarPair, pairs_of
from autograder.submission.reading import Submission

TINY = Path(__file__).parent / "tiny"
ONE = '''
import numpy as np

def running_mean(values, window):
    """Mean of the last ones."""
    means = []
    for place in range(len(values)):
        start = max(0, place - window + 1)
        piece = values[start : place + 1]
        means.append(sum(piece) / len(piece))
    return np.array(means)

def clip_to_range(values, low=0.0, high=1.0):
    lowest = np.maximum(values, low)
    return np.minimum(lowest, high)
'''
RENAMED = (
    ONE.replace("means", "out").replace("piece", "x").replace("place", "i").replace("# ", "") + "# mine\n"
)
first, second = ONE.split("def clip_to_range")
MOVED = f"import numpy as np\ndef clip_to_range{second}{first.replace('import numpy as np', '')}"
OTHER = """
from collections import deque
def running_mean(values, window):
    recent = deque(maxlen=window)
    return [(recent.append(float(v)), sum(recent) / len(recent))[1] for v in values]
def clip_to_range(values, low=0.0, high=1.0):
    return [sorted((low, float(v), high))[1] for v in values]
"""


def work(name: str, text: str, term: str = "", **more: frozenset[tuple[str, str]]) -> ComparedWork:
    return ComparedWork(name, term, (text,), fingerprints([text]), text, **more)


def listed(
    works: list[ComparedWork], handed_out: set[int] = frozenset()
) -> dict[tuple[str, str], SimilarPair]:
    return {(pair.one.name, pair.other.name): pair for pair in pairs_of(works, set(handed_out))}


def test_the_same_wrong_answers_are_found_whatever_draws_they_were_graded_with() -> None:
    mean = "def running_mean(values, window):\n    v = list(map(float, values))\n    return {}\n"
    short = "[sum(v[max(0, n + 1 - window):n + 1]) / window for n in range(len(v))]"
    longer = "[sum(v[i] for i in range(max(0, n - window + 1), n + 1)) / window for n, _ in enumerate(v)]"
    ahead = "[sum(v[n:n + window]) / len(v[n:n + window]) for n in range(len(v))]"
    texts = [mean.format(body) + f"# {number}\n" for body in (short, longer, ahead) for number in range(2)]
    works = [Submission(str(at), "", {"warmup.py": text.encode()}, main="warmup.py")
             for at, text in enumerate(texts)]  # fmt: skip
    course = load_config(TINY)
    grader = open_grader(course, "warmup")
    draws = {grader.draw_of(grader.program_of(one)) for one in works}
    graded = [(one, grader.grade(one)) for one in works]
    grader.close()
    assert len(draws) > 2
    compared = [work(one.name, text) for one, text in zip(works, texts, strict=True)]
    found = with_answers(course, "warmup", compared, graded, lambda _: None)
    assert all(len(one.wrong) > 1 for one in found)
    first, second, third = found[0].wrong, found[2].wrong, found[4].wrong
    assert [one.wrong for one in found] == [first, first, second, second, third, third]
    assert len(first & second) > 1
    assert not first & third


def test_names_comments_and_layout_do_not_count():
    assert fingerprints([ONE]).whole == fingerprints([RENAMED]).whole
    assert fingerprints([ONE]).whole != fingerprints([ONE.replace("+ 1]", "]")]).whole


def test_renamed_and_moved_copies_are_listed_and_other_work_is_not():
    works = [work("ada", ONE), work("alan", RENAMED), work("emmy", MOVED), work("zoe", OTHER)]
    found = listed(works)
    assert found["ada", "alan"].same == "but for names, comments and layout"
    assert found["ada", "emmy"].share > 0.6
    assert not any("zoe" in two for two in found)
    assert "zoe" not in str(pair_table(list(found.values())))


def test_what_was_handed_out_says_nothing():
    works = [work("ada", ONE), work("alan", RENAMED)]
    assert listed(works, set(fingerprints([ONE]).marks)) == {}


def test_what_a_tenth_of_a_class_shares_says_nothing_unless_all_of_it_is_the_same():
    many = [
        work(f"s{at}", ONE + f"\nextra_{at} = [{', '.join(str(at * k) for k in range(40))}]\n")
        for at in range(60)
    ]
    assert listed(many) == {}


def test_earlier_terms_are_compared_with_the_class_and_not_with_each_other():
    works = [work("ada", ONE), work("old", RENAMED, "2025"), work("older", MOVED, "2024")]
    assert set(listed(works)) == {("ada", "old"), ("ada", "older")}


def test_the_same_rare_wrong_answers_come_first():
    rare = frozenset({("f.a", "1"), ("f.b", "2"), ("f.c", "3")})
    works = [work("ada", ONE, wrong=rare), work("zoe", OTHER, wrong=rare), work("alan", RENAMED)]
    works += [work(f"s{at}", f"x{at} = {at}", wrong=frozenset({("f.d", "common")})) for at in range(20)]
    pairs = pairs_of(works, set())
    assert ("ada", "zoe") in {(pair.one.name, pair.other.name) for pair in pairs[:2]}
    assert "the same rare wrong answers to f (3 checks)" in reasons(listed(works)["ada", "zoe"])
    assert not any(pair.one.name.startswith("s") for pair in pairs)


def test_an_answer_with_the_figures_of_another_is_listed():
    works = [
        work("ada", ONE, rights=frozenset({("q", "0.7291")})),
        work("zoe", OTHER, figures=frozenset({("q", "0.7291")})),
    ]
    assert listed(works)["ada", "zoe"].figures == ["q"]


def test_another_students_name_on_the_sheet_or_in_the_code_is_told():
    rows = ["ada", "zoe"]
    people = [Person(name="Ada Lovelace", email="ada@example.org"), Person(name="Zoe Adams")]
    index = Index(list(enumerate(people)))

    def told(code: str, sheet: str, own: Sequence[str] = ("Zoe Adams",)) -> list[str]:
        files = {"w.py": code.encode(), "quiz.yml": sheet.encode()}
        return [
            one.other
            for one in signs_of_others(Submission("zoe", "zoe", files, main="w.py"), own, index, rows)
        ]

    assert told("x = 1", "student: Ada Lovelace\nq: {answer: 1}\n") == ["ada"]
    assert told("# by ada@example.org", "student: Zoe Adams\n") == ["ada"]
    assert told("# author: Ada Lovelace", "") == ["ada"]
    assert told("# author: Zoe Adams. Value Iteration", "student: Zoe Adams\n") == []
    assert told("# Zoe Ada Lovelace", "student: Zoe Ada Lovelace\n", ["Zoe Ada Lovelace"]) == []


def test_pages_show_hostile_text_as_text(tmp_path):
    bad = "</code><script>alert(1)</script>\n" + ONE
    pair = SimilarPair(work("<b>ada</b>", bad), work("alan", bad), 1.0, set(fingerprints([bad]).marks))
    assert "<script>alert" not in pair_html(pair)
    path = write_similar(tmp_path, "<i>", [pair], [], 2)
    assert "<b>ada</b>" not in path.read_text()
    assert {one.name for one in path.parent.iterdir()} == {"index.html", "pair-1.html", "pairs.csv"}


@pytest.mark.parametrize(
    "text",
    ['"""\\' * 100_000, "'''\\" * 100_000, '"\\' * 150_000, "a" * 1_000_000, "(" * 300_000, "\\" * 300_000,
     "#" * 300_000, '"""' * 100_000, "0x" * 200_000, "b'" * 150_000, "\u200b\ud800" * 1000],
)  # fmt: skip
def test_hostile_text_is_read_in_one_pass(text):
    found = fingerprints([text])
    assert len(list(tokens(text))) <= MOST_COMPARED
    assert found.count >= 0


def test_a_program_too_short_for_a_fingerprint_is_no_error():
    assert fingerprints(["x = 1"]).marks == {}
    assert len(fingerprints([" ".join(str(at) for at in range(RUN + WINDOW))]).marks) >= 1
    assert fingerprints([]).count == 0


def test_a_class_of_a_thousand_takes_seconds(tmp_path: Path):
    works = [
        work(f"s{at}", ONE.replace("0.0", str(at)) + f"\nv{at} = [{at}, {at + 1}, {at + 2}] * {at}\n")
        for at in range(1000)
    ]
    assert len(pairs_of(works, set())) <= 300


def test_exported_notebooks_are_programs_that_other_tools_read(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
             for text in ("%matplotlib inline\nimport numpy as np\n", ONE)]  # fmt: skip
    sheet = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for name, file, text in (("ada", "warmup.ipynb", json.dumps(sheet)), ("bob", "warmup.py", OTHER)):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / file).write_text(text)
    command = CliRunner()
    for words in (
        ("grade", tmp_path / "class", "-a", "warmup", "-o", tmp_path / "out"),
        ("similar", tmp_path / "out", "--export", tmp_path / "compare"),
    ):
        done = command.invoke(main, ["--course", str(TINY), *map(str, words)])
        assert done.exit_code == 0, done.output
    written = tmp_path / "compare" / "submissions"
    assert sorted(path.relative_to(written).as_posix() for path in written.rglob("*.*")) == [
        "BASE/warmup.py", "ada/warmup.py", "bob/warmup.py",
    ]  # fmt: skip
    for path in written.rglob("*.py"):
        ast.parse(path.read_text("utf-8"))
    info = (tmp_path / "compare" / "info.csv").read_text().splitlines()
    assert info[1:] == ["submissions/ada/warmup.py,ada", "submissions/bob/warmup.py,bob"]

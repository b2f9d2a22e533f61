"""new-question used for real: a question is added to the tiny course, filled in, and found healthy."""

import shutil
from pathlib import Path

import pytest

from autograder.authoring.question import add_question, with_points
from autograder.config import load_config
from autograder.doctor import generated
from autograder.doctor.audits import audit_unfinished
from autograder.doctor.examination import examine, open_subject
from autograder.errors import InputError, KitError
from autograder.publish.template import build_template
from autograder.publish.tree import write_tree

TINY = Path(__file__).parent / "tiny"
FILES = {
    "solutions/warmup.py": '''

def count_above(values: Sequence[float] | FloatArray, limit: float) -> int:
    """Return how many values are greater than `limit`.

    `count` is the number of n in 0 .. N-1 with `values[n] > limit`: one that equals it is not.

    Args:
        values: shape (N,), an array or a list. Not modified.
        limit: what to compare with.

    Returns:
        How many there are, 0 to N.
    """
    return sum(value > limit for value in values)
''',
    "tests/questions/test_warmup.py": '''

# count_above


@check("count_above", visible=True)
def test_two_of_four_are_above(student):
    """The values 1, 5, 3 and 9, counted above 3."""
    expect_close(student.count_above([1.0, 5.0, 3.0, 9.0], 3.0), 2)


@check("count_above")
def test_count_agrees_on_random_values(student, reference, rng):
    """Random values, some of them equal to the limit, and below 0."""
    for count, limit in ((8, 2.0), (15, -3.0)):
        values = rng.permutation(np.append(rng.integers(-4, 5, count) * 1.0, [limit, 2.5, 9.5, 8.5]))
        expect_close(student.count_above(values, limit), reference.count_above(values, limit))
''',
    "tests/questions/mistakes/warmup.py": """

# count_above

changed(
    "count_above",
    counts_the_limit_too=("value > limit", "value >= limit", "The limit itself is counted. Is it above?"),
    counts_below=("value > limit", "value < limit", "These are below the limit. Which side is asked for?"),
)  # fmt: skip
""",
    "assignments/warmup/handout.md": """
## `count_above`

Of the values 1, 5, 3 and 9, two are above 3: a value that equals the limit does not count.
""",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(generated, "GENERATED", generated.GENERATED[:1])  # the zips take their time
    ignored = shutil.ignore_patterns("__pycache__", "student_template", "dist")
    return Path(shutil.copytree(TINY, tmp_path / "course", ignore=ignored))


def build(root: Path) -> None:
    write_tree(build_template(load_config(root), "warmup"), root / "student_template" / "warmup")


def test_a_question_is_added_filled_in_and_healthy(root):
    before = {path: (root / path).read_text("utf-8") for path in FILES}
    told = add_question(load_config(root), "warmup.count_above", 8)
    assert "autograder doctor -a warmup" in told
    assert all(path in told for path in (*FILES, "grading.yml"))
    build(root)
    findings = examine(load_config(root), "warmup", only=["count_above"]).findings
    assert findings
    assert all("count_above is not finished: " in one.what for one in findings), findings

    for path, text in FILES.items():
        lines = (root / path).read_text("utf-8").splitlines(keepends=True)
        kept = "".join(lines[: before[path].count("\n")])  # an import may have grown
        assert "count_above" not in kept
        assert "TODO(count_above)" in "".join(lines)
        (root / path).write_text(kept + text, "utf-8")
    build(root)
    assert load_config(root).assignment("warmup").questions["count_above"] == 8
    assert examine(load_config(root), "warmup", only=["count_above"]).findings == []


def test_what_is_left_to_fill_in_is_told_with_its_place(root):
    add_question(load_config(root), "warmup.count_above", 8)
    course = load_config(root)
    findings = list(audit_unfinished(open_subject(course, course.assignment("warmup"))))
    for one in findings:
        path, number = one.mend.removeprefix("fill in ").split(" ")[0].split(":")
        assert "TODO(count_above)" in (root / path).read_text("utf-8").splitlines()[int(number) - 1]
    assert {one.mend.split(" ")[2].split(":")[0] for one in findings} == set(FILES)


def test_the_fragments_fit_into_the_other_files(root):
    add_question(load_config(root), "warmup.count_above", 8)
    for path in FILES:
        text = (root / path).read_text("utf-8")
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "NAME" not in text
        if path.endswith(".py"):
            compile(text, path, "exec")


def test_an_assignment_without_variants_gets_their_files(root):
    for part in ("mistakes", "alternatives"):
        (root / "tests" / "questions" / part / "warmup.py").unlink()
    (root / "assignments" / "warmup" / "handout.md").unlink()
    add_question(load_config(root), "warmup.count_above", 8)
    text = (root / "tests/questions/mistakes/warmup.py").read_text("utf-8")
    assert text.startswith('"""Wrong answers to warmup')
    assert "\nfrom autograder.checks import changed\n" in text
    handout = (root / "assignments/warmup/handout.md").read_text("utf-8")
    assert handout.startswith("# warmup\n\n## `count_above`")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("warmup.running_mean", "warmup has a question running_mean already"),
        ("warmup.FloatArray", "solutions/warmup.py:8 defines FloatArray already"),
        ("warmup.2nd", "'2nd' cannot be a question"),
        ("warmup.class", "'class' cannot be a question"),
        ("warmup._helper", "'_helper' cannot be a question"),
        ("warmup.a.b", "'a.b' cannot be a question"),
        ("warmup", "'warmup' names no question: write STEM.NAME"),
        ("warmpu.count_above", "there is no assignment 'warmpu' in grading.yml; did you mean warmup?"),
    ],
)
def test_refuses(root, name, told):
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as refused:
        add_question(load_config(root), name, 8)
    assert told in str(refused.value)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("      a: 1   # the first\n      b: 2 # last\n    quiz: 3\n",
         "      a: 1   # the first\n      b: 2 # last\n      new: 2.5\n    quiz: 3\n"),
        ("      a: 1", "      a: 1\n      new: 2.5\n"),
        ("      a: 1\r\n    quiz: 3\r\n", "      a: 1\r\n      new: 2.5\r\n    quiz: 3\r\n"),
    ],
)  # fmt: skip
def test_points_go_below_the_others_and_comments_stay(before, after):
    head = "# ours\nassignments:\n  x:\n    questions:\n"
    assert with_points(head + before, "x", "new", 2.5) == head + after


def test_points_go_into_braces():
    text = "assignments:\n  x: {questions: {a: 1, b: 2}, quiz: 3}  # two\n"
    assert with_points(text, "x", "new", 4) == text.replace("b: 2}", "b: 2, new: 4}")


def test_a_layout_that_cannot_be_extended_is_told():
    text = "assignments:\n  x:\n    questions: &all\n      ? a\n      : 1\n  y: {questions: *all}\n"
    with pytest.raises(KitError, match=r"add `new: 4` under y.questions yourself"):
        with_points(text, "y", "new", 4)

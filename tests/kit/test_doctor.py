"""Doctor calls the tiny course healthy, and notices each way in which a copy of it is broken."""

import re
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.config import load_config
from autograder.doctor import generated
from autograder.doctor.audits import audit_seed
from autograder.doctor.behaviour import judge_alternatives
from autograder.doctor.examination import Examination, examine, open_subject, reseeded
from autograder.doctor.findings import Subject
from autograder.doctor.report import to_matrix, to_text
from autograder.errors import InputError, KitError
from autograder.publish import stubs
from autograder.publish.build import ALL_BUNDLES
from autograder.publish.template import build_template
from autograder.publish.tree import differences, write_tree

TINY = Path(__file__).parent / "tiny"
SOLUTION, CHECKS = "solutions/warmup.py", "tests/questions/test_warmup.py"
MISTAKES, ALTERNATIVES = "tests/questions/mistakes/warmup.py", "tests/questions/alternatives/warmup.py"
EQUIVALENT = "tests/questions/mistakes/warmup_equivalent.yml"
HANDOUT, QUIZ = "assignments/warmup/handout.md", "assignments/warmup/quiz.yml"
QUIZ_KEY, TEMPLATE = "solutions/warmup_quiz.yml", "student_template/warmup"
AGAIN = "fix that, then run doctor again"
CLIP, MEAN, NONE = ("clip_to_range",), ("running_mean",), ()


class Copy:
    """A copy of the tiny course that can be broken."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(TINY, root, ignore=shutil.ignore_patterns("__pycache__", "student_template", "dist"))

    def edit(self, path: str, old: str, new: str) -> None:
        """Put `new` in the place of `old`, which must be there."""
        text = (self.root / path).read_text("utf-8")
        assert old in text, f"{path} has no {old!r}"
        (self.root / path).write_text(text.replace(old, new), "utf-8")

    def append(self, path: str, text: str) -> None:
        """Add to a file's end."""
        with (self.root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    def build(self) -> None:
        """Write the student's folder."""
        write_tree(build_template(load_config(self.root), "warmup"), self.root / TEMPLATE)

    def subject(self) -> Subject:
        """Return the assignment as audits see it."""
        course = load_config(self.root)
        return open_subject(course, course.assignment("warmup"))

    def examine(self, only: tuple[str, ...] | None = None) -> Examination:
        """Examine the course, trying answers to some questions only."""
        return examine(load_config(self.root), "warmup", only=only)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    monkeypatch.setattr(generated, "GENERATED", generated.GENERATED[:1])  # the zips take their time
    copy = Copy(tmp_path / "course")
    copy.build()
    return copy


def test_a_course_without_a_seed_of_its_own_is_told_how_to_draw_one(course):
    assert not list(audit_seed(course.subject()))
    course.edit("grading.yml", "seed: 7\n", "")
    (finding,) = audit_seed(course.subject())
    assert "no seed of its own" in finding.what


def test_the_tiny_course_is_healthy(course):
    found = course.examine()
    assert found.findings == []
    text = to_text(found)
    assert "warmup: healthy" in text
    assert re.search(r"running_mean +5 +2 +7 +5 +13 +\d+ +1\n", text)
    assert "visible checks alone would miss 2 of 7 mistakes" in text


def test_hidden_checks_whose_inputs_never_change_are_counted(course):
    assert "have no rng" not in to_text(course.examine(NONE))
    checks = "tests/questions/test_warmup.py"
    course.edit(checks, "random_ranges(student, reference, rng)", "random_ranges(student, reference)")
    course.edit(checks, "rng.permutation(np.linspace(low - 2.0", "np.array(np.linspace(low - 2.0")
    told = to_text(course.examine(NONE))
    assert re.search(r"1 of \d hidden checks have no rng: .*\n  \(test_agrees_on_random_ranges\)", told)


def test_a_question_whose_answers_nobody_has_written_otherwise_is_told(course):
    subject = course.subject()
    told = [one.what for one in judge_alternatives(subject, {})]
    assert told == ["running_mean has no alternative", "clip_to_range has no alternative"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # otter is imported
def test_every_zip_is_built_twice_to_the_same_bytes(course, monkeypatch):
    monkeypatch.undo()
    assert len(generated.GENERATED) == 1 + len(ALL_BUNDLES)
    assert list(generated.audit_generated(course.subject())) == []


def test_its_student_template_is_current():
    folder = TINY / "student_template" / "warmup"
    stale = differences(build_template(load_config(TINY), "warmup"), folder)
    assert stale == [], "run: autograder --course tests/kit/tiny build"


def test_it_stays_healthy_in_another_term(course):
    other = reseeded(load_config(course.root), 12345)
    assert examine(other, "warmup", only=CLIP).findings == []


def test_the_matrix_shows_who_catches_what(course):
    found = examine(load_config(course.root), "warmup", only=MEAN, thorough=True)
    text = to_matrix(found)
    assert re.search(r" +x  \.  x  x  x +[\d.e+]+  averages_all_so_far\n", text)
    assert re.search(r" +\.  \.  \.  \.  x +overwrites_its_values\n", text)
    assert re.search(r" 4 hidden  test_short_inputs_and_integers \(closest: rounds_to_integers, ", text)


# each breakage: how to break it, whose answers to try, what must be said, how it must be fixed
BREAKAGES: dict[str, tuple[Callable[[Copy], None], tuple[str, ...], str, str]] = {
    "the reference is wrong": (
        lambda it: it.edit(SOLUTION, "np.minimum(np.maximum", "np.maximum(np.maximum"),
        CLIP,
        r"the reference does not pass test_below_inside_and_above and \d more \(failed\)",
        r"fix tests/questions/test_warmup.py:\d+ or solutions/warmup.py:\d+",
    ),
    "a check is broken": (
        lambda it: it.edit(CHECKS, "[0.0, 0.25, 1.0])\n", "[0.0, 0.25, 1.0])\n    assert {}['x']\n"),
        CLIP,
        r"the reference does not pass test_below_inside_and_above \(broken\): .*KeyError",
        r"fix tests/questions/test_warmup.py:\d+",
    ),
    "the template scores": (
        lambda it: it.append(
            CHECKS,
            '\n\n@check("clip_to_range")\ndef test_one_is_one(student):\n'
            '    """One is one."""\n    expect_close(1.0, 1.0)\n',
        ),
        CLIP,
        r"the untouched template gets past test_one_is_one",
        r"call student.clip_to_range first in .*py:\d+",
    ),
    "a misconception is not caught": (
        lambda it: it.append(
            MISTAKES,
            '\n\n@misconception("clip_to_range")\ndef is_right(values, low=0.0, '
            'high=1.0):\n    """Right."""\n    '
            "return clip_to_range(values, low, high)\n",
        ),
        CLIP,
        r"misconception is_right of clip_to_range loses no points",
        r"take it out: .*mistakes/warmup.py:\d+",
    ),
    "a misconception is misspelt": (
        lambda it: it.edit(MISTAKES, "    return np.maximum(np.as", "    return no.maximum(np.as"),
        CLIP,
        r"forgets_the_upper_end of clip_to_range has a bug: .*NameError.*'no'",
        r"fix tests/questions/mistakes/warmup.py:\d+",
    ),
    "the mistakes cannot be imported": (
        lambda it: it.edit(MISTAKES, "import numpy as np", "import nump as np"),
        CLIP,
        r"misconception forgets_the_lower_end of clip_to_range cannot be loaded: .*'nump'",
        AGAIN,
    ),
    "a mutant is not caught": (
        lambda it: it.edit(SOLUTION, "values[start : n + 1])", "values[start : n + 1]) * (window != 7)"),
        MEAN,
        r"solutions/warmup.py:25: mutant running_mean:2:7->8 loses no points: `7`",
        r"write a check .*test_warmup.py; .*warmup_equivalent.yml: 'running_mean:2:7->8': REASON",
    ),
    "a mutant's entry is out of date": (
        lambda it: it.append(EQUIVALENT, "'running_mean:9:+->-': It was so once.\n"),
        MEAN,
        r"lists running_mean:9:\+->-, which no mutant is called",
        r"take the entry out .* is it now running_mean:",
    ),
    "a mutant is called equivalent that is not": (
        lambda it: it.append(EQUIVALENT, "'running_mean:1:1->2': It makes no difference.\n"),
        MEAN,
        r"calls mutant running_mean:1:1->2 equivalent, but test_\w+ catches it",
        r"take the entry out",
    ),
    "an entry has no reason": (
        lambda it: it.edit(EQUIVALENT, "A list of means is as good as an array of them.", "''"),
        MEAN,
        r"gives no reason for running_mean:2:drop array",
        r"write the reason in tests/questions/mistakes",
    ),
    "a check never fails": (
        lambda it: it.append(
            CHECKS,
            '\n\n@check("clip_to_range")\ndef test_inside(student):\n'
            '    """Inside."""\n    expect_close(student.clip_to_range([0.3]), [0.3])\n',
        ),
        CLIP,
        r"test_inside has never failed for a misconception of clip_to_range",
        r"write the one .* or take the check out: tests/questions/test_warmup.py:\d+",
    ),
    "a right answer loses points": (
        lambda it: it.append(
            ALTERNATIVES,
            '\n\n@alternative("clip_to_range")\ndef wrong(values, low=0.0, '
            'high=1.0):\n    """Wrong."""\n    return np.clip(values, low, 1.0)\n',
        ),
        CLIP,
        r"alternative wrong of clip_to_range loses points at test_another_range and \d more \(failed\)",
        r"fix .*test_warmup.py:\d+, or .*alternatives/warmup.py:\d+ if it is not right",
    ),
    "garbage earns points": (
        lambda it: it.append(
            CHECKS,
            '\n\n@check("clip_to_range")\ndef test_ends(student):\n'
            '    """Ends."""\n    expect_close(student.clip_to_range([-5.0]), [0.0])\n',
        ),
        CLIP,
        r"garbage earns points at test_ends: zeros",
        r"compare .*, too, in .*test_warmup.py:\d+",
    ),
    "a question has no function": (
        lambda it: it.edit("grading.yml", "clip_to_range", "clip_to_rnge"),
        NONE,
        r"solutions/warmup.py has no function or class clip_to_rnge",
        r"is it clip_to_range\?",
    ),
    "a function has no points": (
        lambda it: it.edit("grading.yml", "      clip_to_range: 5\n", ""),
        NONE,
        r"solutions/warmup.py:\d+: clip_to_range is public, but no question",
        r"grading.yml, or call it _clip",
    ),
    "a question has no visible check": (
        lambda it: it.edit(CHECKS, '"clip_to_range", visible=True', '"clip_to_range"'),
        NONE,
        r"clip_to_range has no visible check",
        r"write one into tests/questions/test_warmup.py",
    ),
    "a question has no hidden check": (
        lambda it: it.edit(CHECKS, '@check("clip_to_range")', '@check("clip_to_range", visible=True)'),
        NONE,
        r"clip_to_range has no hidden check",
        r"write one into tests/questions/test_warmup.py",
    ),
    "a question has no misconception": (
        lambda it: it.edit(MISTAKES, '@misconception("clip_to_range")\n', ""),
        NONE,
        r"clip_to_range has no misconception",
        r"write one into tests/questions/mistakes/warmup.py",
    ),
    "the handout forgets a question": (
        lambda it: it.edit(HANDOUT, "`clip_to_range`", "Clipping"),
        NONE,
        r"handout.md does not name clip_to_range",
        r"tell students about it in assignments/warmup/handout.md",
    ),
    "a check is for an unknown question": (
        lambda it: it.edit(CHECKS, '@check("running_mean", weight=2)', '@check("runing_mean")'),
        NONE,
        r"check test_agrees_on_random_values is for runing_mean, which is no question",
        r":\d+: is it running_mean\?",
    ),
    "a misconception is for an unknown question": (
        lambda it: it.edit(MISTAKES, '("running_mean")\ndef looks', '("mean")\ndef looks'),
        NONE,
        r"misconception looks_ahead is for mean, which is no question",
        r"fix .*:\d+: is it running_mean\?",
    ),
    "an alternative is for an unknown question": (
        lambda it: it.edit(ALTERNATIVES, '("running_mean")\ndef keeps', '("mean")\ndef keeps'),
        NONE,
        r"alternative keeps_a_deque is for mean, which is no question",
        r"fix .*:\d+: is it running_mean\?",
    ),
    "two checks share a title": (
        lambda it: it.edit(
            CHECKS,
            "The values 0, 5 and 30 in the range 2 to 10.",
            "The values -1, 0.25 and 3 in the usual range, 0 to 1.",
        ),
        NONE,
        r"test_another_range has the title of another check of clip_to_range",
        r"say what is its own in .*:\d+",
    ),
    "a hint is missing": (
        lambda it: it.edit(
            MISTAKES,
            '    """The window looks ahead, to values that come later. In which '
            'direction should it look?"""\n',
            "",
        ),
        NONE,
        r"looks_ahead of running_mean has no docstring",
        r"write the hint .* tests/questions/mistakes/warmup.py:\d+",
    ),
    "a misconception stands twice": (
        lambda it: it.edit(MISTAKES, "def looks_ahead", "def averages_all_so_far"),
        NONE,
        r"averages_all_so_far is defined twice",
        r"rename one in tests/questions/mistakes/warmup.py:\d+",
    ),
    "a docstring and its signature differ": (
        lambda it: it.edit(SOLUTION, "        window: how", "        width: how"),
        NONE,
        r"running_mean takes values, window, but its docstring tells of values, width",
        r"fix the Args of solutions/warmup.py:\d+",
    ),
    "a file of the template is edited": (
        lambda it: it.append(f"{TEMPLATE}/README.md", "Good luck!\n"),
        NONE,
        r"student_template/warmup/README.md differs",
        r"autograder build",
    ),
    "a file of the template is missing": (
        lambda it: (it.root / TEMPLATE / "quiz.py").unlink(),
        NONE,
        r"student_template/warmup/quiz.py is missing",
        r"autograder build",
    ),
    "a file of the template is not generated": (
        lambda it: (it.root / TEMPLATE / "notes.txt").write_text("x"),
        NONE,
        r"student_template/warmup/notes.txt is not generated",
        r"autograder build",
    ),
    "the solution is handed out": (
        lambda it: it.append(
            f"{TEMPLATE}/handout.md", "    clipped: FloatArray = np.minimum(np.maximum(values, low), high)\n"
        ),
        NONE,
        r"student_template/warmup/handout.md holds a line of the solution: clipped: FloatArray",
        r"autograder build, and take the line out of assignments/warmup/handout.md",
    ),
    "the quiz's key is handed out": (
        lambda it: it.append(
            f"{TEMPLATE}/handout.md",
            "    Clipping, or clamping. The values inside the range stay as they are.\n",
        ),
        NONE,
        r"student_template/warmup/handout.md holds a line of the solution: Clipping, or clamping",
        r"autograder build",
    ),
    "a right answer of the quiz is refused": (
        lambda it: it.edit(QUIZ_KEY, "fourth]), 3)[3]", "fourth]), 3)[4]"),
        NONE,
        r"quiz question last_mean: IndexError",
        r"fix last_mean in solutions/warmup_quiz.yml",
    ),
    "the quiz measures what is no question": (
        lambda it: it.edit(QUIZ_KEY, "running_mean(array", "runing_mean(array"),
        NONE,
        r"warmup_quiz.yml: last_mean calls runing_mean, which is no question",
        r"is it running_mean\?",
    ),
    "a mistake of the quiz is right": (
        lambda it: (
            it.edit(QUIZ, "fourth: [-2, 3, 5]", "fourth: [-2, 3, 5, 5.5]")
            or it.edit(QUIZ_KEY, "(1 + 4 + third + fourth) / 4", "(4 + third + fourth) / 3 + (5.5 - fourth)")
        ),
        NONE,
        r"quiz question last_mean: the mistake .* gives the right number for third 7, fourth 5.5",
        r"leave that figure out in assignments/warmup/quiz.yml, under last_mean",
    ),
    "a wrong choice has no why": (
        lambda it: it.edit(
            QUIZ_KEY,
            "    c: >-\n      Just after the step the window still holds old values. "
            "What do they do to the mean?\n",
            "",
        ),
        NONE,
        r"warmup_quiz.yml: why_smooth.*c",
        AGAIN,
    ),
    "the quiz is worth nothing": (
        lambda it: it.edit("grading.yml", "    quiz: 5\n", ""),
        NONE,
        r"assignments/warmup/quiz.yml is worth nothing",
        r"give it points in grading.yml",
    ),
    "a quiz is promised that is not there": (
        lambda it: (it.root / QUIZ).unlink(),
        NONE,
        r"quiz.yml is missing",
        AGAIN,
    ),
    "something is left to fill in": (
        lambda it: it.append(HANDOUT, "\nTODO(running_mean): an example with numbers.\n"),
        NONE,
        r"running_mean is not finished: an example with numbers",
        r"fill in assignments/warmup/handout.md:\d+ and take the TODO mark away",
    ),
    "Python cannot read the mistakes": (
        lambda it: it.append(MISTAKES, "\ndef half(:\n"),
        NONE,
        r"tests/questions/mistakes/warmup.py, line \d+: Python cannot read this",
        AGAIN,
    ),
    "a check stands twice": (
        lambda it: it.edit(CHECKS, "def test_another_range", "def test_below_inside_and_above"),
        NONE,
        r"test_warmup.py:59: test_below_inside_and_above stands in line 53 already: rename one",
        AGAIN,
    ),
    "the checks cannot be imported": (
        lambda it: it.append(CHECKS, "\nimport nump\n"),
        NONE,
        r"test_warmup.py cannot be imported: ModuleNotFoundError",
        AGAIN,
    ),
    "the list of equivalents cannot be read": (
        lambda it: it.append(EQUIVALENT, "- x\n"),
        NONE,
        r"warmup_equivalent.yml: line \d+",
        AGAIN,
    ),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_notices(course, name):
    breaks, only, told, mend = BREAKAGES[name]
    breaks(course)
    findings = course.examine(only).findings
    found = [one for one in findings if re.search(told, one.what)]
    assert found, [one.what for one in findings]
    assert re.search(mend, found[0].mend), found[0].mend


def test_notices_a_bundle_that_is_never_the_same(course, monkeypatch):
    turn = count()
    fickle = generated.Generated(
        "dist/{stem}.zip", lambda *_: {"made": str(next(turn)).encode()}, generated.never_stale
    )
    monkeypatch.setattr(generated, "GENERATED", (fickle,))
    (found,) = course.examine(NONE).findings
    assert found.what == "dist/warmup.zip comes out different when it is built again: made"


def test_notices_a_stub_that_does_not_say_its_name(course, monkeypatch):
    written = stubs.make_function_stub

    def nameless(source, node, question):
        return written(source, node, question).replace("raise NotImplementedError", "return str")

    monkeypatch.setattr(stubs, "make_function_stub", nameless)
    findings = course.examine(CLIP).findings
    assert any("running_mean has a body" in one.what for one in findings), findings


def test_every_finding_ends_with_what_mends_it(course):
    course.append(f"{TEMPLATE}/README.md", "Good luck!\n")
    lines = to_text(course.examine(NONE)).splitlines()
    at = next(number for number, line in enumerate(lines) if "README.md differs" in line)
    assert lines[at].startswith("  x ")
    assert lines[at + 1] == "    -> autograder build"


def test_the_command_exits_with_1_where_there_is_something_to_mend(course):
    course.append(f"{TEMPLATE}/README.md", "Good luck!\n")
    result = CliRunner().invoke(main, ["--course", str(course.root), "doctor", "--quick"])
    assert result.exit_code == 1
    assert result.output.endswith("\n")
    assert "warmup: 1 to fix" in result.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-a", "warmp"], "there is no assignment 'warmp'"),
        (
            ["--question", "running_men"],
            "there is no question 'running_men' in warmup; did you mean running_mean?",
        ),
    ],
)
def test_unknown_names_are_told_with_the_nearest(course, arguments, told):
    result = CliRunner().invoke(main, ["--course", str(course.root), "doctor", *arguments])
    assert isinstance(result.exception, SystemExit | InputError | KitError)
    assert told in result.output + str(result.exception)


def test_each_known_mistake_is_handed_in_as_people_write_it(course, tmp_path):
    table = tmp_path / "hints.csv"
    done = CliRunner().invoke(main, ["--course", str(course.root), "doctor", "--hints", str(table)])
    assert done.exit_code == 0, done.output
    assert "clip_to_range: 20 of 20 get their own hint" in done.output
    rows = table.read_text("utf-8").splitlines()
    assert rows[0] == "question,mistake,way,own,named,hint"
    assert len(rows) == 1 + 28 + 20


def test_a_mistake_that_is_taken_for_another_is_told(course, tmp_path):
    course.append(
        MISTAKES,
        '\n\n@misconception("clip_to_range")\ndef answers_as_asked(values, low=0.0, high=1.0):\n'
        '    """Nothing is wrong with it."""\n    return clip_to_range(values, low, high)\n',
    )
    table = tmp_path / "hints.csv"
    arguments = ["--course", str(course.root), "doctor", "--question", "clip_to_range", "--hints", str(table)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "answers_as_asked, as it is: no hint" in done.output
    assert "running_mean" not in done.output

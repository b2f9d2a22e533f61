"""A regrade equals a fresh grade, whatever was edited in between: the course, the work, or both."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from autograder.batch.backend import LocalBackend
from autograder.batch.run import grade_class
from autograder.batch.tasks import Batch, Wishes
from autograder.config import load_config
from autograder.grading import opening
from autograder.grading.opening import open_grader
from autograder.results import Isolation, Report, from_json
from autograder.roster.intake import Options, take_in
from autograder.sandbox.selfcheck import self_check
from autograder.sandbox.wall import Wall
from autograder.submission.layouts import find_submissions

TINY = Path(__file__).parent / "tiny"
CHECKS, MISTAKES = "tests/questions/test_warmup.py", "tests/questions/mistakes/warmup.py"
SOLUTION, KEY, SETTINGS = "solutions/warmup.py", "solutions/warmup_quiz.yml", "grading.yml"

# A question that rests on both others.
SOLVED = '''

def smooth_and_clip(values, window):
    """Return the running means, clipped to 0 .. 1."""
    return clip_to_range(running_mean(values, window))
'''
CHECKED = '''

@check("smooth_and_clip", visible=True)
def test_smooth_four(student):
    """Four values in pairs, clipped."""
    expect_close(student.smooth_and_clip([0.5, 1.0, 2.0, 0.25], 2), [0.5, 0.75, 1.0, 1.0])


@check("smooth_and_clip", weight=3)
def test_smooth_random(student, reference, rng):
    """Random values, clipped."""
    values = rng.uniform(-1.0, 2.0, 8)
    expect_close(student.smooth_and_clip(values, 3), reference.smooth_and_clip(values, 3))
'''
MISTAKEN = '''

@misconception("smooth_and_clip")
def clips_before_it_smooths(values, window):
    """It clips first. What comes first?"""
    return running_mean(clip_to_range(values), window)
'''
MEAN = """
import numpy as np
def running_mean(values, window):
    return [sum(values[max(0, i - window + 1): i + 1]) / min(i + 1, window) for i in range(len(values))]
"""
WRONG_MEAN = MEAN.replace("min(i + 1, window)", "window")
CLIP = """
def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(values, low), high)
"""
BOTH = """
def smooth_and_clip(values, window):
    return clip_to_range(running_mean(values, window))
"""
# what one question leaves behind makes another right, or wrong
LEAVES = MEAN + "seen = []\n" + CLIP.replace("    return", "    seen.append(1)\n    return")
WORK = (
    MEAN + CLIP + BOTH,
    WRONG_MEAN + CLIP + BOTH,  # is lent the mean
    MEAN + CLIP.replace("np.maximum(values, low)", "values") + BOTH,  # is lent the clipping
    WRONG_MEAN + CLIP + BOTH.replace("clip_to_range(running_mean(values, window))", "values"),
    LEAVES + BOTH.replace("running_mean(values, window)", "running_mean(values, window) if seen else values"),
    LEAVES + BOTH.replace("running_mean(values, window)", "values if seen else running_mean(values, window)"),
    MEAN + CLIP + "1 / 0\n" + BOTH,
    "raise SystemExit\n",
    "def (\n",
)
QUIZZES = (
    None,
    "student: ada\nwhy_smooth: {answer: b}\nmoved_to_the_end: {answer: sorting}\n",
    "student: ada\nwhy_smooth: {answer: a}\nmoved_to_the_end: {answer: clipping}\nno_such: {answer: 1}\n",
    "student: [\n",
)
COURSE_EDITS = (
    (CHECKS, '"""Random values, clipped."""', '"""Values drawn at random, clipped."""'),
    (CHECKS, "weight=2", "weight=5"),
    (CHECKS, "weight=3", "weight=1"),
    (CHECKS, "[2.0, 3.0, 6.0, 4.0]", "[2.0, 3.0, 6.0, 5.0]"),
    (CHECKS, "[0.0, 0.25, 1.0])", "[0.0, 0.25, 1.0], rtol=0.9, reason='loose')"),
    (CHECKS, "expect_unchanged(running_mean)", "pass"),
    (CHECKS, "# running_mean\n", "# the mean that runs\n\n\n"),
    (MISTAKES, "What comes first?", "Which of the two comes first?"),
    (MISTAKES, "    return running_mean(clip_to_range(values), window)", "    return np.zeros(len(values))"),
    (MISTAKES, '@misconception("running_mean")\ndef divides_by_the_window_at_the_start', "def _unused"),
    (SOLUTION, "low: float = 0.0", "low: float = 0.1"),
    (SOLUTION, "Return, for every place", "Return, for each place"),
    (KEY, '"(clipp?', '"(sorting|clipp?'),
    (SETTINGS, "running_mean: 10", "running_mean: 7"),
    (SETTINGS, "quiz: 5", "quiz: 11"),
    (SETTINGS, "    quiz: 5\n", ""),
    (SETTINGS, "title: A warm-up", "title: The warm-up"),
    (SETTINGS, "seed: 7", "seed: 8"),
    (SETTINGS, "memory_mb: 512", "memory_mb: 600"),
    (SETTINGS, "assignments:", "visibility: {hidden_checks: hidden}\nassignments:"),
    (SETTINGS, "      clip_to_range: 5\n      smooth_and_clip: 8\n",
     "      smooth_and_clip: 8\n      clip_to_range: 5\n"),
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """What costs most of a run and has no part in this: the wall is started once."""
    walls: dict[str, tuple[Wall, Isolation]] = {}

    def wall(*asked) -> Wall:
        if repr(asked) not in walls:
            made = Wall(*asked)
            walls[repr(asked)] = (made, self_check(made, []))
            made.close = lambda: None
        return walls[repr(asked)][0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "Wall", wall)
        patch.setattr(opening, "self_check", lambda it, _: next(one for w, one in walls.values() if w is it))
        yield
    for made, _ in walls.values():
        Wall.close(made)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course with a third question."""
    root = tmp_path_factory.mktemp("dependent") / "course"
    shutil.copytree(TINY, root)
    for path, more in ((SOLUTION, SOLVED), (CHECKS, CHECKED), (MISTAKES, MISTAKEN)):
        (root / path).write_text((root / path).read_text() + more)
    edit(root, SETTINGS, "clip_to_range: 5\n", "clip_to_range: 5\n      smooth_and_clip: 8\n")
    return root


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Change a file of the course, if what is to be changed is there; what is added is added once."""
    text = (root / path).read_text()
    if old not in new or new not in text:
        (root / path).write_text(text.replace(old, new, 1))


def grade(course: Path, folder: Path, out: Path) -> dict[str, Report]:
    """Grade a class as far as is needed; return the reports without what takes time."""
    settings_of, stem = load_config(course), "warmup"
    intake = take_in(find_submissions(folder, stem), settings_of, stem, Options())
    batch = Batch(
        lambda: LocalBackend(open_grader(settings_of, stem)), intake, folder, Options(), Wishes(jobs=2)
    )
    grade_class(batch, out)
    found = {path.stem: from_json(path.read_bytes()) for path in (out / "reports").glob("*.json")}
    return {name: replace(report, seconds=0.0) for name, report in found.items()}


def hand_in(folder: Path, name: str, work: int, quiz: int) -> None:
    """Write one submission in place of what was there."""
    shutil.rmtree(folder / name, ignore_errors=True)
    (folder / name).mkdir(parents=True)
    (folder / name / "warmup.py").write_text(WORK[work])
    if (sheet := QUIZZES[quiz]) is not None:
        (folder / name / "quiz.yml").write_text(sheet)


handed_in = st.tuples(
    st.sampled_from(["ada", "alan", "emmy"]), st.sampled_from(range(len(WORK))),
    st.sampled_from(range(len(QUIZZES))),
)  # fmt: skip
rounds = st.lists(
    st.tuples(st.lists(st.sampled_from(COURSE_EDITS), max_size=3), st.lists(handed_in, max_size=2)),
    min_size=1,
    max_size=2,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=st.lists(handed_in, min_size=3, max_size=5), edited=rounds)
def test_a_regrade_is_a_fresh_grade_whatever_was_edited(course, tmp_path_factory, first, edited):
    root = tmp_path_factory.mktemp("class")
    mine, folder, out = root / "course", root / "class", root / "out"
    shutil.copytree(course, mine)
    for one in first:
        hand_in(folder, *one)
    regraded = grade(mine, folder, out)
    for edits, more in edited:
        for path, old, new in edits:
            edit(mine, path, old, new)
        for one in more:
            hand_in(folder, *one)
        regraded = grade(mine, folder, out)
    assert regraded == grade(mine, folder, root / "fresh")


def test_points_that_were_lent_stay_when_only_a_title_changes(course, tmp_path):
    mine, folder = tmp_path / "course", tmp_path / "class"
    shutil.copytree(course, mine)
    hand_in(folder, "ada", 1, 0)
    before = grade(mine, folder, tmp_path / "out")["ada"]
    assert before.questions[2].hint.startswith("Judged with a right running_mean")
    edit(mine, *COURSE_EDITS[0])
    after = grade(mine, folder, tmp_path / "out")["ada"]
    assert (after.score, after.questions) == (before.score, before.questions)
    assert after.checks[-1].title == "Values drawn at random, clipped."
    assert after == grade(mine, folder, tmp_path / "fresh")["ada"]


def test_what_is_wrong_alike_stays_alike_when_only_the_layout_of_checks_changes(course, tmp_path):
    mine, folder = tmp_path / "course", tmp_path / "class"
    shutil.copytree(course, mine)
    hand_in(folder, "ada", 3, 0)
    before = grade(mine, folder, tmp_path / "out")["ada"]
    assert before.questions[2].behaviour
    edit(mine, *COURSE_EDITS[6])
    assert grade(mine, folder, tmp_path / "out") == grade(mine, folder, tmp_path / "fresh")


def test_an_earlier_check_that_is_stricter_costs_in_a_regrade_what_it_costs_afresh(course, tmp_path):
    mine, folder = tmp_path / "course", tmp_path / "class"
    shutil.copytree(course, mine)
    hand_in(folder, "ada", 3, 1)
    grade(mine, folder, tmp_path / "out")
    edit(mine, *COURSE_EDITS[3])
    assert grade(mine, folder, tmp_path / "out") == grade(mine, folder, tmp_path / "fresh")

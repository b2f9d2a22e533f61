"""A regrade runs only what a change touches, and says what it changes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from autograder.batch.backend import LocalBackend
from autograder.batch.regrade import Change, Impact, Turn, impact_text
from autograder.batch.run import grade_class
from autograder.batch.tasks import Batch, Wishes
from autograder.config import load_config
from autograder.errors import KitError
from autograder.gradebook.book import Gradebook
from autograder.gradebook.current import KEPT_NOTE
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.judging.judge import Judge
from autograder.results import Outcome, Report, from_json
from autograder.roster.intake import Options, take_in
from autograder.submission.layouts import find_submissions

TINY = Path(__file__).parent / "tiny"
RIGHT = """
import numpy as np
def running_mean(values, window):
    return [sum(values[max(0, i - window + 1): i + 1]) / min(i + 1, window) for i in range(len(values))]
def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(values, low), high)
"""
WORK = {
    "ada": RIGHT,
    "alan": RIGHT.replace("np.maximum(values, low)", "values"),
    "emmy": RIGHT.replace("min(i + 1, window)", "window"),
}
QUIZ = "student: ada\nwhy_smooth: {answer: b}\nmoved_to_the_end: {answer: sorting}\n"


class Class:
    """A course and a class of its own, to be changed."""

    def __init__(self, root: Path) -> None:
        self.course, self.folder, self.out = root / "course", root / "class", root / "out"
        shutil.copytree(TINY, self.course)
        for name, text in WORK.items():
            (self.folder / name).mkdir(parents=True)
            (self.folder / name / "warmup.py").write_text(text)
        (self.folder / "ada" / "quiz.yml").write_text(QUIZ)

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file of the course."""
        text = (self.course / path).read_text()
        assert old in text
        (self.course / path).write_text(text.replace(old, new))

    def grade(self, opened: Callable[[Grader], None] = lambda _: None, **wishes: bool) -> Impact:
        """Grade the class as far as is needed, and return what that changed."""
        course, impact = load_config(self.course), Impact()

        def open_one() -> LocalBackend:
            grader = open_grader(course, "warmup")
            opened(grader)
            return LocalBackend(grader)

        intake = take_in(find_submissions(self.folder, "warmup"), course, "warmup", Options())
        batch = Batch(open_one, intake, self.folder, Options(), Wishes(jobs=1, **wishes), watch=impact.watch)
        grade_class(batch, self.out)
        return impact

    def ran(self) -> tuple[Impact, set[str]]:
        """Grade, and return also which questions were judged for anybody."""
        questions: set[str] = set()

        def opened(grader: Grader) -> None:
            judge_all = grader.judge.judge_all

            def watched(checks, *more):
                questions.update(check.question for check in checks)
                return judge_all(checks, *more)

            grader.judge.judge_all = watched

        impact = self.grade(opened)
        return impact, questions

    def report(self, name: str) -> Report:
        return from_json((self.out / "reports" / f"{name}.json").read_bytes())

    def reports(self) -> dict[str, Report]:
        """Return all reports, without what differs between any two runs."""
        return {name: replace(self.report(name), seconds=0.0) for name in WORK}

    def afresh(self) -> dict[str, Report]:
        """Return the reports that grading into an empty folder gives."""
        kept, self.out = self.out, self.out.with_name("fresh")
        shutil.rmtree(self.out, ignore_errors=True)
        self.grade()
        found = self.reports()
        self.out = kept
        return found


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that was graded once."""
    root = tmp_path_factory.mktemp("original")
    Class(root / "it").grade()
    return root / "it"


@pytest.fixture
def klass(original: Path, tmp_path: Path) -> Class:
    """A copy of the graded class."""
    shutil.copytree(original, tmp_path / "it")
    copy = Class.__new__(Class)
    copy.course, copy.folder, copy.out = (tmp_path / "it" / name for name in ("course", "class", "out"))
    return copy


def test_nothing_changed(klass):
    impact, ran = klass.ran()
    assert (impact.total, impact.ran, impact.changes, impact.reasons, ran) == (3, 0, [], {}, set())
    assert "No score and no outcome changed." in impact_text(impact, "warmup", dry_run=False)


def test_layout_and_comments_of_the_course_are_no_change(klass):
    klass.edit("tests/questions/test_warmup.py", "# running_mean\n", "# the mean that runs\n\n\n")
    klass.edit(
        "solutions/warmup.py",
        "Return, for every place, the mean",
        "Return, for each place, the mean",
    )
    assert klass.ran()[1] == set()


def test_a_changed_check_runs_all_for_later_questions_rest_on_it(klass):
    klass.edit("tests/questions/test_warmup.py", "[2.0, 3.0, 6.0, 4.0]", "[2.0, 3.0, 6.0, 5.0]")
    impact, ran = klass.ran()
    assert (ran, impact.ran) == ({"running_mean", "clip_to_range"}, 3)
    assert impact.reasons == {"checks or known mistakes of running_mean": 3}
    assert klass.reports() == klass.afresh()
    drops = {change.name: (change.before, change.now) for change in impact.changes if change.dropped}
    assert drops.keys() == {"ada", "alan"}  # Emmy failed that check before
    text = impact_text(impact, "warmup", dry_run=False)
    assert "warmup.running_mean.four_values_in_pairs: 2 passed -> failed" in text
    assert "0 submissions gained points, 2 lost points. --never-lower keeps the better score." in text


def test_a_long_report_stays_short_and_names_the_students():
    turns = tuple(Turn(f"warmup.f.check{place}", "passed", "error", flaky=False) for place in range(9))
    turns += (Turn("warmup.g.alone", "failed", "passed", flaky=False),)
    scores = {"before": 10.0, "now": 2.0, "max_before": 10.0, "max_now": 10.0}
    change = Change(
        name="submission_3", student="Zoë", **scores, turns=turns, kept=False, by_hand=False, same_work=True
    )
    text = impact_text(Impact(5, 1, [change]), "warmup", dry_run=False)
    assert "  submission_3 (Zoë) " in text
    assert "  warmup.f, 9 checks: 1 passed -> error\n  warmup.g.alone: 1 failed -> passed\n" in text


def test_a_changed_mistake_changes_hints(klass):
    klass.edit("tests/questions/mistakes/warmup.py", "Nothing is raised to", "Nothing rises to")
    impact = klass.grade()
    assert impact.changes == []
    assert "rises" in klass.report("alan").questions[1].hint
    assert klass.reports() == klass.afresh()


def test_a_changed_reference_runs_everything(klass):
    with (klass.course / "solutions" / "warmup.py").open("a") as solution:
        solution.write("\n\nPRECISION = 1e-9\n")
    impact, ran = klass.ran()
    assert ran == {"running_mean", "clip_to_range"}
    assert impact.reasons == {"the reference": 3}


@pytest.mark.parametrize(
    ("old", "new"),
    [("seed: 7", "seed: 8"), ("call_s: 2", "call_s: 3"), ("memory_mb: 512", "memory_mb: 600")],
)
def test_settings_that_matter_run_everything(klass, old, new):
    klass.edit("grading.yml", old, new)
    assert klass.ran()[1] == {"running_mean", "clip_to_range"}


def test_points_and_visibility_run_nothing(klass):
    klass.edit("grading.yml", "running_mean: 10", "running_mean: 30")
    klass.edit("grading.yml", "quiz: 5", "quiz: 10")
    klass.edit("grading.yml", "assignments:", "visibility: {hidden_checks: hidden}\nassignments:")
    impact, ran = klass.ran()
    assert (ran, impact.ran) == (set(), 0)
    assert impact.reasons == {"points, titles or visibility": 3}
    assert klass.reports() == klass.afresh()
    assert (klass.report("ada").score, klass.report("ada").max_score) == (38.33, 45)
    assert {check.visibility for check in klass.report("ada").checks} == {"visible", "hidden"}
    line = next(line for line in impact_text(impact, "warmup", dry_run=False).splitlines() if "ada" in line)
    assert line.split() == ["ada", "16.67/20", "->", "38.33/45", "+21.66"]


def test_a_changed_key_of_the_quiz_changes_the_quiz_only(klass):
    klass.edit("solutions/warmup_quiz.yml", "answer: clipping", "answer: sorting")
    klass.edit("solutions/warmup_quiz.yml", '["(clipp?(ing|ed)?|clamp(ing|ed)?)"]', '["sorting"]')
    impact = klass.grade()
    assert {change.name for change in impact.changes} == {"ada"}
    assert klass.reports() == klass.afresh()
    assert "quiz.moved_to_the_end: 1 failed -> passed" in impact_text(impact, "warmup", dry_run=False)


def test_a_new_question_and_one_that_is_gone(klass):
    klass.edit("grading.yml", "      clip_to_range: 5\n", "")
    checks = klass.course / "tests" / "questions" / "test_warmup.py"
    whole = checks.read_text()
    with pytest.raises(KitError, match="checks clip_to_range, which is no question of warmup"):
        klass.grade()
    checks.write_text(whole.partition("# clip_to_range\n")[0])
    klass.grade()
    assert [one.id for one in klass.report("ada").questions] == ["warmup.running_mean"]
    klass.edit("grading.yml", "running_mean: 10\n", "running_mean: 10\n      clip_to_range: 5\n")
    checks.write_text(whole)
    assert klass.ran()[1] == set()  # the same work under the same checks is in the gradebook
    assert klass.reports() == klass.afresh()


def test_a_misspelt_question_is_one_line_before_anything_is_graded(klass):
    klass.edit("grading.yml", "running_mean: 10", "runing_mean: 10")
    told = (
        r"grading.yml: assignments.warmup.questions.runing_mean: solutions/warmup.py defines no runing_mean"
    )
    with pytest.raises(KitError, match=told + "; did you mean running_mean?"):
        klass.grade()


def test_a_changed_file_runs_that_submission(klass):
    (klass.folder / "alan" / "warmup.py").write_text(RIGHT + "# fixed\n")
    impact = klass.grade()
    (change,) = impact.changes
    assert (impact.ran, change.name, change.before, change.now, change.dropped) == (
        1,
        "alan",
        10,
        15,
        False,
    )
    assert impact.reasons == {"files": 1}


def test_a_new_submission_is_told_as_such(klass):
    (klass.folder / "grace").mkdir()
    (klass.folder / "grace" / "warmup.py").write_text(RIGHT + "# grace\n")
    impact = klass.grade()
    assert impact.reasons == {"submissions that were not there": 1}
    assert "new -> 15" in impact_text(impact, "warmup", dry_run=False)


def test_a_dry_run_tells_the_same_and_writes_nothing(klass):
    klass.edit("tests/questions/test_warmup.py", "[2.0, 3.0, 6.0, 4.0]", "[2.0, 3.0, 6.0, 5.0]")
    before = {path: path.read_bytes() for path in klass.out.rglob("*") if path.is_file()}
    told = impact_text(klass.grade(dry_run=True), "warmup", dry_run=True)
    assert {path: path.read_bytes() for path in klass.out.rglob("*") if path.is_file()} == before
    assert told.endswith("Nothing was written (--dry-run).\n")
    real = impact_text(klass.grade(), "warmup", dry_run=False)
    assert told.splitlines()[:-2] == real.splitlines()


def test_never_lower_keeps_the_better_score_with_a_note(klass):
    klass.edit("tests/questions/test_warmup.py", "[2.0, 3.0, 6.0, 4.0]", "[2.0, 3.0, 6.0, 5.0]")
    impact = klass.grade(never_lower=True)
    assert not any(change.dropped for change in impact.changes)
    ada = klass.report("ada")
    assert (ada.score, ada.notes[0]) == (16.67, KEPT_NOTE)
    assert ada.questions[0].score < 10  # what the checks say now is shown
    assert "the better score is kept" in impact_text(impact, "warmup", dry_run=False)
    assert klass.grade().changes == []  # and it stays
    assert klass.report("ada").score == 16.67
    klass.edit("tests/questions/test_warmup.py", "[2.0, 3.0, 6.0, 5.0]", "[2.0, 3.0, 6.0, 4.0]")
    klass.grade()
    assert (klass.report("ada").score, KEPT_NOTE in klass.report("ada").notes) == (16.67, False)


def test_never_lower_looks_at_shares_where_the_points_changed(klass):
    klass.edit("grading.yml", "running_mean: 10", "running_mean: 1")
    klass.grade(never_lower=True)
    assert (klass.report("ada").score, klass.report("ada").max_score) == (9.17, 11)  # 16.67 of 20


def test_flaky_checks_are_found_by_running_again(klass, monkeypatch):
    judge_live, judge_replies = Judge.judge_live, Judge.judge_replies
    flips = []

    def flaky(judged, check, session):
        is_known_mistake = bool(session.program.bind)
        if check.name != "test_short_inputs_and_integers" or is_known_mistake or len(flips) == 2:
            return judged
        if flips and flips[0] != session.program.source:  # others are judged at the same time
            return judged
        flips.append(session.program.source)
        verdict = judged.verdict
        outcome = Outcome.PASSED if verdict.outcome is Outcome.FAILED else Outcome.FAILED
        return type(judged)(check, type(verdict)(outcome), judged.exchanges)

    monkeypatch.setattr(
        Judge,
        "judge_live",
        lambda self, check, *rest: flaky(judge_live(self, check, *rest), check, rest[-1]),
    )
    monkeypatch.setattr(
        Judge,
        "judge_replies",
        lambda self, check, *rest: flaky(judge_replies(self, check, *rest), check, rest[-1]),
    )
    impact = klass.grade(again=True, dry_run=True)
    assert (impact.ran, len(flips)) == (3, 2)  # once, and again in a fresh worker
    text = impact_text(impact, "warmup", dry_run=True)
    assert "flaky: another outcome on identical work under an identical check" in text
    assert text.count("warmup.running_mean.short_inputs_and_integers") == 2  # by check, and flaky
    flips[:] = [None, None]
    klass.edit("tests/questions/test_warmup.py", "[0.0, 0.25, 1.0])", "[0.0, 0.25, 2.0])")
    changed = klass.grade(again=True, dry_run=True)
    assert changed.changes
    assert not any(turn.flaky for change in changed.changes for turn in change.turns)


def test_scores_set_by_hand_stand(klass):
    with Gradebook(klass.out) as book:
        book.override("ada", 3.0, "me", "oral exam")
    klass.edit("tests/questions/test_warmup.py", "[2.0, 3.0, 6.0, 4.0]", "[2.0, 3.0, 6.0, 5.0]")
    impact = klass.grade()
    ada = next(change for change in impact.changes if change.name == "ada")
    assert (ada.before, ada.now, ada.by_hand, ada.dropped) == (3, 3, True, False)
    assert klass.report("ada").score == 3
    assert klass.report("ada").notes[-1] == "Staff have set this score by hand: oral exam"


def test_a_regrade_that_was_killed_still_tells_the_whole_change(klass):
    klass.edit("tests/questions/test_warmup.py", "[2.0, 3.0, 6.0, 4.0]", "[2.0, 3.0, 6.0, 5.0]")
    whole = impact_text(klass.grade(dry_run=True), "warmup", dry_run=False)

    class Killed(BaseException):
        pass

    def die(watched):
        if watched.done.row.name == "alan":
            raise Killed

    course = load_config(klass.course)
    intake = take_in(find_submissions(klass.folder, "warmup"), course, "warmup", Options())
    with pytest.raises(Killed):
        grade_class(
            Batch(
                lambda: LocalBackend(open_grader(course, "warmup")),
                intake,
                klass.folder,
                Options(),
                Wishes(jobs=1),
                watch=die,
            ),
            klass.out,
        )
    after = klass.grade()
    assert after.ran < 3
    assert impact_text(after, "warmup", dry_run=False) == whole.replace("3 of 3", f"{after.ran} of 3")

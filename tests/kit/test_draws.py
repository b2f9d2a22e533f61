"""Hidden inputs are drawn by the work: the same for the same, another draw for other work."""

from collections import Counter
from pathlib import Path

import pytest

from autograder.checks.draws import DRAWS, draw_of, hidden_rng, visible_rng
from autograder.config import load_config
from autograder.grading.opening import open_grader
from autograder.judging.bank import load_bank
from autograder.results import Outcome
from autograder.submission.reading import Submission

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).parent / "tiny"
RIGHT = (TINY / "solutions" / "warmup.py").read_text("utf-8")


@pytest.fixture(scope="module")
def grader():
    made = open_grader(load_config(TINY), "warmup")
    yield made
    made.close()


def test_every_draw_is_met_and_the_same_work_meets_the_same():
    met = Counter(draw_of(7, [f"x = {number}"]) for number in range(400))
    assert sorted(met) == list(range(DRAWS))
    assert draw_of(7, ["x = 1"]) == draw_of(7, ["x = 1"])


def test_which_draw_it_is_follows_from_the_seed():
    works = [[f"x = {number}"] for number in range(60)]
    assert [draw_of(7, work) for work in works] != [draw_of(8, work) for work in works]


def test_how_a_program_is_split_makes_a_difference():
    assert len({draw_of(seed, ["ab"]) == draw_of(seed, ["a", "b"]) for seed in range(40)}) == 2


def test_draws_differ_and_visible_checks_have_one():
    hidden = [hidden_rng(7, "a.b.c", draw).random() for draw in range(DRAWS)]
    assert len(set(hidden)) == DRAWS
    assert visible_rng("test_c").random() == visible_rng("test_c").random()


def test_only_hidden_checks_with_random_inputs_have_another_draw(grader):
    pairs = zip(grader.bank.checks, grader.bank.drawn(3).checks, strict=True)
    other = {one.name for one, drawn in pairs if one.key != drawn.key}
    assert other == {one.name for one in grader.bank.checks if not one.visible and "rng" in one.fixtures}
    assert other


@pytest.mark.parametrize("stem", load_config(ROOT).settings.assignments)
def test_no_hidden_check_of_the_course_is_the_same_in_all_draws(stem):
    assignment = load_config(ROOT).assignment(stem)
    hidden = [check for check in load_bank(ROOT, stem, assignment).checks if not check.visible]
    assert hidden
    assert [check.id for check in hidden if "rng" not in check.fixtures] == []


def test_a_table_of_one_draws_answers_is_worth_nothing_in_another(grader):
    """What one upload could at best carry out: every hidden call of its draw, with the right answer."""

    def scripts(draw):
        return [grader.judge.script(check).frames for check in grader.bank.drawn(draw).of("running_mean")]

    first, second = scripts(0), scripts(1)
    drawn = [one != other for one, other in zip(first, second, strict=True)]
    assert sum(drawn) == len([one for one in grader.bank.of("running_mean") if not one.visible])


def test_a_right_program_is_right_under_every_draw(grader):
    met = set()
    number = 0
    while len(met) < DRAWS:
        text = f"{RIGHT}\n# {number}\n"
        number += 1
        work = Submission("work", "work", {"warmup.py": text.encode()}, main="warmup.py")
        draw = draw_of(7, [text])
        if draw not in met:
            met.add(draw)
            assert {one.outcome for one in grader.grade(work).checks} == {Outcome.PASSED}

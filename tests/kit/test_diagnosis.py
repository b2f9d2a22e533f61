"""What counts as evidence for a known mistake, and what speaks against it: on answers made up here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.checks.compare import CheckFailed
from autograder.data.values import Handle
from autograder.diagnosis.causes import Found, find_causes
from autograder.diagnosis.common_property import in_common_with
from autograder.diagnosis.facts import MOST_FACTS, call_facts
from autograder.diagnosis.layout import Layout
from autograder.diagnosis.plain_functions import Known
from autograder.diagnosis.weighing import Case, FailedAnswers, hold, is_hopeless, weigh
from autograder.judging.bank import Check
from autograder.judging.places import places_in_check
from autograder.judging.session import Script
from autograder.results import Outcome
from autograder.sandbox.calls import Answer, Call, StudentRaised
from autograder.sandbox.protocol import Problem

Answers = Sequence[Sequence[Any]]  # by check, by call


def answer(value: Any) -> Any:
    return value if isinstance(value, Answer | StudentRaised) else Answer(value)


def raised(name: str, message: str = "") -> StudentRaised:
    return StudentRaised(Problem(name, message, 1, 0, "", []))


def layout_of(right: Sequence[Any], *, stateful: bool = False) -> Layout:
    call = Call("invoke" if stateful else "call", "f", handle=Handle(0, "object") if stateful else None)
    calls = tuple(call for _ in right)
    return Layout(Script(tuple(b"" for _ in right), calls=calls, outcomes=tuple(map(answer, right))))


def diagnose(
    right: Answers,
    student: Answers,
    mistakes: Mapping[str, Answers],
    *,
    passed: int = 0,
    stateful: bool = False,
) -> Found:
    """Return what explains a student's answers to checks that all failed, on line 1."""
    layouts = [layout_of(one, stateful=stateful) for one in right]
    failed = [
        FailedAnswers(
            Check(f"c{at}", "f", "", False, 1.0, (), (), print),
            layout.record(list(map(answer, given))),
            Outcome.FAILED,
            (1,),
        )
        for at, (layout, given) in enumerate(zip(layouts, student, strict=True))
    ]
    case = Case(failed, {one.key: np.zeros(one.record.numbers.shape, dtype=bool) for one in failed}, passed)
    weighed = []
    for name, answers in mistakes.items():
        held = []
        for one, layout, given in zip(failed, layouts, answers, strict=True):
            record = layout.record(list(map(answer, given)))
            ended = Outcome.FAILED if record.wrong.any() else Outcome.PASSED
            nothing = np.zeros(record.numbers.shape, dtype=bool)
            held.append(hold(case, one, Known(record, ended, (1,)), lambda nothing=nothing: nothing))
        if not is_hopeless(case, held, 0):
            weighed.append(weigh(name, case, held))
    return find_causes(case, weighed)


RNG = np.random.default_rng(5)
RIGHT = [[RNG.normal(size=4)] for _ in range(9)]
SUMS = [[4 * given[0]] for given in RIGHT]


def but(answers: Answers, at: int, value: Any) -> list[Sequence[Any]]:
    """Return the answers with another one to the check number `at`."""
    return [[value] if place == at else given for place, given in enumerate(answers)]


def test_a_mistake_that_explains_eight_of_nine_failed_checks_is_the_answer():
    overflowing = but(SUMS, 3, np.full(4, np.inf))
    assert diagnose(RIGHT, overflowing, {"sums": SUMS}) == Found(("sums",), complete=False)
    assert diagnose(RIGHT, SUMS, {"sums": overflowing}) == Found(("sums",), complete=False)
    assert diagnose(RIGHT, SUMS, {"sums": SUMS}) == Found(("sums",))


def test_a_mistake_that_is_nearly_the_same_is_the_answer():
    """A constant of their own shows in one check: there both are wrong, in different ways."""
    other = but(SUMS, 3, SUMS[3][0] * 1.37)
    assert diagnose(RIGHT, other, {"sums": SUMS, "negative": [[-given[0]] for given in RIGHT]}).first == (
        "sums",
    )
    careful = but(SUMS, 3, RIGHT[3][0] * [1, 1, 1, 1.37])  # and there only the mistake is wrong
    assert diagnose(RIGHT, careful, {"sums": SUMS}).first == ("sums",)


def test_a_mistake_that_agrees_in_half_of_the_checks_and_clashes_in_the_others_is_not():
    half = [given if at % 2 else [given[0] * 1.37] for at, given in enumerate(SUMS)]
    assert diagnose(RIGHT, half, {"sums": SUMS}) == Found()


def test_of_equal_mistakes_the_one_that_changes_the_same_inputs_is_named():
    changing = [[Answer(given[0], changed=("values",))] for given in SUMS]
    both = {"sums": SUMS, "in place": changing}
    assert diagnose(RIGHT, SUMS, both).first == ("sums",)
    assert diagnose(RIGHT, changing, both).first == ("in place",)


def test_one_that_explains_a_single_zero_is_not():
    student = [[given[0] * [0, 1.7, -2.1, 3.3]] for given in RIGHT]
    mistake = but(RIGHT, 2, RIGHT[2][0] * [0, 1, 1, 1])
    assert diagnose(RIGHT, student, {"a zero": mistake}) == Found()


def test_a_mistake_that_is_wrong_where_the_submission_is_right_is_not_the_answer():
    student = [[np.where([True, True, True, False], given[0], 9.137)] for given in RIGHT]
    mistake = [[np.where([True, True, False, False], given[0], 9.137)] for given in RIGHT]
    assert diagnose(RIGHT, student, {"more": mistake}) == Found()


def test_two_mistakes_that_act_in_different_places_are_found_together():
    first = [given if at < 4 else right for at, (given, right) in enumerate(zip(SUMS, RIGHT, strict=True))]
    second = [[-given[0]] if at >= 4 else given for at, given in enumerate(RIGHT)]
    both = [*first[:4], *second[4:]]
    found = diagnose(RIGHT, both, {"first": first, "second": second, "neither": SUMS})
    assert {*found.first, *found.second} == {"first", "second"}


def test_two_mistakes_may_interact_where_both_are_wrong():
    first = [[given[0] + [1.137, 0, 0, 0]] if at < 6 else given for at, given in enumerate(RIGHT)]
    second = [[given[0] * [1, 1.713, 1, 1]] if at > 2 else given for at, given in enumerate(RIGHT)]
    both = [[x[0] + y[0] - r[0]] for x, y, r in zip(first, second, RIGHT, strict=True)]
    found = diagnose(RIGHT, both, {"first": first, "second": second})
    assert {*found.first, *found.second} == {"first", "second"}


def test_two_mistakes_that_explain_few_entries_are_not_found_by_calling_the_rest_interaction():
    """A wrong answer that agrees with each mistake in two entries, and with none in the other five."""
    right = [RNG.normal(size=9)]
    both = [right[0] + RNG.normal(size=9) + 3]
    first, second = (np.where(np.isin(range(9), own), both[0], right[0] - 2) for own in ((0, 1), (2, 3)))
    assert diagnose([right], [both], {"first": [[first]], "second": [[second]]}) == Found()


def test_mistakes_that_explain_the_same_are_all_named():
    found = diagnose(RIGHT, SUMS, {"one": SUMS, "same": SUMS, "other": RIGHT})
    assert found == Found(("one", "same"))


@pytest.mark.parametrize(
    "written",
    [
        lambda given: given.astype(np.float32),
        lambda given: given.tolist(),
        lambda given: tuple(given.tolist()),
        lambda given: given[:, None],
        lambda given: Answer(given, changed=("values",)),
        lambda given: given * (1 + 1e-9),
    ],
    ids=["single precision", "a list", "a tuple", "a column", "in place", "another order"],
)
def test_how_an_answer_is_written_is_no_contradiction(written):
    assert diagnose(RIGHT, [[written(given[0])] for given in SUMS], {"sums": SUMS}).first == ("sums",)


def test_a_gradient_that_reaches_a_constant_is_a_second_cause():
    slopes = [RNG.normal(size=3) for _ in range(4)]

    def answers(factor: float, constant: Any) -> list[list[Answer]]:
        return [[Answer(factor * x.sum(), grads={"x": factor * x, "c": constant})] for x in slopes]

    right, outside, trains = answers(1, None), answers(3.7, None), answers(1, np.full(3, 2.713))
    found = diagnose(
        right, answers(3.7, np.full(3, 0.9137)), {"outside": outside, "trains": trains}, passed=2
    )
    assert found == Found(("outside",), ("trains",))


def test_texts_and_nested_answers_are_evidence():
    right = [["the cat", [1.0, "b"]], ["sat down", None]]
    shouted = [["THE CAT", [1.0, "B"]], ["SAT DOWN", None]]
    assert diagnose(
        right, shouted, {"upper": shouted, "none": [[None, None], [None, None]]}, passed=1
    ) == Found(("upper",))


def test_what_an_answer_lacks_is_the_same_whatever_else_is_in_it():
    layout = layout_of([["so", "it", "goes", "on"]])
    short, other = (layout.record([Answer(given)]) for given in (["so", "it"], ["then", "it"]))
    assert short.same(other)[3:5].all(), "both lack the last two words"
    assert not short.same(layout.record([Answer(7.0)]))[:5].any(), "a number is no list that is too short"


def test_a_second_mistake_explains_all_that_the_first_leaves_open():
    student = [[RNG.normal(size=4)] for _ in range(9)]
    first = but(but(student, 7, RIGHT[7][0]), 8, RIGHT[8][0])
    second = [*RIGHT[:7], student[7], RIGHT[8]]
    assert diagnose(RIGHT, student, {"first": first, "second": second}) == Found(("first",), complete=False)


def test_a_second_mistake_does_not_contradict_more_than_it_explains():
    student = [[RNG.normal(size=4)] for _ in range(9)]
    other = [[RNG.normal(size=4)] for _ in range(9)]
    first = but(but(student, 7, other[7][0]), 8, RIGHT[8][0])
    second = [*other[:7], other[6], student[8]]
    assert diagnose(RIGHT, student, {"first": first, "second": second}).second == ()


def test_what_is_drawn_is_no_contradiction_if_the_check_says_the_same():
    layout = layout_of([RIGHT[0][0], RIGHT[1][0]], stateful=True)
    mine, theirs = ([Answer(rate * given[0]) for given in RIGHT[:2]] for rate in (2.0, 3.0))
    free = layout.owner >= 2  # right answers differ in the second
    one = FailedAnswers(
        Check("c", "f", "", False, 1.0, (), (), print), layout.record(mine), Outcome.FAILED, (1,), "late"
    )
    case, steady = Case([one], {one.key: free}, 3), lambda: np.zeros(10, dtype=bool)
    known = Known(layout.record(theirs), Outcome.FAILED, (1,), "late")
    assert hold(case, one, known, steady).explained
    assert not hold(case, one, replace(known, words="early"), steady).explained


def test_what_is_drawn_in_number_is_evidence_in_kind():
    layout = layout_of([RIGHT[0][0], RIGHT[1][0]], stateful=True)
    drawn, shorter = Answer(RIGHT[2][0]), Answer(RIGHT[2][0][:3])
    record = layout.record([drawn, shorter])
    one = FailedAnswers(Check("c", "f", "", False, 1.0, (), (), print), record, Outcome.FAILED, (1,))
    for free, wrong in ((0, [True, True]), (1, [False, True]), (2, [False, False])):
        case = Case([one], {one.key: np.full(layout.owner.shape, free)}, 3)
        counted = layout.counts & case.wrong
        assert [
            bool(counted[layout.owner == owner].all()) for owner in np.unique(layout.owner[layout.counts])
        ] == wrong


def test_that_everything_raises_the_same_is_no_evidence():
    broken = [[raised("TypeError")] for _ in RIGHT]
    assert diagnose(RIGHT, broken, {"raises": broken}) == Found()
    some = [given if at < 5 else right for at, (given, right) in enumerate(zip(broken, RIGHT, strict=True))]
    assert diagnose(RIGHT[:6], [*some[:5], [RIGHT[5][0] * 0]], {"raises": [*some[:5], RIGHT[5]]}).first == ()


def test_what_an_exception_says_is_evidence_but_for_its_figures():
    words = "axis {} has no index"
    broken, same, other = (
        [[raised("ValueError", text)] for _ in RIGHT]
        for text in (words.format(3), words.format(4), "no words")
    )
    assert diagnose(RIGHT, broken, {"same": same}) == Found(("same",))
    assert diagnose(RIGHT, broken, {"other": other}) == Found()


def test_two_mistakes_that_exclude_each_other_are_no_pair():
    student, one, other = ([[RNG.normal(size=4)] for _ in range(9)] for _ in range(3))
    first, second = [*student[:5], *one[5:]], [*other[:4], *student[4:]]
    assert diagnose(RIGHT, student, {"first": first, "second": second}).second == ()


def test_a_place_stays_however_warm_the_code_is_and_says_what_was_said():
    def rule(said):
        def part(_):
            if said:
                raise CheckFailed(said)
            return 1

        return sum(part(each) for each in "ab")

    def places(said):
        try:
            rule(said)
        except CheckFailed as error:
            return places_in_check(Check("c", "f", "", False, 1.0, (), (), rule), error, str)

    cold = places("late")
    for _ in range(200):
        rule("")
    assert places("late") == cold != places("early")


def test_round_numbers_are_evidence_if_there_are_several():
    right = [[np.array([0.0, 2, 1, 3, 2])], [np.array([3.0, 1, 0])]]
    from_one = [[given[0] + 1] for given in right]
    assert diagnose(right, from_one, {"from one": from_one}) == Found(("from one",))
    sevens = [[given[0] * 0 + 7] for given in right]
    assert diagnose(right, sevens, {"sevens": sevens}) == Found()


def test_objects_are_compared_by_what_was_done_with_them():
    assert diagnose(RIGHT, SUMS, {"sums": SUMS}, stateful=True) == Found(("sums",))


def test_an_exception_may_be_the_right_answer():
    right = [[raised("ValueError"), 2.713], [1.137, 0.4191]]
    silent = [[None, 2.713], [1.137, 0.4191]]
    layout = layout_of(right[0])
    assert not layout.record(list(map(answer, right[0]))).wrong.any()
    assert diagnose(right[:1], silent[:1], {"silent": silent[:1], "right": right[:1]}, passed=1).first == (
        "silent",
    )


def test_where_two_runs_differ_once_all_such_answers_are_drawn():
    """Rewards of -0.1 or 1: by luck, two runs agree in many of them."""
    layout = layout_of([-0.1, 1.0, 1.0], stateful=True)
    again = layout.record([answer(-0.1), answer(-0.1), answer(1.0)])
    assert layout.drawn(again.wrong).all()
    assert not layout_of([-0.1, 1.0, 1.0]).drawn(again.wrong).any()


@pytest.mark.parametrize(
    "value",
    [10**1300, -(10**400), {1, 2}, np.array(["a"]), np.array([1j]), [{1}, {2}], {"a": np.array(["b"])}],
    ids=["large", "small", "set", "text", "complex", "sets", "dict"],
)
def test_whatever_is_answered_can_be_laid_out_and_kept(value):
    found = list(call_facts(0, Answer(value)))
    assert len({(fact.key, fact.kind) for fact in found}) == len(found)


def test_a_long_answer_is_laid_out_as_far_as_is_worth_it():
    assert len(list(call_facts(0, Answer((None,) * 9725)))) == MOST_FACTS + 1


def beside(mistakes: list[list[Any]], answers: list[list[Any]]) -> str:
    """Return what is told of answers to several checks beside a mistake's."""
    failed, known = [], {}
    for at, (mistake, given) in enumerate(zip(mistakes, answers, strict=True)):
        layout = layout_of([*RIGHT[at], 0.0, 1.0])
        check = Check(f"c{at}", "f", "", False, 1.0, (), (), print)
        record = layout.record(list(map(answer, given)))
        failed.append(FailedAnswers(check, record, Outcome.FAILED, (1,)))
        known[check.key] = layout.record(list(map(answer, mistake)))
    free = {one.key: np.zeros(one.record.numbers.shape, dtype=bool) for one in failed}
    return in_common_with(Case(failed, free, 0), lambda one: known[one.key], set())


def test_zeros_and_equal_exceptions_do_not_hide_what_was_done_to_a_mistake():
    mistakes = [[*given, 0.0, raised("TypeError")] for given in SUMS]
    turned = [[-given[0], 0.0, raised("TypeError")] for given in SUMS]
    assert beside(mistakes, turned) == "the sign is flipped"


def test_numbers_that_are_round_already_do_not_hide_that_all_are_rounded():
    rounded = [[np.round(given[0], 1), 0.0, 1.0] for given in SUMS]
    rounded[-1] = [SUMS[-1][0], 0.0, 1.0]
    mistakes = [[*given, 0.0, 1.0] for given in SUMS]
    assert beside(mistakes, rounded) == ""
    mistakes[-1] = rounded[-1] = [np.full_like(SUMS[-1][0], 1.5), 0.0, 1.0]
    assert beside(mistakes, rounded) == "the numbers are rounded to 0.1"

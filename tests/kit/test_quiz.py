"""The quiz: what authors write, what students type, what is drawn, and what is said about it."""

import importlib
import itertools
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import KitError, ReferenceFailed
from autograder.publish.quiz_paper import render_paper, render_script
from autograder.quiz.arithmetic import evaluate, names_and_calls
from autograder.quiz.figures import draw_figures, fill_in
from autograder.quiz.grading import grade_quiz, sheet_notes
from autograder.quiz.numbers import read_numbers
from autograder.quiz.questions import load_questions, load_quiz
from autograder.quiz.sheet import Sheet, read_letters, read_sheet
from autograder.results import Cause, Outcome
from autograder.sandbox.student import here

ROOT = Path(__file__).parents[2]
PAPER = (ROOT / "assignments/rl_foundations/quiz.yml").read_text(encoding="utf-8")
KEY = (ROOT / "solutions/rl_foundations_quiz.yml").read_text(encoding="utf-8")
QUIZ = load_quiz(PAPER, KEY, "rl_foundations")
NUMBERS = [name for name, question in QUIZ.questions.items() if question.kind == "number"]
CHOICES = {"a": "The next token", "b": "A whole answer", "c": "The prompt, all of it"}

SMALL_PAPER = """
colour: {title: Colour, kind: one choice, prompt: Which?, choices: {a: red, b: green, c: blue}}
primes:
  {title: Primes, kind: several choices, prompt: All?, choices: {a: two, b: four, c: 5, d: six}}
sum:
  title: Sum
  kind: number
  measured: true
  prompt: "add {left} and {right}"
  figures: {left: {from: 1, to: 9, step: 2}, right: [0.5, 2.5]}
name: {title: Name, kind: short text, prompt: Whose?, weight: 2}
"""
SMALL_KEY = """
colour: {answer: b, lesson: leaves, wrong: {a: blood is red, c: the sky is blue}}
primes: {answer: [a, c], lesson: no divisors, wrong: {b: 2 divides it, d: so does 3}}
sum:
  answer: add(left, right)
  lesson: "{left} + {right}"
  hint: count on
  tolerance: {absolute: 0.01, reason: a test}
  mistakes: [{answer: left - right, why: that is a difference}]
name: {answer: Bellman, lesson: Richard, hint: it rings, accept: ["(richard )?bellman( equation)?"]}
"""
SMALL = load_quiz(SMALL_PAPER, SMALL_KEY, "small")
ADD = {"add": lambda left, right: left + right}


@pytest.fixture(scope="module")
def reference():
    """The solution's functions, as the grader calls them: plain data in, plain data out."""
    student = here(vars(importlib.import_module("solutions.rl_foundations")))
    names = set().union(*(names_and_calls(str(QUIZ.keys[name].answer))[1] for name in NUMBERS))
    return {name: getattr(student, name) for name in sorted(names)}


def grade(text, quiz=SMALL, functions=ADD, own=ADD):
    """Return the results by question id."""
    return {one.id: one for one in grade_quiz(quiz, read_sheet(text, tuple(quiz.questions)), functions, own)}


def earned(text, name):
    """Return what one line of a sheet earns in the small quiz."""
    return grade(f"student: Ann\n{text}\n")[name].earned


def figures_of(name, student="Ann Lee", quiz=QUIZ):
    """Return what a student draws for one question."""
    return draw_figures(quiz.assignment, name, student, quiz.questions[name].allowed())


def draws(question):
    """Yield every set of figures that some student may draw."""
    allowed = question.allowed()
    for values in itertools.product(*allowed.values()):
        yield dict(zip(allowed, values, strict=True))


# What students type for a letter, a number, a text


LETTERS = """
a = a | A = a | a) = a | (B) = b | b. = b | a) The next token = a | A: the next token = a
the NEXT token. = a | choice c = c | a, c = ac | a c = ac | A and C = ac | ac = ac | a;c = ac
[a, c] = ac | a) The next token, c) The prompt, all of it = ac | the prompt, all of it = c
g = | a, g = | no idea = | ? = | aa =
"""


@pytest.mark.parametrize("line", re.split(r" \| |\n", LETTERS.strip()))
def test_letters_are_read_as_they_are_typed(line):
    said, letters = re.fullmatch("(.*) = ?(.*)", line).groups()
    assert read_letters([f" {said}"], CHOICES) == (set(letters) or None)


NUMBERS_TYPED = """
0.7 | 0,7 | .70 | ,7 | 7e-1 | 7E-1 | +0.7 | 7/10 | 0.7 points | 70 % | about 0.7 | ~ 0.7 | 0.70.
= 0.7 | 2 - 0.01 * 130 = 0.7 | \uff10.7 | G[0] = 0.7 | 0.7 (rounded) | \u2248 0.7
"""
NO_NUMBERS = "nan | inf | -inf | 1e999 | 0.7 or 0.8 | x |  | 1/0 | 0x1F | 1,2,3 | ."


@pytest.mark.parametrize("said", re.split(r" \| |\n", NUMBERS_TYPED.strip()))
def test_numbers_are_read_as_they_are_typed(said):
    assert read_numbers(said) == [pytest.approx(0.7)]


@pytest.mark.parametrize("said", NO_NUMBERS.split(" | "))
def test_what_is_no_number_is_none(said):
    assert read_numbers(said) == []


def test_a_comma_with_three_digits_may_mean_both():
    assert read_numbers("1,250") == [1.25, 1250.0]
    assert read_numbers("1,000.5") == [1000.5]
    assert read_numbers("0,125") == [0.125]
    assert read_numbers("\u22120.3") == [-0.3]


@pytest.mark.parametrize(
    "text",
    [
        "Bellman",
        "'the Bellman equation'",
        "BELLMAN!",
        "Richard  Bellman",
        '"Bellman-equation."',
        "[bellman]",
    ],
)
def test_short_texts_ignore_case_space_and_punctuation(text):
    assert earned(f"name: {{answer: {text}}}", "name") == 1


@pytest.mark.parametrize("text", ["Euler", "Bellman or Euler", "not Bellman", "bell", "no"])
def test_wrong_and_hedged_texts_earn_nothing(text):
    result = grade(f"name:\n  answer: {text}\n")["name"]
    assert (result.earned, result.outcome, result.feedback) == (0, Outcome.FAILED, "it rings")


SEVERAL = """
[a, c] 1 | a, c 1 | {a, c} 1 | [two, 5] 1 | a 0.5 | [a, b, c] 0.5 | [a, b] 0 | b 0 | [a, b, c, d] 0
"""


@pytest.mark.parametrize("line", [*SEVERAL.strip().split(" | "), "\n    - c\n    - a 1", " 0"])
def test_several_choices_earn_right_less_wrong(line):
    answer, share = line.rsplit(" ", 1)
    assert earned(f"primes:\n  answer: {answer}", "primes") == float(share)


def test_each_wrong_choice_tells_its_reason():
    assert grade("colour: {answer: a}")["colour"].feedback == "blood is red"
    assert (
        grade("primes: {answer: [a, b]}")["primes"].feedback
        == "b) 2 divides it\n1 more of the choices holds."
    )
    assert "one letter, a to c" in grade("colour: {answer: [a, b]}")["colour"].feedback
    assert grade("colour: {answer: green}")["colour"].feedback == "leaves"


# Figures


def test_figures_are_the_same_today_and_tomorrow():
    assert figures_of("length_penalty") == {"tokens": GOLDEN[0], "score": GOLDEN[1]}
    assert figures_of("ratio", "\u0141ukasz 123") == {"old": GOLDEN[2], "new": GOLDEN[3]}


GOLDEN = (380, 1.5, -2.2, -1.8)


def test_letter_case_and_spaces_of_a_name_make_no_difference():
    assert figures_of("length_penalty", " ann   LEE ") == figures_of("length_penalty", "Ann Lee")


def test_students_draw_different_figures():
    papers = {tuple(tuple(figures_of(name, f"student {i}").values()) for name in NUMBERS) for i in range(300)}
    assert len(papers) == 300
    for name in NUMBERS:
        seen = {tuple(figures_of(name, f"student {i}").values()) for i in range(300)}
        assert len(seen) >= min(12, len(list(draws(QUIZ.questions[name]))))


@pytest.mark.parametrize(
    ("line", "student"),
    [
        ("student: Ann Lee", "Ann Lee"),
        ("student: 'Ann Lee'  # me", "Ann Lee"),
        ('\ufeffstudent : "007"', "007"),
        ("STUDENT:\tAnn # 2", "Ann"),
        ("student: C#", "C#"),
        ("student:", ""),
        ("student: # your name", ""),
        ("student: ~", ""),
        ("student: \x1b[31mAnn\r", "[31mAnn"),
        ("# student: Ann", ""),
        ("student: " + "x" * 1000, "x" * 200),
    ],
)
def test_the_student_line(line, student):
    assert read_sheet(f"{line}\n").student == student


# Numbers and the arithmetic behind them


def test_a_number_is_judged_with_the_students_own_figures():
    drawn = figures_of("sum", "Ann", SMALL)
    right, difference = drawn["left"] + drawn["right"], drawn["left"] - drawn["right"]
    assert earned(f"sum: {{answer: {right}}}", "sum") == 1
    assert earned(f"sum: {{answer: {right + 0.009}}}", "sum") == 1
    assert earned(f"sum: {{answer: {right + 0.02}}}", "sum") == 0
    looser = load_quiz(SMALL_PAPER, SMALL_KEY.replace("absolute: 0.01", "relative: 0.1"), "small")
    text = "student: Ann\nsum: {{answer: {}}}"
    assert grade(text.format(right * 1.09), quiz=looser)["sum"].earned == 1
    assert grade(text.format(right * 1.11), quiz=looser)["sum"].earned == 0
    result = grade(f"student: Ann\nsum: {{answer: {difference}}}")["sum"]
    assert result.feedback == "that is a difference"
    assert result.prompt == f"add {drawn['left']} and {drawn['right']}"
    assert grade("student: Ann\nsum: {answer: 99}")["sum"].feedback == "count on"
    assert "one number" in grade("student: Ann\nsum: {answer: [1, 2]}")["sum"].feedback


def test_a_measured_number_may_come_from_a_wrong_function_of_ones_own():
    drawn = figures_of("sum", "Ann", SMALL)
    text = f"student: Ann\nsum: {{answer: {drawn['left'] * 7}}}"
    result = grade(text, own={"add": lambda left, right: left * 7})["sum"]
    assert result.feedback.startswith("Your own add gives this number: fix it first")
    assert grade(text, own={})["sum"].feedback == "count on"

    def raises(left, right):
        raise RuntimeError

    for strange in (
        raises,
        lambda left, right: None,
        lambda left, right: "7",
        lambda left, right: [7, 7],
    ):
        assert grade(text, own={"add": strange})["sum"].feedback == "count on"


def test_without_a_name_figures_are_not_known():
    result = grade("sum: {answer: 3}\ncolour: {answer: b}")
    assert "student line" in result["sum"].feedback
    assert result["colour"].earned == 1
    assert sheet_notes(SMALL, read_sheet("sum: {answer: 3}")) == [
        "quiz.yml: the student line is empty, so your figures are not known"
    ]


def test_a_reference_that_fails_is_our_fault():
    result = grade("student: Ann\nsum: {answer: 3}\ncolour: b", functions={})
    assert result["sum"].outcome is Outcome.BROKEN
    assert "add" in result["sum"].staff_note
    assert result["sum"].cause is Cause.OTHER
    assert result["colour"].outcome is Outcome.PASSED


def test_a_reference_that_does_not_answer_is_asked_again_in_the_next_run():
    def fails(left, right):
        raise ReferenceFailed("it took too long")

    result = grade("student: Ann\nsum: {answer: 3}", functions={"add": fails})
    assert (result["sum"].outcome, result["sum"].cause) == (Outcome.BROKEN, Cause.REFERENCE)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("-x ** 2", -9),
        ("max(x, 10) / min(4, 5)", 2.5),
        ("exp(log(x))", 3),
        ("twice([1, x])[1]", 6),
        ("tensor([x, 4])[1]", 4),
        ("array([[x]])[0][0]", 3),
        ("([0] * 2 + [x])[2]", 3),
    ],
)
def test_arithmetic(expression, value):
    twice = {"twice": lambda items: [2 * item for item in items]}
    assert evaluate(expression, {"x": 3}, twice) == pytest.approx(value)


NO_ARITHMETIC = """
y | x.real | open('f') | (lambda: 1)() | 'a' | True | [1, 2] | x if x else 1 | f(a=1) | 1 + | exp
1e999 |   | x @ x | x // 2 | __import__('os') | [x for x in [1]][0] | x < 2
[x][-1] | [x][x] | x := 3 | [*x][0] | {1}
"""


@pytest.mark.parametrize("expression", re.split(r" \| |\n", NO_ARITHMETIC.strip()))
def test_nothing_but_arithmetic_is_evaluated(expression):
    with pytest.raises(KitError):
        evaluate(expression, {"x": 3}, {})


# Sheets that are strange


def test_a_huge_answer_is_refused_and_the_rest_counts():
    text = f"colour: {{answer: b}}\nname: {{answer: {'bellman ' * 2000}}}\n"
    assert "over 500 characters" in read_sheet(text).problems[0]
    assert [grade(text)[name].earned for name in ("colour", "name")] == [1, 0]


def test_a_misspelt_id_is_told_where_it_matters():
    sheet = read_sheet("student: Ann\ncolor: {answer: b}\n")
    assert sheet_notes(SMALL, sheet) == ["quiz.yml: there is no question color; did you mean colour?"]
    assert "color" in grade("color: {answer: b}")["colour"].feedback
    assert len(sheet_notes(SMALL, read_sheet("\n".join(f"x{i}: 1" for i in range(5000))))) <= 6


def test_unanswered_questions_say_so():
    for text in (
        "student: Ann\ncolour:\n  answer:\n",
        "student: Ann\ncolour:\n  answer: null\n",
        "colour: {}",
        "x: 1",
    ):
        result = grade(text)["colour"]
        assert (result.earned, result.feedback, result.given) == (0, "No answer was given.", "")


def test_what_was_given_is_shown_in_one_clean_line():
    assert grade("colour: {answer: \x1b[31m red\u202e}")["colour"].given == "31m red"
    assert len(grade(f"colour: {{answer: {'red ' * 100}}}")["colour"].given) <= 60


def test_weights_and_lessons_reach_the_report():
    result = grade("name: {answer: euler}")["name"]
    assert (result.worth, result.lesson, result.title) == (2, "Richard", "Name")


def test_windows_files_are_read():
    text = "\ufeffstudent: Ann\r\ncolour:\r\n  answer: b\r\n"
    assert grade(text)["colour"].earned == 1
    assert read_sheet(text).student == "Ann"


def test_a_sheet_written_by_a_program_is_read():
    text = yaml.safe_dump({"student": "Ann", "colour": {"answer": "b"}, "primes": {"answer": ["a", "c"]}})
    assert [grade(text)[name].earned for name in ("colour", "primes")] == [1, 1]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_reader(text):
    grade(text)
    for name in SMALL.questions:
        results = grade_quiz(SMALL, Sheet("Ann", {name: (text,)}), ADD, ADD)
        assert all(result.outcome is not Outcome.BROKEN for result in results)


def test_no_answer_takes_long_to_read():
    for said in (
        "1" * 500,
        "1," * 250,
        "1.1e1/" * 80,
        "=" * 500,
        " " * 500,
        "a) " * 160,
        "1_" * 250,
        "9e9 /" * 100,
    ):
        started = time.perf_counter()
        grade_quiz(SMALL, Sheet("Ann", dict.fromkeys(SMALL.questions, (said,))), ADD, ADD)
        assert time.perf_counter() - started < 0.2


# What authors may get wrong


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "title: Colour",
            "titel: Colour",
            r"assignments/small/quiz.yml: colour.titel .* did you mean title\?",
        ),
        ("title: Colour, ", "", "colour: .*title"),
        ("kind: one choice", "kind: one", "colour: Invalid enum value"),
        ("a: red, b: green", "a: red, d: green", "colour.choices must be lettered"),
        (
            ", choices: {a: red, b: green, c: blue}",
            "",
            "colour.choices: one choice needs two or more",
        ),
        (
            "kind: short text",
            "kind: short text, choices: {a: x, b: z}",
            "name.choices: short text needs none",
        ),
        ("add {left} and", "add {lift} and", "sum: left, lift must stand both"),
        ("right: [0.5, 2.5]", "right: [2.5]", "sum.figures.right needs 2 to 500"),
        ("step: 2", "step: 0", "sum.figures.left needs"),
        ("step: 2", "stop: 2", "sum: .*stop"),
        ("weight: 2", "weight: 0", "name needs a prompt and a weight"),
        ("weight: 2", "measured: true", "name: figures and measured"),
        ("a: red, b: green", "a: Red, b: red!", "same text twice"),
        ("colour:", "Colour:", "cannot be an id"),
        ("colour:", "student:", "cannot be an id"),
        ("\nname:", "\nnaem:", r"_quiz.yml: name is not asked for; did you mean naem\?"),
        ("colour: {title", "colour: [title", "quiz.yml: line 2"),
    ],
)
def test_slips_in_the_questions_are_named(old, new, told):
    assert old in SMALL_PAPER
    with pytest.raises(KitError, match=told):
        load_quiz(SMALL_PAPER.replace(old, new, 1), SMALL_KEY, "small")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", c: the sky is blue", "", "solutions/small_quiz.yml: colour: choice c is neither"),
        ("c: the sky is blue", "c: ' '", "colour.wrong.c is empty"),
        ("c: the sky is blue", "g: the sky is blue", "colour"),
        ("answer: b", "answer: [b]", "colour.answer: one choice needs one letter"),
        ("answer: [a, c]", "answer: a", "primes.answer: several choices needs a list"),
        ("answer: [a, c]", "answer: [a, c, b]", "primes"),
        ("lesson: leaves", "lesson: ''", "colour.lesson is empty"),
        ("lesson: leaves", "leson: leaves", r"colour.leson .* did you mean lesson\?"),
        ("add(left, right)", "add(left, rihgt)", r"reads rihgt; did you mean right\?"),
        ("add(left, right)", "add(left,", "is not an expression"),
        ("add(left, right)", "left + right", "sum.answer calls no function"),
        ("answer: left - right", "answer: left - rite", "did you mean right"),
        ("absolute: 0.01", "absolute: 0", "sum.tolerance"),
        ("absolute: 0.01", "absolute: 0.01, relative: 0.1", "sum.tolerance"),
        (", reason: a test", "", "sum: .*reason"),
        ("hint: count on", "hint: ''", "sum needs one answer, and a hint"),
        (
            "lesson: leaves",
            "lesson: leaves, hint: x, mistakes: [{answer: '1', why: x}]",
            "colour: tolerance and mistakes",
        ),
        ("lesson: leaves", "lesson: leaves, accept: [x]", "colour.accept"),
        (', accept: ["(richard )?bellman( equation)?"]', "", "name.accept"),
        ('"(richard )?bellman( equation)?"', '"(bellman"', "name.accept: .* no pattern"),
        (
            '"(richard )?bellman( equation)?"',
            "euler",
            "name.accept does not take its own answer 'Bellman'",
        ),
        ("hint: it rings", "hint: it rings, wrong: {a: x}", "name.wrong is for choices"),
        ("\nname:", "\nnaem:", r"naem is not asked for; did you mean name\?"),
        ("b: 2 divides it, ", "", "primes"),
    ],
)
def test_slips_in_the_key_are_named(old, new, told):
    assert old in SMALL_KEY
    with pytest.raises(KitError, match=told):
        load_quiz(SMALL_PAPER, SMALL_KEY.replace(old, new, 1), "small")


def test_a_missing_key_and_an_empty_file_are_named():
    with pytest.raises(KitError, match="a key for name is missing"):
        load_quiz(SMALL_PAPER, SMALL_KEY[: SMALL_KEY.index("\nname")], "small")
    with pytest.raises(KitError, match="holds no questions"):
        load_questions("", "small")


def test_ticking_all_can_never_pay():
    with pytest.raises(KitError, match="ticking all must earn nothing"):
        load_quiz(
            SMALL_PAPER,
            SMALL_KEY.replace("[a, c]", "[a, b, c]").replace("{b: 2 divides it, ", "{"),
            "small",
        )


# The course's own quiz


def test_the_quiz_has_what_it_promises():
    kinds = [question.kind for question in QUIZ.questions.values()]
    assert len(kinds) >= 15
    assert len([question for question in QUIZ.questions.values() if question.figures]) >= 5
    assert len([question for question in QUIZ.questions.values() if question.measured]) >= 2
    assert kinds.count("short text") >= 2
    assert kinds.count("several choices") >= 3


def test_the_papers_hold_no_answers():
    for words in ("answer: c", "lesson", "accept:", "tolerance", "why:", "hint:"):
        assert words not in PAPER
    title = "A title"
    for text in (
        render_paper(QUIZ.questions, title),
        render_script(QUIZ.questions, "rl_foundations", title),
    ):
        for key in QUIZ.keys.values():
            said = [
                key.lesson,
                key.hint,
                *key.wrong.values(),
                *(one.why for one in key.mistakes),
                *key.accept,
            ]
            assert not [sentence for sentence in said if sentence and sentence in text]


@pytest.mark.parametrize("name", NUMBERS)
def test_no_mistake_is_within_the_tolerance_for_anyone(name, reference):
    question, key = QUIZ.questions[name], QUIZ.keys[name]
    for figures in draws(question):
        want = evaluate(str(key.answer), figures, reference)
        margin = key.tolerance.absolute + key.tolerance.relative * abs(want)
        for mistake in key.mistakes:
            value = evaluate(mistake.answer, figures, reference)
            assert abs(value - want) > 2 * margin, (figures, mistake.answer)


@pytest.mark.parametrize("name", NUMBERS)
def test_each_mistake_is_answered_with_its_reason(name, reference):
    question, key = QUIZ.questions[name], QUIZ.keys[name]
    for student in ("Ann Lee", "Bo"):
        figures = figures_of(name, student)
        for mistake in key.mistakes:
            value = evaluate(mistake.answer, figures, reference)
            (result,) = (
                one
                for one in grade_quiz(QUIZ, Sheet(student, {name: (repr(value),)}), reference, {})
                if one.id == name
            )
            assert (result.earned, question.title) == (0, result.title)
            assert fill_in(mistake.why, figures) in result.feedback


def test_hand_formulas_agree_with_the_solution():
    student = here(vars(importlib.import_module("solutions.rl_foundations")))
    calls = {
        "return_by_hand": "discounted_returns([first, second, third], gamma)[0]",
        "bellman_by_hand": "bellman_update("
        "array([0, good, bad]), array([[p, 1 - p], [1, 0], [1, 0]]),"
        " array([[[0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 1, 0]], [[0, 0, 1], [0, 0, 1]]]),"
        " array([[[0, cost, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]]]),"
        " 0.9)[0]",
        "first_token_credit": "gamma ** (tokens - 1)",
        "ratio": "exp(new - old)",
        "clipped_objective": "min("
        "ppo_clip_ratio(tensor([log(ratio)]), tensor([0]), 0.2)[0][0] * advantage,"
        " ppo_clip_ratio(tensor([log(ratio)]), tensor([0]), 0.2)[1][0] * advantage)",
        "length_penalty": "length_penalized_reward(score, tokens)",
    }
    assert set(calls) == set(NUMBERS)
    functions = {
        name: getattr(student, name)
        for name in (
            "discounted_returns",
            "bellman_update",
            "ppo_clip_ratio",
            "length_penalized_reward",
        )
    }
    for name, call in calls.items():
        for figures in draws(QUIZ.questions[name]):
            want = evaluate(str(QUIZ.keys[name].answer), figures, functions)
            assert evaluate(call, figures, functions) == pytest.approx(want, rel=1e-9)


def test_the_example_of_280_tokens(reference):
    answer = str(QUIZ.keys["length_penalty"].answer)
    assert evaluate(answer, {"tokens": 280, "score": 2}, reference) == pytest.approx(0.7)
    answer = str(QUIZ.keys["first_token_credit"].answer)
    assert evaluate(answer, {"tokens": 280, "gamma": 0.99}, reference) == pytest.approx(0.06, abs=0.001)


def test_no_feedback_has_an_empty_figure(reference):
    for name in QUIZ.questions:
        figures, key = figures_of(name), QUIZ.keys[name]
        for text in (key.lesson, key.hint, *key.wrong.values(), *(one.why for one in key.mistakes)):
            assert not re.search(r"\{[a-z_]+\}", fill_in(text, figures)), name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("stochastic_policy", "a stochastic policy"),
        ("stochastic_policy", "Stochastic."),
        ("stochastic_policy", "probabilistic"),
        ("credit_assignment", "the credit-assignment problem"),
        ("credit_assignment", "Credit Assignment"),
        ("credit_assignment", "credit assigment"),
    ],
)
def test_synonyms_are_taken(name, text):
    (result,) = (one for one in grade_quiz(QUIZ, Sheet("A", {name: (text,)}), {}, {}) if one.id == name)
    assert result.earned == 1


@pytest.mark.parametrize(
    "text", ["deterministic", "a deterministic policy", "credit", "sparse reward", "policy"]
)
def test_near_words_are_not(text):
    for name in ("stochastic_policy", "credit_assignment"):
        (result,) = (one for one in grade_quiz(QUIZ, Sheet("A", {name: (text,)}), {}, {}) if one.id == name)
        assert result.earned == 0


# The paper and quiz.py that are handed out


@pytest.fixture
def folder(tmp_path):
    """A student's folder with nothing but the two quiz files."""
    (tmp_path / "quiz.yml").write_text(render_paper(QUIZ.questions, "Returns"), encoding="utf-8")
    script = render_script(QUIZ.questions, "rl_foundations", "Returns")
    (tmp_path / "quiz.py").write_text(script, encoding="utf-8")
    return tmp_path


def run_script(folder):
    """Run quiz.py as a student would, with a Python that has no packages."""
    command = [sys.executable, "-I", "-S", "-W", "error", str(folder / "quiz.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stderr == ""
    return done.stdout


def fill_sheet(text, student, answers):
    """Return a paper with a name and answers written into it."""
    text = text.replace("\nstudent:\n", f"\nstudent: {student}\n", 1)
    for name, answer in answers.items():
        text = re.sub(
            rf"(?ms)(^{name}:.*?^  answer:)",
            lambda found, a=answer: f"{found[1]} {a}",
            text,
            count=1,
        )
    return text


def right_answers(student, functions):
    """Return what a student has to write for full marks."""
    answers = {}
    for name, key in QUIZ.keys.items():
        if QUIZ.questions[name].kind == "number":
            answers[name] = repr(round(evaluate(str(key.answer), figures_of(name, student), functions), 4))
        else:
            answers[name] = f"[{', '.join(key.answer)}]" if isinstance(key.answer, list) else key.answer
    return answers


def test_generated_files_are_the_same_each_time():
    assert render_paper(QUIZ.questions, "T") == render_paper(load_questions(PAPER, "rl_foundations"), "T")
    first = render_script(QUIZ.questions, "rl_foundations", "T")
    assert first == render_script(load_questions(PAPER, "rl_foundations"), "rl_foundations", "T")


def test_the_untouched_paper_is_read_and_earns_nothing(folder):
    sheet = read_sheet((folder / "quiz.yml").read_text(encoding="utf-8"))
    assert sheet.problems == ()
    assert sheet.answers == dict.fromkeys(QUIZ.questions, ())
    assert all(result.earned == 0 for result in grade_quiz(QUIZ, sheet, {}, {}))
    assert "Write your name or student number" in run_script(folder)


def test_the_script_shows_the_figures_that_the_grader_draws(folder):
    blank = (folder / "quiz.yml").read_text(encoding="utf-8")
    for student in ("Ann Lee", '"\u0141ukasz  7"  # me'):
        (folder / "quiz.yml").write_text(
            blank.replace("\nstudent:\n", f"\nstudent: {student}\n"), encoding="utf-8"
        )
        shown = run_script(folder)
        name = read_sheet(f"student: {student}\n").student
        for question in NUMBERS:
            prompt = fill_in(QUIZ.questions[question].prompt, figures_of(question, name))
            assert all(line.strip() in shown for line in prompt.splitlines())
        assert "0 of 17 answered." in shown


def test_a_paper_filled_in_rightly_earns_all(folder, reference):
    blank = (folder / "quiz.yml").read_text(encoding="utf-8")
    for student in ("Ann Lee", "12345678"):
        text = fill_sheet(blank, student, right_answers(student, reference))
        results = grade_quiz(QUIZ, read_sheet(text), reference, {})
        assert [result.id for result in results if result.earned < 1] == []
        assert all(result.feedback and result.outcome is Outcome.PASSED for result in results)
    (folder / "quiz.yml").write_text(text, encoding="utf-8")
    assert "17 of 17 answered.\n" in run_script(folder)


def test_right_answers_of_300_students_are_right(reference):
    chosen = random.Random(1)
    for _ in range(300):
        student = "".join(chosen.choices("abcdefghij \u00e9\u4e2d0123", k=9)).strip() or "x"
        answers = {
            name: (answer,) for name, answer in right_answers(student, reference).items() if name in NUMBERS
        }
        results = grade_quiz(QUIZ, Sheet(student, answers), reference, {})
        assert all(result.earned == 1 for result in results if result.id in NUMBERS)

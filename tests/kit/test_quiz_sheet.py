"""One reader on both sides: a slip costs one answer at most, and quiz.py says what the grader will read."""

import contextlib
import io
import itertools
import random
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.publish.quiz_paper import render_paper, render_script, show_quiz
from autograder.quiz.figures import draw_figures, fill_in, term_salt
from autograder.quiz.grading import grade_quiz
from autograder.quiz.numbers import read_numbers
from autograder.quiz.questions import load_quiz
from autograder.quiz.sheet import MAX_SHEET, Sheet, read_letters, read_sheet, says, trouble_with
from autograder.results import Outcome

PAPER = """
colour: {title: Colour, kind: one choice, prompt: Which?, choices: {a: red, b: green, c: blue}}
primes:
  {title: Primes, kind: several choices, prompt: All?, choices: {a: two, b: four, c: 5, d: six}}
total:
  title: Total
  kind: number
  prompt: "Add {left} and {right}. Note: it is easy."
  figures: {left: {from: 1, to: 9, step: 2}, right: [0.5, 2.5]}
scientist: {title: Name, kind: short text, prompt: Whose?}
"""
KEY = """
colour: {answer: b, lesson: leaves, wrong: {a: blood is red, c: the sky is blue}}
primes: {answer: [a, c], lesson: no divisors, wrong: {b: 2 divides it, d: so does 3}}
total:
  answer: left + right
  lesson: "{left} + {right}"
  hint: count on
  tolerance: {absolute: 0.01, reason: a test}
scientist: {answer: Bellman, lesson: Richard, hint: it rings, accept: ["(richard )?bellman( equation)?"]}
"""
QUIZ = load_quiz(PAPER, KEY, "small", "7f")
NAMES = tuple(QUIZ.questions)
BLANK = render_paper(QUIZ.questions, "Small")
CHOICES = dict(zip("abcde", ["one", "two", "three", "four", "five"], strict=True))


def total(student: str) -> str:
    figures = QUIZ.figures("total", student)
    return f"{figures['left'] + figures['right']:g}"


def filled(student: str = "Ann Lee") -> str:
    """Return the paper, filled in rightly."""
    text = BLANK.replace("\nstudent:\n", f"\nstudent: {student}\n")
    for answer in ("b", "[a, c]", total(student), "Bellman"):
        text = text.replace("\n  answer:\n", f"\n  answer: {answer}\n", 1)
    return text


def wrong(text: str) -> list[str]:
    """Return the questions that do not earn all."""
    results = grade_quiz(QUIZ, read_sheet(text, NAMES), {}, {})
    return [result.id for result in results if result.earned < 1]


def test_a_sheet_filled_in_rightly_earns_all() -> None:
    assert wrong(filled()) == []


SLIPS = {
    "no space after the colon": (": ", ":"),
    "a space before the colon": ("answer:", "answer :"),
    "the name, too": ("student:", "Student : "),
    "windows": ("\n", "\r\n"),
    "a byte order mark": ("# Quiz", "\ufeff# Quiz"),
    "non-breaking spaces": (" ", "\u00a0"),
    "tabs": ("  answer", "\tanswer"),
    "three spaces": ("  answer", "   answer"),
    "no indentation": ("  answer", "answer"),
    "deep": ("  answer", "      answer"),
    "smart quotes": ("answer: Bellman", "answer: \u201cBellman\u201d"),
    "open quote": ("answer: Bellman", 'answer: "Bellman'),
    "a colon": ("answer: Bellman", "answer: it is: Bellman"),
    "capitals": ("answer", "Answer"),
    "a star": ("answer: b", "answer: * b)"),
    "an ampersand": ("answer: b", "answer: &b"),
    "upper ids": ("colour:", "Colour:"),
    "comments": ("answer: b", "answer: b  # sure"),
    "open bracket": ("[a, c]", "[a, c"),
    "a list on lines": ("answer: [a, c]", "answer:\n    - a\n    - c"),
    "on the next line": ("answer: Bellman", "answer:\n    Bellman"),
    "a full-width colon": ("answer:", "answer\uff1a"),
    "no prompts": ("  question: |\n", ""),
    "a document end": ("\nstudent:", "\n---\nstudent:"),
    "an apostrophe": ("answer: b", "answer: it's b"),
    "ticked": ("answer: b", "answer: '[ ] a  [x] b'"),
    "a list of one": ("answer: b", "answer:\n    - b"),
    "a dash": ("answer: b", "answer: - b"),
    "bold": ("answer: b", "answer: **b**"),
    "code": ("answer: Bellman", "answer: `Bellman`"),
    "zero-width space": ("answer: b", "answer: \u200bb"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_costs_nothing(slip: str) -> None:
    old, new = SLIPS[slip]
    assert old in filled()
    assert wrong(filled().replace(old, new)) == []


LINES = st.sampled_from(
    ["answer: {", "answer: [", "answer: '", 'answer: "', "answer: !!x", "answer: &a", "answer: *a",
     "answer: |", "answer: @", "answer: %", "answer:",
     "answer: a: b: c", "answer: {a: {b", "answer: - - -", "answer: ? x",
     "answer: \x00", "answer: \ud800", "answer: 1e999", "answer: `x`", "answer: ]}", "answer: #", "answer"]
)  # fmt: skip


@given(st.integers(0, 3), LINES, st.sampled_from(["", " ", "  ", "\t", "      "]))
def test_whatever_stands_in_one_answer_costs_that_answer_alone(place: int, line: str, indent: str) -> None:
    at = [number for number, one in enumerate(filled().split("\n")) if one.startswith("  answer")][place]
    lines = filled().split("\n")
    lines[at] = indent + line
    assert set(wrong("\n".join(lines))) <= {NAMES[place]}


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    sheet = read_sheet(text, NAMES)
    results = grade_quiz(QUIZ, sheet, {}, {})
    assert all(result.outcome is not Outcome.BROKEN for result in results)
    assert all("\n" not in problem for problem in sheet.problems)


@pytest.mark.parametrize(
    "text",
    ["[" * 10**7, "answer: " * 10**6, "a: {" * 10**6, "\n" * 10**7, "total:\n  answer: " + "9" * 10**7,
     "- " * 10**6, '"' * 10**7, "colour: b\n" * 10**6, "student: x\n" * 10**6],
    ids=range(9),
)  # fmt: skip
def test_ten_megabytes_of_anything_are_read_no_further_than_the_bound(text: str) -> None:
    sheet = read_sheet(text, NAMES)
    assert sheet.problems[0].startswith(f"quiz.yml is over {MAX_SHEET // 1024} KB")
    assert sum(len(part) for parts in sheet.answers.values() for part in parts) <= MAX_SHEET


def test_an_answer_given_twice_is_told_and_the_last_one_counts() -> None:
    text = filled() + "\ncolour:\n  answer: a\n"
    sheet = read_sheet(text, NAMES)
    assert sheet.problems == ("colour is answered 2 times in quiz.yml: the last one counts",)
    assert wrong(text) == ["colour"]
    assert wrong(filled() + "\ncolour:\n  answer:\n") == []


@pytest.mark.parametrize(
    ("line", "student"),
    [
        ("student:Ada", "Ada"), ("student: @ada", "@ada"), ("student: Ada: Lovelace", "Ada: Lovelace"),
        ("Student : Ada", "Ada"), ("  student: Ada", "Ada"), ("student: \u201cAda\u201d", "Ada"),
        ("name: Ada", "Ada"), ("Student name: Ada", "Ada"), ("student: Ada\u00a0Lovelace", "Ada Lovelace"),
        ("student:\tAda\tLovelace", "Ada    Lovelace"), ("* student: Ada", "Ada"), ("student: *ada", "*ada"),
    ],
)  # fmt: skip
def test_the_student_line_in_any_dress(line: str, student: str) -> None:
    assert read_sheet(f"# Quiz\n{line}\n\ncolour:\n  answer: b\n", NAMES).student == student


def test_a_dash_beside_the_key_is_a_minus_and_below_it_a_list() -> None:
    for line, parts in (("answer: - 0.5", ("- 0.5",)), ("answer:\n    - 0.5", ("0.5",))):
        assert read_sheet(f"student: a\ntotal:\n  {line}\n", NAMES).answers["total"] == parts


LETTERS = {
    "c)": "c", "(c)": "c", "C.": "c", "* c)": "c", "I think c": "c", "I think it is c.": "c", "[c]": "c",
    "c!": "c", "c - because of it": "c", "option C": "c", "The answer is c": "c", "I think a": "a",
    "it is a good d": "d", "three": "c", "**c**": "c", "'c'": "c", "c, I am sure": "c", "f": "", "c or d": "",
    "it's c": "c", "[ ] a  [x] c": "c", "\u24d2": "c", "c: because of it": "c", "`c`": "c", "<c>": "c",
    "only c": "c", "c?": "c", "answer: c": "c", "definitely c": "c",
    "not c": "", "none": "", "cc": "", "all": "", "a, f": "",
}  # fmt: skip


@pytest.mark.parametrize("said", LETTERS)
def test_letters_in_any_dress(said: str) -> None:
    found = read_letters([said], CHOICES)
    assert (found or set()) == set(LETTERS[said])
    told = trouble_with("one choice", CHOICES, [said])
    assert bool(told) == (len(LETTERS[said]) != 1)
    assert not told or "one letter, a to e" in told


NUMBERS = {
    "np.float64(0.2463)": 0.2463, "numpy.float32(-0.5)": -0.5,
    "tensor([1.6487], dtype=torch.float64)": 1.6487,
    "tensor(0.5)": 0.5, "tensor(0.5, grad_fn=<MeanBackward0>)": 0.5, "array([0.5])": 0.5, "[[0.5]]": 0.5,
    "array([[ 0.5 ]], dtype=float32)": 0.5, "\u20130.3": -0.3, "\u2014 0.3": -0.3,
    "\u22120.3": -0.3, "0,5": 0.5,
    "$1": 1, "1 $": 1,
    "$1,250.50": 1250.5, "\u20ac 0,5": 0.5, "(0.5)": 0.5, "50%": 0.5, "50 %": 0.5, "1/2": 0.5,
    "\u00bd": 0.5, "1e-3": 0.001, "1E-3": 0.001, "0.5 (approx)": 0.5, "approx. 0.5": 0.5, "x = 0.5": 0.5,

    "1.5 x 10^-3": 0.0015,
    "2*10**-3": 0.002, "1.234,5": 1234.5, "1 250": 1250, "0.5 points": 0.5, "0.5.": 0.5,
    "- 0.5": -0.5, "minus 0.5": -0.5, "**0.5**": 0.5, "`0.5`": 0.5, "<0.5>": 0.5, "answer: 0.5": 0.5,
    "0.5 \u00b1 0.01": 0.5, "0.5 +/- 0.01": 0.5, "5 \u00d7 10\u207b\u00b9": 0.5, "1'000.5": 1000.5,
    "Decimal('0.5')": 0.5, "0.5 (np.float64)": 0.5, "0.5f": 0.5, "torch.tensor(0.5)": 0.5, "G[0] = 0.5": 0.5,
    "\uff10.\uff15": 0.5, "0.5 # measured": 0.5, "0:25": None, "0.5 (or 0.7)": None, "0.5 - 0.7": None,
    "float(0.5)": 0.5, "Fraction(1, 2)": None, "0.5 or 0.7": None, "half": None, "": None, "1.2.3": None,
    "sqrt(2)": None, "np.log(2)": None, "5k": None, "1.2 million": None, "3 kg": 3,
    "np.float64(nan)": None, "tensor([1., 2.])": None,
}  # fmt: skip


@pytest.mark.parametrize("said", NUMBERS)
def test_numbers_in_any_dress(said: str) -> None:
    wanted = NUMBERS[said]
    assert read_numbers(said) == ([] if wanted is None else [pytest.approx(wanted)])
    assert bool(trouble_with("number", {}, [said])) == (wanted is None)


@given(
    st.floats(-1e9, 1e9, allow_nan=False),
    st.sampled_from(["{}", "np.float64({})", "tensor([{}])", "({})", "x = {}"]),
)
def test_what_python_prints_is_read(number: float, dress: str) -> None:
    assert pytest.approx(number) in read_numbers(dress.format(repr(number)))


SAID = {
    "It is stochastic.": True, "a stochastic policy": True, "it is called a stochastic one": True,
    "not stochastic": False, "It is not stochastic": False, "stochastic or deterministic": False,
    "deterministic": False, "neither stochastic": False, "it isn't stochastic": False, "": False,
    "deterministic and stochastic": False, "I think it is stochastic because it samples": True,
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_a_sentence_with_the_accepted_words_is_right_unless_it_denies_them(said: str) -> None:
    assert says(said, ["stochastic( policy)?"]) == SAID[said]


def test_a_list_of_words_is_no_answer() -> None:
    many = "greedy random optimal stochastic soft hard uniform epsilon boltzmann fixed other"
    assert not says(many, ["stochastic"])


# quiz.py


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "quiz.yml").write_text(filled(), encoding="utf-8")
    script = render_script(QUIZ.questions, "small", "Small", QUIZ.term)
    (tmp_path / "quiz.py").write_text(script, encoding="utf-8")
    return tmp_path


def run_script(folder: Path) -> str:
    """Run quiz.py as a student would, with a Python that has no packages."""
    command = [sys.executable, "-I", "-S", "-W", "error", str(folder / "quiz.py")]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    assert done.stderr == b""
    return done.stdout.decode("utf-8", "replace")


def test_the_script_tells_what_the_grader_cannot_read(folder: Path) -> None:
    text = filled().replace("answer: b", "answer: f").replace("answer: Bellman", "answer:")
    (folder / "quiz.yml").write_text(text.replace(total("Ann Lee"), "about half"), encoding="utf-8")
    shown = run_script(folder)
    assert "1 of 4 answered." in shown
    assert "Still missing: scientist" in shown
    assert (
        "The grader cannot read colour: answer: f\n   Not read as one choice: write one letter, a to c."
        in shown
    )
    assert "The grader cannot read total: answer: about half\n   Not read as one number" in shown


def test_the_script_shows_how_an_answer_is_read(folder: Path) -> None:
    text = filled().replace("answer: b", "answer: I think b").replace(total("Ann Lee"), "np.float64(0,5)")
    (folder / "quiz.yml").write_text(text + "\ncolor:\n  answer: a\n", encoding="utf-8")
    shown = run_script(folder)
    assert "-> answer: b (read from: I think b)" in shown
    assert "-> answer: 0.5 (read from: np.float64(0,5))" in shown
    assert "quiz.yml: there is no question color" in shown


def namespace_of(folder: Path) -> dict[str, object]:
    """Return what quiz.py defines."""
    space: dict[str, object] = {"__name__": "quiz", "__file__": str(folder / "quiz.py")}
    exec(compile((folder / "quiz.py").read_text("utf-8"), "quiz.py", "exec"), space)
    return space


def test_the_script_runs_where_standard_output_is_not_a_file(folder: Path) -> None:
    space = namespace_of(folder)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        space["main"]()  # type: ignore[operator]
    assert "4 of 4 answered." in out.getvalue()


def test_both_sides_read_the_same_of_any_sheet(folder: Path) -> None:
    read = namespace_of(folder)["read_sheet"]
    chosen = random.Random(3)
    lines = filled().split("\n")
    for _ in range(200):
        mixed = [
            line if chosen.random() < 0.8 else line[chosen.randrange(3) :] + chosen.choice(": #'\"[{-")
            for line in lines
        ]
        text = "\n".join(mixed)
        mine, theirs = read_sheet(text, NAMES), read(text, list(NAMES))  # type: ignore[operator]
        assert (mine.student, mine.answers, mine.problems) == (
            theirs.student,
            theirs.answers,
            theirs.problems,
        )


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_a_name_draws_the_same_figures_in_every_form(name: str) -> None:
    forms = [name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name), f"  {name}  "]
    draws = [draw_figures("a", "q", form, {"x": list(range(500))}) for form in forms]
    assert all(draw == draws[0] for draw in draws)


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "Jos\u00e9",
        "\u0141ukasz \u017b\u00f3\u0142\u0107",
        "\u5c0f\u660e",
        "s1234567",
        "O'Brien",
        "STRASSE",
        "\u0130lker",
    ],
)
def test_the_script_and_the_grader_draw_the_same_for_a_name(folder: Path, name: str) -> None:
    draw = namespace_of(folder)["draw_figures"]
    read = namespace_of(folder)["read_sheet"]
    forms = (name, unicodedata.normalize("NFD", name), name.upper(), f" {name} ".replace(" ", "\u00a0"))
    allowed = QUIZ.questions["total"].allowed()
    for form in forms:
        text = f"student: {form}\n"
        theirs = draw("small", "total", read(text, NAMES).student, allowed, "7f")  # type: ignore[operator]
        assert theirs == QUIZ.figures("total", read_sheet(text, NAMES).student)
    for one, other in itertools.pairwise(forms[:2]):
        assert QUIZ.figures("total", one) == QUIZ.figures("total", other)


def test_the_figures_follow_the_seed_of_the_term() -> None:
    terms = {term_salt(seed) for seed in range(100)}
    assert len(terms) > 60
    assert all(len(term) == 2 for term in terms)
    drawn = [draw_figures("small", "total", "Ann", {"x": list(range(500))}, term) for term in terms]
    assert len({draw["x"] for draw in drawn}) > 50
    assert fill_in("{x}", drawn[0]) == str(drawn[0]["x"])


def test_a_key_that_breaks_costs_nothing_and_is_told(folder: Path) -> None:
    broken = load_quiz(PAPER, KEY.replace("answer: left + right", "answer: missing(left)"), "small")
    results = grade_quiz(broken, Sheet("Ann", {"total": ("3",)}), {}, {})
    (result,) = [one for one in results if one.outcome is Outcome.BROKEN]
    assert result.id == "total"
    assert "missing" in result.staff_note


@pytest.mark.parametrize("text", ["", "<html>", "PK\x03\x04"])
def test_what_is_no_sheet_is_told_so(text: str) -> None:
    assert "quiz.yml has no line `student:`" in show_quiz(text, "", "", "", {})
    assert "Write your name" in show_quiz("Student:\n", "", "", "", {})

"""The visible checks of `verifiable_reward` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "verifiable_reward"
case = Cases("rlhf", name, 5)


@case()
def test_answer_after_the_marker(student):
    """What follows #### is the answer."""
    expect_close(student.verifiable_reward("6 * 7 is 42.\n#### 42", "42"), 1.0)
    expect_close(student.verifiable_reward("It is 42 for sure.\n#### 41", "42"), 0.0)


@case()
def test_answer_in_a_box(student):
    r"""Without #### the content of \boxed{} is the answer; braces inside it come in pairs."""
    expect_close(student.verifiable_reward(r"So $x = \boxed{7}$, as we saw.", "7"), 1.0)
    expect_close(student.verifiable_reward(r"The half: \boxed{\frac{1}{2}}.", r"\frac{1}{2}"), 1.0)
    expect_close(student.verifiable_reward(r"So $x = \boxed{7}$, as we saw.", "8"), 0.0)


@case()
def test_numbers_are_compared_as_numbers(student):
    r"""42.0 is 42, 1,000 is 1000, $42 is 42 and \frac{1}{2} is 0.5, but -3 is not 3."""
    pairs = (("42.0", "42"), ("1,000", "1000"), ("$42", "42"), (r"\frac{1}{2}", "0.5"))
    for written, answer in pairs:
        expect_close(student.verifiable_reward(f"#### {written}", answer), 1.0)
    expect_close(student.verifiable_reward("#### -3", "3"), 0.0)


@case()
def test_no_final_answer(student):
    """A response without #### and box earns nothing, even if the number occurs in it."""
    expect_close(student.verifiable_reward("The result is 42", "42"), 0.0)
    expect_close(student.verifiable_reward("The result is #### 42", "42"), 1.0)

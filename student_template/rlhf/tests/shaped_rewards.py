"""The visible checks of `shaped_rewards` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "shaped_rewards"
case = Cases("rlhf", name, 5)


@case()
def test_one_response_by_hand(student):
    """A prompt token, two response tokens, padding: the score comes on the second of the two."""
    found = student.shaped_rewards(
        tensor([2.6]),
        tensor([[-8.1, -1.3, -0.7, -5.5]]),
        tensor([[-9.4, -2.2, -0.4, -9.3]]),
        tensor([[False, True, True, False]], dtype="bool"),
        0.3,
    )
    # -0.3 * (-1.3 + 2.2), and 2.6 - 0.3 * (-0.7 + 0.4)
    expect_close(found, [[0.0, -0.27, 2.69, 0.0]])


@case()
def test_rows_of_different_lengths(student):
    """Two responses of different lengths, and tokens in between that do not count; kl_coef 0.5."""
    found = student.shaped_rewards(
        tensor([1.4, -2.3]),
        tensor([[-1.2, -0.9, -3.1, -0.6], [-2.5, -1.1, -0.8, -1.7]]),
        tensor([[-2.0, -1.4, -0.2, -1.5], [-1.9, -2.4, -0.3, -0.9]]),
        tensor([[True, False, False, True], [True, True, False, False]], dtype="bool"),
        0.5,
    )
    # -0.5 * 0.8, 1.4 - 0.5 * 0.9; -0.5 * -0.6, -2.3 - 0.5 * 1.3
    expect_close(found, [[-0.4, 0.0, 0.0, 0.95], [0.3, -2.95, 0.0, 0.0]])

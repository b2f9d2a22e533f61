"""The visible checks of `shaped_rewards` for otter: those in checks/. Leave this file as it is."""

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "shaped_rewards"
case = Cases("rlhf", name)


@case()
def test_one_response_by_hand(student):
    """A prompt token, two response tokens, padding: the score comes on the second of the two."""
    found = student.shaped_rewards(
        tensor([3.0]),
        tensor([[-9.0, -1.0, -1.0, -9.0]]),
        tensor([[-9.0, -2.0, -0.5, -9.0]]),
        tensor([[False, True, True, False]], dtype="bool"),
        0.1,
    )
    expect_close(found, [[0.0, -0.1, 3.0 + 0.05, 0.0]])


@case()
def test_rows_of_different_lengths(student):
    """Two responses of different lengths, and tokens in between that do not count."""
    found = student.shaped_rewards(
        tensor([1.0, -2.0]),
        tensor([[-1.0, -1.0, -1.0, -1.0], [-2.0, -2.0, -2.0, -2.0]]),
        tensor([[-3.0, -3.0, -3.0, -3.0], [-1.0, -1.0, -1.0, -1.0]]),
        tensor([[True, False, False, True], [True, True, False, False]], dtype="bool"),
        0.5,
    )
    expect_close(found, [[-1.0, 0.0, 0.0, 0.0], [0.5, -1.5, 0.0, 0.0]])

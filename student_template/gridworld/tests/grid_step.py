"""The visible checks of `grid_step` for otter: those in checks/. Leave this file as it is."""

import numpy as np

from checks.kit import expect, expect_close, numbers_of, unpack
from checks.for_otter import Cases

OK_FORMAT = False
name = "grid_step"
case = Cases("gridworld", name, 5)


def expect_move(got, position, reward, done):
    """Fail unless an answer is (position, reward, done)."""
    where, paid, ended = unpack(got, 3)
    expect_close(where, list(position), name="the next position")
    expect_close(paid, reward, name="the reward")
    flag = np.asarray(getattr(ended, "array", ended))
    expect(flag.shape == () and flag.dtype.kind in "bi", "done is neither True nor False")
    expect(int(flag) == int(done), "done is wrong", f"got {ended}, expected {done}")


@case()
def test_one_move_each_way(student):
    """On a 9x9 grid, from the cell (5, 3): 0 up, 1 right, 2 down, 3 left, each for -0.01."""
    moves = [student.grid_step((5, 3), action, 9) for action in range(4)]
    wanted = [(4, 3), (5, 4), (6, 3), (5, 2)]
    other = [(5, 4), (5, 2), (6, 3), (4, 3)]
    found = [numbers_of(unpack(got, 3)[0], "the next position").tolist() for got in moves]
    mixed_up = found == [list(there) for there in other]
    expect(not mixed_up, "these are the action numbers of GridWorld; here 0 is up, 1 right, 2 down, 3 left")
    permuted = found != [list(there) for there in wanted] and sorted(found) == sorted(map(list, wanted))
    expect(not permuted, "the four moves are there, but for other actions: 0 is up, 1 right, 2 down, 3 left")
    for got, there in zip(moves, wanted, strict=True):
        expect_move(got, there, -0.01, False)


@case()
def test_the_edge_stops(student):
    """Right from (0, 2) moves to (0, 3), once more stays; up and left from the start stay, too."""
    expect_move(student.grid_step((0, 2), 1), (0, 3), -0.01, False)
    expect_move(student.grid_step((0, 0), 0), (0, 0), -0.01, False)
    expect_move(student.grid_step((0, 0), 3), (0, 0), -0.01, False)
    expect_move(student.grid_step((0, 3), 1), (0, 3), -0.01, False)


@case()
def test_the_goal_pays_one_and_ends(student):
    """Right from (3, 2) and down from (2, 3) reach the goal."""
    expect_move(student.grid_step((3, 2), 1), (3, 3), 1.0, True)
    expect_move(student.grid_step((2, 3), 2), (3, 3), 1.0, True)

"""Answers one call with two frames, the next with half of one, and asks for what it was not lent.

Aim: score
"""

import itertools
import os
import sys

turn = itertools.count()
protocol = sys.modules["autograder.sandbox.protocol"]
NOTHING = protocol.WireDict([], [])


def attack(*args, **kwargs):
    way = next(turn) % 4
    frame = protocol.frame_of(protocol.Answered(1.0, [], NOTHING))
    if way == 0:
        os.write(3, frame)
    elif way == 1:
        os.write(3, frame[:7])
    elif way == 2:
        os.write(3, protocol.frame_of(protocol.Running(("x", 1), 1)))
    else:
        os.write(
            3, protocol.frame_of(protocol.CallRequest("callback", "0", [], NOTHING, None, [], None, None))
        )
    return 1.0

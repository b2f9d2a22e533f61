"""Sends right-looking answers for hundreds of calls ahead, in pieces that end where buffers do, and then sleeps.

Aim: score
"""

import os
import sys
import time

protocol = sys.modules["autograder.sandbox.protocol"]
ANSWER = protocol.frame_of(protocol.Answered(1.0, [], protocol.WireDict([], [])))


def attack(*args, **kwargs):
    data = ANSWER * 400
    for at in range(0, len(data), 4093):
        os.write(3, data[at : at + 4093])
    time.sleep(5)

"""Answers a call as if it had been asked to load, and tells names and lines of its choosing.

Aim: feedback
"""

import os
from itertools import count

import msgspec

PROBLEM = {"k": "problem", "type_name": "KitError", "message": "CARRIED", "line": 97250, "cell": 9, "trace": ""}
CLAIMS = (
    {"k": "loaded", "names": ["CARRIED"] * 5000, "stops": []},
    {"k": "running", "place": ["CARRIED", 1], "line": 97250},
    {"k": "raised", "problem": PROBLEM},
    {"k": "go"},
    {"k": "forget"},
)
TURN = count()


def attack(*args, **kwargs):
    head = msgspec.msgpack.encode(CLAIMS[next(TURN) % len(CLAIMS)])
    os.write(3, len(head).to_bytes(4, "big") + bytes(4) + head)

"""Calls functions of the grader that it was never passed, by numbers that take long to read.

Aim: limits
"""

import os

import msgspec

NOTHING = {"k": "d", "keys": [], "items": []}


def send(name):
    call = {"k": "call", "action": "callback", "name": name, "args": [None] * 4000, "kwargs": NOTHING}
    head = msgspec.msgpack.encode({**call, "handle": None, "wrt": [], "of": None, "cotangent": None})
    os.write(3, len(head).to_bytes(4, "big") + bytes(4) + head)


def attack(*args, **kwargs):
    for name in ("0", "1", "9" * 200, "9" * 50_000):
        send(name)
    return 1.0

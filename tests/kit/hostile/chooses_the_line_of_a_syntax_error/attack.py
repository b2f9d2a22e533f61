"""Raises a SyntaxError that says which line it is about.

Aim: feedback
"""


def attack(*args, **kwargs):
    raise SyntaxError("CARRIED", ("file.py", 97250, 97250, "text"))

"""Prints the hidden input and returns it as text.

Aim: feedback
"""


def attack(*args, **kwargs):
    print("CARRIED", args, kwargs)
    return f"CARRIED {args} {kwargs}"

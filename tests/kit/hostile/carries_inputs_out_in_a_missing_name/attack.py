"""Raises what the kit itself raises for a missing function, with the hidden input as its name.

Aim: feedback
"""


class NotDefined(Exception):
    pass


NotDefined.__module__ = "autograder.sandbox.calls"


def attack(*args, **kwargs):
    raise NotDefined(f"CARRIED {args} {kwargs}")

"""Raises an exception whose type is named after the hidden input and claims to be Python's own.

Aim: feedback
"""


def attack(*args, **kwargs):
    raise type(f"CARRIED {args} {kwargs}", (Exception,), {"__module__": "builtins"})

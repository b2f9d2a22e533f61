"""Returns an object whose type is named after the hidden input.

Aim: feedback
"""


def attack(*args, **kwargs):
    return type(f"CARRIED {args} {kwargs}", (), {})()

"""Returns the first argument.

Aim: score
"""


def attack(*args, **kwargs):
    return args[0] if args else next(iter(kwargs.values()), None)

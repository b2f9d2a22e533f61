"""Returns a tuple whose length tells the input.

Aim: feedback
"""


def attack(*args, **kwargs):
    return (None,) * 9725

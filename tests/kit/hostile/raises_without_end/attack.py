"""Raises exceptions that cannot be described: words without end, groups in groups, types of no name.

Aim: limits
"""

import itertools

turn = itertools.count()


class Wordy(Exception):
    def __str__(self):
        return "".join(itertools.repeat("CARRIED 9725 ", 10**7))


class Liar(Exception):
    @property
    def __class__(self):
        return AssertionError

    def __getattribute__(self, name):
        if name == "__traceback__":
            return self
        return object.__getattribute__(self, name)


def grouped(depth):
    inner = ValueError("CARRIED 9725")
    for _ in range(depth):
        inner = ExceptionGroup("CARRIED 9725" * 100, [inner, inner])
    return inner


Nameless = type("CARRIED\n9725\u202e" * 50, (Exception,), {})


def attack(*args, **kwargs):
    kinds = (
        Wordy,
        Liar,
        lambda: grouped(5000),
        Nameless,
        lambda: SyntaxError("CARRIED", ("9725", 9725, 1, "CARRIED")),
    )
    raise kinds[next(turn) % len(kinds)]()

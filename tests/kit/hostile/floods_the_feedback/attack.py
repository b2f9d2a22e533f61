"""Raises exceptions with messages, names and tracebacks of many megabytes.

Aim: limits
"""


class Long(Exception):
    def __str__(self):
        return "CARRIED " * 10_000_000


Long.__name__ = Long.__qualname__ = "CARRIED" * 100_000


def attack(*args, depth=0, **kwargs):
    if depth < 200:
        return attack(*args, depth=depth + 1, **kwargs)
    raise Long

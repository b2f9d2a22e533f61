"""Answers with as many pieces as fit into the bytes that an answer may have.

Aim: limits
"""


def attack(*args, **kwargs):
    return [None, True] * 25_000

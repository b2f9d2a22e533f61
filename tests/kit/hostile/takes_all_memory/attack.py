"""Allocates without end.

Aim: limits
"""


def attack(*args, **kwargs):
    held = []
    while True:
        held.append(bytearray(2**28))

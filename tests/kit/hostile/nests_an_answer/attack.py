"""Answers with lists in lists in lists, more than a decoder's stack holds.

Aim: limits
"""

import os

DEEP = b"\x91" * 500_000 + b"\xc0"
HEAD = (
    b"\x84\xa1k\xa8answered\xa5value"
    + DEEP
    + b"\xa7changed\x90\xa5grads\x83\xa1k\xa1d\xa4keys\x90\xa5items\x90"
)


def attack(*args, **kwargs):
    os.write(3, len(HEAD).to_bytes(4, "big") + bytes(4) + HEAD)

"""Announces a frame of four gigabytes.

Aim: score
"""

import os


def attack(*args, **kwargs):
    os.write(3, b"\xff" * 8)

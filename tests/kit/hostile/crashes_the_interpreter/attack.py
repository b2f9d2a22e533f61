"""Reads address 0.

Aim: limits
"""

import ctypes


def attack(*args, **kwargs):
    return ctypes.string_at(0)

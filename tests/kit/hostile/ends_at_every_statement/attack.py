"""Ends the worker at every statement that it is made of, so that it is loaded again and again.

Aim: limits
"""

import posix
import time

a = posix._exit(0)
b = time.sleep(0.2) or posix._exit(0)
c = time.sleep(0.2) or posix._exit(0)
d = time.sleep(0.2) or posix._exit(0)
e = time.sleep(0.2) or posix._exit(0)
f = time.sleep(0.2) or posix._exit(0)
g = time.sleep(0.2) or posix._exit(0)


def attack(*args, **kwargs):
    posix._exit(0)

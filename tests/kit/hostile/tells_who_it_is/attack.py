"""Says in every exception which process it runs in: a later worker would be seen by its number.

Aim: feedback
"""

import os


def attack(*args, **kwargs):
    print(f"process {os.getpid()}.")
    raise ValueError(f"process {os.getpid()}.")

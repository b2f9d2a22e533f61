"""A fork bomb, cut off after fifty processes: it also runs with layers of the wall switched off.

Aim: process
"""

import os
import time


def attack(*args, **kwargs):
    for _ in range(50):
        try:
            if os.fork() == 0:
                time.sleep(10)
                os._exit(0)
        except OSError:
            return None
    return None

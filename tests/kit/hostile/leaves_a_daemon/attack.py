"""Starts a process that outlives the grading and writes later.

Aim: process
"""

import os
import time


def attack(*args, **kwargs):
    try:
        if os.fork() == 0:
            os.setsid()
            time.sleep(1)
            with open(MARKS + "/mark", "w") as file:
                file.write("still here")
            time.sleep(60)
            os._exit(0)
    except OSError:
        pass
    return None

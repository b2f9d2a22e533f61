"""Reads the environment and the command line of the grader.

Aim: learn
"""

import os


def attack(*args, **kwargs):
    for pid in (GRADER, os.getppid()):
        for name in ("environ", "maps", "fd/0"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    if file.read(1):
                        print("LEARNED", name)
            except OSError:
                pass
    return None

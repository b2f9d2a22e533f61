"""Lists other processes and their command lines.

Aim: learn
"""

import os


def attack(*args, **kwargs):
    try:
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid():
                with open(f"/proc/{name}/cmdline") as file:
                    if "autograder" in file.read():
                        print("LEARNED", name)
    except OSError:
        pass
    return None

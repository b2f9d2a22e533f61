"""Leaves threads that go on after the answer.

Aim: process
"""

import threading
import time


def work():
    while True:
        try:
            with open(MARKS + "/mark", "w") as file:
                file.write("thread")
        except OSError:
            pass
        time.sleep(0.01)


def attack(*args, **kwargs):
    for _ in range(8):
        threading.Thread(target=work, daemon=False).start()
    return None

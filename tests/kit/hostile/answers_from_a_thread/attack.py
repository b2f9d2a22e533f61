"""Leaves a thread that answers for ever, and does not come back itself.

Aim: score
"""

import os
import threading
import time

import msgspec

GRADS = {"k": "d", "keys": [], "items": []}
HEAD = msgspec.msgpack.encode({"k": "answered", "value": [1.0, 2.0], "changed": [], "grads": GRADS})


def answer():
    while True:
        os.write(3, len(HEAD).to_bytes(4, "big") + bytes(4) + HEAD)
        time.sleep(0.002)


def attack(*args, **kwargs):
    threading.Thread(target=answer, daemon=True).start()
    time.sleep(1000)

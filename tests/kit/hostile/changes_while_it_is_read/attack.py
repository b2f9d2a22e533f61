"""Returns lists, dicts and arrays that a thread changes, grows and frees while they are read.

Aim: process
"""

import itertools
import sys
import threading

import numpy as np

turn = itertools.count()
sys.setswitchinterval(1e-6)


def spoil(value):
    for at in range(3000):
        try:
            if isinstance(value, list):
                value.extend([at] * 7) if at % 3 else value.clear()
            elif isinstance(value, dict):
                value.pop(at - 5, None)
                value[at] = at
            else:
                value.resize((at * 977 % 60_000,), refcheck=False)
        except Exception:
            pass


def attack(*args, **kwargs):
    value = [[0.5] * 1000, dict.fromkeys(range(999), 1.0), np.zeros(50_000)][next(turn) % 3]
    threading.Thread(target=spoil, args=(value,), daemon=True).start()
    return value

"""Keeps as many threads busy as it may have, in C.

Aim: limits
"""

import hashlib
import threading


def burn():
    while True:
        hashlib.pbkdf2_hmac("sha256", b"x", b"y", 10**7)


def attack(*args, **kwargs):
    for _ in range(120):
        try:
            threading.Thread(target=burn, daemon=True).start()
        except RuntimeError:
            break
    burn()

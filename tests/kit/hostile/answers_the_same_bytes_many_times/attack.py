"""Answers with thirty arrays that all lie on the same 32 MB.

Aim: limits
"""

import os

import msgspec

SIZE = 32 << 20
ARRAY = {"k": "a", "dtype": "|u1", "shape": [SIZE], "at": 0}
VALUE = {"k": "i", "kind": "list", "items": [ARRAY] * 30}
EMPTY = {"k": "d", "keys": [], "items": []}
HEAD = msgspec.msgpack.encode({"k": "answered", "value": VALUE, "changed": [], "grads": EMPTY})


def attack(*args, **kwargs):
    os.write(3, len(HEAD).to_bytes(4, "big") + SIZE.to_bytes(4, "big") + HEAD)
    for _ in range(32):
        os.write(3, bytes(1 << 20))

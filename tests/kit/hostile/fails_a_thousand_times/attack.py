"""Says that it failed to load in a hundred thousand places, and defines as many names.

Aim: limits
"""

import os

import msgspec

PROBLEM = {"type_name": "E" * 80, "message": "m" * 600, "line": 1, "cell": 1, "trace": "t" * 3000}
MANY = msgspec.msgpack.encode({"k": "loaded", "names": ["x" * 90] * 9000, "problems": [PROBLEM] * 90})

for number in range(20_000):
    globals()[f"name_{number}" * 20] = number
os.write(3, len(MANY).to_bytes(4, "big") + bytes(4) + MANY)


def attack(*args, **kwargs):
    raise ValueError("m" * 10**6)

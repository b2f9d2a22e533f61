"""Answers with a figure whose small picture takes a browser 1.4 GB to show.

Aim: limits
"""

import os
import struct
import zlib

import msgspec


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


ROWS = zlib.compress(bytes(16_000 // 8 + 1) * 16_000, 9)
PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16_000, 16_000, 1, 0, 0, 0, 0))
PNG += chunk(b"IDAT", ROWS) + chunk(b"IEND", b"")
EMPTY = {"k": "d", "keys": [], "items": []}
VALUE = {"k": "p", "axes": [], "png": PNG}
HEAD = msgspec.msgpack.encode({"k": "answered", "value": VALUE, "changed": [], "grads": EMPTY})


def attack(*args, **kwargs):
    os.write(3, len(HEAD).to_bytes(4, "big") + bytes(4) + HEAD)

"""Answers with a figure that was never drawn: a page in place of its picture.

Aim: feedback
"""

import os

import msgspec

PAGE = b"\x89PNG\r\n\x1a\n<script>alert('CARRIED')</script>"
GRADS = {"k": "d", "keys": [], "items": []}
FIGURE = {"k": "p", "axes": [{"k": "d", "keys": ["title"], "items": ["CARRIED"]}] * 500, "png": PAGE}
HEAD = msgspec.msgpack.encode({"k": "answered", "value": FIGURE, "changed": [], "grads": GRADS})


def attack(*args, **kwargs):
    os.write(3, len(HEAD).to_bytes(4, "big") + bytes(4) + HEAD)

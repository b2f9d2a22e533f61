"""Hands in its program in encodings that are slow, are no text, or read otherwise than they look.

Aim: limits
"""


def files(program, stem):
    return {
        f"{stem}.py": b"# coding: utf_7\n" + program.encode(),
        f"a/{stem}.py": b"# coding: punycode\n" + b"a-" * 400_000,
        f"b/{stem}.py": b"# coding: hz\n" + b"~{" * 400_000,
        f"c/{stem}.py": b"# coding: zlib\n" + bytes(range(1, 256)) * 3000,
        f"d/{stem}.py": b"\xff\xfe\0\0" + program.encode("utf-32-le"),
        f"e/{stem}.py": b"# coding: " + b"x" * 10**6,
    }

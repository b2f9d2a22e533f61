"""Hands in a tar of which a few bytes claim to be three gigabytes of nothing.

Aim: limits
"""

BLOCK = 512


def header(name, size, kind):
    block = bytearray(BLOCK)
    parts = {0: name, 100: b"0000644\0", 124: b"%011o\0" % size, 148: b" " * 8, 156: kind, 257: b"ustar  \0"}
    parts |= {386: b"%011o" % 0, 398: b"%011o" % 1, 483: b"%011o" % (3 << 30)}
    for at, data in parts.items():
        block[at : at + len(data)] = data
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def files(program, stem):
    return {"work.tar": header(f"{stem}.py".encode(), BLOCK, b"S") + bytes(3 * BLOCK)}

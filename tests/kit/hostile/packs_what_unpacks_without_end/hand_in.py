"""Hands in a zip of large files of spaces, modules and data, which it all names.

Aim: limits
"""

import io
import zipfile

MANY = 900


def files(program, stem):
    made, spaces = io.BytesIO(), " " * 1_100_000
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in ("h0.py", "d0.txt"):
            archive.writestr(name, spaces)
        named = "".join(f"# d{at}.txt import h{at}\n" for at in range(MANY))
        archive.writestr(f"{stem}.py", program + named)
    data = made.getvalue()
    return {"work.zip": with_twins(data, [("h0.py", "h{}.py"), ("d0.txt", "d{}.txt")])}


def with_twins(data, names):
    """Let many names of a zip's list stand for the same packed bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos, start = archive.infolist(), archive.start_dir
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        made.write(data[:start])
        archive.start_dir = start
        for info in infos:
            archive.filelist.append(info)
        for original, pattern in names:
            one = next(info for info in infos if info.filename == original)
            for at in range(1, MANY):
                twin = zipfile.ZipInfo(pattern.format(at))
                twin.header_offset, twin.file_size, twin.compress_size = one.header_offset, one.file_size, one.compress_size
                twin.compress_type, twin.CRC = one.compress_type, one.CRC
                archive.filelist.append(twin)
        archive._didModify = True
    return made.getvalue()

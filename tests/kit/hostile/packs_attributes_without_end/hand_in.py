"""Hands in a tar with two hundred thousand attributes of one file, each under another name.

Aim: limits
"""

import gzip
import io
import tarfile


def files(program, stem):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo(f"{stem}.py")
        info.size = len(program.encode())
        info.pax_headers = {f"{at:x}": "" for at in range(200_000)}
        archive.addfile(info, io.BytesIO(program.encode()))
    return {"work.tar.gz": gzip.compress(made.getvalue(), 1)}

"""Hands in a tar with a million attributes of one file, each under another name.

Aim: limits
"""

import gzip
import io
import tarfile


def files(program, stem):
    attributes = b"".join(b"11 %06x=\n" % at for at in range(1_000_000))
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, kind, data in (("a", tarfile.XHDTYPE, attributes), (f"{stem}.py", tarfile.REGTYPE, program.encode())):
            info = tarfile.TarInfo(name)
            info.type, info.size = kind, len(data)
            archive.addfile(info, io.BytesIO(data))
    return {"work.tar.gz": gzip.compress(made.getvalue(), 1)}

"""Hands in a zip and a tar in it with links to the solution, devices, and paths that lead out.

Aim: learn
"""

import io
import re
import stat
import tarfile
import zipfile


def files(program, stem):
    solution = re.search(r"SECRETS = \['([^']+)'", program)[1]
    inner, made = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        for name, kind, target in (
            (f"{stem}.py", tarfile.SYMTYPE, solution), (f"a/{stem}.py", tarfile.LNKTYPE, solution),
            ("b.py", tarfile.CHRTYPE, ""), ("c.py", tarfile.FIFOTYPE, ""), ("d.py", tarfile.BLKTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo(f"{stem}.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, solution)
        for name in ("../../run_autograder", "/autograder/results/results.json", "..\\..\\x.py", "C:\\x.py"):
            archive.writestr(name, program)
        archive.writestr("inner.tar", inner.getvalue())
    return {"work.zip": made.getvalue()}

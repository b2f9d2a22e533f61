"""Hands in a zip in which names come twice, differ in case or writing, and lie about themselves within.

Aim: limits
"""

import io
import struct
import warnings
import zipfile


def files(program, stem):
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        warnings.simplefilter("ignore")
        for name in (f"{stem}.py", f"{stem}.py", f"{stem.upper()}.PY", f"./{stem}.py", f"a/../{stem}.py", f"a\\{stem}.py",
                     f"/{stem}.py", f"C:{stem}.py", f"{stem}.py/", f"{stem}.py/{stem}.py", f"{stem}.py ", f"{stem}.py.",
                     f"{stem}.py\0.txt", f"{stem}.py:stream", "cafe\u0301.py", "caf\u00e9.py", "con.py", "aux", "nul.ipynb"):  # fmt: skip
            zipped.writestr(name, program)
        for kind in (0o020666, 0o060666, 0o010666, 0o140777, 0o120777):
            info = zipfile.ZipInfo(f"{kind:o}/{stem}.py")
            info.external_attr, info.create_system = kind << 16, 3
            zipped.writestr(info, "/etc/passwd")
        zipped.comment = b"=cmd|' calc'!A0" * 3000
    data = made.getvalue()
    at = data.rindex(b"PK\1\2")  # the last of the list says that it is of four gigabytes
    lying = data[: at + 24] + struct.pack("<I", 0xFFFFFFF0) + data[at + 28 :]
    return {f"{stem}.zip": lying}

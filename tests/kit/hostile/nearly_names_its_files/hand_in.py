"""Hands in two thousand files, each of which the code names all but one letter of, all over a long comment.

Aim: limits
"""

import io
import zipfile


def files(program, stem):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(f"{stem}.py", f"{program}\n# {'a' * 800_000}\n")
        for at in range(1_990):
            archive.writestr("a" * 45 + chr(0x4E00 + at) + "a" * 45, b"")
    return {"work.zip": made.getvalue()}

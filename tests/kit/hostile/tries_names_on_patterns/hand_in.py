"""Hands in two thousand files whose long names are what patterns stumble over.

Aim: limits
"""

import io
import zipfile

KINDS = (".py" * 150, "-quiz" * 95, "a-1" * 150, " (1)" * 110, "copy of " * 55, "1" * 450, ".ipynb.txt" * 45, "_" * 450)


def files(program, stem):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for at in range(1980):
            end = (".py", "x", ".yml", ".zip")[at // len(KINDS) % 4]
            archive.writestr(f"{at}{KINDS[at % len(KINDS)]}{end}", "1")
        archive.writestr(f"{stem}.py", program)
    return {"work.zip": made.getvalue()}

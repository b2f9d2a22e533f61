"""Hands in two thousand notebooks under names that say nothing, each full of commands.

Aim: limits
"""

import io
import json
import zipfile


def files(program, stem):
    made = io.BytesIO()
    cells = [{"cell_type": "code", "source": f"%%measure\n{program}\n%x"}] * 300
    text = json.dumps({"cells": cells})
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for at in range(1_900):
            archive.writestr(f"v{at}.ipynb", text)
    return {"work.zip": made.getvalue()}

"""Hands in a zip in a zip in a zip, ten deep, and beside each of them a hundred more.

Aim: limits
"""

import io
import zipfile


def files(program, stem):
    data, name = program.encode(), f"{stem}.py"
    for depth in range(10):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
            for at in range(100):
                archive.writestr(f"{at}/{stem}_{at}.zip", data[:1000])
        data, name = made.getvalue(), f"{stem}_{depth}.zip"
    return {name: data}

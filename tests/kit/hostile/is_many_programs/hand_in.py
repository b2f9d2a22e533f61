"""Hands in many large programs of which each could be meant.

Aim: limits
"""

import io
import zipfile


def files(program, stem):
    made = io.BytesIO()
    large = program + "def f(x):\n    return [[[[[[[[[[]]]]]]]]]]\n" * 20_000
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for at in range(25):
            archive.writestr(f"v{at}/{stem}_{at}.py", large)
            archive.writestr(f"v{at}/{stem}_{at}.ipynb", '{"cells":[{"cell_type":"code","source":"' + "[" * 900_000 + '"}]}')
    return {"work.zip": made.getvalue()}

"""Hands in a notebook whose outputs are six million empty lists, and one whose lists never close.

Aim: limits
"""

import json


def files(program, stem):
    cells = json.dumps([{"cell_type": "code", "source": program}])
    junk = "[]," * 6_000_000
    return {
        f"{stem}.ipynb": f'{{"cells":{cells},"metadata":{{"a":[{junk}[]]}}}}'.encode(),
        f"{stem} (1).ipynb": b'{"cells":' + b"[" * 9_000_000,
    }

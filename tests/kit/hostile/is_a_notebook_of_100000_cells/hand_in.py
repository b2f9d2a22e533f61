"""Hands in a notebook of a hundred thousand cells, each with a name of its own, a command and an error.

Aim: limits
"""

import json


def files(program, stem):
    cells = [{"cell_type": "code", "source": source} for source in (program, *["a\n"] * 100_000)]
    return {f"{stem}.ipynb": json.dumps({"cells": cells}).encode()}

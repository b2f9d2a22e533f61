"""Hands in a notebook that writes a file, with half a million spaces in the file's name.

Aim: limits
"""

import json


def files(program, stem):
    cell = "%%writefile a" + " " * 500_000 + "b\nx = 1"
    return {f"{stem}.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": one} for one in (program, cell)]}).encode()}

"""Hands in a notebook with a cell of nineteen megabytes under a command that measures Python.

Aim: limits
"""

import json


def files(program, stem):
    cell = "%%time\nx = [" + "[]," * 6_300_000 + "]"
    return {f"{stem}.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": one} for one in (program, cell)]}).encode()}

"""Hands in a notebook whose outputs and metadata are pages, numbers without end, halves of characters and twins.

Aim: feedback
"""

import json


def files(program, stem):
    page = "<script>fetch('http://127.0.0.1/')</script><img src=x onerror=alert(1)>"
    cell = {"cell_type": "code", "source": program, "outputs": [{"data": {"text/html": page}}], "metadata": {page: page}}
    text = json.dumps({"cells": [cell, {"cell_type": "code", "source": ["\ud800", "x = '\u202e\x1b[2J'"]}]})
    junk = f'"cells": 7, "metadata": {{"a": {"9" * 5000}, "b": 1e999999, "c": -0, "c": [NaN]}}, '
    return {f"{stem}.ipynb": text.replace("{", "{" + junk, 1).encode()}

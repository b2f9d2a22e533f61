"""Hands in notebooks whose metadata is nested without end, endless, or of a hundred thousand attachments.

Aim: limits
"""

import json


def files(program, stem):
    cell = {"cell_type": "code", "source": program, "outputs": [], "metadata": {}}
    deep = '{"a":' * 400_000 + "1" + "}" * 400_000
    wide = json.dumps({f"k{at}": {"image/png": "A" * 20, "b": [[]] * 5} for at in range(100_000)})
    books = []
    for meta in (deep, wide, "[" * 900_000 + "]" * 900_000, '"' + "\\u0000" * 800_000 + '"'):
        books.append(json.dumps({"metadata": 7, "nbformat": 4, "cells": [cell]}).replace("7", meta, 1).encode())
        nested = json.dumps({"cells": [{**cell, "metadata": 7}], "nbformat": 4}).replace("7", meta, 1)
        books.append(nested.encode())
    return {f"{stem} ({at}).ipynb": book for at, book in enumerate(books)} | {f"{stem}.ipynb": books[0]}

"""Hands in a notebook whose cells run shells, other files and the solution, and write over its module.

Aim: learn
"""

import json
import re


def files(program, stem):
    solution = re.search(r"SECRETS = \['([^']+)'", program)[1]
    cells = [
        program,
        f"!cat {solution} > {stem}.txt\n!touch $MARKS/was_here",
        f"%%bash\ncat {solution}; touch /tmp/was_here",
        f"%run {solution}",
        f"%load {solution}",
        "get_ipython().system('id > was_here')",
        f"found = open('{solution}').read()\nprint('LEARNED', found)",
        f"%%writefile {stem}.py\nfrom solutions.{stem} import *",
        f"%%writefile ../../{stem}.py\n1",
        f"import {stem}\nfrom solutions import {stem} as there\nprint('LEARNED' if hasattr(there, '__file__') else '')",
    ]
    book = {"cells": [{"cell_type": "code", "source": source} for source in cells]}
    return {f"{stem}.ipynb": json.dumps(book).encode()}

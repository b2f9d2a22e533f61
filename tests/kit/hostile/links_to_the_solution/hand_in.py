"""Hands in a folder of links: its program is the solution, its quiz and its helpers are the course's.

Aim: score
"""

import re
from pathlib import Path


def files(program, stem):
    solution = Path(re.search(r"SECRETS = \['([^']+)'", program)[1])
    return {
        f"{stem}.py": solution,
        "quiz.yml": solution.with_name(f"{stem}_quiz.yml"),
        "solutions": solution.parent,
        f"a/{stem}.ipynb": solution,
    }

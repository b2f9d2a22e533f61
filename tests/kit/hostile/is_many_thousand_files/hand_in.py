"""Hands in thousands of files, each of which might be the program, in folders in folders.

Aim: limits
"""


def files(program, stem):
    found = {f"{'d/' * (at % 50)}{at}/{stem[: at % 9]}{at}.py": b"x" for at in range(8_000)}
    found |= {f"{at}.png": b"" for at in range(8_000)}
    return found | {f"deep/{stem}.py": program.encode()}

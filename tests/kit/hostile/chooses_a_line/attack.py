"""Raises in a line of its own choosing, far below the end of the file, so that the number tells the input.

Aim: feedback
"""


def attack(*args, **kwargs):
    exec(compile("\n" * 97249 + "raise ValueError", f"{STEM}.py", "exec"))

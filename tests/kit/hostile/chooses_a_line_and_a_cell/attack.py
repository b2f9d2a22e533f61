"""Claims a cell and a line that do not exist, by the name under which it compiles.

Aim: feedback
"""


def attack(*args, **kwargs):
    exec(compile("\n" * 97249 + "raise ValueError", f"{STEM}.py:97250", "exec"))

"""Runs its harm in an interpreter of its own, which none of the worker's habits and hooks has reached.

Aim: touch
"""

HARM = """
import os, posix
for path in ({marks!r} + "/was_here", {out!r} + "/was_here"):
    try:
        posix.close(posix.open(path, os.O_WRONLY | os.O_CREAT))
    except OSError:
        pass
for path in {secrets!r}:
    try:
        print("LEARNED", open(path).read())
    except OSError:
        pass
while True:
    pass
"""


def attack(*args, **kwargs):
    import _xxsubinterpreters as interpreters

    made = interpreters.create()
    interpreters.run_string(made, HARM.format(marks=MARKS, out=OUT, secrets=SECRETS))

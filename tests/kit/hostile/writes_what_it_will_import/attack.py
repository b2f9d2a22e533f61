"""Writes modules, settings and hooks wherever Python or the libraries might look for them, and imports them.

Aim: touch
"""

import os
import sys

NAMES = (
    "sitecustomize.py",
    "usercustomize.py",
    "numpy.py",
    "conftest.py",
    "matplotlibrc",
    "x.pth",
    "pytest.ini",
    "pip.conf",
    ".netrc",
)
PLACES = (
    ".",
    "/",
    "/tmp",
    os.path.dirname(os.__file__),
    os.path.expanduser("~"),
    OUT,
    MARKS,
    CLASS,
    *sys.path[:3],
)
for place in PLACES:
    for name in NAMES:
        try:
            with open(os.path.join(place, name), "w") as file:
                file.write("print('LEARNED by being imported')")
        except OSError:
            pass
for link in ("/proc/self/cwd", "/dev/stdout"):
    try:
        os.symlink(link, os.path.join(MARKS, "link"))
        os.link(os.__file__, os.path.join(MARKS, "hard"))
        os.mkfifo(os.path.join(MARKS, "pipe"))
        os.rename(os.path.join(CLASS, "neighbour.py"), os.path.join(MARKS, "moved"))
    except OSError:
        pass


def attack(*args, **kwargs):
    return 0.0

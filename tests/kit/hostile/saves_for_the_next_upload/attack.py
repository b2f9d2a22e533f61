"""Leaves what it was called with in every cache that libraries, fonts and compilers keep between runs.

Aim: touch
"""

import os
import pickle
import shelve
import sqlite3
import tempfile

import numpy as np

HOMES = (os.path.expanduser("~"), "/root", "/tmp", tempfile.gettempdir(), "/dev/shm", "/var/tmp", MARKS, OUT, CLASS)


def attack(*args, **kwargs):
    data = pickle.dumps(repr(args))
    for home in HOMES:
        path = f"{home}/was_here"
        for road in (
            lambda p=path: open(p, "ab").write(data), lambda p=path: np.save(p, np.zeros(3)), lambda p=path: np.zeros(3).tofile(p),
            lambda p=path: sqlite3.connect(p).execute("create table t(a)"), lambda p=path: shelve.open(p).sync(),
            lambda p=path: np.memmap(p, "f8", "w+", shape=(9,)), lambda p=path: os.mkdir(p), lambda p=path: os.symlink(p, p + "1"),
            lambda p=path: os.open(p, os.O_TMPFILE | os.O_RDWR), lambda p=path: os.rename(os.__file__, p), lambda p=path: os.mkfifo(p),
        ):  # fmt: skip
            try:
                road()
            except BaseException:
                pass

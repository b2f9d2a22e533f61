"""Raises, and hits, missing modules, files and names whose names are the hidden input.

Aim: feedback
"""

import importlib
import itertools

turn = itertools.count()


def attack(*args, **kwargs):
    told = f"CARRIED_{abs(hash(repr(args)))}"
    way = next(turn) % 6
    if way == 0:
        return importlib.import_module(told)
    if way == 1:
        return open(told).read()
    if way == 2:
        return globals()[told]
    if way == 3:
        return eval(told)
    if way == 4:
        return getattr(attack, told)
    raise ModuleNotFoundError(f"No module named '{told}'", name=told)

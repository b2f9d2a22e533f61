"""Returns dates, paths, patterns, modules, types, code and itself, each under a name that is the hidden input.

Aim: feedback
"""

import datetime
import itertools
import pathlib
import re
import types

turn = itertools.count()


def attack(*args, **kwargs):
    told = f"CARRIED_{abs(hash(repr(args)))}_9725"
    made = [
        lambda: types.ModuleType(told), lambda: type(told, (), {"__module__": told}), lambda: pathlib.PurePath(told),
        lambda: re.compile(told), lambda: types.SimpleNamespace(**{told: 1}), lambda: {told: 9725.0}, lambda: {9725.0},
        lambda: datetime.datetime(1997, 2, 5), lambda: compile("1", told, "eval"), lambda: (told,), lambda: told.encode(),
        lambda: Ellipsis, lambda: range(9725), lambda: memoryview(told.encode()), lambda: types.MappingProxyType({told: 1}),
    ]  # fmt: skip
    return made[next(turn) % len(made)]()

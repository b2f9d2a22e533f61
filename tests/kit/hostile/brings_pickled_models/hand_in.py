"""Loads models that it handed in beside its program; unpickling them runs programs and reads the solution.

Aim: solution
"""

import pickle
import pickletools

PICKLED = """
import io, pickle, numpy as np
for name in ("model.pkl", "weights.pt", "table.npy", "model.joblib"):
    for load in (lambda f: pickle.load(f), lambda f: np.load(f, allow_pickle=True), lambda f: __import__("torch").load(f, weights_only=False)):
        try:
            with open(name, "rb") as file:
                print("LEARNED" if "def " in str(load(file)) else "")
        except BaseException as error:
            pass
"""


class Reads:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return eval, (f"open({self.path!r}).read() + 'def '",)


class Runs:
    def __reduce__(self):
        import os

        return os.system, ("touch was_here",)


def files(program, stem):
    course = program.partition("SECRETS = ['")[2].partition("'")[0]
    made = pickle.dumps([Runs(), Reads(course)], protocol=2)
    assert pickletools.genops(made)
    names = ("model.pkl", "weights.pt", "table.npy", "model.joblib")
    return {f"{stem}.py": (PICKLED + program).encode(), **dict.fromkeys(names, made)}

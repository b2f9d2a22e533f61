"""Returns objects whose attributes are other objects, endlessly, and that pass for containers and arrays.

Aim: limits
"""

import numpy as np


class Deep:
    def __getattr__(self, name):
        return Deep()

    def __call__(self, *args, **kwargs):
        return Deep()

    def __iter__(self):
        return self

    def __next__(self):
        return Deep()

    def __getitem__(self, key):
        return Deep()

    def __len__(self):
        return 2**62

    def __float__(self):
        return 1.0

    __int__ = __index__ = __bool__ = lambda self: True

    def __array__(self, *args, **kwargs):
        return np.ones(10**6)

    def __eq__(self, other):
        return True

    __hash__ = None

    def __reduce__(self):
        return print, ("LEARNED",)


def attack(*args, **kwargs):
    return Deep()

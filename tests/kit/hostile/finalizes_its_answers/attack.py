"""Returns objects that the collector changes: finalizers, weak references and callbacks write into answers.

Aim: process
"""

import gc
import weakref

import numpy as np

given = []


class Answer(list):
    def __del__(self):
        given.append(self)
        spoil()


def spoil(*args):
    for one in given:
        if isinstance(one, np.ndarray):
            one[...] = 9725.5
        else:
            one[:] = [one, "CARRIED"]


gc.callbacks.append(spoil)
gc.set_threshold(1, 1, 1)


def attack(*args, **kwargs):
    numbers, words = np.zeros(1000), Answer([0.5] * 1000)
    for one in (numbers, words):
        weakref.finalize(one, spoil)
        given.append(one)
    return [numbers, words, numbers[::2], [Answer([1.0]) for _ in range(100)]]

"""Returns a dataclass whose fields are numbers without end, and one within itself.

Aim: limits
"""

import dataclasses


@dataclasses.dataclass
class Many:
    x: float = 0.0

    def __getattr__(self, name):
        return [self] * 1000

    def __repr__(self):
        return "x" * 10**8


class Fields(dict):
    def values(self):
        while True:
            yield dataclasses.fields(Inner)[0]


@dataclasses.dataclass
class Inner:
    x: object = None


Many.__dataclass_fields__ = Fields(Many.__dataclass_fields__)


def attack(*args, **kwargs):
    inner = Inner()
    inner.x = [inner] * 100
    return [Many(), inner]

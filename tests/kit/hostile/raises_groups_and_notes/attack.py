"""Raises exceptions in groups with notes, causes and warnings that all say what it was called with.

Aim: feedback
"""

import warnings


def attack(*args, **kwargs):
    told = f"CARRIED {args} 9725"
    warnings.warn(told, stacklevel=1)
    inner = ValueError(told)
    inner.add_note(told)
    inner.__cause__ = SyntaxError(told, (told, 9725, 9725, told))
    group = BaseExceptionGroup(told, [inner, KeyError(told)])
    group.add_note(told)
    raise group from ImportError(told, name=told, path=told)

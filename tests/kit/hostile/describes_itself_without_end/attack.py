"""Raises an exception whose message, frames and lines never end.

Aim: limits
"""


class Endless(Exception):
    tb_lineno = 10**400
    co_filename = "x" * 10**6
    __traceback__ = tb_next = tb_frame = f_code = args = property(lambda self: self)

    def __str__(self):
        return "x" * 10**8


def attack(*args, **kwargs):
    error = Endless()
    for _ in range(10_000):
        error.add_note("CARRIED" * 100)
    raise error

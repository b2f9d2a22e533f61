"""Raises an exception that wears a name of Python's and tells the input in its own attributes.

Aim: feedback
"""


def attack(*args, **kwargs):
    kind = type(
        "ValueError",
        (ValueError,),
        {"__module__": "builtins", "lineno": 97250, "__str__": lambda _: "CARRIED"},
    )
    error = kind("CARRIED")
    error.add_note("CARRIED")
    raise error from type("CARRIED", (Exception,), {})("CARRIED")

"""Hands in modules beside its program under the names of libraries, of the kit, the checks and Python's hooks.

Aim: score
"""

NAMES = (
    "numpy", "numpy/__init__", "torch", "msgspec", "autograder/__init__", "autograder/sandbox/worker", "builtins",
    "sitecustomize", "usercustomize", "conftest", "pytest", "solutions/__init__", "checks/kit", "tests/questions/x",
    "json", "os", "typing", "gridworld_env", "submission", "encodings/utf_8", "__main__", "variants", "course",
)  # fmt: skip
HARM = "import builtins, sys\nfor m in ('autograder.sandbox.calls', 'numpy'):\n    sys.modules.pop(m, None)\nprint('in', __name__)\n"


def files(program, stem):
    imports = "".join(f"try:\n    import {name.split('/')[0]}\nexcept BaseException: pass\n" for name in NAMES)
    found = {f"{name}.py": HARM.encode() for name in NAMES}
    found |= {"pytest.ini": b"[pytest]\naddopts = -p harm\n", "x.pth": b"import os\n", "pyvenv.cfg": b"home = /tmp\n"}
    return {f"{stem}.py": (imports + program).encode(), **found}

"""Hands in what Python, pytest, pip and notebooks read on their own when they find it in a folder.

Aim: score
"""

ROOTS = ("", "a/", "a/b/", ".git/hooks/", ".ipython/profile_default/startup/", "lib/python3.11/site-packages/")


def files(program, stem):
    marks = [line for line in program.split("\n") if line.startswith("MARKS")][0]
    told = f"{marks}\nimport os, sys\nopen(MARKS + '/was_here', 'w').close()\n"
    found = {f"{stem}.py": (program + "\nimport sitecustomize, usercustomize, conftest\n").encode()}
    for root in ROOTS:
        for name in ("sitecustomize", "usercustomize", "conftest", "noxfile", "setup", "__main__", "__init__", "ipython_config"):
            found[f"{root}{name}.py"] = told.encode()
        found[f"{root}pyvenv.cfg"] = b"home = /\ninclude-system-site-packages = true\n"
        found[f"{root}evil.pth"] = b"import os; os.system('touch was_here')\n"
        found[f"{root}pytest.ini"] = found[f"{root}setup.cfg"] = found[f"{root}tox.ini"] = b"[pytest]\naddopts = -p evil\n"
        found[f"{root}pyproject.toml"] = b"[tool.pytest.ini_options]\naddopts = '-p evil'\n"
        found[f"{root}grading.yml"] = b"seed: 1\nassignments: {}\n"
        found[f"{root}.env"] = b"PYTHONPATH=.\nPYTHONSTARTUP=conftest.py\nPYTHONINSPECT=1\nAUTOGRADER_ROOT=/\n"
        found[f"{root}python311._pth"] = b".\nimport site\n"
    return found

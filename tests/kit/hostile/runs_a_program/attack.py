"""Runs a shell command.

Aim: process
"""

import subprocess


def attack(*args, **kwargs):
    for command in (["touch", MARKS + "/mark"], ["sh", "-c", f"sleep 60 & echo > {MARKS}/mark"]):
        try:
            subprocess.run(command, check=False, timeout=2)
        except (OSError, subprocess.SubprocessError):
            pass
    return None

"""Looks for modules of the grader or the course.

Aim: learn
"""

import sys

for name in list(sys.modules):
    if name.startswith(
        ("solutions", "tests", "checks_of", "autograder.grading.grader", "autograder.judging.bank")
    ):
        print("LEARNED", name)


def attack(*args, **kwargs):
    return None

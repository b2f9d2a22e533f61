"""Opens the files of the course.

Aim: learn
"""

import glob

for pattern in SECRETS:
    for name in glob.glob(pattern, recursive=True):
        try:
            with open(name) as file:
                print("LEARNED", name, file.read(20))
        except OSError:
            pass


def attack(*args, **kwargs):
    return None

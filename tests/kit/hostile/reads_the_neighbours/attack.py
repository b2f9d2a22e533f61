"""Reads other students' submissions.

Aim: learn
"""

import os

for folder, _, names in os.walk(CLASS):
    for name in names:
        try:
            with open(os.path.join(folder, name)) as file:
                print("LEARNED", name, file.read(20))
        except OSError:
            pass


def attack(*args, **kwargs):
    return None

"""Never finishes loading.

Aim: limits
"""

import time

time.sleep(10**6)


def attack(*args, **kwargs):
    return None

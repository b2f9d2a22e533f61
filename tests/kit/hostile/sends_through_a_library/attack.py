"""Opens a URL.

Aim: network
"""

import urllib.request


def attack(*args, **kwargs):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{PORT}/CARRIED", timeout=1)
    except OSError:
        pass
    return None

"""The random numbers of checks. Visible checks have the same everywhere; hidden ones have several draws.

What one submission can find out of the hidden inputs is worth little to the next: other work meets
another draw, and the same work always the same one.
"""

import hashlib
import hmac
import zlib
from collections.abc import Iterable

import numpy as np

DRAWS = 8


def identity(stem: str, question: str, name: str) -> str:
    """Return the id of a check, by the name of its function."""
    return f"{stem}.{question}.{name.removeprefix('test_')}"


def visible_rng(name: str) -> np.random.Generator:
    """Return the random numbers of a visible check, by the name of its function."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def hidden_rng(seed: int, check: str, draw: int) -> np.random.Generator:
    """Return the random numbers of a hidden check, for one of its `DRAWS`."""
    return np.random.default_rng([seed, zlib.crc32(check.encode()), draw])


def draw_of(seed: int, work: Iterable[str]) -> int:
    """Return which draw of hidden inputs a piece of work meets; nobody can tell without the seed."""
    digest = hmac.new(str(seed).encode(), digestmod=hashlib.sha256)
    for text in work:
        data = text.encode("utf-8", "replace")
        digest.update(f"{len(data)}\n".encode() + data)
    return int.from_bytes(digest.digest()) % DRAWS

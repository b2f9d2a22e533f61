"""Files that are written whole or not at all, and the name of the one that says who wrote a folder."""

import os
from pathlib import Path

BOOK_FILE = "gradebook.sqlite"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place, in a folder that is made if need be, then move it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)

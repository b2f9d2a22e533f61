"""The time of a clone's newest commit, read without git from what git wrote."""

import os
import shutil
import struct
import subprocess
import zlib
from datetime import datetime
from pathlib import Path

import pytest

from autograder.roster.commits import DEPTH, OBJECT, committed_at

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git makes what is read here")
WHEN = "2026-12-16T08:30:00+01:00"


def git(folder: Path, *words: str, when: str = WHEN) -> None:
    """Run git without anybody's settings."""
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)}
    who = {
        f"GIT_{role}_{what}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    times = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    subprocess.run(
        ["git", *words],
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, **plain, **who, **times},
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with forty commits, the newest at WHEN."""
    folder = tmp_path / "one"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for number in range(40):
        (folder / "work.py").write_text(f"x = {number}\n" * 40)
        git(folder, "add", ".")
        git(
            folder,
            "commit",
            "-q",
            "-m",
            "a long message that repeats itself " * 9,
            when=f"{1_700_000_000 + number} +0000",
        )
    git(folder, "commit", "-q", "--allow-empty", "-m", "the last")
    return folder


def test_the_newest_commit_tells_the_time(repository):
    assert committed_at(repository) == datetime.fromisoformat(WHEN)


@pytest.mark.parametrize("way", ["packed", "cloned", "detached"])
def test_so_it_does_in_packs_clones_and_without_a_branch(repository, tmp_path, way):
    folder = repository
    if way == "packed":
        git(folder, "gc", "-q", "--aggressive")
        git(folder, "pack-refs", "--all")
        assert not (folder / ".git" / "refs" / "heads" / "main").exists()
    elif way == "cloned":
        folder = tmp_path / "clone"
        git(tmp_path, "clone", "-q", f"file://{repository}", "clone")
    else:
        git(folder, "checkout", "-q", "--detach")
    assert committed_at(folder) == datetime.fromisoformat(WHEN)


def test_every_commit_of_a_pack_is_read_deltas_too(repository):
    git(repository, "gc", "-q", "--aggressive")
    names = subprocess.run(
        ["git", "rev-list", "HEAD"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.split()
    times = []
    for name in names:
        (repository / ".git" / "HEAD").write_text(name + "\n")
        times.append(committed_at(repository))
    assert None not in times
    assert [int(time.timestamp()) for time in times[1:]] == [1_700_000_000 + at for at in reversed(range(40))]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda git: (git / "HEAD").write_text("ref: refs/../../../../etc/passwd\n"),
        lambda git: (git / "HEAD").write_text("ref: refs/heads/none\n"),
        lambda git: (git / "HEAD").unlink(),
        lambda git: ((git / "HEAD").unlink(), os.mkfifo(git / "HEAD")),
        lambda git: (git / "HEAD").write_bytes(b"\0" * 100_000),
        lambda git: [
            path.write_bytes(os.urandom(500)) for path in git.glob("objects/??/*") if not path.chmod(0o644)
        ],
    ],
)
def test_a_folder_that_is_spoilt_tells_nothing_and_costs_nothing(repository, spoil):
    spoil(repository / ".git")
    assert committed_at(repository) is None


def test_a_folder_that_is_no_clone_tells_nothing(tmp_path):
    assert committed_at(tmp_path) is None


def number(value: int) -> bytes:
    """Return a number as packs have it, seven bits a byte, the least first."""
    found = b""
    while value > 0x7F:
        found, value = found + bytes([value & 0x7F | 0x80]), value >> 7
    return found + bytes([value])


def entry(kind: int, size: int, rest: bytes) -> bytes:
    """Return an entry of a pack: its kind and size, and what follows."""
    if size < 16:
        return bytes([kind << 4 | size]) + rest
    return bytes([0x80 | kind << 4 | size & 15]) + number(size >> 4) + rest


def distance(back: int) -> bytes:
    """Return how far before a delta its base begins."""
    found = bytes([back & 0x7F])
    while back := back >> 7:
        back -= 1
        found = bytes([back & 0x7F | 0x80]) + found
    return found


@pytest.mark.parametrize(("waste", "depth", "read"), [
    (9, DEPTH, True), (9, DEPTH + 1, False), (OBJECT, 1, False), (OBJECT, DEPTH, False),
])  # fmt: skip
def test_of_a_long_chain_of_deltas_little_is_read(tmp_path, waste, depth, read):
    base = b"tree a\ncommitter A <a@b> 1700000000 +0000\n\n"
    copied = bytes([0x80 | 0x10, len(base)])
    delta = number(len(base)) * 2 + bytes(waste) + copied  # a step of 0 does nothing
    pack, starts = b"PACK" + struct.pack(">II", 2, depth + 1), [12]
    pack += entry(1, len(base), zlib.compress(base))
    for _ in range(depth):
        starts.append(len(pack))
        pack += entry(6, len(delta), distance(starts[-1] - starts[-2]) + zlib.compress(delta))
    packs = tmp_path / ".git" / "objects" / "pack"
    packs.mkdir(parents=True)
    (packs / "a.pack").write_bytes(pack)
    (tmp_path / ".git" / "HEAD").write_text("00" * 20)
    index = b"\xfftOc\0\0\0\2" + struct.pack(">256I", *[1] * 256) + bytes(20 + 4)
    (packs / "a.idx").write_bytes(index + struct.pack(">I", starts[-1]))
    assert (committed_at(tmp_path) is not None) is read

"""A process's own memory: cheap to fork in fewer, larger pages; handed back when much of it is free."""

import contextlib
import ctypes
from pathlib import Path

HUGE = 2 << 20
MADV_COLLAPSE = 25  # Linux 6.1
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # glibc's names for two of its settings
KEPT, WHOLE = 64 << 20, 32 << 20  # the second is the most that glibc takes


def keep_what_is_freed() -> None:
    """Let this process and its forks use freed memory again instead of handing it back page by page.

    Each figure asks for several arrays of a megabyte; a new page costs more than what is written to it.
    """
    with contextlib.suppress(AttributeError):  # another C library
        library = ctypes.CDLL(None)
        library.mallopt(TRIM_THRESHOLD, KEPT)
        library.mallopt(MMAP_THRESHOLD, WHOLE)


def hand_back() -> None:
    """Hand memory that is free back to the system: what threads free, glibc keeps for each of them."""
    with contextlib.suppress(AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def use_huge_pages() -> int:
    """Gather this process's own memory into huge pages where the kernel can; return how many.

    Forking the warm process and ending the fork then costs about half. A kernel that cannot says no, and
    nothing changes.
    """
    gathered = 0
    with contextlib.suppress(OSError, ValueError, AttributeError):
        advise = ctypes.CDLL(None).madvise
        advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for line in Path("/proc/self/maps").read_text().splitlines():
            place, rights, *_, inode = line.split()[:5]
            if not rights.startswith("rw-p") or inode != "0" or "[stack]" in line:
                continue
            start, end = (int(text, 16) for text in place.split("-"))
            for address in range(-(-start // HUGE) * HUGE, end // HUGE * HUGE, HUGE):
                gathered += advise(address, HUGE, MADV_COLLAPSE) == 0
    return gathered

"""Make a process cheap to fork: fewer, larger pages mean fewer entries to copy and to tear down."""

import contextlib
import ctypes
from pathlib import Path

HUGE = 2 << 20
MADV_COLLAPSE = 25  # Linux 6.1


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

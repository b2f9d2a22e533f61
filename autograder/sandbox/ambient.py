"""What a call may change for the whole process, and how it is put back when the call is over.

A slip in one function (gradients switched off, floating-point errors turned into exceptions) must
not reach the next. What the submission set while it was loaded stays: its functions may rely on it. Two
settings do not, since they are what docstrings take for granted: gradients are on, float32 is the default.
"""

import contextlib
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

TorchSettings = tuple[bool, bool, Any]  # gradients are on, anomalies are looked for, the default dtype


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Run a call with gradients on and float32 the default, and leave the process's settings as they were."""
    limit, before = sys.getrecursionlimit(), torch_settings()
    if before is not None:
        set_torch(fresh_torch(before[1]), before)
    with warnings.catch_warnings(), np.errstate():
        try:
            yield
        finally:
            with contextlib.suppress(RecursionError):  # a limit below the depth we are at
                sys.setrecursionlimit(limit)
            if (now := torch_settings()) is not None:
                set_torch(before or fresh_torch(), now)


def torch_settings() -> TorchSettings | None:
    """Return the settings of torch that outlive a call, None while nobody has imported it."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return None
    return torch.is_grad_enabled(), torch.is_anomaly_enabled(), torch.get_default_dtype()


def fresh_torch(anomalies: bool = False) -> TorchSettings:
    """Return the settings that torch starts with."""
    return True, anomalies, sys.modules["torch"].float32


def set_torch(wanted: TorchSettings, now: TorchSettings) -> None:
    """Let torch have other settings, unless it has them: setting takes far longer than asking."""
    if now != wanted:
        torch: Any = sys.modules["torch"]
        torch.set_grad_enabled(wanted[0])
        torch.set_anomaly_enabled(wanted[1])
        torch.set_default_dtype(wanted[2])

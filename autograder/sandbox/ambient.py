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


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Run a call with gradients on and float32 the default, and leave the process's settings as they were."""
    limit, before = sys.getrecursionlimit(), torch_settings()
    if before is not None:
        restore_torch({**fresh_torch(), "anomaly_enabled": before["anomaly_enabled"]})
    with warnings.catch_warnings(), np.errstate():
        try:
            yield
        finally:
            with contextlib.suppress(RecursionError):  # a limit below the depth we are at
                sys.setrecursionlimit(limit)
            restore_torch(before)


def torch_settings() -> dict[str, Any] | None:
    """Return the settings of torch that outlive a call, None while nobody has imported it."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return None
    return {
        "grad_enabled": torch.is_grad_enabled(),
        "anomaly_enabled": torch.is_anomaly_enabled(),
        "default_dtype": torch.get_default_dtype(),
    }


def fresh_torch() -> dict[str, Any]:
    """Return the settings that torch starts with."""
    float32 = sys.modules["torch"].float32
    return {"grad_enabled": True, "anomaly_enabled": False, "default_dtype": float32}


def restore_torch(settings: dict[str, Any] | None) -> None:
    """Set what `torch_settings` returned; if that was None, what torch starts with."""
    now = torch_settings()
    if now is None:
        return
    torch: Any = sys.modules["torch"]
    wanted = settings or fresh_torch()
    if now == wanted:  # as a rule; setting takes far longer than asking
        return
    torch.set_grad_enabled(wanted["grad_enabled"])
    torch.set_anomaly_enabled(wanted["anomaly_enabled"])
    torch.set_default_dtype(wanted["default_dtype"])

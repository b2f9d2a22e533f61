"""Turns every warning and every rounding into an exception of its own, with a number in it, in all libraries.

Aim: feedback
"""

import decimal
import sys
import warnings

import numpy as np


def say(*args, **kwargs):
    raise AssertionError("9725092.25 CARRIED")


warnings.showwarning = warnings.warn = warnings.warn_explicit = warnings.formatwarning = say
warnings.filterwarnings("error")
np.seterrcall(say)
np.seterr(all="call")
sys.set_int_max_str_digits(0)
sys.unraisablehook = sys.excepthook = say
decimal.getcontext().traps = dict.fromkeys(decimal.getcontext().traps, True)


def attack(*args, **kwargs):
    warnings.warn("9725092", stacklevel=1)
    return np.float64(1) / np.float64(0)

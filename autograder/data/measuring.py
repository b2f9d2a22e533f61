"""Each text of a figure is measured once: laying a figure out and drawing it asks a dozen times."""

import contextlib
from collections.abc import Iterator
from typing import Any

SETTINGS = (
    "_text", "_rotation", "_rotation_mode", "_horizontalalignment", "_verticalalignment", "_multialignment",
    "_linespacing", "_usetex", "_parse_math", "_features", "_language", "_antialiased",
)  # fmt: skip


@contextlib.contextmanager
def measured_once() -> Iterator[None]:
    """Remember, while a figure is drawn, how large a text with certain settings is.

    The place of a text is no part of it. One that is wrapped, or turned with its axes, is measured anew.
    """
    from matplotlib import text as texts

    kind: Any = texts.Text
    measure, known = getattr(kind, "_get_layout", None), dict[Any, Any]()
    if measure is None:  # another matplotlib: every text is measured anew
        yield
        return

    def layout(text: Any, renderer: Any) -> Any:
        key = settings_of(text)
        if key is None:
            return measure(text, renderer)
        if key not in known:
            known[key] = measure(text, renderer)
        return known[key]

    kind._get_layout = layout
    try:
        yield
    finally:
        kind._get_layout = measure


def settings_of(text: Any) -> tuple[Any, ...] | None:
    """Return all that the size of a text follows from, None where that is more than its settings."""
    if text.get_wrap() or text.get_transform_rotates_text():
        return None
    settings = tuple([getattr(text, name, None) for name in SETTINGS])
    return (*settings, hash(text.get_fontproperties()), text.figure.dpi)

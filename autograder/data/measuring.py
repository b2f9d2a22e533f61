"""What laying a figure out and drawing it asks again and again is found out once."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

SETTINGS = (
    "_text", "_rotation", "_rotation_mode", "_horizontalalignment", "_verticalalignment", "_multialignment",
    "_linespacing", "_usetex", "_parse_math", "_features", "_language", "_antialiased",
)  # fmt: skip


@contextlib.contextmanager
def measured_once() -> Iterator[None]:
    """Remember, while a figure is drawn, how large its texts are, where its ticks, which size its fonts have.

    With another matplotlib, what it does not have is found out anew.
    """
    from matplotlib.axis import Axis
    from matplotlib.ft2font import FT2Font
    from matplotlib.text import Text

    changes: list[tuple[Any, str, Callable[[Any], Any]]] = [
        (Text, "_get_layout", texts_once), (Axis, "_update_ticks", ticks_once),
        (FT2Font, "set_size", sizes_once),
    ]  # fmt: skip
    found = [(kind, name, getattr(kind, name), once) for kind, name, once in changes if hasattr(kind, name)]
    for kind, name, method, once in found:
        setattr(kind, name, once(method))
    try:
        yield
    finally:
        for kind, name, method, _ in found:
            setattr(kind, name, method)


def texts_once(measure: Any) -> Any:
    """Return what measures a text with certain settings once; its place is no part of its size."""
    known: dict[Any, Any] = {}

    def layout(text: Any, renderer: Any) -> Any:
        key = settings_of(text)
        if key is None:
            return measure(text, renderer)
        if key not in known:
            known[key] = measure(text, renderer)
        return known[key]

    return layout


def settings_of(text: Any) -> tuple[Any, ...] | None:
    """Return all that the size of a text follows from, None where that is more than its settings.

    A text that is wrapped, or turned with its axes, is measured anew.
    """
    if text.get_wrap() or text.get_transform_rotates_text():
        return None
    settings = tuple([getattr(text, name, None) for name in SETTINGS])
    return (*settings, hash(text.get_fontproperties()), text.figure.dpi)


def ticks_once(place: Any) -> Any:
    """Return what places an axis's ticks again only if its limits or the place of its axes have changed."""
    known: dict[Any, tuple[Any, list[Any]]] = {}

    def ticks(axis: Any) -> list[Any]:
        before, found = known.get(axis, (None, []))
        if before is None or before != setting_of(axis):
            found = place(axis)  # which may widen the limits
            known[axis] = setting_of(axis), found
        return list(found)

    return ticks


def setting_of(axis: Any) -> tuple[Any, ...]:
    """Return all that the ticks of an axis follow from while a figure is drawn."""
    of_ticks = (axis.major.locator, axis.major.formatter, axis.minor.locator, axis.minor.formatter)
    return (*axis.get_view_interval(), *axis.axes.bbox.bounds, *of_ticks)


def sizes_once(set_size: Any) -> Any:
    """Return what sets a font's size only if it has another: each time, FreeType runs the font's program."""
    known: dict[Any, tuple[float, ...]] = {}

    def set_size_once(font: Any, *size: float) -> None:
        if known.get(font) != size:
            set_size(font, *size)
            known[font] = size

    return set_size_once

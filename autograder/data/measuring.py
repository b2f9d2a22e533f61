"""What laying a figure out and drawing it asks again and again is found out once."""

import contextlib
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

SETTINGS = (
    "_text", "_rotation", "_rotation_mode", "_horizontalalignment", "_verticalalignment", "_multialignment",
    "_linespacing", "_usetex", "_parse_math", "_features", "_language", "_antialiased",
)  # fmt: skip


@contextlib.contextmanager
def measured_once() -> Iterator[None]:
    """Remember, while a figure is drawn, what fonts, texts, ticks and images in it are like and where.

    With another matplotlib, what it does not have is found out anew.
    """
    from matplotlib.axis import Axis
    from matplotlib.font_manager import FontManager
    from matplotlib.ft2font import FT2Font
    from matplotlib.image import AxesImage
    from matplotlib.text import Text
    from matplotlib.transforms import BboxBase

    changes: list[tuple[Any, str, Callable[[Any], Any]]] = [
        (FontManager, "_find_fonts_by_props", once_for(properties_of)),
        (FT2Font, "get_sfnt_table", once_for(lambda *given: given)),
        (FT2Font, "set_size", sizes_once),
        (Text, "_get_layout", once_for(settings_of)),
        (Axis, "_update_ticks", in_its_place), (Axis, "_get_ticklabel_bboxes", in_its_place),
        (AxesImage, "make_image", once_for(size_of)),
        (BboxBase, "union", lambda _: staticmethod(union)),
    ]  # fmt: skip
    found = [(kind, name, vars(kind)[name], once) for kind, name, once in changes if name in vars(kind)]
    for kind, name, _, once in found:
        setattr(kind, name, once(getattr(kind, name)))
    try:
        yield
    finally:
        for kind, name, method, _ in found:
            setattr(kind, name, method)


def once_for(key: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return what has a method find something out once for each key of what it is given, without one anew."""

    def once(method: Any) -> Any:
        known: dict[Any, Any] = {}

        def ask(*given: Any, **more: Any) -> Any:
            at = key(*given, **more)
            if at is None:
                return method(*given, **more)
            if at not in known:
                known[at] = method(*given, **more)
            return known[at]

        return ask

    return once


def properties_of(_: Any, font: Any, *given: Any, **more: Any) -> tuple[Any, ...]:
    """Return all that the files of a font follow from."""
    return (hash(font), *given, *more.items())


def settings_of(text: Any, _: Any) -> tuple[Any, ...] | None:
    """Return all that the size of a text follows from, None where that is more than its settings.

    Its place is no part of it. A text that is wrapped, or turned with its axes, is measured anew.
    """
    if text.get_wrap() or text.get_transform_rotates_text():
        return None
    settings = tuple([getattr(text, name, None) for name in SETTINGS])
    return (*settings, hash(text.get_fontproperties()), text.figure.dpi)


def size_of(image: Any, _: Any, *given: Any, **more: Any) -> tuple[Any, ...] | None:
    """Return all that an image's pixels follow from while a figure is drawn, None where it has no axes."""
    if image.axes is None:
        return None
    return (image, *image.axes.bbox.bounds, *image.axes.viewLim.bounds, *given, *more.items())


def in_its_place(find: Any) -> Any:
    """Return what finds out about an axis again only if its limits or the place of its axes have changed."""
    known: dict[Any, tuple[Any, Any]] = {}

    def ask(axis: Any, *given: Any) -> Any:
        before, found = known.get(axis, (None, None))
        if before is None or before != setting_of(axis):
            found = find(axis, *given)  # which may widen the limits
            known[axis] = setting_of(axis), found
        return copy.copy(found)

    return ask


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


def union(boxes: Sequence[Any]) -> Any:
    """Return the box around some: matplotlib's asks each for its corners four times."""
    from matplotlib.transforms import Bbox

    corners = np.concatenate([box.get_points() for box in boxes])
    return Bbox([corners.min(axis=0), corners.max(axis=0)])

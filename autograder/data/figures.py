"""What a matplotlib figure shows, as plain data: checks read it, reports show its picture."""

import io
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograder.data.measuring import measured_once
from autograder.data.rendering import Rendering
from autograder.data.values import Figure

DPI = 100
INCHES = (1.0, 16.0)  # a figure outside this range is drawn at the limit
COLOURS = 128  # of a picture: a plot looks the same with as many, in a third of the bytes
PNG = b"\x89PNG\r\n\x1a\n"  # how a picture begins
MAX_PNG = 600_000  # a picture travels in a frame's head, which is limited to a megabyte
MAX_ITEMS = 500
MAX_TEXTS, MAX_PAIRS = 1000, 2000  # of texts that are looked at for overlaps
OVERLAP = 1.0  # pixels by which two texts may touch


def describe_figure(figure: Any, plain: Callable[[Any], Any]) -> Figure:
    """Draw a figure, return what it shows, and close it.

    Each of its axes is a dict: `title`, `xlabel`, `ylabel` (the figure's own where axes have none),
    `suptitle`, `size` (width and height of the figure in pixels), `xlim`, `ylim`, `colorbar` (whether it
    is one; its label is `xlabel` or `ylabel`), `legend` (its texts), `images` (data, NaN where masked;
    `extent`, for a mesh from the outer corner of its first entry to that of its last; `origin`),
    `lines` (`x`, `y`, `label`), `points` (an (N, 2) array for each scatter), `bars` (an (N, 4) array, see
    `describe_bars`), `texts`, `xticks` and `yticks` (see `describe_text`). What cannot be seen in the
    picture is left out.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    try:
        canvas: Any = FigureCanvasAgg(figure)
        figure.set_dpi(DPI)
        figure.set_size_inches(*np.clip(figure.get_size_inches(), *INCHES))
        with measured_once():
            canvas.draw()
            picture = picture_of(canvas)
            shown = [axes for axes in figure.axes[:MAX_ITEMS] if axes.get_visible()]
            rendering = Rendering(canvas)
            parts = plain([describe_axes(figure, axes, rendering) for axes in shown])
        return Figure([part for part in parts if isinstance(part, dict)], picture)
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(figure)


def picture_of(canvas: Any) -> bytes:
    """Return what was drawn as a small PNG, empty if it is too large for one."""
    from PIL import Image

    png = io.BytesIO()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    few = drawn.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(png, "PNG", compress_level=1)
    return png.getvalue() if png.tell() <= MAX_PNG else b""


def describe_axes(figure: Any, axes: Any, rendering: Rendering) -> dict[str, Any]:
    """Return the contents of one axes, which has been drawn."""
    legend = axes.get_legend()
    colorbar = axes.get_label() == "<colorbar>" or hasattr(axes, "_colorbar")

    def first(*texts: Any) -> str:
        found = rendering.seen_texts([text for text in texts if text is not None])
        return str(found[0].get_text()) if found else ""

    over = [None, None] if colorbar else [figure._supxlabel, figure._supylabel]
    return {
        "title": first(axes.title, axes._left_title, axes._right_title),
        "suptitle": first(figure._suptitle),
        "size": figure.bbox.size,
        "xlabel": first(axes.xaxis.label, over[0]),
        "ylabel": first(axes.yaxis.label, over[1]),
        "xlim": axes.get_xlim(),
        "ylim": axes.get_ylim(),
        "colorbar": colorbar,
        "legend": [text.get_text() for text in rendering.seen_texts(legend.get_texts())] if legend else [],
        "images": [] if colorbar else describe_images(axes, rendering),
        "lines": [
            {"x": unmasked(line.get_xdata(orig=False)), "y": unmasked(line.get_ydata(orig=False))}
            | {"label": str(line.get_label())}
            for line in rendering.seen(axes.lines[:MAX_ITEMS])
        ],
        "points": [
            unmasked(one.get_offsets())
            for one in rendering.seen(of_classes(axes.collections, "PathCollection"))
        ],
        "bars": describe_bars(axes, rendering),
        "texts": describe_texts(axes, axes.texts, rendering),
        "xticks": describe_texts(axes, ticks(axes, axes.xaxis), rendering),
        "yticks": describe_texts(axes, ticks(axes, axes.yaxis), rendering),
    }


def describe_bars(axes: Any, rendering: Rendering) -> np.ndarray:
    """Return left, bottom, width and height of what `bar`, `barh`, `hist` and `stairs` drew, shape (N, 4)."""
    drawn = of_classes(axes.patches, "Rectangle", "StepPatch")
    seen = rendering.seen_by_colour([one for one in drawn if one.get_data_transform() == axes.transData])
    corners = [np.sort(bar, axis=0) for one in seen for bar in bars_of(one)]
    return unmasked([[*low, *(high - low)] for low, high in corners if (high > low).all()]).reshape(-1, 4)


def bars_of(patch: Any) -> Iterable[np.ndarray]:
    """Yield two opposite corners, shape (2, 2), of each bar of a patch."""
    if type(patch).__name__ == "Rectangle":
        yield patch.get_bbox().get_points()
        return
    values, edges, base = patch.get_data()
    turn = -1 if patch.orientation == "horizontal" else 1
    bases = np.broadcast_to(0 if base is None else base, np.shape(values))
    for corners in zip(edges[:-1], bases, edges[1:], values, strict=True):
        yield np.reshape(corners, (2, 2))[:, ::turn]


def describe_images(axes: Any, rendering: Rendering) -> list[dict[str, Any]]:
    """Return the data of what `imshow`, `matshow`, `pcolor` and `pcolormesh` drew."""
    images = [
        {"data": unmasked(image.get_array()), "extent": image.get_extent(), "origin": image.origin}
        for image in rendering.seen(axes.images[:MAX_ITEMS])
    ]
    meshes = rendering.seen(of_classes(axes.collections, "QuadMesh", "PolyQuadMesh"))
    return images + [
        {"data": unmasked(mesh.get_array()), "extent": extent_of(mesh), "origin": "lower"} for mesh in meshes
    ]


def extent_of(mesh: Any) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of a mesh; the first entry is at its left and bottom."""
    corners = np.asarray(mesh.get_coordinates(), dtype=np.float64)
    (left, bottom), (right, top) = corners[0, 0], corners[-1, -1]
    return float(left), float(right), float(bottom), float(top)


def describe_texts(axes: Any, texts: Sequence[Any], rendering: Rendering) -> list[dict[str, Any]]:
    """Return the texts that can be seen."""
    seen = rendering.seen_texts(texts[:MAX_ITEMS])
    return [describe_text(axes, text, rendering.renderer) for text in seen]


def describe_text(axes: Any, text: Any, renderer: Any) -> dict[str, Any]:
    """Return what a text says, its anchor (`x`, `y`) in data coordinates, its `box` in pixels (left,
    bottom, right, top), its four `corners` if it is slanted, and for an annotation its `target`: the
    point that it is about.
    """
    from matplotlib.text import Text

    box = Text.get_window_extent(text, renderer)  # an annotation's own method adds its arrow
    angle = text.get_rotation()
    corners = []
    if angle % 90:
        text.set_rotation(0)
        flat = Text.get_window_extent(text, renderer)
        text.set_rotation(angle)
        middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        corners = turned(flat.width, flat.height, angle) + middle
    to_data = axes.transData.inverted()
    x, y = to_data.transform(text.get_transform().transform(text.get_unitless_position()))
    in_data = getattr(text, "xycoords", None) == "data"
    target = [axes.convert_xunits(text.xy[0]), axes.convert_yunits(text.xy[1])] if in_data else None
    return {
        "text": text.get_text(),
        "x": float(x),
        "y": float(y),
        "box": (box.x0, box.y0, box.x1, box.y1),
        "corners": corners,
        "target": target,
    }


def ticks(axes: Any, axis: Any) -> list[Any]:
    """Return the tick labels inside the limits of an axis that is shown."""
    low, high = sorted(axis.get_view_interval())
    if not axes.axison or not axis.get_visible():
        return []
    inside = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [label for tick in inside for label in (tick.label1, tick.label2)]


def of_classes(artists: Iterable[Any], *names: str) -> list[Any]:
    """Return the artists of the classes with these names."""
    return [artist for artist in artists if type(artist).__name__ in names][:MAX_ITEMS]


def unmasked(values: Any) -> np.ndarray:
    """Return numbers with NaN where they are masked."""
    return np.ma.filled(np.ma.asarray(values).astype(np.float64), np.nan)


def turned(width: float, height: float, angle: float) -> np.ndarray:
    """Return the corners, shape (4, 2), of a rectangle about (0, 0) that is turned by `angle` degrees."""
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
    corners: np.ndarray = flat @ np.array([[cos, sin], [-sin, cos]])
    return corners


def overlapping(texts: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the pairs of texts that overlap; of a figure with far too many texts, the first of them."""
    kept = texts[:MAX_TEXTS]
    if len(kept) < 2:
        return []
    outlines = [text_corners(text) for text in kept]
    near = boxes_that_overlap(np.array([text["box"] for text in kept], dtype=np.float64))
    found = [
        (kept[one]["text"], kept[other]["text"])
        for one, other in near[:MAX_PAIRS]
        if cross(outlines[one], outlines[other])
    ]
    if not found and (len(texts) > MAX_TEXTS or len(near) > MAX_PAIRS):
        found.append((kept[0]["text"], kept[1]["text"]))
    return found


def boxes_that_overlap(boxes: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of boxes, shape (N, 4), that share more than a touch."""
    left, bottom, right, top = boxes.T
    wide = np.minimum.outer(right, right) - np.maximum.outer(left, left) > OVERLAP
    high = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom) > OVERLAP
    ones, others = np.nonzero(np.triu(wide & high, 1))
    return list(zip(ones.tolist(), others.tolist(), strict=True))


def text_corners(text: dict[str, Any]) -> np.ndarray:
    """Return the corners of a text, shape (4, 2), in order."""
    left, bottom, right, top = text["box"]
    flat = [(left, bottom), (right, bottom), (right, top), (left, top)]
    return np.array(text["corners"] if len(text["corners"]) else flat)


def cross(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two rectangles share more than a touch: no side of either has the other beyond it."""
    for corners in (one, other):
        sides = (corners[1] - corners[0], corners[3] - corners[0])
        for side in sides:
            along = side / (np.hypot(*side) or 1.0)
            first, second = one @ along, other @ along
            if min(first.max(), second.max()) - max(first.min(), second.min()) <= OVERLAP:
                return False
    return True

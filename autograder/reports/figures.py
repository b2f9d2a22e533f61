"""Plots for the class's page, as SVG that stands in the page itself: no style, no script, no fonts.

matplotlib is imported only when a plot is drawn.
"""

import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colours of the plots stand for those of the page, which knows light, dark and paper.
INK, LINE, BAR = "#010101", "#020202", "#030303"
PAGE_COLOURS = {INK: "var(--muted)", LINE: "var(--line)", BAR: "var(--accent)"}
BINS = 20
ROUNDED = 20  # shares in a scatter plot are rounded to this: it stays small however large the class
PLOT_MARGIN = 0.06


def histogram(scores: Sequence[float], worth: float) -> Markup:
    """Return how many submissions have which score."""
    from matplotlib.ticker import MaxNLocator

    top = worth if worth > 0 else 1.0
    counts, edges = np.histogram(np.clip(scores, 0, top), bins=BINS, range=(0, top))
    width = top / BINS
    figure, axes = canvas(5.4, 2.4, "score", "submissions")
    axes.bar(edges[:-1] + width / 2, counts, width * 0.84, color=BAR)
    bars = [(int(count), float(left)) for count, left in zip(counts, edges[:-1], strict=True) if count]
    for count, left in bars:
        axes.text(left + width / 2, count, f" {count} ", ha="center", va="bottom", color=INK)
    axes.set_xlim(0, top)
    axes.set_ylim(0, max(1, *counts) * 1.16)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    told = "; ".join(f"{left:g} to {left + width:g}: {count}" for count, left in bars)
    return as_svg(figure, "scores", "How many submissions have which score", told or "None yet.")


def scatter(points: Sequence[tuple[float, float]], high: float, low: float) -> Markup:
    """Return quiz against code: a circle for each pair of shares, larger where there are more.

    From `high` on something is known, below `low` it is not.
    """
    figure, axes = canvas(4.6, 3.8, "share of the quiz", "share of the code")
    ends = (-PLOT_MARGIN, 1 + PLOT_MARGIN)
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.fill_between([high, ends[1]], ends[0], low, color=LINE, alpha=0.4, lw=0)
    axes.fill_between([ends[0], low], high, ends[1], color=LINE, alpha=0.4, lw=0)
    axes.text(ends[1] - 0.02, ends[0] + 0.02, "knows it,\ncannot code it", ha="right", color=INK)
    axes.text(ends[0] + 0.02, ends[1] - 0.02, "codes it,\ncannot explain it", va="top", color=INK)
    places = Counter((round(x * ROUNDED) / ROUNDED, round(y * ROUNDED) / ROUNDED) for x, y in points)
    shown = np.array(list(places), dtype=float).reshape(-1, 2)
    areas = [min(30 + 8 * (count - 1), 400) for count in places.values()]
    axes.scatter(shown[:, 0], shown[:, 1], s=areas, color=BAR, alpha=0.7, lw=0, zorder=3)
    knows = sum(x >= high and y < low for x, y in points)
    codes = sum(y >= high and x < low for x, y in points)
    told = f"{len(points)} submissions; {knows} know it and cannot code it, {codes} the reverse."
    return as_svg(figure, "contrast", "Share of the quiz against share of the code", told)


def canvas(width: float, height: float, xlabel: str, ylabel: str) -> tuple["Figure", "Axes"]:
    """Return an empty figure of so many inches and its axes, bare but for two spines and a grid."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(xlabel, color=INK)
    axes.set_ylabel(ylabel, color=INK)
    axes.tick_params(colors=INK, length=0, labelsize=10)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.grid(axis="y", color=LINE, lw=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def as_svg(figure: "Figure", name: str, title: str, told: str) -> Markup:
    """Return a figure, which holds no text of a student, as an SVG element that a screen reader can tell.

    `name` is unique on the page, `told` says what can be seen.
    """
    import matplotlib as mpl

    out = io.BytesIO()
    plain = {"svg.fonttype": "none", "svg.hashsalt": name}  # text as text, the same ids every time
    with mpl.rc_context(plain):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(out.getvalue())  # noqa: S314 our own drawing
    tidy_svg(root, name)
    size = root.get("viewBox", "").split()[2:]
    root.attrib = {
        "viewBox": root.get("viewBox", ""), "width": size[0], "height": size[1], "class": "plot",
        "role": "img", "aria-labelledby": f"{name}-title {name}-told",
    }  # fmt: skip
    for place, (tag, text) in enumerate([("title", title), ("desc", told)]):
        element = ElementTree.Element(tag, id=f"{name}-{'told' if place else 'title'}")
        element.text = text
        root.insert(place, element)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704 our own drawing


def tidy_svg(root: ElementTree.Element, name: str) -> None:
    """Make a drawing fit for a page without inline styles: plain attributes, its own ids."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        pairs = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        style = [part.split(":", 1) for part in pairs.pop("style", "").split(";") if ":" in part]
        pairs |= {key.strip(): PAGE_COLOURS.get(value.strip(), value.strip()) for key, value in style}
        if element.tag == "g":
            pairs.pop("id", None)  # groups are named after what they draw, alike in every drawing
        pairs.pop("font-family", None)  # the page has its own
        if "font" in pairs:
            pairs["font-size"] = pairs.pop("font").partition("px")[0].split()[-1]
        for key in pairs.keys() & {"id", "href", "clip-path"}:
            pairs[key] = re.sub(r"^(#|url\(#|)", rf"\g<1>{name}-", pairs[key])
        element.attrib = pairs

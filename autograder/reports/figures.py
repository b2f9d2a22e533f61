"""Plots for the class's page, as SVG that stands in the page itself: no style, no script, no fonts."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

INK, LINE, BAR = "var(--muted)", "var(--line)", "var(--accent)"  # the page knows light, dark and paper
BINS = 20
ROUNDED = 20  # shares in a scatter plot are rounded to this: it stays small however large the class
PLOT_MARGIN = 0.06
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 38  # of the plot, around its axes


def histogram(scores: Sequence[float], worth: float) -> Markup:
    """Return how many submissions have which score."""
    top = worth if worth > 0 else 1.0
    counts, edges = np.histogram(np.clip(scores, 0, top), bins=BINS, range=(0, top))
    width = top / BINS
    bars = [(int(count), float(left)) for count, left in zip(counts, edges[:-1], strict=True) if count]
    plot = Plot((389, 173), (0.0, top), (0.0, 1.16 * max(1, *counts)), "score", "submissions")
    for count, left in bars:
        middle = left + width / 2
        plot.box(middle - 0.42 * width, middle + 0.42 * width, 0, count, fill=BAR)
        plot.text(middle, count, f"{count}", dy=-3)
    told = "; ".join(f"{left:g} to {left + width:g}: {count}" for count, left in bars)
    return plot.svg("scores", "How many submissions have which score", told or "None yet.")


def scatter(points: Sequence[tuple[float, float]], high: float, low: float) -> Markup:
    """Return quiz against code: a circle for each pair of shares, larger where there are more.

    From `high` on something is known, below `low` it is not.
    """
    start, end = -PLOT_MARGIN, 1 + PLOT_MARGIN
    plot = Plot((331, 274), (start, end), (start, end), "share of the quiz", "share of the code")
    plot.box(high, end, start, low, fill=LINE, opacity=0.4)
    plot.box(start, low, high, end, fill=LINE, opacity=0.4)
    for dy, word in ((-16, "knows it,"), (-4, "cannot code it")):
        plot.text(end - 0.02, start, word, dy=dy, anchor="end")
    for dy, word in ((13, "codes it,"), (25, "cannot explain it")):
        plot.text(start + 0.02, end, word, dy=dy, anchor="start")
    places = Counter((round(x * ROUNDED) / ROUNDED, round(y * ROUNDED) / ROUNDED) for x, y in points)
    for (x, y), count in places.items():
        plot.circle(x, y, radius=min(3.1 * (1 + 0.27 * (count - 1)) ** 0.5, 11.3), fill=BAR, opacity=0.7)
    knows = sum(x >= high and y < low for x, y in points)
    codes = sum(y >= high and x < low for x, y in points)
    told = f"{len(points)} submissions; {knows} know it and cannot code it, {codes} the reverse."
    return plot.svg("contrast", "Share of the quiz against share of the code", told)


class Plot:
    """Axes of a `size`, between limits; what is added stands at places in their units.

    Nothing in it is text of a student.
    """

    def __init__(
        self, size: tuple[int, int], x: tuple[float, float], y: tuple[float, float], xlabel: str, ylabel: str
    ) -> None:
        self._size, self._limits, self._parts = size, (x, y), list[Markup]()
        (left, bottom), (right, _) = self._at(x[0], y[0]), self._at(x[1], y[1])
        middle = (TOP + bottom) / 2
        for tick in round_ticks(*y, most=6, whole=y[1] > 1 + PLOT_MARGIN):
            _, row = self._at(x[0], tick)
            self._add("line", x1=left, x2=right, y1=row, y2=row, stroke=LINE, stroke_width=0.8)
            self.text(x[0], tick, f"{tick:g}", dx=-6, dy=3.5, anchor="end")
        for tick in round_ticks(*x, most=10):
            self.text(tick, y[0], f"{tick:g}", dy=14)
        self._add("line", x1=left, x2=right, y1=bottom, y2=bottom, stroke=LINE)
        self.text((x[0] + x[1]) / 2, y[0], xlabel, dy=30)
        self._add("text", ylabel, x=12, y=middle, fill=INK, font_size=10, text_anchor="middle",
                  transform=f"rotate(-90 12 {middle:g})")  # fmt: skip

    def box(self, left: float, right: float, bottom: float, top: float, **look: object) -> None:
        """Add a rectangle."""
        (x0, y0), (x1, y1) = self._at(left, top), self._at(right, bottom)
        self._add("rect", x=x0, y=y0, width=x1 - x0, height=y1 - y0, **look)

    def circle(self, x: float, y: float, radius: float, **look: object) -> None:
        """Add a circle."""
        self._add("circle", cx=self._at(x, y)[0], cy=self._at(x, y)[1], r=radius, **look)

    def text(
        self, x: float, y: float, text: str, *, dx: float = 0, dy: float = 0, anchor: str = "middle"
    ) -> None:
        """Add a text, moved by so many pixels."""
        column, row = self._at(x, y)
        self._add("text", text, x=column + dx, y=row + dy, fill=INK, font_size=10, text_anchor=anchor)

    def svg(self, name: str, title: str, told: str) -> Markup:
        """Return all of it as an element that a screen reader can tell: `told` says what can be seen.

        `name` is unique on the page.
        """
        width, height = self._size
        return Markup(
            '<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" class="plot" role="img"'
            ' aria-labelledby="{name}-title {name}-told"><title id="{name}-title">{title}</title>'
            '<desc id="{name}-told">{told}</desc>{parts}</svg>'
        ).format(w=width, h=height, name=name, title=title, told=told, parts=Markup("").join(self._parts))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        (left, right), (bottom, top) = self._limits
        width, height = self._size[0] - LEFT - RIGHT, self._size[1] - TOP - BOTTOM
        return LEFT + width * (x - left) / (right - left), TOP + height * (top - y) / (top - bottom)

    def _add(self, tag: str, text: str = "", /, **attributes: object) -> None:
        short = {key: f"{one:.5g}" if isinstance(one, float) else one for key, one in attributes.items()}
        told = Markup("").join(Markup(' {}="{}"').format(key.replace("_", "-"), short[key]) for key in short)
        self._parts.append(Markup("<{0}{1}>{2}</{0}>").format(tag, told, text))


def round_ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return at most `most` round numbers and 0 between two limits, evenly apart."""
    least = max((high - max(low, 0.0)) / most, 1.0 if whole else 0.0)
    power = 10.0 ** np.floor(np.log10(least))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= least * (1 - 1e-9))
    return [float(at * step) for at in range(int(high / step * (1 + 1e-9)) + 1)]

"""What of a drawn figure can be seen. What is transparent, covered, cut off or white on white cannot."""

from collections.abc import Sequence
from typing import Any

import numpy as np

SOLID = 0.4  # an artist's own pixels have at least this opacity
COLOUR = 60  # levels of 255 by which its colour may differ where it is on top
ON_TOP = 0.3  # the part of its pixels that must be
CONTRAST = 10  # levels by which it must differ from what is around it
MARGIN = 3  # pixels around a text
AROUND = 8  # pixels around a line, points or an image: more than the frame of the axes takes
LEAST_SIZE = 4  # pixels of a text, high and wide
LEAST_INK = 0.01  # of the box around a text


class Rendering:
    """A figure as it was drawn, and its artists one by one in comparison."""

    def __init__(self, canvas: Any) -> None:
        self.renderer = canvas.get_renderer()
        self._seen = np.array(canvas.buffer_rgba())[..., :3].astype(np.int16)

    def alone(self, artist: Any) -> np.ndarray:
        """Return what an artist looks like on an empty page, as RGBA."""
        from matplotlib.backends.backend_agg import RendererAgg

        page = RendererAgg(self.renderer.width, self.renderer.height, self.renderer.dpi)
        artist.draw(page)
        return np.array(page.buffer_rgba())

    def seen_texts(self, texts: Sequence[Any]) -> list[Any]:
        """Return the texts that can be seen."""
        return [text for text in texts if text.get_visible() and text.get_text().strip() and self._inks(text)]

    def _inks(self, text: Any) -> bool:
        """Whether pixels where a text stands come near its colour, on a ground that differs from it."""
        from matplotlib.colors import to_rgba
        from matplotlib.text import Text

        left, bottom, right, top = box = Text.get_window_extent(text, self.renderer).extents
        *colour, opacity = to_rgba(text.get_color(), text.get_alpha())
        ground = self._part(self._seen, box).reshape(-1, 3)
        if opacity < SOLID or min(top - bottom, right - left) < LEAST_SIZE or not ground.size:
            return False
        usual = np.median(ground, axis=0)
        towards = 255 * np.array(colour) - usual
        if np.abs(towards).max() < CONTRAST:
            return False
        inked = (ground - usual) @ towards / (towards @ towards) >= SOLID
        return bool(inked.sum() >= max(LEAST_SIZE, LEAST_INK * inked.size))

    def seen(self, artists: Sequence[Any]) -> list[Any]:
        """Return the lines, points and images that can be seen."""
        shown = [artist for artist in artists if artist.get_visible()]
        return [artist for artist in shown if self._stands_out(self.alone(artist))]

    def _stands_out(self, page: np.ndarray) -> bool:
        """Whether what is drawn on a page is on top in the figure and differs from what surrounds it."""
        own = page[..., 3] >= SOLID * 255
        if not own.any():
            return False
        rows, columns = np.nonzero(own)
        near = (slice(max(0, rows.min() - AROUND), rows.max() + AROUND + 1),
                slice(max(0, columns.min() - AROUND), columns.max() + AROUND + 1))  # fmt: skip
        part, own, seen = page[near], own[near], self._seen[near]
        room = COLOUR + 255 - part[..., 3].astype(np.int16)
        alike = (np.abs(seen - part[..., :3]) <= room[..., None]).all(axis=-1)
        if np.mean(alike[own]) < ON_TOP:
            return False
        inside = seen[own & alike]
        around = seen[~own] if not own.all() else np.full((1, 3), 255)
        low, usual, high = np.percentile(inside, (10, 50, 90), axis=0)
        contrast = max(np.abs(usual - np.median(around, axis=0)).max(), (high - low).max())
        return bool(contrast >= CONTRAST)

    def _part(self, pixels: np.ndarray, box: Sequence[float]) -> np.ndarray:
        """Return the pixels in a box, whose height counts from the bottom, with a margin."""
        height = pixels.shape[0]
        finite = np.nan_to_num(np.asarray(box, dtype=float), posinf=1e6, neginf=-1e6)
        left, bottom, right, top = np.clip(finite, -1e6, 1e6)
        rows = slice(max(0, int(height - top) - MARGIN), max(0, int(height - bottom) + MARGIN + 1))
        return pixels[rows, max(0, int(left) - MARGIN) : max(0, int(right) + MARGIN + 1)]

"""What of a drawn figure can be seen. What is transparent, covered, cut off or white on white cannot."""

from collections.abc import Sequence
from typing import Any

import numpy as np

SOLID = 0.4  # an artist's own pixels have at least this opacity
COLOUR = 60  # levels of 255 by which its colour may differ where it is on top
ON_TOP = 0.3  # the part of its pixels that must be
CONTRAST = 10  # levels by which it must differ from what is around it
MARGIN = 3  # pixels around a text
MARGIN_PX = 8  # pixels around a line, points or an image: more than the frame of the axes takes
LEAST_SIZE = 4  # pixels of a text, high and wide
LEAST_INK = 0.01  # of the box around a text
ENOUGH_PIXELS = 10_000  # pixels that tell what all of a kind look like


class Rendering:
    """A figure as it was drawn, and its artists one by one in comparison."""

    def __init__(self, canvas: Any) -> None:
        self.renderer = canvas.get_renderer()
        self._seen = np.array(canvas.buffer_rgba())[..., :3]

    def alone(self, *artists: Any) -> np.ndarray:
        """Return what artists look like on an empty page, as RGBA."""
        from matplotlib.backends.backend_agg import RendererAgg

        page = RendererAgg(self.renderer.width, self.renderer.height, self.renderer.dpi)
        for artist in artists:
            artist.draw(page)
        return np.asarray(page.buffer_rgba())

    def seen_texts(self, texts: Sequence[Any]) -> list[Any]:
        """Return the texts that can be seen."""
        return [text for text in texts if text.get_visible() and text.get_text().strip() and self._inks(text)]

    def _inks(self, text: Any) -> bool:
        """Whether pixels where a text stands come near its colour, on a ground that differs from it."""
        from matplotlib.colors import to_rgba
        from matplotlib.text import Text

        left, bottom, right, top = box = Text.get_window_extent(text, self.renderer).extents
        *colour, opacity = to_rgba(text.get_color(), text.get_alpha())
        ground = self._part(self._seen, box).reshape(-1, 3).astype(np.int16)
        if opacity < SOLID or min(top - bottom, right - left) < LEAST_SIZE or not ground.size:
            return False
        (usual,) = levels(ground, (0.5,))
        towards = 255 * np.array(colour) - usual
        if np.abs(towards).max() < CONTRAST:
            return False
        inked = (ground - usual) @ towards / (towards @ towards) >= SOLID
        return bool(inked.sum() >= max(LEAST_SIZE, LEAST_INK * inked.size))

    def seen(self, artists: Sequence[Any]) -> list[Any]:
        """Return the lines, points and images that can be seen."""
        shown = [artist for artist in artists if artist.get_visible()]
        return [artist for artist in shown if self._stands_out(self.alone(artist))]

    def seen_by_colour(self, patches: Sequence[Any]) -> list[Any]:
        """Return the patches that can be seen: those of a colour together, for bars often touch."""
        shown = [patch for patch in patches if patch.get_visible()]
        colours = {patch.get_facecolor() for patch in shown}
        alike = [[one for one in shown if one.get_facecolor() == colour] for colour in colours]
        seen = [one for group in alike if self._stands_out(self.alone(*group)) for one in group]
        return [one for one in shown if one in seen]

    def _stands_out(self, page: np.ndarray) -> bool:
        """Whether what is drawn on a page is on top in the figure and differs from what surrounds it."""
        own = np.asarray(page[..., 3] >= SOLID * 255)
        rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
        if not rows.size:
            return False
        near = (slice(max(0, rows[0] - MARGIN_PX), rows[-1] + MARGIN_PX + 1),
                slice(max(0, columns[0] - MARGIN_PX), columns[-1] + MARGIN_PX + 1))  # fmt: skip
        own, seen = own[near], self._seen[near]
        ours, others = sample(own), sample(~own)
        inked, drawn = seen[ours], page[near][ours].astype(np.int16)
        room = COLOUR + 255 - drawn[:, 3]
        alike = (np.abs(inked.astype(np.int16) - drawn[:, :3]) <= room[:, None]).all(axis=1)
        if np.mean(alike) < ON_TOP:
            return False
        low, usual, high = levels(inked[alike], (0.1, 0.5, 0.9))
        (around,) = levels(seen[others], (0.5,)) if others[0].size else [np.full(3, 255)]
        contrast = max(np.abs(usual - around).max(), (high - low).max())
        return bool(contrast >= CONTRAST)

    def _part(self, pixels: np.ndarray, box: Sequence[float]) -> np.ndarray:
        """Return the pixels in a box, whose height counts from the bottom, with a margin."""
        height = pixels.shape[0]
        finite = np.nan_to_num(np.asarray(box, dtype=float), posinf=1e6, neginf=-1e6)
        left, bottom, right, top = np.clip(finite, -1e6, 1e6)
        rows = slice(max(0, int(height - top) - MARGIN), max(0, int(height - bottom) + MARGIN + 1))
        return pixels[rows, max(0, int(left) - MARGIN) : max(0, int(right) + MARGIN + 1)]


def sample(mask: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return rows and columns of pixels that a mask holds: all, or as many as are enough, evenly."""
    places = np.flatnonzero(mask)
    return np.unravel_index(places[:: len(places) // ENOUGH_PIXELS + 1], mask.shape)


def levels(pixels: np.ndarray, shares: Sequence[float]) -> list[np.ndarray]:
    """Return for each share the levels (R, G, B) that so many of the pixels, shape (N, 3), do not exceed."""
    counts = [np.bincount(channel, minlength=256).cumsum() for channel in pixels.T]
    return [np.array([np.searchsorted(count, share * len(pixels)) for count in counts]) for share in shares]

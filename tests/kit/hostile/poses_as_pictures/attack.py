"""Returns figures of artists that lie about where they are, and of which there are too many.

Aim: stall
"""

import itertools

turn = itertools.count()


def attack(*args, **kwargs):
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

    class Lies(Line2D):
        def get_xdata(self, orig=True):
            return [1.0] * 10**6

        get_ydata = get_xdata

        def get_visible(self):
            return True

        def draw(self, renderer):
            while True:
                pass

    figure = Figure(figsize=[(1e4, 1e4), (4, 4), (4, 4), (0, 0)][next(turn) % 4])
    axes = figure.subplots()
    axes.add_line(Lies([0, 1], [0, 1]))
    for at in range(3000):
        axes.add_artist(Text(at % 7, at % 5, "$" + r"\frac{1}{2}" * 20 + "$", alpha=0.0))
    axes.add_collection(PathCollection([], offsets=[(1e300, -1e300)] * 1000))
    axes.set_xlim(1e300, 1e301)
    axes.set_title("\n" * 10_000 + "CARRIED 9725")
    axes.legend(["x" * 10**5])
    return figure

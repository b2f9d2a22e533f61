"""The visible checks of `plot_values` for otter: those in checks/. Leave this file as it is."""

import re

import numpy as np

from checks.kit import Figure, expect, expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "plot_values"
case = Cases("gridworld", name)


def expect_figure(got):
    """Fail unless an answer is a figure with a title; return it."""
    expect(isinstance(got, Figure), "expected a matplotlib Figure: end with `return fig`")
    expect(len(got.axes) > 0, "the figure has no axes: draw into those of fig.subplots()")
    titles = [axes["title"] + axes["suptitle"] for axes in got.axes]
    expect(any(title.strip() for title in titles), "the figure has no title")
    return got


def heatmap_of(got):
    """Return the figure and those of its axes that hold the heatmap."""
    figure = expect_figure(got)
    axes = [one for one in figure.axes if one["images"]]
    expect(len(axes) > 0, "the figure shows no image: imshow, matshow or pcolormesh draws one")
    expect(len(axes) == 1 == len(axes[0]["images"]), "the figure shows more than one image")
    return figure, axes[0]


def cell_of(text, image, flipped):
    """Return the (row, col) of the cell that a text stands in."""
    rows, cols = image["data"].shape
    left, right, bottom, top = image["extent"]
    first, last = (top, bottom) if image["origin"] == "upper" else (bottom, top)
    row = int(np.floor((text["y"] - first) / (last - first) * rows + 1e-6))
    col = int(np.floor((text["x"] - left) / (right - left) * cols + 1e-6))
    return (rows - 1 - row if flipped else row), col


def expect_heatmap(got, values):
    """Fail unless the image holds the values, each cell its number, and everything is labelled."""
    figure, axes = heatmap_of(got)
    image = axes["images"][0]
    upside_down = values[::-1]  # a mesh with its rows turned, so that the first is at the top
    flipped = image["data"].shape == values.shape and not np.allclose(image["data"], values)
    flipped = bool(flipped and np.allclose(image["data"], upside_down))
    expect_close(image["data"], upside_down if flipped else values, name="the image")
    expect_numbers(axes, image, flipped, values)
    xlabel, ylabel = axes["xlabel"].strip().lower(), axes["ylabel"].strip().lower()
    expect(xlabel != "" and ylabel != "", "an axis has no label")
    turned = re.search(r"\brows?\b", xlabel) or re.search(r"\bcol", ylabel)
    expect(not turned, "the axis labels are exchanged: columns run along x, rows along y")
    expect(any(one["colorbar"] for one in figure.axes), "the figure has no colorbar")


def number_in(text):
    """Return the number that a text holds, None unless it holds exactly one."""
    said = re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("\N{MINUS SIGN}", "-"))
    found = re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", said)
    return float(found[0]) if len(found) == 1 else None


def expect_numbers(axes, image, flipped, values):
    """Fail unless every cell holds its number, to two decimals or more, and no other."""
    found = {}
    for text in axes["texts"]:
        number = number_in(text["text"])
        if number is not None:
            found.setdefault(cell_of(text, image, flipped), []).append(number)
    expect(len(found) > 0, "no cell has its number written in it")
    for cell, value in np.ndenumerate(values):
        numbers = found.get(cell, [])
        expect(len(numbers) > 0, "a cell has no number written in it", f"the cell {cell}")
        near = all(abs(number - value) <= 0.00501 for number in numbers)
        told = "the number written in a cell is not its value to two decimals"
        expect(near, told, f"the cell {cell}: {numbers}, expected {value:.2f}")


@case()
def test_two_rows_of_three(student):
    """A 2x3 heatmap: the values, their numbers, labels on both axes, a title and a colorbar."""
    values = np.array([[0.9, 0.92, 0.94], [-0.5, 1.0, 0.0]])
    expect_heatmap(student.plot_values(values), values)


@case()
def test_values_of_the_lab(student):
    """The 4x4 grid's best values, 0 at the goal."""
    distance = np.add.outer(np.arange(3, -1, -1), np.arange(3, -1, -1))
    values = np.where(distance > 0, 2 * 0.99 ** (distance - 1.0) - 1, 0.0)
    expect_heatmap(student.plot_values(values), values)

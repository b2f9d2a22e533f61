"""The visible checks of `plot_values` for otter: those in checks/. Leave this file as it is."""

import re

import numpy as np

from checks.kit import Figure, expect, expect_close
from checks.for_otter import Cases

OK_FORMAT = False
name = "plot_values"
case = Cases("gridworld", name, 5)


VALUES = np.array([[0.87, -0.523, 3.146], [12.06, -7.4, 0.309]])


def figure_in(got):
    """Return the figure of an answer, also where it comes in company or through a part of it."""
    parts = got if isinstance(got, tuple | list) else [got]
    found = [part for part in parts if isinstance(part, Figure)]
    if not found and hasattr(got, "_handle"):
        try:
            found = [one for one in [got.figure] if isinstance(one, Figure)]
        except Exception:  # noqa: BLE001 not a part of a figure
            found = []
    is_module = getattr(getattr(got, "_handle", None), "type_name", "") == "module"
    undrawn = any(getattr(part, "type_name", "").endswith("Figure") for part in parts)
    expect(not undrawn, "the figure cannot be drawn: fig.canvas.draw() says why")
    expect(not is_module, "`plt` came back instead of a figure: end with `return fig`")
    expect(len(found) > 0, "expected a matplotlib Figure: end with `return fig`")
    expect(len(found[0].axes) > 0, "the figure has no axes: draw into those of fig.subplots()")
    return found[0]


def expect_title(figure):
    """Fail unless a figure has a title."""
    titles = [axes["title"] + axes["suptitle"] for axes in figure.axes]
    expect(any(title.strip() for title in titles), "the figure has no title")


def heatmap_of(figure):
    """Return those of a figure's axes that hold the heatmap."""
    axes = [one for one in figure.axes if one["images"]]
    expect(len(axes) > 0, "the figure shows no image: imshow, matshow or pcolormesh draws one")
    expect(len(axes) == 1 == len(axes[0]["images"]), "the figure shows more than one image")
    return axes[0]


def expect_cells(figure, values):
    """Fail unless the heatmap has a cell for each value; return its axes."""
    axes = heatmap_of(figure)
    told = "the heatmap does not have a cell for each value"
    expect(axes["images"][0]["data"].size == values.size, told)
    return axes


def is_turned(image, values):
    """Whether a mesh has its rows turned, so that the first is at the top."""
    alike = image["data"].shape == values.shape and not np.allclose(image["data"], values)
    return bool(alike and np.allclose(image["data"], values[::-1]))


def expect_image(figure, values):
    """Fail unless the image holds the values."""
    image = heatmap_of(figure)["images"][0]
    expect_close(image["data"], values[::-1] if is_turned(image, values) else values, name="the image")


def cell_of(text, image, flipped):
    """Return the (row, col) of the cell that a text stands in."""
    rows, cols = image["data"].shape
    left, right, bottom, top = image["extent"]
    first, last = (top, bottom) if image["origin"] == "upper" else (bottom, top)
    row = int(np.floor((text["y"] - first) / (last - first) * rows + 1e-6))
    col = int(np.floor((text["x"] - left) / (right - left) * cols + 1e-6))
    return (rows - 1 - row if flipped else row), col


def number_in(text):
    """Return the number that a text holds, as it is written, "" unless it holds exactly one."""
    said = re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("\N{MINUS SIGN}", "-"))
    found = re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", said)
    return found[0] if len(found) == 1 else ""


def expect_numbers(figure, values):
    """Fail unless every cell holds its number, to two decimals or nearly, and no other."""
    axes = heatmap_of(figure)
    image, found = axes["images"][0], {}
    for text in axes["texts"]:
        if number := number_in(text["text"]):
            place = cell_of(text, image, is_turned(image, values))
            found.setdefault(place, []).append(float(number))
    expect(len(found) > 0, "no cell has its number written in it")
    for cell, value in np.ndenumerate(values):
        numbers = found.get(cell, [])
        expect(len(numbers) > 0, "a cell has no number written in it", f"the cell {cell}")
        near = all(abs(number - value) <= 0.00501 for number in numbers)
        told = "the number written in a cell is not its value to two decimals"
        expect(near, told, f"the cell {cell}: {numbers}, expected {value:.2f}")


def expect_two_decimals(figure, values):
    """Fail unless the numbers written are as many as there are cells, each with two decimals."""
    found = [number for text in heatmap_of(figure)["texts"] if (number := number_in(text["text"]))]
    expect(len(found) >= values.size, "a cell has no number written in it")
    long = any(re.search(r"\.\d{3}", number) for number in found)
    expect(not long, "the numbers are written with more than two decimals: format them with :.2f")
    told = "the numbers are not written with two decimals: format them with :.2f"
    expect(all(re.search(r"\.\d\d$", number) for number in found), told)


@case()
def test_the_image_holds_the_values(student):
    """Two rows of three unequal values, as an image."""
    expect_image(figure_in(student.plot_values.once(VALUES)), VALUES)


@case()
def test_each_number_in_its_own_cell(student):
    """Two rows of three: each value is written into its own cell."""
    expect_numbers(figure_in(student.plot_values.once(VALUES)), VALUES)


@case()
def test_numbers_have_two_decimals(student):
    """The values 0.309 and -7.4 are written 0.31 and -7.40, and so on."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect_two_decimals(figure, VALUES)


@case()
def test_axes_have_their_labels(student):
    """Columns run along x, rows along y, and the labels say so."""
    axes = expect_cells(figure_in(student.plot_values.once(VALUES)), VALUES)
    xlabel, ylabel = axes["xlabel"].strip().lower(), axes["ylabel"].strip().lower()
    expect(xlabel != "" and ylabel != "", "an axis has no label")
    turned = re.search(r"\brows?\b", xlabel) or re.search(r"\bcol", ylabel)
    expect(not turned, "the axis labels are exchanged: columns run along x, rows along y")


@case()
def test_heatmap_has_a_title(student):
    """The heatmap has a title."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect_title(figure)


@case()
def test_heatmap_has_a_colorbar(student):
    """The heatmap has a colorbar."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect(any(one["colorbar"] for one in figure.axes), "the figure has no colorbar")


@case()
def test_heatmap_returns_its_figure(student):
    """What comes back is the figure: not its axes, and not both."""
    got = student.plot_values.once(VALUES)
    expect_cells(figure_in(got), VALUES)
    expect(isinstance(got, Figure), "expected the figure alone: end with `return fig`")

"""Figures as data: what checks of plots read, on plots like those of the lab."""

import contextlib
import sys

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure as Drawing

from autograder.data.figures import MAX_PNG, overlapping
from autograder.data.limits import Limits
from autograder.data.plain import plain
from autograder.data.values import Figure, Opaque
from autograder.sandbox.calls import Call
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.student import here
from autograder.sandbox.wall import Wall

plt.switch_backend("Agg")
MILESTONES = {1957: "Perceptron", 1997: "LSTM", 2012: "AlexNet", 2013: "Word2Vec", 2014: "GANs"}
VALUES = np.array([[0.90, 0.92], [0.94, np.nan]])


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    plt.close("all")  # what other tests of this process left
    yield
    assert not plt.get_fignums()


def timeline(levels, hide_axes=True):
    """Draw years as points with a label each, at the levels in turn."""
    figure, axes = plt.subplots(figsize=(12, 3))
    axes.plot(list(MILESTONES), [0] * len(MILESTONES), marker="o", label="years")
    for at, (year, label) in enumerate(MILESTONES.items()):
        place = (year, levels[at % len(levels)])
        axes.annotate(label, (year, 0), place, ha="center", arrowprops={"arrowstyle": "-"})
    axes.set(title="Milestones", xlim=(1950, 2020), ylim=(-2, 2))
    axes.legend()
    if hide_axes:
        axes.axis("off")
    return figure


def heatmap(draw="imshow"):
    """Draw a table of values with its numbers and a colorbar."""
    figure, axes = plt.subplots()
    image = getattr(axes, draw)(np.ma.masked_invalid(VALUES))
    for (row, column), value in np.ndenumerate(VALUES):
        axes.text(column, row, f"{value:.2f}", ha="center", va="center")
    axes.set(title="Values", xlabel="column", ylabel="row")
    figure.colorbar(image, ax=axes, label="V(s)")
    return figure


def test_a_timeline_is_told_by_its_labels():
    figure = here({"plot": timeline}).plot([0.5, -0.5, 1.2])
    assert isinstance(figure, Figure)
    assert figure.png.startswith(b"\x89PNG")
    (axes,) = figure.axes
    assert (axes["title"], axes["xlim"], axes["legend"]) == ("Milestones", (1950.0, 2020.0), ["years"])
    assert [text["text"] for text in axes["texts"]] == list(MILESTONES.values())
    assert np.allclose([text["x"] for text in axes["texts"]], list(MILESTONES))
    assert np.allclose([text["y"] for text in axes["texts"]], [0.5, -0.5, 1.2, 0.5, -0.5])
    assert [text["target"] for text in axes["texts"]] == [[year, 0] for year in MILESTONES]
    assert axes["xticks"] == axes["yticks"] == []
    assert axes["lines"][0]["x"].tolist() == list(MILESTONES)
    assert axes["lines"][0]["label"] == "years"


def test_overlapping_labels_are_found():
    crowded = plain(timeline([0.5])).axes[0]["texts"]
    assert ("AlexNet", "Word2Vec") in overlapping(crowded)
    assert ("Perceptron", "LSTM") not in overlapping(crowded)
    assert overlapping(plain(timeline([0.4, -0.4, 1.0, -1.0, 1.6])).axes[0]["texts"]) == []


@pytest.mark.parametrize(("angle", "apart"), [(45, 1.0), (-30, 1.0), (45, 0.3), (0, 1.0), (90, 1.0)])
def test_slanted_labels_are_apart_though_their_boxes_are_not(angle, apart):
    figure, axes = plt.subplots(figsize=(4, 4))
    axes.set(xlim=(0, 10), ylim=(0, 10))
    for at in range(3):
        axes.text(2 + apart * at, 5, "a long label", rotation=angle, ha="center", va="center")
    found = overlapping(plain(figure).axes[0]["texts"])
    assert bool(found) == (apart < 1 or angle == 0)


def test_a_mesh_says_where_it_lies():
    figure, (one, other) = plt.subplots(1, 2)
    one.pcolormesh([0, 2, 4], [3, 2, 1], VALUES)
    other.pcolormesh([0, 1], [0, 1], VALUES, shading="nearest")
    told = [axes["images"][0]["extent"] for axes in plain(figure).axes]
    assert told == [(0, 4, 3, 1), (-0.5, 1.5, -0.5, 1.5)]


@pytest.mark.parametrize("draw", ["imshow", "matshow", "pcolormesh", "pcolor"])
def test_a_heatmap_is_told_by_its_data(draw):
    values, bar = plain(heatmap(draw)).axes
    (image,) = values["images"]
    assert np.array_equal(image["data"], VALUES, equal_nan=True)
    assert (values["title"], values["xlabel"], values["ylabel"]) == ("Values", "column", "row")
    assert [text["text"] for text in values["texts"]] == ["0.90", "0.92", "0.94", "nan"]
    assert np.allclose([(text["x"], text["y"]) for text in values["texts"]], [(0, 0), (1, 0), (0, 1), (1, 1)])
    assert (values["colorbar"], bar["colorbar"], bar["ylabel"], bar["images"]) == (False, True, "V(s)", [])
    assert values["xticks"][0]["text"]


def test_ticks_points_and_the_figures_own_texts_are_told():
    figure, axes = plt.subplots()
    axes.scatter([1, 2, 3], [4, 5, 6])
    axes.set_xticks([1, 2, 9], ["one", "two", "nine"])
    axes.set_xlim(0, 4)
    axes.text(0.5, 0.5, "middle", transform=axes.transAxes)
    axes.text(1, 5, "hidden", visible=False)
    axes.text(1, 5, "  ")
    figure.suptitle("Top")
    figure.supxlabel("below")
    (told,) = plain(figure).axes
    assert (told["suptitle"], told["xlabel"], told["title"]) == ("Top", "below", "")
    assert [tick["text"] for tick in told["xticks"]] == ["one", "two"]
    assert told["points"][0].tolist() == [[1, 4], [2, 5], [3, 6]]
    assert [(text["text"], round(text["x"], 9)) for text in told["texts"]] == [("middle", 2.0)]


def drawn_in_many_ways() -> Drawing:
    """Return a figure with what moves ticks and texts while it is laid out and drawn."""
    figure, axes = plt.subplots(2, 2, figsize=(9, 7), layout="constrained")
    axes[0, 0].loglog(range(1, 2000), range(1, 2000))
    axes[0, 1].barh(["a long name", "b"], [1, 1e6])
    axes[0, 1].tick_params(axis="x", rotation=40)
    axes[0, 1].set_title("$x^2$", fontsize=20)
    axes[1, 0].imshow(np.eye(3))
    axes[1, 0].twinx().plot(range(0, 90, 10))
    axes[1, 1].minorticks_on()
    axes[1, 1].text(0.5, 0.5, "small", fontsize=5)
    return figure


def test_what_is_found_out_once_is_the_same_every_time(monkeypatch):
    once = plain(drawn_in_many_ways())
    monkeypatch.setattr("autograder.data.figures.measured_once", contextlib.nullcontext)
    every_time = plain(drawn_in_many_ways())
    assert once.png == every_time.png
    assert repr(once.axes) == repr(every_time.axes)


def test_dates_and_categories_are_numbers():
    figure, axes = plt.subplots()
    axes.plot(["a", "b"], [1, 2])
    axes.annotate("here", ("b", 2))
    (told,) = plain(figure).axes
    assert told["lines"][0]["x"].tolist() == [0, 1]
    assert told["texts"][0]["target"] == [1.0, 2]


def test_figures_are_closed_and_drawn_within_limits():
    huge = plain(plt.figure(figsize=(1000, 1000)))
    assert isinstance(huge, Figure)
    assert len(huge.png) <= MAX_PNG
    noisy, axes = plt.subplots(figsize=(16, 16))
    axes.imshow(np.random.default_rng(0).random((1500, 1500, 3)))
    assert plain(noisy).png == b""
    assert plain(Drawing()).axes == []


def test_a_figure_that_cannot_be_drawn_is_refused():
    figure, axes = plt.subplots()
    axes.set_title(r"$\frac{$")
    assert plain([figure]) == [Opaque("matplotlib.Figure", "it cannot be read")]


@pytest.mark.skipif(sys.platform != "linux", reason="the wall stands on Linux only")
def test_figures_cross_the_wall():
    text = "from matplotlib import pyplot\ndef plot():\n    return pyplot.subplots()[0]\n"
    with Wall(Limits(), ("matplotlib.pyplot",)) as wall:
        worker = wall.worker()
        worker.load(Program(ProgramText("plots.py", [text])))
        figure = worker.ask(encode_call(Call("call", "plot")), 20).value
        worker.close()
    (drawn,) = plain([plt.subplots()[0]])
    assert repr(figure.axes) == repr(drawn.axes)
    assert figure.png == drawn.png
    assert figure.axes[0]["xticks"][0]["text"] == "0.0"


@pytest.mark.skipif(sys.platform != "linux", reason="the wall stands on Linux only")
def test_fonts_are_in_memory_and_open_before_a_worker_is_forked():
    text = """
from matplotlib import font_manager
def fonts():
    opened = font_manager._get_font.cache_info().misses
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    with open(font.fname, "rb") as file:
        return opened, hasattr(file, "getvalue"), font.fname.endswith("DejaVuSans.ttf")
"""
    with Wall(Limits(), ("matplotlib.pyplot",)) as wall:
        wall.settle()
        worker = wall.worker()
        worker.load(Program(ProgramText("fonts.py", [text])))
        assert worker.ask(encode_call(Call("call", "fonts")), 20).value == (1, True, True)
        worker.close()


def box(left: float, text: str = "x") -> dict:
    """Return a text 10 pixels wide."""
    return {"text": text, "box": (left, 0.0, left + 10.0, 10.0), "corners": []}


def test_a_figure_with_far_too_many_texts_is_looked_at_for_a_moment_only():
    assert overlapping([box(0)] * 50_000)  # all of them on one another
    small = np.array([[0, 0], [0, 1], [1, 1], [1, 0]]) * 1e-3
    apart = [{"text": "s", "box": (0.0, 0.0, 9.0, 9.0), "corners": small + at} for at in range(900)]
    assert overlapping(apart) == [("s", "s")]  # too many to tell: nobody can read that
    assert overlapping([box(20.0 * at) for at in range(900)]) == []
    assert overlapping([box(0.0, "a"), box(8.9, "b"), box(100.0, "c")]) == [("a", "b")]


def drawn(**about):
    """A line, points, a text and a title, each as `about` says."""
    figure, axes = plt.subplots()
    axes.plot([0, 1, 2], [0.2, 0.8, 0.4], **about.get("line", {}))
    axes.scatter([0.5, 1.5], [0.9, 0.15], **about.get("points", {}))
    axes.text(1.0, 0.3, "a label", **about.get("text", {}))
    axes.set_title("A title", **about.get("title", {}))
    axes.set(xlim=(-0.5, 2.5), ylim=(0, 1))
    if about.get("cover"):
        axes.add_patch(plt.Rectangle((-0.5, 0), 3, 1, color="white", zorder=9))
    return figure


def shown(**about):
    (axes,) = here({"plot": lambda: drawn(**about)}).plot().axes
    return {name: bool(axes[name]) for name in ("lines", "points", "texts", "title")}


def test_what_can_be_seen_is_told():
    assert all(shown().values())
    assert all(shown(line={"color": "0.8"}, points={"alpha": 0.5}, text={"color": "grey"}).values())
    assert all(shown(line={"marker": "o", "linestyle": ""}, text={"rotation": 40, "fontsize": 7}).values())


@pytest.mark.parametrize(
    ("what", "how"),
    [
        *[(what, {"alpha": 0}) for what in ("line", "points", "text", "title")],
        *[(what, {"color": "white"}) for what in ("line", "points", "text", "title")],
        ("line", {"linewidth": 0}),
        ("points", {"s": 0}),
        ("text", {"fontsize": 0.1}),
    ],
)
def test_what_cannot_be_seen_is_left_out(what, how):
    name = {"line": "lines", "text": "texts"}.get(what, what)
    assert shown(**{what: how}) == {**shown(), name: False}


def test_what_is_covered_is_left_out():
    assert shown(cover=True) == {"lines": False, "points": False, "texts": False, "title": True}


def test_a_heatmap_without_contrast_or_opacity_is_none():
    for how in ({"alpha": 0.0}, {"cmap": "Greys", "vmin": 5, "vmax": 9}):
        figure, axes = plt.subplots()
        axes.imshow(np.nan_to_num(VALUES), **how)
        (told,) = here({"plot": lambda made=figure: made}).plot().axes
        assert not told["images"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.bar([1.0, 2.0, 4.0], [2, 3, 1], 1.0, align="edge"),
        lambda axes: axes.hist([1.1, 1.2, 2.1, 2.2, 2.3, 4.5], bins=[1, 2, 3, 4, 5], color="grey"),
        lambda axes: axes.stairs([2, 3, 0, 1], [1, 2, 3, 4, 5], fill=True),
    ],
)
def test_bars_are_told_however_they_are_drawn(draw):
    figure, axes = plt.subplots()
    draw(axes)
    axes.axvspan(0.5, 1.5, alpha=0.3)
    (told,) = here({"plot": lambda: figure}).plot().axes
    assert told["bars"].tolist() == [[1, 0, 1, 2], [2, 0, 1, 3], [4, 0, 1, 1]]


def test_bars_lie_and_hang_and_white_ones_are_none():
    figure, (lying, hanging, white) = plt.subplots(1, 3)
    lying.stairs([2, 3], [0, 1, 2], orientation="horizontal", fill=True)
    hanging.bar([0.5], [-3], 1.0)
    white.bar([0.5], [3], 1.0, color="white")
    told = here({"plot": lambda: figure}).plot().axes
    assert [one["bars"].tolist() for one in told] == [[[0, 0, 2, 1], [0, 1, 3, 1]], [[0, -3, 1, 3]], []]

"""The visible checks of `plot_timeline` for otter: those in checks/. Leave this file as it is."""

import re

import numpy as np

from checks.kit import Figure, expect, overlapping
from checks.for_otter import Cases

OK_FORMAT = False
name = "plot_timeline"
case = Cases("gridworld", name, 5)


MILESTONES = {
    1957: "Perceptron",
    1986: "Backpropagation",
    1997: "LSTM",
    2012: "AlexNet",
    2013: "Word2Vec",
    2014: "GANs",
    2017: "Transformer",
    2018: "BERT",
    2020: "GPT-3",
    2022: "InstructGPT\n(RLHF)",
    2023: "GPT-4",
}


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


def squashed(text):
    """Return a text without its spaces and line breaks."""
    return "".join(text.split())


def texts_of(figure):
    """Return all texts and tick labels, each with `at`: its place in units of its axes' size.

    The place of an annotation is the point that it is about.
    """
    found = []
    for axes in figure.axes:
        corner, far = np.array([axes["xlim"], axes["ylim"]]).T
        for text in axes["texts"] + axes["xticks"] + axes["yticks"]:
            point = np.array(text["target"] or [text["x"], text["y"]])
            found.append(text | {"at": (point - corner) / (far - corner)})
    return found


def with_year(label, year, texts, milestones):
    """Return a label's text and that of its year: the same, or one above, below or beside it."""
    pattern = rf"(?<!\d){year}(?!\d)"
    if re.search(pattern, label["text"]):
        return [label]
    names = [squashed(name) for name in milestones.values()]  # beside another label is another's year
    years = [text for text in texts if re.search(pattern, text["text"])]
    years = [text for text in years if not any(name in squashed(text["text"]) for name in names)]
    close = [text for text in years if np.isclose(text["at"], label["at"], rtol=0, atol=2e-3).any()]
    return [label, close[0]] if close else []


def labels_of(figure, milestones):
    """Return the texts of each milestone's label, in order of time; some label must be there."""
    texts = texts_of(figure)
    found = [
        [text for text in texts if squashed(milestones[year]) in squashed(text["text"])]
        for year in sorted(milestones)
    ]
    expect(sum(map(bool, found)) > 1, "no labels of milestones are in the figure")
    return found


def expect_labels_and_years(figure, milestones):
    """Fail unless every label is shown with its own year."""
    texts, labels = texts_of(figure), labels_of(figure, milestones)
    for year, found in zip(sorted(milestones), labels, strict=True):
        expect(len(found) > 0, "the label of a milestone is not in the figure", milestones[year])
        told = "a label comes without its year, or with another"
        expect(
            any(with_year(one, year, texts, milestones) for one in found), told, f"{milestones[year]}, {year}"
        )


def expect_in_order(figure, milestones):
    """Fail unless the labels stand in order of time, along x or along y."""
    labels = labels_of(figure, milestones)
    expect(all(labels), "the label of a milestone is not in the figure")
    across, along = np.diff([found[0]["at"] for found in labels], axis=0).T
    ordered = (across > 0).all() or (along > 0).all() or (along < 0).all()
    expect(bool(ordered), "the milestones are not in order of time")


def written(figure, milestones):
    """Return the texts that have to be readable: the labels and their years."""
    texts, labels = texts_of(figure), labels_of(figure, milestones)
    pairs = [
        next(filter(None, (with_year(one, year, texts, milestones) or [one] for one in found)), [])
        for year, found in zip(sorted(milestones), labels, strict=True)
    ]
    return [text for pair in pairs for text in pair]


def expect_inside(figure, milestones):
    """Fail if a label is outside the picture, or about a point outside its axes."""
    expect(all(labels_of(figure, milestones)), "the label of a milestone is not in the figure")
    width, height = figure.axes[0]["size"]
    for text in written(figure, milestones):
        left, bottom, right, top = text["box"]
        inside = 0 <= (left + right) / 2 <= width and 0 <= (bottom + top) / 2 <= height
        expect(bool(inside), "a label lies outside the figure", text["text"])
        # matplotlib leaves out an annotation whose target is outside the axes
        drawn = not text["target"] or ((text["at"] >= 0) & (text["at"] <= 1)).all()
        expect(bool(drawn), "a label is about a point outside the axes", text["text"])


def expect_apart(figure, milestones):
    """Fail if two labels overlap."""
    expect(all(labels_of(figure, milestones)), "the label of a milestone is not in the figure")
    found = overlapping(written(figure, milestones))
    pairs = [" and ".join(repr(" ".join(one.split())) for one in pair) for pair in found]
    told = "labels overlap: give close years different heights, or each label its own"
    expect(not pairs, told, f"{len(pairs)} pairs of labels overlap, such as {', '.join(pairs[:1])}")


@case()
def test_labels_with_their_years(student):
    """The lab's eleven milestones: every label is there, with its own year."""
    expect_labels_and_years(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@case()
def test_in_order_of_time(student):
    """The lab's milestones stand in order of time, along x or along y."""
    expect_in_order(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@case()
def test_labels_do_not_overlap(student):
    """The lab's milestones, eight of them within eleven years: no labels overlap."""
    expect_apart(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@case()
def test_labels_inside_the_figure(student):
    """All labels of the lab's milestones lie inside the figure."""
    expect_inside(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@case()
def test_timeline_has_a_title(student):
    """The timeline has a title, beside its labels."""
    figure = figure_in(student.plot_timeline.once(MILESTONES))
    labels_of(figure, MILESTONES)
    expect_title(figure)


@case()
def test_timeline_returns_its_figure(student):
    """What comes back is the figure: not its axes, and not both."""
    got = student.plot_timeline.once(MILESTONES)
    labels_of(figure_in(got), MILESTONES)
    expect(isinstance(got, Figure), "expected the figure alone: end with `return fig`")

"""Draws the pictures of the handouts anew: those of the labs, on the references: make handout-pictures

A picture is chosen by its title, or that of one of its parts. They go to assignments/<stem>/pictures/.
"""

import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["MPLBACKEND"] = "Agg"
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from autograder.config import load_config
from autograder.publish.template import build_template
from autograder.publish.tree import write_tree

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = {
    "rl_foundations": {
        "returns": "One score after the last of 280 tokens",
        "sweeps": "Values after some sweeps",
    },
    "gridworld": {"random_walks": "Length of a random episode"},
    "policy_gradients": {
        "rare_action": "The gradient that should raise a rare action",
        "learning": "Four policies learn to say token 2",
        "clip": "its gradient for the log-probability",
    },
    "rlhf": {
        "thanks": "A perfect answer, and more and more thanks",
        "hack": "Score of the reward model",
        "cures": "True quality on the way",
    },
}


class Enough(Exception):
    """All pictures are drawn: the rest of the lab need not run."""


def titles(figure: Figure) -> list[str]:
    """Return what stands above a figure and its parts."""
    return [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]


def keeper(chosen: dict[str, str], folder: Path) -> Callable[..., None]:
    """Return what takes the place of showing: it saves the chosen figures, and ends with the last."""
    waiting = dict(chosen)

    def keep(*_: object) -> None:
        for figure in map(plt.figure, plt.get_fignums()):
            for name, title in list(waiting.items()):
                if title in titles(figure):
                    figure.savefig(
                        folder / f"{name}.png", dpi=80, bbox_inches="tight", metadata={"Software": None}
                    )
                    del waiting[name]
        plt.close("all")
        if not waiting:
            raise Enough

    return keep


def draw(stem: str, chosen: dict[str, str]) -> None:
    """Run an assignment's lab on its reference, in the student's folder, and keep the chosen pictures."""
    target = ROOT / "assignments" / stem / "pictures"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / stem
        write_tree(build_template(load_config(ROOT), stem), folder)
        shutil.copy(ROOT / "solutions" / f"{stem}.py", folder)
        shutil.copy(ROOT / "assignments" / stem / "lab.py", folder)
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        sys.modules |= {"ipywidgets": None, "otter": None}  # type: ignore[dict-item]
        plt.show = keeper(chosen, target)
        try:
            runpy.run_path("lab.py")
        except Enough:
            return
        finally:
            os.chdir(ROOT)
            sys.path.remove(str(folder))
            for module in [one for one in sys.modules if one.partition(".")[0] in ("checks", stem)]:
                del sys.modules[module]
    sys.exit(f"{stem}: its lab draws no picture of these titles: {', '.join(chosen.values())}")


if __name__ == "__main__":
    for each, pictures in CHOSEN.items():
        draw(each, pictures)

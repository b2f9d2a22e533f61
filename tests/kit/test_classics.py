"""The classic exceptions, raised for real: each is told with what it means and one thing to try."""

import bdb
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.publish.student_files.classics import meaning
from autograder.publish.student_files.work import headline

FLOAT = 3.0
LEAF = torch.ones(3, requires_grad=True)


def twice() -> None:
    loss = (LEAF * LEAF).sum()
    loss.backward()
    loss.backward()


def changed_in_place() -> None:
    y = LEAF.exp()
    y += 1
    y.sum().backward()


class NoSuper(torch.nn.Module):
    def __init__(self) -> None:
        self.layer = torch.nn.Linear(1, 1)


def unbound() -> None:
    if not LEAF.numel():
        total = 0
    total += 1


def left_debugger() -> None:
    raise bdb.BdbQuit


def endless(n: int = 0) -> None:
    endless(n + 1)


RAISED = [
    (lambda: bool(np.ones(3) > 0), "np.where"),
    (lambda: bool(torch.ones(3) > 0), "torch.where"),
    (lambda: torch.ones(3).sum().backward(), "gradient is lost"),
    (lambda: torch.ones(2, 2) @ torch.ones(2, 2, dtype=torch.float64), "float32 meets float64"),
    (lambda: torch.nn.Linear(2, 1)(torch.ones(2, dtype=torch.float64)), "float32 meets float64"),
    (lambda: LEAF.numpy(), "NumPy ends the gradient"),
    (lambda: np.exp(LEAF), "NumPy ends the gradient"),
    (lambda: np.ones(2) + np.ones(3), "shapes do not fit"),
    (lambda: np.ones((2, 3)) @ np.ones(2), "shapes do not fit"),
    (lambda: torch.ones(2) + torch.ones(3), "shapes do not fit"),
    (lambda: torch.ones(2, 3) @ torch.ones(2, 3), "shapes do not fit"),
    (lambda: torch.ones(5).view(2, 3), "shapes do not fit"),
    (lambda: LEAF.add_(1), "changes the input itself"),
    (changed_in_place, "changed in place"),
    (twice, "ran twice"),
    (lambda: torch.tensor([1, 2], requires_grad=True), "integers have no gradient"),
    (lambda: torch.tensor([torch.ones(2), torch.ones(2)]), "torch.stack"),
    (lambda: torch.stack(torch.ones(2)), "list of tensors"),
    (lambda: torch.stack([]), "empty"),
    (lambda: float(np.ones(2)), "one number is wanted"),
    (lambda: math.exp(torch.ones(2)), "torch.exp for math.exp"),
    (lambda: math.exp(np.ones(2)), "torch.exp for math.exp"),
    (lambda: np.ones(2)[5], "past the end"),
    (lambda: [1][1], "past the end"),
    (lambda: None + 1, "is None"),
    (lambda: None.shape, "is None"),
    (lambda: [1].mean(), "np.asarray"),
    (lambda: np.ones(2).detach(), "a method of tensors, or of lists"),
    (lambda: torch.ones(2).astype(float), "torch's, not NumPy's"),
    (lambda: [1.0] * 0.5, "do not go together"),
    (lambda: {} + 1, "do not go together"),
    (lambda: LEAF.shape(), "rename it"),
    (lambda: FLOAT[0], "one number"),
    (lambda: list(torch.tensor(1.0)), "one number"),
    (lambda: 1 / 0, "divides by 0"),
    (lambda: LEAF.float.mean, "with () behind its name"),
    (lambda: [].append(1).append(2), "append and sort do not"),
    (NoSuper, "super().__init__()"),
    (lambda: np.mean(LEAF.detach()), "use torch's own"),
    (lambda: np.std(LEAF.detach()), "use torch's own"),
    (input, "nobody answers"),
    (lambda: eval("np.ones(2)", {}), "not imported in this file"),
    (lambda: torch.nn.utils.parameters_to_vector([]), "plain list"),
    (lambda: FLOAT ^ 2, "write **"),
    (lambda: np.ones(2) ^ 2, "write **"),
    (lambda: np.ones(2)(0), "taken by [ ]"),
    (lambda: np.ones(2).length, "a method of tensors, or of lists"),
    (left_debugger, "take breakpoint() out"),
    (unbound, "not yet here"),
    (endless, "without an end"),
    (lambda: Path("nowhere/data.csv").read_text(), "only the files that you hand in"),
]


@pytest.mark.parametrize(("act", "told"), RAISED)
@pytest.mark.filterwarnings("ignore")
def test_a_classic_exception_is_explained(act, told):
    with pytest.raises(Exception) as raised:  # noqa: PT011 the kinds differ
        act()
    assert told in meaning(headline(raised.value))


def test_others_are_left_alone():
    assert meaning("ValueError: window is negative") == ""


def test_the_name_that_was_meant_stays():
    total = 1
    with pytest.raises(NameError) as raised:
        print(totl, total)  # noqa: F821
    assert "Did you mean: 'total'?" in headline(raised.value)

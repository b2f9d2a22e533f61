"""The visible checks of `PolicyNetwork` for otter: those in checks/. Leave this file as it is."""

from typing import Any

import numpy as np

from checks.kit import expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "PolicyNetwork"
case = Cases("policy_gradients", name, 5)


def numbers(value: Any) -> np.ndarray:
    """Return the numbers of a tensor, an array, or a list of either, float64."""
    if isinstance(value, list | tuple):
        return np.array([numbers(item) for item in value])
    return np.array(getattr(value, "array", value), dtype=np.float64)


@case()
def test_equal_weights_by_hand(student):
    """All 12 parameters 0.5: two hidden units of relu(0.5 * 1 + 0.5 * 3 + 0.5), then the logits.

    All -0.5: the hidden units are 0 for (1, 3), and 199.5 for (-100, -300).
    """
    network = student.PolicyNetwork(2, 2, hidden=2)
    vector = student.make("torch.nn.utils.parameters_to_vector", network.parameters())
    expect_close(numbers(vector).size, 12, name="the number of parameters")
    for value, logit in ((0.5, 0.5 * 2.5 + 0.5 * 2.5 + 0.5), (-0.5, -0.5)):
        equal = tensor(np.full(12, value), "float32")
        student.make("torch.nn.utils.vector_to_parameters", equal, network.parameters())
        expect_close(network(tensor([1.0, 3.0], "float32")), [logit, logit])
    expect_close(network(tensor([-100.0, -300.0], "float32")), [-200.0, -200.0])


@case()
def test_shapes_and_sizes(student):
    """The number of parameters, 64 hidden units by default, and the shapes of states and logits."""
    for network, hidden in ((student.PolicyNetwork(2, 4), 64), (student.PolicyNetwork(2, 4, 5), 5)):
        vector = student.make("torch.nn.utils.parameters_to_vector", network.parameters())
        count = numbers(vector).size
        expect_close(count, 3 * hidden + (hidden + 1) * 4, name="the number of parameters")
        equal = tensor(np.full(count, 0.1), "float32")
        student.make("torch.nn.utils.vector_to_parameters", equal, network.parameters())
        logit = 0.1 + 0.1 * hidden * 0.4  # each hidden unit is 0.1 * (1 + 2) + 0.1
        for shape in ((), (3,), (2, 5)):
            states = tensor(np.broadcast_to([1.0, 2.0], (*shape, 2)), "float32")
            expect_close(network(states), np.full((*shape, 4), logit))

"""Checks of policy_gradients: a policy network, its training by REINFORCE, and PPO's losses.

Training is judged by its outcome. Exact checks read from the weights what one update did to the
actions that were really taken, so they hold for any order of random draws. The others have chance
in them, and their docstrings say how rarely a right answer fails: always less than once in a million
runs. The simulations and the bounds are those of tests/oracles/test_policy_gradients.py.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.checks import (
    check,
    expect,
    expect_close,
    expect_gradient,
    expect_unchanged,
    expect_zero_gradient,
    tensor,
)

UNCHANGED = "the policy given has not changed"
GLOBAL = "torch's global generator was drawn from or reseeded: use the generator given"


def softmax(logits: Any) -> np.ndarray:
    """Return probabilities along the last axis."""
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def numbers(value: Any) -> np.ndarray:
    """Return the numbers of a tensor, an array, or a list of either, float64."""
    if isinstance(value, list | tuple):
        return np.array([numbers(item) for item in value])
    return np.array(getattr(value, "array", value), dtype=np.float64)


def tabular(student: Any, logits: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy that looks its logits up, one row for each one-hot state, and its layer."""
    rows = np.array(logits, dtype=np.float64)
    layer = student.make("torch.nn.Linear", *rows.shape, bias=False)
    layer.load_state_dict({"weight": tensor(rows.T, "float32")})
    return finished(student, [layer], ending), layer


def linear(student: Any, weight: Any, bias: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy with logits `weight @ state + bias` on the bandit's states, and its layer."""
    layer = student.make("torch.nn.Linear", 2, len(bias))
    layer.load_state_dict({"weight": tensor(weight, "float32"), "bias": tensor(bias, "float32")})
    return finished(student, [layer], ending), layer


MIX = np.array([[0, -1, 0, 0], [0, 0, 0, 1], [-1, 0, 0, 0], [0, 0, -1, 0]], dtype=np.float64)


def mixed(student: Any, weight: Any, bias: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy with logits `weight @ state + bias`, and its layer of which `unmixed` tells.

    A frozen layer behind it exchanges the outputs and turns signs. So which weight belongs to which
    action is known to gradients alone: whoever moves weights by hand moves the wrong ones.
    """
    layer, mixer = student.make("torch.nn.Linear", 2, 4), student.make("torch.nn.Linear", 4, 4, bias=False)
    parts = tensor(MIX.T @ np.array(weight), "float32"), tensor(MIX.T @ np.array(bias), "float32")
    layer.load_state_dict({"weight": parts[0], "bias": parts[1]})
    mixer.load_state_dict({"weight": tensor(MIX, "float32")})
    mixer.requires_grad_(False)
    return finished(student, [layer, mixer], ending), layer


def unmixed(layer: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return weight and bias of the logits that a mixed policy has."""
    return MIX @ numbers(layer.weight), MIX @ numbers(layer.bias)


def finished(student: Any, layers: Sequence[Any], ending: Sequence[str]) -> Any:
    """Return the layers and the ending as one network."""
    last = [student.make(name, dim=-1) for name in ending]
    return student.make("torch.nn.Sequential", *layers, *last)


def with_either_ending(student: Any, judge: Callable[[Sequence[str]], None]) -> None:
    """Judge with a policy of logits; else with one that ends as the student's own PolicyNetwork.

    A softmax at the end of PolicyNetwork is one slip, judged there: code that fits it is not
    refused a second time. The policies judged with are the library's, so nothing is gained by it.
    The ending is asked for first: then what is asked of a wrong answer is what is asked of a right one.
    """
    ending = own_ending(student)
    try:
        judge([])
    except Exception:  # whatever went wrong, the second reading decides
        if not ending:
            raise
        judge(ending)


def own_ending(student: Any) -> list[str]:
    """Return the library's name for what the student's PolicyNetwork puts after its logits."""
    try:
        out = numbers(student.PolicyNetwork(2, 3)(tensor([[0.2, 0.9], [0.7, 0.1]], "float32")))
    except Exception:  # noqa: BLE001 no network to go by
        return []
    for name, probs in (("torch.nn.Softmax", out), ("torch.nn.LogSoftmax", np.exp(out))):
        if np.all(probs >= 0) and np.allclose(probs.sum(axis=-1), 1.0, atol=1e-4):
            return [name]
    return []


def sgd(student: Any, policy: Any, rate: float) -> Any:
    """Return plain gradient descent on the policy's parameters."""
    return student.make("torch.optim.SGD", policy.parameters(), lr=rate)


def draw_seed(rng: np.random.Generator) -> int:
    """Return a seed for a generator of the student's."""
    return int(rng.integers(2**16))


def seeded(student: Any, seed: int) -> Any:
    """Return a generator on the student's side with this seed."""
    generator = student.make("torch.Generator")
    generator.manual_seed(seed)
    return generator


def expect_rate(rate: float, prob: float, n: int) -> None:
    """Fail unless a rate over n samples fits a probability, within six standard deviations."""
    width = 6 * np.sqrt(prob * (1 - prob) / n) + 0.003
    told = "actions are not taken as often as softmax(policy(state)) says, in states as promised"
    expect(abs(rate - prob) <= width, told, f"{rate:.3g} of {n}; expected about {prob:.3g}")


def mean_prob(weight: Any, bias: Any, action: int) -> float:
    """Return the probability of an action under a linear policy, averaged over the unit square."""
    middles = (np.arange(100) + 0.5) / 100
    states = np.stack(np.meshgrid(middles, middles), axis=-1)
    logits = states @ np.transpose(weight) + bias
    return float(softmax(logits)[..., action].mean())


def expect_learned(weights: tuple[np.ndarray, np.ndarray]) -> None:
    """Fail unless a linear policy takes action 2 in all corners of the bandit's states."""
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    weight, bias = weights
    probs = softmax(corners @ weight.T + bias)[:, 2]
    told = "after training the policy does not take the action that pays"
    expect(np.all(probs > 0.5), told, f"probabilities {probs}")


# standardize_returns


@check("standardize_returns", visible=True)
def test_one_two_three(student):
    """0.4, 1.9 and 2.5 have mean 1.6; their differences' squares add up to 2.34, half of it is 1.17."""
    want = np.array([-1.2, 0.3, 0.9]) / 1.17**0.5
    expect_close(student.standardize_returns(tensor([0.4, 1.9, 2.5])), want)
    # 2.1 and 7.3: 2.6 below and above the mean, a sample variance of 2 * 2.6**2
    expect_close(student.standardize_returns(tensor([2.1, 7.3])), [-(0.5**0.5), 0.5**0.5])


@check("standardize_returns", visible=True)
def test_one_return_alone_gives_zero(student):
    """One return alone gives 0 and never NaN; two give what the formula says."""
    for alone in (3.0, -0.25, 0.0):
        expect_close(student.standardize_returns(tensor([alone])), [0.0])
    expect_close(student.standardize_returns(tensor([4.0, 1.0])), [0.5**0.5, -(0.5**0.5)])


@check("standardize_returns")
def test_agrees_on_random_returns(student, reference, rng):
    """Random returns of 2 to 400 steps, any mean and spread."""
    for length, mean, spread in ((2, 0.0, 1.0), (3, -5.0, 0.1), (50, 2.0, 7.0), (400, 0.5, 0.01)):
        returns = tensor(mean + spread * rng.normal(size=length))
        want = reference.standardize_returns(returns)
        expect_close(student.standardize_returns(returns), want)


@check("standardize_returns")
def test_eps_is_added_to_the_standard_deviation(student, rng):
    """A large eps, given by name or by place, and the default one, seen on tiny returns."""
    for scale, args, named, eps in (
        (1.0, (), {"eps": 0.5}, 0.5),
        (1.0, (2.0,), {}, 2.0),
        (1e-8, (), {}, 1e-8),
    ):
        returns = scale * rng.normal(size=9)
        want = (returns - returns.mean()) / (returns.std(ddof=1) + eps)
        expect_close(student.standardize_returns(tensor(returns), *args, **named), want)
        got = student.standardize_returns(returns=tensor(returns), eps=eps)
        expect_close(got, want)


@check("standardize_returns")
def test_equal_returns_give_zero(student, rng):
    """Equal returns give 0, other returns after them do not; the input stays as it is."""
    function = student.standardize_returns
    some, others = (rng.integers(2, 40, 2) / 8).tolist()  # eighths: their mean is exact
    for returns in ([some, some], [0.0, 0.0, 0.0], [-others] * 20):
        expect_close(function(tensor(returns)), np.zeros(len(returns)))
        expect_unchanged(function)
    want = rng.permutation([1.0, -1.0, 0.0])
    expect_close(function(tensor(2 * want + some)), want)
    expect_unchanged(function)


@check("standardize_returns")
def test_shift_and_scale_do_not_matter(student, rng):
    """A law: mean 0, sample variance 1, the same order, and the same for 3 * returns + 7."""
    returns = rng.normal(size=30)
    for dtype in ("float64", "float32"):
        got = student.standardize_returns(tensor(returns, dtype))
        expect_close(numbers(got), (returns - returns.mean()) / returns.std(ddof=1))
        moved = student.standardize_returns(tensor(3 * returns + 7, dtype))
        expect_close(moved, numbers(got), rtol=1e-3, atol=1e-4)  # float32: 7 costs it a digit


# PolicyNetwork


@check("PolicyNetwork", visible=True)
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


@check("PolicyNetwork", visible=True)
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


def layers_of(student: Any, network: Any, inputs: int, hidden: int, outputs: int) -> list[Any]:
    """Return weights (in, out) and biases (out,) of both layers, told apart by their sizes."""
    parameters = [numbers(part) for part in student.make("builtins.list", network.parameters())]
    shapes = [part.shape for part in parameters]
    layers = []
    for shape in ((inputs, hidden), (hidden,), (hidden, outputs), (outputs,)):
        fitting = [part for part in parameters if part.shape in (shape, shape[::-1])]
        told = "the parameters are not those of two linear layers with biases"
        expect(len(fitting) == 1 and len(parameters) == 4, told, f"shapes {shapes}")
        layers.append(fitting[0] if fitting[0].shape == shape else fitting[0].T)
    return layers


def expect_logits(network: Any, layers: Sequence[Any], states: np.ndarray) -> None:
    """Fail unless the network's output is that of its own weights: Linear, ReLU, Linear."""
    first, first_bias, second, second_bias = layers
    units = states @ first + first_bias
    want = np.maximum(units, 0) @ second + second_bias
    got, again = (network(tensor(states, "float32")) for _ in range(2))
    if np.shape(getattr(got, "array", None)) == want.shape:
        same = np.array_equal(numbers(got), numbers(again))
        expect(same, "the same states give other logits the second time: is there a dropout layer?")
        told = "what goes into the second layer is not the ReLU of what comes out of the first"
        other = into(second, numbers(got) - second_bias)
        expect(other is None or np.allclose(other, np.maximum(units, 0), atol=1e-3), told)
    # The absolute part: float32 sums of up to 64 terms of size 1.
    expect_close(got, want, atol=1e-5)


def into(layer: np.ndarray, outputs: np.ndarray) -> np.ndarray | None:
    """Return what a layer with these weights makes the outputs of; None if nothing, or too much."""
    inputs: np.ndarray = outputs @ np.linalg.pinv(layer)
    told = layer.shape[0] < layer.shape[1] and np.allclose(inputs @ layer, outputs, atol=1e-4)
    return inputs if told else None


@check("PolicyNetwork")
def test_computes_linear_relu_linear(student, rng):
    """The output is that of the network's own weights, for several sizes, also given by name."""
    named = {"hidden": 2, "n_actions": 6, "state_dim": 4}
    for args, kwargs, sizes in (
        ((), named, (4, 2, 6)),
        ((3, 5, 7), {}, (3, 7, 5)),
        ((7, 3), {"hidden": 31}, (7, 31, 3)),
        ((6, 2), {}, (6, 64, 2)),
    ):
        network = student.PolicyNetwork(*args, **kwargs)
        layers = layers_of(student, network, *sizes)
        states = 3 * rng.normal(size=(20, sizes[0]))
        expect_logits(network, layers, states)
        expect_logits(network, layers, states[3])
        expect_logits(network, layers, states.reshape(2, 5, 2, sizes[0]))


@check("PolicyNetwork")
def test_gradient_reaches_every_parameter(student, rng):
    """The gradient of the summed logits for all weights and biases."""
    network, states = student.PolicyNetwork(3, 5, 7), rng.normal(size=(40, 3))
    first, first_bias, second, _ = layers_of(student, network, 3, 7, 5)
    units = states @ first + first_bias
    back = (units > 0) * second.sum(axis=1)
    onward = np.repeat(np.maximum(units, 0).sum(axis=0)[:, None], 5, axis=1)
    found = student.make("small_envs.parameter_gradients", network, tensor(states, "float32"))
    got = [numbers(part) for part in found if part is not None]
    for want in (states.T @ back, back.sum(axis=0), onward, np.full(5, 40.0)):
        fitting = [part for part in got if part.shape in (want.shape, want.shape[::-1])]
        expect(len(fitting) == 1, "no gradient reaches some parameters: is anything detached?")
        straight = fitting[0].shape == want.shape
        expect_close(fitting[0] if straight else fitting[0].T, want, atol=1e-4)  # float32 sums


@check("PolicyNetwork")
def test_networks_differ_and_seeds_repeat(student, rng):
    """Two networks differ, equal seeds of torch give equal ones, and one answers twice alike."""
    vectors = []
    for seed in (3, 3, 4):
        student.make("torch.manual_seed", seed)
        for network in (student.PolicyNetwork(3, 5, 7), student.PolicyNetwork(3, 5, 7)):
            vector = student.make("torch.nn.utils.parameters_to_vector", network.parameters())
            expect(vector.dtype == "float32", "expected float32 parameters")
            expect_close(numbers(vector).size, 68, name="the number of parameters")
            vectors.append(numbers(vector))
    one, other, again, _, third, _ = vectors
    expect(np.mean(one != other) > 0.5, "two networks made one after the other are equal")
    expect(np.all(one == again), "equal seeds of torch give different weights")
    expect(np.mean(one != third) > 0.5, "another seed of torch gives the same weights")
    states = rng.normal(size=(6, 3))
    for _ in range(2):
        expect_logits(network, layers_of(student, network, 3, 7, 5), states)


# reinforce_episode


FORGOTTEN = ("test_remembers_no_earlier_episode",)  # else what a check finds depends on those before it


def factors_of(before: Any, after: Any, actions: Sequence[int], rate: float) -> np.ndarray:
    """Return what each step's log-probability was multiplied with in one SGD step on a table.

    Step t was taken in state t. The gradient of log_prob[t] for the logits of its state is
    `one_hot(action) - probs`, so the change of the table tells the factors, whatever was drawn.
    """
    probs, taken = softmax(before.T), np.eye(len(before))[np.array(actions)]
    change = (after - before).T / rate
    expect(np.all(np.isfinite(change)), "the weights are NaN or infinite after the update")
    factors = (change * taken).sum(axis=1) / (1 - (probs * taken).sum(axis=1))
    predicted = factors[:, None] * (taken - probs)
    # single precision loses a hundredth of it; a bonus for entropy is ten times as much
    right = bool(np.all(np.abs(change - predicted) <= 3e-4 * np.max(np.abs(change))))
    told = "only the first state's actions are learned: in which state is each chosen?"
    expect(right or np.any(change[1:]), told)
    told = "the weights do not follow the log-probabilities of the actions taken: is there more in the loss?"
    expect(right, told)
    return factors


def expect_credit(factors: np.ndarray, rewards: np.ndarray, gamma: float) -> None:
    """Fail unless each action was weighed by its discounted return: as it is, less the mean or standardised.

    The extra factor gamma**t of Sutton and Barto's box is fine, before or after; so is the mean over steps.
    """
    returns, fading = returns_of(rewards, gamma), gamma ** np.arange(len(rewards))
    right = weighs(factors, returns, fading) or weighs(factors, fading * returns)
    for told, wrong in slips(rewards, returns, factors).items():
        expect(right or not weighs(factors, wrong), told)
    spread = max(np.ptp(factors), 1e-9)
    alike = any(fits(factors / spread, one / np.ptp(one)) for one in forms_of(returns) if np.ptp(one) > 0)
    told = "returns of the right proportions make an update of the wrong size: is it clipped or scaled?"
    expect(right or not alike, told)
    expect(right, "an action is not weighed by the discounted return from its own step on")


def returns_of(rewards: np.ndarray, gamma: float) -> np.ndarray:
    """Return the discounted return from each step on."""
    fading = gamma ** np.arange(len(rewards))
    return np.array([rewards[t:] @ fading[: len(rewards) - t] for t in range(len(rewards))])


def slips(rewards: np.ndarray, returns: np.ndarray, factors: np.ndarray) -> dict[str, np.ndarray]:
    """Return what actions are often weighed by instead, by what to say of it."""
    beside = (factors - returns).mean()
    return {
        "each action is weighed by minus its return: is the loss -log_prob * return?": -returns,
        "the same is taken off every return, but it is not their mean": returns + beside,
        "each action is weighed by the sum of all rewards": np.full(len(rewards), rewards.sum()),
        "each action is weighed by the return of the first one": np.full(len(rewards), returns[0]),
        "the first action is weighed by the last return, the last one by the first": returns[::-1],
        "each action is weighed by its own reward alone": rewards,
        "each action is weighed by what follows, without its own reward": returns - rewards,
        "the discount is 0.99, not gamma": returns_of(rewards, 0.99),
        "rewards count without a discount": returns_of(rewards, 1.0),
        "the returns are divided by the largest of them": returns / np.abs(returns).max(),
        "the returns are divided by their deviation, and their mean is left in": returns
        / returns.std(ddof=1),
        "actions are weighed by what was earned before": returns_of(rewards[::-1], 1.0)[::-1],
    }


def weighs(factors: np.ndarray, returns: np.ndarray, late: Any = 1.0) -> bool:
    """Whether actions are weighed by these returns, in one of the forms that are fine."""
    parts = (1.0, 1 / len(returns))
    forms = [one * each for one in forms_of(returns) for each in (1.0, late)]
    return any(fits(factors, part * one) for one in forms for part in parts)


def forms_of(returns: np.ndarray) -> list[np.ndarray]:
    """Return what an action may be weighed by: the return, without the mean, standardised in two ways."""
    centred = returns - returns.mean()
    if np.ptp(returns) == 0:
        return [returns]
    return [returns, centred, centred / returns.std(), centred / returns.std(ddof=1)]


def fits(factors: np.ndarray, weights: np.ndarray) -> bool:
    """Whether the factors are those, within 1 % of their spread."""
    return bool(np.max(np.abs(factors - weights)) <= 0.01 * max(np.ptp(weights), abs(weights[0])))


def expect_update(
    student: Any, rng: Any, ending: Any, gamma: float, given: Any, length: int, scale: float = 1.0
) -> None:
    """Play a tape of random rewards once and judge the update; `given` holds gamma, or nothing."""
    rewards = scale * rng.normal(size=length)
    policy, layer = tabular(student, rng.normal(size=(length, 3)), ending)
    before = numbers(layer.weight)
    world = student.make("small_envs.Tape", rewards.tolist(), n_actions=3)
    ledger = student.make("small_envs.Ledger", policy.parameters(), lr=0.1)
    got = student.reinforce_episode(env=world, policy=policy, optimizer=ledger, **given)
    expect_close(got, rewards.sum())
    steps = len(numbers(ledger.gradients))
    expect(steps == 1, "expected one step an episode of the optimizer given", f"{steps} steps")
    expect(ledger.rate == 0.1, "the optimizer has another learning rate than before")
    factors = factors_of(before, numbers(layer.weight), world.actions, 0.1)
    expect_credit(factors, rewards, gamma)


@check("reinforce_episode", visible=True)
def test_returns_the_plain_sum_of_rewards(student):
    """Rewards 1, 2 and 3 add up to 6, whatever gamma is, and the policy given has moved."""

    def judge(ending):
        for gamma in (0.5, 1.0):
            policy, layer = tabular(student, [[0.0, 1.0]] * 3, ending)
            before = numbers(layer.weight)
            world = student.make("small_envs.Tape", [1.0, 2.0, 3.0])
            optimizer = sgd(student, policy, 0.1)
            expect_close(student.reinforce_episode(world, policy, optimizer, gamma), 6.0)
            expect(world.rewards == [1.0, 2.0, 3.0], "expected one episode of three steps")
            expect(np.any(numbers(layer.weight) != before), UNCHANGED)

    with_either_ending(student, judge)


@check("reinforce_episode", visible=True)
def test_remembers_no_earlier_episode(student):
    """A policy is moved as far as one like it was before, whatever another one earned in between."""

    def judge(ending):
        moves = []
        for reward in (2.0, 900.0, 2.0):
            policy, layer = tabular(student, [[0.0, 0.0]], ending)  # either action moves them as far
            world, optimizer = student.make("small_envs.Tape", [reward]), sgd(student, policy, 0.1)
            expect_close(student.reinforce_episode(world, policy, optimizer), reward)
            expect(world.rewards == [reward], "expected one episode of one step")
            moves.append(np.abs(numbers(layer.weight)))
        told = "what earlier episodes earned enters the update: is anything remembered between calls?"
        expect(np.allclose(moves[0], moves[2], rtol=1e-3, equal_nan=True), told)

    with_either_ending(student, judge)


@check("reinforce_episode", visible=True, requires=FORGOTTEN)
def test_episodes_of_one_step_learn(student):
    """After a reward the action taken is more probable, after a penalty less; never NaN."""

    def judge(ending):
        changes = []
        for reward in (1.0, -1.0, 0.25, -0.1):
            policy, layer = tabular(student, [[0.3, -0.2, 0.5]], ending)
            before = softmax(numbers(layer.weight).T)[0]
            world = student.make("small_envs.Tape", [reward], n_actions=3)
            optimizer = sgd(student, policy, 0.5)
            expect_close(student.reinforce_episode(world, policy, optimizer), reward)
            after = softmax(numbers(layer.weight).T)[0]
            changes.append((after - before)[world.actions[0]] * np.sign(reward))
            expect(np.isfinite(changes[-1]), "the policy is NaN: one return has no standard deviation")
        told = "the action taken did not become more probable by its reward, or less by its penalty"
        expect(min(changes) > -1e-4, f"{told}, but the contrary: is the loss -log_prob * return?")
        expect(min(changes) > 1e-4, f"{told}: is one return standardised?")

    with_either_ending(student, judge)


@check("reinforce_episode", requires=FORGOTTEN)
def test_weighs_each_action_by_its_return(student, rng):
    """What one update did to each action, read from the weights, fits the returns, large ones too."""

    def judge(ending):
        for gamma, scale in ((0.5, 1.0), (0.9, 50.0)):
            expect_update(student, rng, ending, gamma, {"gamma": gamma}, 7, scale)

    with_either_ending(student, judge)


@check("reinforce_episode", requires=FORGOTTEN)
def test_gamma_at_its_ends_and_by_default(student, rng):
    """gamma 0 (an action's own reward), gamma 1 (all later ones), and 0.99 when not given."""

    def judge(ending):
        expect_update(student, rng, ending, 0.0, {"gamma": 0.0}, 6)
        expect_update(student, rng, ending, 1.0, {"gamma": 1.0}, 6)
        expect_update(student, rng, ending, 0.99, {}, 40)

    with_either_ending(student, judge)


@check("reinforce_episode", visible=True)
def test_trains_what_it_is_given(student):
    """An episode changes its own policy only, through the optimizer given: at rate 0 not at all."""

    def judge(ending):
        policies = [tabular(student, [[0.2, -0.4], [0.1, 0.6], [0.0, 0.0]], ending) for _ in "abc"]
        optimizers = [sgd(student, policies[k][0], (0.1, 0.1, 0.0)[k]) for k in range(3)]
        for trained in (0, 1, 2, 0):
            before = [numbers(layer.weight) for _, layer in policies]
            world = student.make("small_envs.Tape", [1.0, -2.0, 4.5])
            given = (world, policies[trained][0], optimizers[trained], 0.9)
            expect_close(student.reinforce_episode(*given), 3.5)
            for k, (_, layer) in enumerate(policies):
                moved = np.any(numbers(layer.weight) != before[k])
                expect(moved or k != trained or k == 2, UNCHANGED)
                told = "weights changed that the optimizer given would not have changed"
                expect(not moved or (k == trained and k != 2), told)

    with_either_ending(student, judge)


@check("reinforce_episode", visible=True)
def test_samples_from_the_policy(student):
    """Over 600 steps each action comes as often as its probability says; one that has none, never.

    200 of them are the steps of an episode without end, where max_steps is not given. Six standard
    deviations for each of two rates: a right answer fails once in 100 million runs.
    """

    def judge(ending):
        probs = np.array([0.8, 0.2, 1e-12])
        policy, _ = tabular(student, np.log([probs]), ending)
        world = student.make("small_envs.Tape", [0.5], n_actions=3, ends=False)
        optimizer = sgd(student, policy, 0.0)
        for limit, steps in (((), 200), ((400,), 400)):
            got = student.reinforce_episode(world, policy, optimizer, 0.9, *limit)
            expect_close(got, 0.5 * steps)
        actions = world.actions
        told = "every action is the most probable one: sample from softmax(policy(state)) as it is"
        expect(set(actions) != {0}, told)
        told = "two episodes take the very same actions: is torch seeded?"
        expect(actions[:200] != actions[200:400], told)
        expect(2 not in actions, "an action was taken that the policy gives no probability")
        for action, prob in enumerate(probs[:2]):
            expect_rate(actions.count(action) / 600, prob, 600)

    with_either_ending(student, judge)


@check("reinforce_episode", visible=True)
def test_stops_in_time(student):
    """Stops when done, and after max_steps, and counts that many rewards."""

    def judge(ending):
        policy, _ = tabular(student, [[0.0, 0.1], [0.2, 0.0]], ending)
        optimizer = sgd(student, policy, 0.01)
        for given, steps in (({"max_steps": 7}, 7), ({"max_steps": 1}, 1)):
            world = student.make("small_envs.Tape", [3.0, 0.25], ends=False)
            got = student.reinforce_episode(world, policy, optimizer, **given)
            expect(len(world.actions) == steps, "an episode without end is not cut at max_steps")
            expect_close(got, 3 + 0.25 * (steps - 1))
        world = student.make("small_envs.Tape", [3.0, 0.25])
        for episode in (1, 2, 3):
            got = student.reinforce_episode(world, policy, optimizer, max_steps=9)
            expect(len(world.actions) == 2 * episode, "expected one episode a call, up to done")
            expect_close(got, 3.25)

    with_either_ending(student, judge)


@check("reinforce_episode", visible=True, requires=FORGOTTEN)
def test_no_gradient_is_left_over(student):
    """After an episode with a huge reward, one with reward 0 changes next to nothing."""

    def judge(ending):
        policy, layer = tabular(student, [[0.3, -0.3, 0.1]], ending)
        optimizer, moves = sgd(student, policy, 0.001), []
        for reward in (50.0, 0.0, 0.0):
            before = numbers(layer.weight)
            world = student.make("small_envs.Tape", [reward], n_actions=3)
            expect_close(student.reinforce_episode(world, policy, optimizer), reward)
            moves.append(np.max(np.abs(numbers(layer.weight) - before)))
        expect(moves[0] > 0, UNCHANGED)
        told = "an episode without reward changed the policy: is an older gradient still there?"
        expect(max(moves[1:]) < 0.2 * moves[0], told)

    with_either_ending(student, judge)


@check("reinforce_episode", requires=FORGOTTEN)
def test_learns_the_bandit(student, rng):
    """After 60 episodes of one step, action 2 is probable everywhere.

    In 60,000 simulated runs its probability was at least 0.96 in every state, and 0.94 with a running mean
    as baseline; 0.5 is asked.
    """

    def judge(ending):
        policy, layer = linear(student, 0.3 * rng.normal(size=(4, 2)), np.zeros(4), ending)
        optimizer = sgd(student, policy, 4.0)
        world = student.make("small_envs.Bandit", int(rng.integers(10**6)))
        got = [student.reinforce_episode(world, policy, optimizer) for _ in range(60)]
        expect_close(got, world.rewards)
        expect_learned((numbers(layer.weight), numbers(layer.bias)))

    with_either_ending(student, judge)


# gae_advantages


@check("gae_advantages", visible=True)
def test_one_step_ahead_by_hand(student):
    """gae_lambda 0: reward + gamma * next value - value; the last next value is bootstrap_value."""
    rewards, values = np.array([1.1, -0.4, 2.3]), np.array([2.6, 3.9, 1.2])
    got = student.gae_advantages(rewards, values, 5.5, np.array([False] * 3), 0.5, 0.0)
    # 1.1 + 0.5 * 3.9 - 2.6, -0.4 + 0.5 * 1.2 - 3.9, 2.3 + 0.5 * 5.5 - 1.2
    expect_close(got, [0.45, -3.7, 3.85])


@check("gae_advantages", visible=True)
def test_terminated_in_the_middle_by_hand(student):
    """gamma 0.6, gae_lambda 0.5: the episode that ends at step 1 hears nothing of what follows."""
    rewards, values = np.array([1.3, 2.1, 0.6, 3.7]), np.array([0.8, 1.4, 2.2, 2.9])
    ends = np.array([False, True, False, False])
    got = student.gae_advantages(rewards, values, 4.5, ends, 0.6, 0.5)
    # From the end: 3.7 + 0.6 * 4.5 - 2.9, then 0.6 + 0.6 * 2.9 - 2.2 + 0.3 * 3.5;
    # 2.1 - 1.4 ends its episode, and 1.3 + 0.6 * 1.4 - 0.8 + 0.3 * 0.7.
    expect_close(got, [1.55, 0.7, 1.19, 3.5])


@check("gae_advantages")
def test_agrees_on_random_rollouts(student, reference, rng):
    """Random roll-outs of 1 to 100 steps, with and without ends in them, at many discounts."""
    settings = ((1, 0.9, 0.8), (2, 0.5, 0.3), (9, 0.99, 0.95), (30, 1.0, 0.7), (100, 0.8, 0.9))
    for length, gamma, gae_lambda in settings:
        rewards, values = rng.normal(size=length), rng.normal(size=length)
        for share in (0.0, 0.3):
            ends = rng.random(length) < share
            call = (rewards, values, float(rng.normal()), ends, gamma, gae_lambda)
            expect_close(student.gae_advantages(*call), reference.gae_advantages(*call))


@check("gae_advantages")
def test_lambda_one_is_return_minus_value(student, rng):
    """A law: at gae_lambda 1 the values in between cancel, and return minus value is left."""
    for gamma in (0.9, 1.0):
        rewards, values, bootstrap = rng.random(12) + 0.5, rng.normal(size=12), 3 + rng.random()
        returns = np.append(np.zeros(12), bootstrap)
        for t in reversed(range(12)):
            returns[t] = rewards[t] + gamma * returns[t + 1]
        got = student.gae_advantages(rewards, values, bootstrap, np.array([False] * 12), gamma, 1.0)
        expect_close(got, returns[:12] - values)


@check("gae_advantages")
def test_lambda_and_gamma_zero(student, rng):
    """gae_lambda 0 leaves the one-step errors, gamma 0 the reward minus the value; by name too."""
    rewards, values = rng.normal(size=8), rng.normal(size=8)
    ends = np.isin(np.arange(8), (1, 6))
    rollout = {"rewards": rewards, "values": values, "bootstrap_value": 1.5, "terminated": ends}
    got = student.gae_advantages(gae_lambda=0.0, gamma=0.9, **rollout)
    expect_close(got, rewards + 0.9 * np.append(values[1:], 1.5) * ~ends - values)
    got = student.gae_advantages(gae_lambda=0.9, gamma=0.0, **rollout)
    expect_close(got, rewards - values)


@check("gae_advantages")
def test_nothing_passes_an_end(student, reference, rng):
    """A law: a roll-out of two episodes is two roll-outs; an end at the last step ends it too."""
    rewards, values = rng.normal(size=11), rng.normal(size=11)
    ends = np.isin(np.arange(11), (4, 10))
    both = student.gae_advantages(rewards, values, 7.0, ends, 0.95, 0.9)
    first = reference.gae_advantages(rewards[:5], values[:5], -3.0, ends[:5], 0.95, 0.9)
    second = reference.gae_advantages(rewards[5:], values[5:], 0.0, ends[5:], 0.95, 0.9)
    expect_close(both, np.concatenate([first, second]))


@check("gae_advantages")
def test_cut_off_is_not_terminated(student, rng):
    """A single step: cut off it counts the bootstrap value, terminated it does not."""
    for ends in (False, True):
        reward, value, bootstrap = rng.normal(size=3).tolist()
        call = (np.array([reward]), np.array([value]), bootstrap, np.array([ends]), 0.9, 0.5)
        want = reward + 0.9 * bootstrap * (not ends) - value
        expect_close(student.gae_advantages(*call), [want])


@check("gae_advantages")
def test_leaves_the_rollout_alone(student, reference, rng):
    """The same roll-out twice gives the same advantages, and the arrays stay as they are."""
    call = (rng.normal(size=6), rng.normal(size=6), 0.5, rng.random(6) < 0.4, 0.9, 0.6)
    function = student.gae_advantages
    for _ in range(2):
        expect_close(function(*call), reference.gae_advantages(*call))
        expect_unchanged(function)


# ppo_clip_loss


@check("ppo_clip_loss", visible=True)
def test_four_ratios_by_hand(student):
    """Five ratios from 0.45 to 1.6 with advantages of both signs: two are clipped, three are not."""
    log_probs, old = tensor(np.log([0.8, 0.09, 0.54, 0.28, 0.33])), tensor(np.log([0.5, 0.2, 0.4, 0.4, 0.3]))
    got = student.ppo_clip_loss(log_probs, old, tensor([0.9, 1.7, -0.4, -1.3, 2.2]))
    # ratios 1.6, 0.45, 1.35, 0.7, 1.1: min(1.44, 1.08), min(0.765, 1.36), min(-0.54, -0.48),
    # min(-0.91, -1.04), min(2.42, 2.42)
    expect_close(got, -(1.08 + 0.765 - 0.54 - 1.04 + 2.42) / 5)


@check("ppo_clip_loss", visible=True)
def test_gradient_of_the_four_ratios(student):
    """The clip removes the gradient on one side only: where the advantage is already served."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor(np.log([0.8, 0.09, 0.54, 0.28, 0.33])),
        old_log_probs=tensor(np.log([0.5, 0.2, 0.4, 0.4, 0.3])),
        advantages=tensor([0.9, 1.7, -0.4, -1.3, 2.2]),
        wrt=["log_probs"],
    )
    expect_gradient(result, "log_probs", [0.0, -0.765 / 5, 0.54 / 5, 0.0, -2.42 / 5])


@check("ppo_clip_loss", visible=True)
def test_only_the_policy_learns(student):
    """Ratios 1.1 and 0.9: no gradient reaches old_log_probs or advantages; they are constants."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor(np.log([0.33, 0.18])),
        old_log_probs=tensor(np.log([0.3, 0.2])),
        advantages=tensor([0.7, -1.6]),
        wrt=["log_probs", "old_log_probs", "advantages"],
    )
    expect_gradient(result, "log_probs", [-1.1 * 0.7 / 2, 0.9 * 1.6 / 2])
    expect_zero_gradient(result, "old_log_probs")
    expect_zero_gradient(result, "advantages")


@check("ppo_clip_loss", visible=True)
def test_float32_overflow_gives_no_nan(student):
    """Log-ratio 100 and advantage 2 in float32: exp overflows, the loss and its gradient do not."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor([100.0, 0.0, 0.0], "float32"),
        old_log_probs=tensor([0.0, 0.0, 0.0], "float32"),
        advantages=tensor([2.0, 1.0, -3.0], "float32"),
        wrt=["log_probs"],
    )
    expect_close(result.value, -(1.2 * 2 + 1 - 3) / 3)
    expect_gradient(result, "log_probs", [0.0, -1 / 3, 3 / 3])


@check("ppo_clip_loss")
def test_agrees_on_random_batches(student, reference, rng):
    """Value and gradient on random batches of 1 to 300, moderate and wide ratios."""
    for size, width in ((1, 0.5), (2, 0.3), (17, 0.4), (300, 0.2), (40, 3.0)):
        old = -5 * rng.random(size)
        batch = {
            "log_probs": tensor(old + width * rng.normal(size=size)),
            "old_log_probs": tensor(old),
            "advantages": tensor(rng.normal(size=size)),
        }
        got = student.ppo_clip_loss.with_grad(**batch, wrt=["log_probs"])
        want = reference.ppo_clip_loss.with_grad(**batch, wrt=["log_probs"])
        expect_close(got.value, want.value)
        expect_gradient(got, "log_probs", want.grads["log_probs"])


@check("ppo_clip_loss")
def test_gradient_vanishes_on_one_side_only(student, rng):
    """A law: the gradient is -ratio * advantage / B, and 0 where beyond the clip and served."""
    for eps in (0.05, 0.2, 0.5):
        edges = [0.1, 0.99 - eps, 1.01 - eps, 0.99 + eps, 1.01 + eps, 3.0]
        ratio = rng.uniform(edges[::2], edges[1::2], size=(6, 3)).ravel()
        advantages = np.repeat([1.0, -1.0], 9) * rng.uniform(0.5, 2, size=18)
        served = np.where(advantages > 0, ratio > 1 + eps, ratio < 1 - eps)
        old = -3 * rng.random(18)
        batch = {"log_probs": tensor(old + np.log(ratio)), "old_log_probs": tensor(old)}
        batch |= {"advantages": tensor(advantages), "clip_eps": eps}
        result = student.ppo_clip_loss.with_grad(**batch, wrt=["log_probs"])
        expect_gradient(result, "log_probs", np.where(served, 0.0, -ratio * advantages / 18))


@check("ppo_clip_loss")
def test_old_log_probs_and_advantages_are_constants(student, reference, rng):
    """No gradient for old_log_probs or advantages, also when they carry a graph."""
    names = ("log_probs", "old_log_probs", "advantages")
    batch = {name: tensor(0.4 * rng.normal(size=12)) for name in names}
    got = student.ppo_clip_loss.with_grad(**batch, wrt=names)
    want = reference.ppo_clip_loss.with_grad(**batch, wrt=["log_probs"])
    expect_close(got.value, want.value)
    expect_gradient(got, "log_probs", want.grads["log_probs"])
    expect_zero_gradient(got, "old_log_probs")
    expect_zero_gradient(got, "advantages")


@check("ppo_clip_loss")
def test_any_clip_eps(student, rng):
    """clip_eps 0.1 by place, 0.4 by name, 0.2 when not given; nothing is changed by the call."""
    ratio = np.array([0.3, 0.7, 0.85, 0.95, 1.05, 1.15, 1.3, 2.0])
    old, advantages = -rng.random(8), rng.normal(size=8)
    batch = (tensor(old + np.log(ratio)), tensor(old), tensor(advantages))
    function = student.ppo_clip_loss
    for args, named, eps in (((0.1,), {}, 0.1), ((), {"clip_eps": 0.4}, 0.4), ((), {}, 0.2)):
        clipped = np.clip(ratio, 1 - eps, 1 + eps)
        want = -np.mean(np.minimum(ratio * advantages, clipped * advantages))
        expect_close(function(*batch, *args, **named), want)
        expect_unchanged(function)


@check("ppo_clip_loss")
def test_log_probs_of_whole_responses(student, rng):
    """Log-probs near -800, where exp gives 0, and log-ratios of 100 and -100: right, no NaN."""
    shift = np.array([0.1, -0.1, 0.4, -0.4, 100.0, -100.0, -100.0])
    advantages = np.array([1.0, -2.0, 1.0, -2.0, 3.0, 1.0, -1.0]) * rng.uniform(0.5, 2)
    ratio, alive = np.exp(shift), np.array([1, 1, 0, 0, 0, 1, 0])
    surrogate = np.minimum(ratio * advantages, np.clip(ratio, 0.8, 1.2) * advantages)
    for level in (-800.0, 0.0):
        batch = {"log_probs": tensor(level + shift), "old_log_probs": tensor(np.full(7, level))}
        batch |= {"advantages": tensor(advantages)}
        result = student.ppo_clip_loss.with_grad(**batch, wrt=["log_probs"])
        expect_close(result.value, -surrogate.mean())
        expect_gradient(result, "log_probs", np.where(alive, -ratio * advantages / 7, 0.0))


@check("ppo_clip_loss")
def test_a_baseline_leaves_the_expected_gradient(student, rng):
    """A law: over all actions, at ratio 1, advantages + 5 move the logits as advantages do."""
    probs, batch = np.array([0.5, 0.25, 0.25]), np.array([0, 0, 1, 2])  # as often as probable
    log_probs, values, moves = tensor(np.log(probs[batch])), rng.normal(size=3), []
    for baseline in (0.0, 5.0):
        advantages = values[batch] + baseline
        given = {"log_probs": log_probs, "old_log_probs": log_probs}
        given |= {"advantages": tensor(advantages)}
        result = student.ppo_clip_loss.with_grad(**given, wrt=["log_probs"])
        expect_close(result.value, -advantages.mean())
        expect_gradient(result, "log_probs", -advantages / 4)
        moves.append(numbers(result.grads["log_probs"]) @ (np.eye(3)[batch] - probs))
    expect_close(moves[1], moves[0])


# clip_fraction


@check("clip_fraction", visible=True)
def test_two_of_five_by_hand(student):
    """Of the ratios 0.7, 0.9, 1, 1.1 and 1.3 two lie outside 0.8 to 1.2; of the first four, one."""
    log_probs = np.log([0.7, 0.9, 1.0, 1.1, 1.3])
    expect_close(student.clip_fraction(tensor(log_probs), tensor(np.zeros(5))), 0.4)
    expect_close(student.clip_fraction(tensor(log_probs[:4]), tensor(np.zeros(4))), 0.25)


@check("clip_fraction")
def test_judges_the_ratio_not_its_logarithm(student, rng):
    """Ratios whose logarithm, or whose inverse, lies on the other side of the limit."""
    old = -4 * rng.random(10)
    for ratio, want in (
        ([1.21, 1.215, 1.0, 0.9, 1.1, 0.95, 1.05, 1.02, 0.99, 1.19], 0.2),
        ([0.81, 0.805, 0.815, 1.0, 1.1, 1.3, 0.95, 1.05, 0.9, 0.99], 0.1),
        ([0.79, 0.82, 0.83, 1.0, 1.23, 1.22, 1.24, 1.01, 0.9, 1.1], 0.4),
    ):
        expect_close(student.clip_fraction(tensor(np.log(ratio) + old), tensor(old)), want)


@check("clip_fraction")
def test_agrees_on_random_batches_of_ratios(student, reference, rng):
    """Random batches of 3 to 500, any clip_eps, by place, by name and by default."""
    settings = ((3, (), {}), (50, (0.1,), {}), (500, (), {"clip_eps": 0.3}), (20, (), {}))
    for size, args, named in settings:
        ratio = np.exp(0.3 * rng.normal(size=size))
        limits = np.array([0.7, 0.8, 0.9, 1.1, 1.2, 1.3])
        near = np.min(np.abs(ratio[:, None] - limits), axis=1) < 1e-3
        ratio = np.append(np.where(near, 1.0, ratio), [1.8, 1.0])
        old = -6 * rng.random(size + 2)
        call = (tensor(old + np.log(ratio)), tensor(old), *args)
        want = reference.clip_fraction(*call, **named)
        expect_close(student.clip_fraction(*call, **named), want)
    close = tensor(np.log([1.2001, 1.1999, 1.0, 0.8001, 0.7999]))
    expect_close(student.clip_fraction(close, tensor(np.zeros(5))), 0.4)


@check("clip_fraction")
def test_counts_both_sides_alike(student, rng):
    """Only above, only below, and both: a share of the whole batch, not of one side."""
    above, below = rng.uniform(1.25, 4, size=40), rng.uniform(0.05, 0.75, size=40)
    inside, old = rng.uniform(0.85, 1.15, size=40), -rng.random(120)
    for outside, want in (
        ((above, inside), 1 / 3),
        ((below, inside), 1 / 3),
        ((above, below), 2 / 3),
    ):
        log_ratio = rng.permutation(np.log(np.concatenate([inside, *outside])))
        named = {"log_probs": tensor(old + log_ratio), "old_log_probs": tensor(old)}
        expect_close(student.clip_fraction(**named), want)


@check("clip_fraction")
def test_fraction_for_whole_responses(student, rng):
    """Log-probs near -800, where exp gives 0, float32 too; the inputs stay as they are."""
    shift = rng.permutation([0.5, 0.1, -0.1, -0.6, 0.0, 0.05, 0.02, 1.0])
    function = student.clip_fraction
    for level, dtype in ((-800.0, "float64"), (-90.0, "float32"), (0.0, "float32")):
        got = function(tensor(level + shift, dtype), tensor(np.full(8, level), dtype))
        expect_close(got, 3 / 8)
        expect_unchanged(function)


# train_bandit


def expect_rewards(rewards: Any, episodes: int) -> np.ndarray:
    """Return rewards of the bandit, one an episode, or fail."""
    array = numbers(rewards)
    told = "expected a list of rewards, one an episode"
    expect(array.shape in ((episodes,), (episodes, 1)), told, f"shape {array.shape}")
    known = np.isclose(array, 1.0) | np.isclose(array, -0.1)
    expect(np.all(known), "expected rewards of 1.0 and -0.1 only")
    return array.ravel()


@check("train_bandit", visible=True)
def test_a_policy_that_is_sure(student):
    """A policy that always takes action 2 earns 1.0 every time, one that takes another -0.1."""

    def judge(ending):
        for action, reward, episodes in ((0, -0.1, 5), (1, -0.1, 5), (3, -0.1, 5), (2, 1.0, 40)):
            policy, layer = linear(student, np.zeros((4, 2)), 60.0 * np.eye(4)[action], ending)
            ledger = student.make("small_envs.Ledger", layer.parameters(), lr=0.01)
            given = (policy, episodes, ledger, seeded(student, 1))
            expect_close(student.train_bandit(*given), [reward] * episodes)
        steps = len(numbers(ledger.gradients))
        expect(steps == 40, "one episode is one step of the optimizer given", f"{steps} steps")
        expect(ledger.rate == 0.01, "the optimizer has another learning rate than before")

    with_either_ending(student, judge)


@check("train_bandit", visible=True, weight=2)
def test_60_episodes_teach_action_2(student):
    """After 60 episodes an untrained policy takes action 2 everywhere; a frozen layer stays as it was.

    In 60,000 simulated runs its probability was at least 0.96 in every state, and 0.94 with a running mean
    as baseline; 0.5 is asked.
    """

    def judge(ending):
        policy, layer = mixed(student, np.zeros((4, 2)), np.zeros(4), ending)
        given = (policy, 60, sgd(student, layer, 4.0), seeded(student, 2))
        expect_rewards(student.train_bandit(*given), 60)
        expect_learned(unmixed(layer))

    with_either_ending(student, judge)


@check("train_bandit")
def test_every_layer_of_a_network_learns(student, rng):
    """A network of two layers and the optimizer Adam: every weight moves that a gradient reaches."""
    first, second = rng.normal(size=(8, 2)), 0.3 * rng.normal(size=(4, 8))

    def judge(ending):
        layers = [student.make("torch.nn.Linear", *sizes) for sizes in ((2, 8), (8, 4))]
        for layer, weight in zip(layers, (first, second), strict=True):
            bias = np.ones(len(weight))
            layer.load_state_dict({"weight": tensor(weight, "float32"), "bias": tensor(bias, "float32")})
        policy = finished(student, [layers[0], student.make("torch.nn.Tanh"), layers[1]], ending)
        optimizer = student.make("torch.optim.Adam", policy.parameters(), lr=0.05)
        generator = seeded(student, int(rng.integers(10**6)))
        expect_rewards(student.train_bandit(policy, 12, optimizer, generator), 12)
        moved = [numbers(layer.weight) - was for layer, was in zip(layers, (first, second), strict=True)]
        told = "after twelve episodes some weights of the policy given are what they were"
        expect(all(np.all(np.abs(one) > 1e-6) for one in moved), told)

    with_either_ending(student, judge)


def watched(
    student: Any, weight: Any, bias: Any, ending: Any, episodes: int, seed: int
) -> tuple[Any, Any, Any]:
    """Play with a linear policy that never changes; return rewards, states, and what was asked of it.

    The gradient for the bias is that for the logits, (n, 4), mixed; the one for the weight is the same
    times the state. So the ledger tells the state of each episode, (n, 2), whatever was drawn and
    however the loss is written. Where the gradient is 0 there is nothing to read: NaN.
    """
    policy, layer = mixed(student, weight, bias, ending)
    ledger = student.make("small_envs.Ledger", layer.parameters())
    rewards = expect_rewards(student.train_bandit(policy, episodes, ledger, seeded(student, seed)), episodes)
    rows = numbers(ledger.gradients)
    told = "expected one step an episode of the optimizer given"
    expect(len(rows) == episodes, told, f"{len(rows)} steps in {episodes} episodes")
    expect(np.all(np.isfinite(rows)), "the gradient is NaN or infinite")
    onward, slopes = MIX @ rows[:, :8].reshape(-1, 4, 2), rows[:, 8:] @ MIX.T
    largest = np.argmax(np.abs(slopes), axis=1)[:, None]
    steepest = np.take_along_axis(slopes, largest, axis=1)
    readable = np.abs(steepest) > 1e-6
    expect(np.mean(readable) > 0.5, "most updates leave the policy as it is")
    states = np.take_along_axis(onward, largest[:, :, None], axis=1)[:, 0]
    states = np.where(readable, states / np.where(readable, steepest, 1.0), np.nan)
    misfit = np.abs(onward - slopes[:, :, None] * states[:, None]) > 1e-3 * np.abs(steepest)[:, :, None]
    told = "an update holds more than its own episode: are older gradients still there?"
    expect(not np.any(misfit), told)
    return rewards, states, slopes


def expect_unit_square(states: np.ndarray) -> None:
    """Fail unless states are independent and uniform on [0, 1), within seven standard deviations."""
    seen = states[np.isfinite(states[:, 0])]
    told = "the state is the same in every episode: when is it drawn?"
    expect(np.max(np.ptp(seen, axis=0)) > 1e-3, told)
    told = "both numbers of the state are the same: draw two"
    expect(np.max(np.abs(seen[:, 0] - seen[:, 1])) > 1e-3, told)
    told = "the states are not drawn anew, uniformly from [0, 1), for each episode"
    expect(np.all((seen > -1e-4) & (seen < 1 + 1e-4)), told)
    centred = (seen - 0.5) * np.sqrt(12)
    following = centred[1:] * centred[:-1]
    for sample in (centred, centred**2 - 1, np.prod(centred, axis=1), following):
        expect(np.all(np.abs(sample.mean(axis=0)) < 7 / np.sqrt(len(sample))), told)


def expect_any_size(states: np.ndarray, slopes: np.ndarray) -> None:
    """Fail if many updates have the very same size: eight of 120 are not, by chance."""
    sizes = np.linalg.norm(slopes, axis=1) * np.sqrt(1 + np.sum(states**2, axis=1))
    same = np.sum(sizes > (1 - 1e-4) * np.nanmax(sizes))
    expect(same < 8, "many updates have the very same size, whatever the state: is the gradient clipped?")


@check("train_bandit", weight=2)
def test_a_reward_attracts_and_a_penalty_repels(student, rng):
    """What each of 120 updates asks of a policy without preference, read from its gradients.

    States are uniform within seven standard deviations, actions alike within six: by Bernstein's bound a
    right answer fails less than once in a million runs.
    """

    seed = draw_seed(rng)

    def judge(ending):
        rewards, states, slopes = watched(student, np.zeros((4, 2)), np.zeros(4), ending, 120, seed)
        expect_unit_square(states)
        expect_any_size(states, slopes)
        paid, clear = rewards > 0, np.isfinite(states[:, 0])
        told = "a policy without preference is paid every time, or never: is its action sampled?"
        expect(0 < np.sum(paid) < 120, told)
        taken = np.argmax(np.abs(slopes), axis=1)
        factors = -slopes[np.arange(120), taken] / 0.75  # times one_hot(action) - 0.25
        told = "the action that is paid, or blamed, is not the one that was taken"
        expect(np.all((taken == 2) == paid, where=clear), told)
        predicted = -factors[:, None] * (np.eye(4)[taken] - 0.25)
        told = "the update does not follow the gradient of the action's log-probability"
        expect(np.all(np.abs(slopes - predicted) <= 0.01 * np.abs(factors)[:, None] + 1e-6), told)
        expect(np.max(factors[~paid]) < 0.01, "an action that cost something became more probable")
        expect(np.min(factors[paid]) > -0.01, "an action that was paid became less probable")
        expect_difference(factors, paid)
        for action in (0, 1, 2, 3):
            expect_rate(np.mean(taken[clear] == action), 0.25, np.sum(clear))

    with_either_ending(student, judge)


def expect_difference(factors: np.ndarray, paid: np.ndarray) -> None:
    """Fail unless rewards of 1.0 and -0.1 differ by as much in the update, at the end as well.

    A mean of rewards may be subtracted. It grows with a reward and shrinks with a penalty, so the largest
    difference is from 1.1 to 2.2, or half of that where the mean counts the reward itself by a half.
    """
    for some in (slice(None), slice(-40, None)):
        more, less = factors[some][paid[some]], factors[some][~paid[some]]
        if more.size and less.size:
            spread = np.max(more) - np.min(less)
            expect(0.54 < spread < 2.25, "rewards of 1.0 and -0.1 do not differ by 1.1 in the update")


def expect_one_action(slopes: np.ndarray, probs: np.ndarray) -> None:
    """Fail unless each update moves along the log-probability of one action and nothing else."""
    ways = np.eye(4) - probs[:, None]  # (n, action, 4)
    factors = np.sum(slopes[:, None] * ways, axis=2) / np.maximum(np.sum(ways**2, axis=2), 1e-9)
    rest = np.max(np.abs(slopes[:, None] - factors[:, :, None] * ways), axis=2)
    told = (
        "the update holds more than the log-probability of the action: is a bonus or a penalty in the loss?"
    )
    expect(np.all(np.min(rest, axis=1) <= 1e-3 * np.max(np.abs(slopes), axis=1) + 1e-5), told)


@check("train_bandit")
def test_samples_from_the_policy_in_its_state(student, rng):
    """A policy that takes action 2 in 6 of 10 episodes in one half of the square, never in the other.

    Within six standard deviations, for the states seven: by Bernstein's bound a right answer fails less
    than once in a million runs.
    """

    seed = draw_seed(rng)

    def judge(ending):
        weight = np.array([[0.0, 0.0], [0.0, 0.0], [60.0, 0.0], [60.0, 0.0]])
        bias = np.array([0.0, 0.0, np.log(0.6) - 30, np.log(0.4) - 30])
        rewards, states, slopes = watched(student, weight, bias, ending, 150, seed)
        expect_unit_square(states)
        paid, clear = rewards > 0, np.isfinite(states[:, 0])
        every = softmax(np.nan_to_num(states) @ weight.T + bias)
        probs = every[:, 2]
        told = "actions are not sampled from softmax(policy(state))"
        expect(not np.any(paid & clear & (probs < 1e-9)), told)
        expect_one_action(slopes[clear], every[clear])
        width = 6 * np.sqrt(np.sum(probs * (1 - probs), where=clear)) + 1
        expect(abs(np.sum(paid - probs, where=clear)) < width, told)

    with_either_ending(student, judge)


@check("train_bandit", visible=True)
def test_only_the_generator_decides(student):
    """Equal generators give equal rewards and weights, whatever torch's global seed is."""

    def judge(ending):
        runs = []
        for seed, elsewhere in ((11, 1), (11, 2), (12, 1)):
            policy, layer = mixed(student, np.zeros((4, 2)), np.zeros(4), ending)
            optimizer, generator = sgd(student, layer, 0.02), seeded(student, seed)
            start = numbers(generator.get_state())
            student.make("torch.manual_seed", elsewhere)
            untouched = numbers(student.make("torch.get_rng_state"))
            rewards = expect_rewards(student.train_bandit(policy, 20, optimizer, generator), 20)
            runs.append((rewards, numbers(layer.weight)))
            expect(np.any(rewards < 0), "a policy without preference is not paid every time")
            expect(np.any(runs[-1][1] != 0), UNCHANGED)
            drawn = np.any(numbers(generator.get_state()) != start)
            expect(drawn, "the generator given is not drawn from")
            expect(np.all(numbers(student.make("torch.get_rng_state")) == untouched), GLOBAL)
        (first, weights), (again, weights_again), (_, other_weights) = runs
        same = np.allclose(first, again) and np.allclose(weights, weights_again, atol=1e-6)
        expect(same, "equal generators give different results")
        expect(not np.allclose(weights, other_weights), "another generator gives the same result")

    with_either_ending(student, judge)


@check("train_bandit")
def test_goes_on_where_it_was(student, rng):
    """Two policies in turn: each is trained alone, by its own optimizer; one has a learning rate of 0.

    Action 2 has a probability of 0.6: with none paid, or all, in 32 episodes an update might be 0.
    A right answer meets that once in four million runs.
    """

    seed = draw_seed(rng)

    def judge(ending):
        start = (np.zeros((4, 2)), np.log([0.4 / 3, 0.4 / 3, 0.6, 0.4 / 3]))
        policies = [mixed(student, *start, ending) for _ in "ab"]
        optimizers = [sgd(student, policies[k][1], (0.1, 0.0)[k]) for k in range(2)]
        generator = seeded(student, seed)
        for trained in (0, 1, 0):
            before = [numbers(layer.weight) for _, layer in policies]
            named = {"policy": policies[trained][0], "optimizer": optimizers[trained]}
            got = student.train_bandit(**named, episodes=32, generator=generator)
            rewards = expect_rewards(got, 32)
            told = "a policy that takes action 2 in 6 of 10 episodes is paid in some, not in all"
            expect(np.ptp(rewards) > 1, told)
            for k, (_, layer) in enumerate(policies):
                moved = np.any(numbers(layer.weight) != before[k])
                expect(moved or k != trained or k == 1, UNCHANGED)
                told = "weights changed that the optimizer given would not have changed"
                expect(not moved or (k == trained and k != 1), told)

    with_either_ending(student, judge)


# action_rate


def rate_of(value: Any) -> float:
    """Return the one number of an answer, or fail."""
    array = numbers(value)
    expect(array.size == 1 and array.ndim <= 1, "expected one number")
    return float(array.ravel()[0])


@check("action_rate", visible=True)
def test_rates_of_a_policy_that_is_sure(student):
    """A policy that always takes action 1 has rate 1 for it and 0 for the others."""

    def judge(ending):
        policy, _ = linear(student, np.zeros((4, 2)), [0.0, 60.0, 0.0, 0.0], ending)
        for action, want in ((0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0)):
            expect_close(student.action_rate(policy, action, 10, seeded(student, 1)), want)

    with_either_ending(student, judge)


@check("action_rate", visible=True)
def test_samples_instead_of_taking_the_best(student):
    """Probabilities 0.1, 0.2, 0.3 and 0.4: of 1500 sampled actions about as many are seen.

    Six standard deviations for each of four rates: a right answer fails once in 20 million runs.
    """

    def judge(ending):
        probs = np.array([0.1, 0.2, 0.3, 0.4])
        policy, _ = linear(student, np.zeros((4, 2)), np.log(probs), ending)
        for action, prob in enumerate(probs):
            rate = student.action_rate(policy, action, 1500, seeded(student, 20 + action))
            expect_rate(rate_of(rate), prob, 1500)

    with_either_ending(student, judge)


@check("action_rate")
def test_draws_states_from_the_unit_square(student, rng):
    """Policies that go by the state: the rate is about the area where the action is taken.

    Six standard deviations for each of three rates: a right answer fails once in a billion runs.
    """

    seed = draw_seed(rng)

    def judge(ending):
        for row, bias in (((80.0, 0.0), -24.0), ((0.0, 80.0), -72.0), ((60.0, 60.0), -90.0)):
            weight = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], row])
            biases = [0.0, 0.0, 0.0, bias]
            policy, _ = linear(student, weight, biases, ending)
            rate = student.action_rate(policy, 3, 1000, seeded(student, seed))
            expect_rate(rate_of(rate), mean_prob(weight, biases, 3), 1000)

    with_either_ending(student, judge)


@check("action_rate")
def test_counts_n_actions(student, rng):
    """The rate over n actions is a whole number of nths, for any n, and right over all of them.

    Six standard deviations: a right answer fails once in two billion runs.
    """

    seed = draw_seed(rng)

    def judge(ending):
        policy, _ = linear(student, np.zeros((4, 2)), np.log([0.3, 0.4, 0.2, 0.1]), ending)
        generator, hits, total = seeded(student, seed), 0, 0
        for n in (1, 2, 3, 7, 11, 53, 333, 1297):
            named = {"policy": policy, "action": 1, "n": n, "generator": generator}
            count = n * rate_of(student.action_rate(**named))
            told = "the rate over n actions is not a whole number of nths"
            expect(abs(count - round(count)) < 1e-3, told)
            hits, total = hits + count, total + n
        expect_rate(hits / total, 0.4, total)

    with_either_ending(student, judge)


@check("action_rate", visible=True)
def test_only_the_generator_decides_the_rate(student):
    """Equal generators give equal rates, whatever torch's global seed is; a generator moves on.

    Six standard deviations for each of six rates: a right answer fails once in 300 million runs;
    and five rates over 2000 actions are never all equal.
    """
    weight = np.array([[3.0, 0.0], [0.0, 2.0], [0.0, 0.0], [1.0, 1.0]])
    prob = mean_prob(weight, np.zeros(4), 0)

    def judge(ending):
        policy, rates = linear(student, weight, np.zeros(4), ending)[0], []
        for seed, elsewhere in ((3, 1), (3, 2), (4, 1), (5, 1), (6, 1), (7, 1)):
            generator = seeded(student, seed)
            start = numbers(generator.get_state())
            student.make("torch.manual_seed", elsewhere)
            untouched = numbers(student.make("torch.get_rng_state"))
            rates.append(rate_of(student.action_rate(policy, 0, 400, generator)))
            expect_rate(rates[-1], prob, 400)
            drawn = np.any(numbers(generator.get_state()) != start)
            expect(drawn, "the generator given is not drawn from")
            expect(np.all(numbers(student.make("torch.get_rng_state")) == untouched), GLOBAL)
        expect(rates[0] == rates[1], "equal generators give different rates")
        expect(len(set(rates)) > 1, "other generators give the same rate")

    with_either_ending(student, judge)


@check("action_rate")
def test_builds_no_graph(student, rng):
    """While it evaluates, the network builds no graph; after it, all is as before.

    Six standard deviations for each of four rates: a right answer fails once in 500 million runs.
    """

    seed = draw_seed(rng)

    def judge(ending):
        bias = np.log([0.15, 0.25, 0.4, 0.2])
        policy, layer = linear(student, np.zeros((4, 2)), bias, ending)
        spy = student.make("small_envs.GraphSpy")
        policy.register_forward_hook(spy)
        for action, prob in ((0, 0.15), (2, 0.4)):
            rate = student.action_rate(policy, action, 1000, seeded(student, seed))
            expect_rate(rate_of(rate), prob, 1000)
        expect(not any(spy.graphs), "the evaluation builds a graph: where is torch.no_grad()?")
        expect_close(layer.weight, np.zeros((4, 2)))
        expect_close(layer.bias, bias)
        policy(tensor([0.5, 0.5], "float32"))
        expect(spy.graphs[-1], "the policy's parameters no longer take gradients after the call")

    with_either_ending(student, judge)

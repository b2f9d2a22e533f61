"""Checks of gridworld: the grid, a random policy, exploration, Q-learning, value iteration, plots."""

import re

import numpy as np
from gridworld_env import GridWorld

from checks.kit import Figure, check, expect, expect_close, numbers_of, overlapping, unpack


GRID = "gridworld_env.GridWorld"


GENERATOR = "numpy.random.default_rng"


def expect_move(got, position, reward, done):
    """Fail unless an answer is (position, reward, done)."""
    where, paid, ended = unpack(got, 3)
    expect_close(where, list(position), name="the next position")
    expect_close(paid, reward, name="the reward")
    flag = np.asarray(getattr(ended, "array", ended))
    expect(flag.shape == () and flag.dtype.kind in "bi", "done is neither True nor False")
    expect(int(flag) == int(done), "done is wrong", f"got {ended}, expected {done}")


def table_of(q_values, size):
    """Return an answer as the table of action values of a grid, or say what is wrong with it."""
    table = numbers_of(q_values, "the table")
    wanted = (size, size, 4)
    expect(table.shape == wanted, f"the table has shape {table.shape}; expected {wanted}")
    expect(bool(np.isfinite(table).all()), "the table holds NaN or infinity")
    return table


def greedy_steps(q_values, grid):
    """Return how many steps the greedy policy takes to the goal, 0 if it never arrives."""
    env = GridWorld(**grid)
    table = table_of(q_values, env.size)
    state = env.reset()
    for count in range(1, env.size**2 + 1):
        state, _, done = env.step(int(table[state].argmax()))
        if done:
            return count
    return 0


def train(student, grid, seed, episodes, alpha, gamma, epsilon, *max_steps):
    """Train in a new grid with a new generator and return the table."""
    env, generator = student.make(GRID, **grid), student.make(GENERATOR, seed)
    return student.train_q_learning(env, episodes, alpha, gamma, epsilon, generator, *max_steps)


def solve(transition_probs, rewards, gamma):
    """Return the optimal values and action values, by policy iteration with exact evaluation."""
    expected = (transition_probs * rewards).sum(axis=2)
    states = np.arange(len(expected))
    policy = expected.argmax(axis=1)
    while True:
        moves = transition_probs[states, policy]
        values = np.linalg.solve(np.eye(len(states)) - gamma * moves, expected[states, policy])
        q_values = expected + gamma * transition_probs @ values
        if np.allclose(q_values[states, policy], q_values.max(axis=1), rtol=0, atol=1e-11):
            return values, q_values
        policy = q_values.argmax(axis=1)


def actions_in(policy, shape, count):
    """Return a policy as whole numbers of that shape, or say what is wrong with it."""
    actions = numbers_of(policy, "the policy")
    if len(shape) == 1 and actions.shape == (*shape, 1):
        actions = actions[:, 0]
    expect(actions.shape == shape, f"the policy has shape {actions.shape}; expected {shape}")
    known = bool(np.isin(actions, range(count)).all())
    expect(known, f"the policy holds what is no action: actions are numbered from 0 to {count - 1}")
    return actions.astype(int)


def expect_optimal(got, process, gamma, tol):
    """Fail unless values and policy are optimal, within what `tol` allows."""
    values, policy = unpack(got, 2)
    best, q_values = solve(*process, gamma)
    # the bound, and what single precision may lose on the way there: about eps / (1 - gamma)
    slack = tol * gamma / (1 - gamma) + 1e-5 * np.abs(best).max()
    expect_close(values, best, rtol=0.0, atol=slack, name="values")
    actions = actions_in(policy, best.shape, q_values.shape[1])
    lost = best - q_values[np.arange(len(best)), actions]
    expect(lost.max() <= 2 * slack, "the policy takes an action that is not the best")


def run_episode(student, grid, seed):
    """Return (total_reward, num_steps) of an episode in a new grid, with the default cap."""
    env, generator = student.make(GRID, **grid), student.make(GENERATOR, seed)
    return two_numbers(student.run_random_episode(env, generator))


def two_numbers(got):
    """Return (total_reward, num_steps) as two plain numbers."""
    total, steps = (numbers_of(part, "an output") for part in unpack(got, 2))
    expect(total.size == steps.size == 1, "expected two numbers: total_reward, num_steps")
    return float(total.item()), float(steps.item())


def expect_fitting(total, steps, size, step_reward, max_steps):
    """Fail unless the total is what that many steps pay; return whether the goal was reached."""
    expect(steps == int(steps) and 0 < steps <= max_steps, "num_steps is not a possible number")
    # a sum in single precision is off by up to 1e-5
    arrived = abs(total - (1 + step_reward * (steps - 1))) < 1e-4
    capped = abs(total - step_reward * steps) < 1e-4
    expect(arrived or capped, "the total reward is not what that many steps pay", f"{total}, {steps}")
    expect(arrived or steps == max_steps, "the episode ended before the goal and before max_steps")
    expect(not arrived or steps >= 2 * size - 2, "no walk reaches the goal in so few steps")
    return arrived


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


def expect_figure(got):
    """Fail unless an answer is a figure with a title; return it."""
    expect(isinstance(got, Figure), "expected a matplotlib Figure: end with `return fig`")
    expect(len(got.axes) > 0, "the figure has no axes: draw into those of fig.subplots()")
    titles = [axes["title"] + axes["suptitle"] for axes in got.axes]
    expect(any(title.strip() for title in titles), "the figure has no title")
    return got


def with_year(label, year, texts):
    """Return a label's text and that of its year: the same, or one above, below or beside it."""
    years = [text for text in texts if re.search(rf"(?<!\d){year}(?!\d)", text["text"])]
    if label in years:
        return [label]
    close = [text for text in years if np.isclose(text["at"], label["at"], rtol=0, atol=2e-3).any()]
    return [label, close[0]] if close else []


def expect_timeline(got, milestones):
    """Fail unless all milestones are shown with their years, in order, readable and apart."""
    figure = expect_figure(got)
    texts = texts_of(figure)
    shown, places = [], []
    for year, label in sorted(milestones.items()):
        labels = [text for text in texts if squashed(label) in squashed(text["text"])]
        expect(len(labels) > 0, "the label of a milestone is not in the figure", label)
        pairs = [with_year(one, year, texts) for one in labels]
        expect(any(pairs), "a label comes without its year, or with another", f"{label}, {year}")
        found = next(pair for pair in pairs if pair)
        shown += found
        places.append(found[0]["at"])
    across, along = np.diff(places, axis=0).T
    ordered = (across > 0).all() or (along > 0).all() or (along < 0).all()
    expect(bool(ordered), "the milestones are not in order of time")
    expect_readable(figure, shown)


def expect_readable(figure, texts):
    """Fail if a text is outside the picture, or about a point outside its axes, or two overlap."""
    width, height = (int.from_bytes(figure.png[at : at + 4], "big") for at in (16, 20))
    for text in texts:
        left, bottom, right, top = text["box"]
        inside = 0 <= (left + right) / 2 <= width and 0 <= (bottom + top) / 2 <= height
        inside = inside or not figure.png  # too large a picture has no size here
        expect(inside, "a label lies outside the figure", text["text"])
        # matplotlib leaves out an annotation whose target is outside the axes
        drawn = not text["target"] or ((text["at"] >= 0) & (text["at"] <= 1)).all()
        expect(bool(drawn), "a label is about a point outside the axes", text["text"])
    pairs = [" and ".join(repr(" ".join(one.split())) for one in pair) for pair in overlapping(texts)]
    told = "labels overlap: give close years different heights, or each label its own"
    expect(not pairs, told, f"{len(pairs)} pairs of labels overlap, such as {', '.join(pairs[:1])}")


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


@check("grid_step")
def test_one_move_each_way(student):
    """From the cell (1, 1): 0 up, 1 right, 2 down, 3 left, each for -0.01."""
    expect_move(student.grid_step((1, 1), 0), (0, 1), -0.01, False)
    expect_move(student.grid_step((1, 1), 1), (1, 2), -0.01, False)
    expect_move(student.grid_step((1, 1), 2), (2, 1), -0.01, False)
    expect_move(student.grid_step((1, 1), 3), (1, 0), -0.01, False)


@check("grid_step")
def test_the_edge_stops(student):
    """Right from (0, 2) moves to (0, 3), once more stays; up and left from the start stay, too."""
    expect_move(student.grid_step((0, 2), 1), (0, 3), -0.01, False)
    expect_move(student.grid_step((0, 0), 0), (0, 0), -0.01, False)
    expect_move(student.grid_step((0, 0), 3), (0, 0), -0.01, False)
    expect_move(student.grid_step((0, 3), 1), (0, 3), -0.01, False)


@check("grid_step")
def test_the_goal_pays_one_and_ends(student):
    """Right from (3, 2) and down from (2, 3) reach the goal."""
    expect_move(student.grid_step((3, 2), 1), (3, 3), 1.0, True)
    expect_move(student.grid_step((2, 3), 2), (3, 3), 1.0, True)


@check("run_random_episode")
def test_no_way_out(student):
    """Walled in, four steps of -0.01 are taken: (-0.04, 4)."""
    env = student.make(GRID, size=3, walls=[(0, 1), (1, 0)])
    got = student.run_random_episode(env, student.make(GENERATOR, 7), 4)
    expect_close(got, (-0.04, 4))


@check("run_random_episode")
def test_total_fits_the_number_of_steps(student):
    """An episode of n steps pays 1 - 0.01 (n - 1) if it arrives, -1.00 if 100 are not enough."""
    runs = [run_episode(student, {"size": 3}, seed) for seed in range(12)]
    arrivals = sum(expect_fitting(*one, 3, -0.01, 100) for one in runs)
    expect(arrivals > 0, "not one of 12 episodes on a 3x3 grid reached the goal")
    expect(len(set(runs)) > 1, "12 generators gave the same episode: is rng used?")


@check("epsilon_greedy_probs")
def test_three_actions_by_hand(student):
    """Values 1, 3, 2 at epsilon 0.3: 0.1 for each, and the other 0.7 for the best."""
    expect_close(student.epsilon_greedy_probs(np.array([1.0, 3.0, 2.0]), 0.3), [0.1, 0.8, 0.1])


@check("epsilon_greedy_probs")
def test_two_best_actions_share(student):
    """Values 2, 0, 2, 1 at epsilon 0.2: the two best share 0.8 evenly."""
    got = student.epsilon_greedy_probs(np.array([2.0, 0.0, 2.0, 1.0]), 0.2)
    expect_close(got, [0.45, 0.05, 0.45, 0.05])


@check("boltzmann_probs")
def test_odds_of_three_to_one(student):
    """Values 0 and ln 3 at temperature 1: 1/4 and 3/4."""
    expect_close(student.boltzmann_probs(np.array([0.0, np.log(3.0)]), 1.0), [0.25, 0.75])


@check("boltzmann_probs")
def test_temperature_divides_the_values(student):
    """Values 0, 2 ln 2, 2 ln 5 at temperature 2: 1/8, 2/8 and 5/8."""
    q_row = 2.0 * np.log(np.array([1.0, 2.0, 5.0]))
    expect_close(student.boltzmann_probs(q_row, 2.0), [0.125, 0.25, 0.625])


@check("q_learning_update")
def test_one_step_by_hand(student):
    """Q = 1, reward 0.5, best next value 2, alpha 0.5, gamma 0.9: target 2.3, entry 1.65."""
    q_values = np.zeros((2, 3, 4))
    q_values[0, 1] = [0.0, 1.0, 0.0, 3.0]
    q_values[1, 2] = [0.0, -1.0, 2.0, 1.0]
    want = q_values.copy()
    want[0, 1, 1] = 1.65
    got = student.q_learning_update(q_values, (0, 1), 1, 0.5, (1, 2), False, 0.5, 0.9)
    expect_close(got, want)


@check("q_learning_update")
def test_nothing_follows_the_end(student):
    """The same step, but it ends the episode: the target is the reward 0.5, the entry 0.75."""
    q_values = np.zeros((2, 3, 4))
    q_values[0, 1] = [0.0, 1.0, 0.0, 3.0]
    q_values[1, 2] = [0.0, -1.0, 2.0, 1.0]
    want = q_values.copy()
    want[0, 1, 1] = 0.75
    got = student.q_learning_update(q_values, (0, 1), 1, 0.5, (1, 2), True, 0.5, 0.9)
    expect_close(got, want)


@check("train_q_learning")
def test_learns_the_open_grid(student):
    """100 episodes on the open 4x4 grid teach the walk to the goal; without one nothing is known."""
    untrained = train(student, {"size": 4}, 0, 0, 0.5, 0.9, 0.3)
    expect(greedy_steps(untrained, {"size": 4}) == 0, "the table of no episodes knows the way")
    for seed in range(2):
        table = train(student, {"size": 4}, seed, 100, 0.5, 0.9, 0.3)
        expect(greedy_steps(table, {"size": 4}) > 0, "the greedy policy never reaches the goal")


@check("train_q_learning")
def test_learns_to_walk_around_walls(student):
    """150 episodes on a 4x4 grid where only one path leads around the walls."""
    grid = {"size": 4, "walls": [(0, 1), (1, 1), (1, 3), (2, 1), (2, 3)]}
    for seed in range(2):
        table = train(student, grid, seed, 150, 0.5, 0.9, 0.3)
        expect(greedy_steps(table, grid) > 0, "the greedy policy never reaches the goal")


@check("greedy_policy")
def test_best_actions_by_hand(student):
    """A table of two rows and two cells each; in the first row 0.7 and 0.9 are the best values."""
    q_values = np.array(
        [
            [[0.1, -0.5, 0.7, 0.2], [0.9, 0.3, -0.2, 0.8]],
            [[0.0, 0.2, 0.1, 0.6], [-0.1, 0.4, 0.3, 0.0]],
        ]
    )
    expect_close(student.greedy_policy(q_values), [[2, 0], [3, 1]])


@check("greedy_policy")
def test_negative_values_have_a_best_too(student):
    """Three rows of two cells, all values negative."""
    q_values = -np.array(
        [
            [[3.0, 1.0, 2.0], [9.0, 8.0, 7.0]],
            [[1.0, 5.0, 6.0], [4.0, 6.0, 2.0]],
            [[8.0, 3.0, 5.0], [0.5, 0.7, 0.9]],
        ]
    )
    expect_close(student.greedy_policy(q_values), [[1, 2], [0, 2], [1, 0]])


@check("state_values")
def test_largest_values_by_hand(student):
    """A table of one row and two cells: the largest values are 0.7 and 0.9."""
    q_values = np.array([[[0.1, -0.5, 0.7, 0.2], [0.9, 0.3, -0.2, 0.8]]])
    expect_close(student.state_values(q_values), [[0.7, 0.9]])


@check("state_values")
def test_largest_of_negative_values(student):
    """Two rows of one cell, all values negative."""
    q_values = np.array([[[-3.0, -1.0, -2.0]], [[-9.0, -8.0, -7.0]]])
    expect_close(student.state_values(q_values), [[-1.0], [-7.0]])


@check("value_iteration")
def test_two_states_by_hand(student):
    """Staying pays 1 in state 0 and 3 in state 1, leaving pays 0; gamma 0.5: move to state 1."""
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 3.0], [0.0, 0.0]]])
    values, policy = unpack(student.value_iteration(transition_probs, rewards, 0.5), 2)
    expect_close(values, [3.0, 6.0])
    expect_close(policy, [1, 0])


@check("value_iteration")
def test_values_of_the_grid(student):
    """The 4x4 grid at gamma 0.99: d steps from the goal the value is 2 * 0.99 ** (d - 1) - 1."""
    process = GridWorld(size=4).model()
    values, policy = unpack(student.value_iteration(*process, 0.99), 2)
    distance = np.array([6 - sum(divmod(index, 4)) for index in range(15)])
    expect_close(values, [*(2 * 0.99 ** (distance - 1) - 1), 0.0])
    expect_optimal((values, policy), process, 0.99, 1e-8)


@check("plot_timeline")
def test_three_milestones(student):
    """Three milestones decades apart: a title, and the labels with their years, in order."""
    milestones = {1957: "Perceptron", 1986: "Backpropagation", 2017: "Transformer"}
    expect_timeline(student.plot_timeline(milestones), milestones)


@check("plot_timeline")
def test_the_milestones_of_the_lab(student):
    """The lab's eleven milestones, eight of them within eleven years: no labels overlap."""
    milestones = {
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
    expect_timeline(student.plot_timeline(milestones), milestones)


@check("plot_values")
def test_two_rows_of_three(student):
    """A 2x3 heatmap: the values, their numbers, labels on both axes, a title and a colorbar."""
    values = np.array([[0.9, 0.92, 0.94], [-0.5, 1.0, 0.0]])
    expect_heatmap(student.plot_values(values), values)


@check("plot_values")
def test_values_of_the_lab(student):
    """The 4x4 grid's best values, 0 at the goal."""
    distance = np.add.outer(np.arange(3, -1, -1), np.arange(3, -1, -1))
    values = np.where(distance > 0, 2 * 0.99 ** (distance - 1.0) - 1, 0.0)
    expect_heatmap(student.plot_values(values), values)

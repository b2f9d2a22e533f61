"""Checks of gridworld: the grid, a random policy, exploration, Q-learning, value iteration, plots."""

import re

import numpy as np
from gridworld_env import GridWorld

from checks.kit import Figure, check, expect, expect_close, numbers_of, overlapping, unpack


GRID = "gridworld_env.GridWorld"


WORLD = "gridworld_env.UnmappedGrid"


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
    told = "the table does not have the shape (env.size, env.size, 4)"
    expect(table.shape == wanted, told, f"got {table.shape}, expected {wanted}")
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
    """Train in a new grid without a map, with a new generator, and return the table."""
    env, generator = student.make(WORLD, **grid), student.make(GENERATOR, seed)
    return student.train_q_learning(env, episodes, alpha, gamma, epsilon, generator, *max_steps)


def actions_in(policy, shape, count):
    """Return a policy as whole numbers of that shape, or say what is wrong with it."""
    actions = numbers_of(policy, "the policy")
    if len(shape) == 1 and actions.shape == (*shape, 1):
        actions = actions[:, 0]
    told = "the policy does not have one action for each state, in the shape of the states"
    expect(actions.shape == shape, told, f"got {actions.shape}, expected {shape}")
    known = bool(np.isin(actions, range(count)).all())
    expect(known, "the policy holds numbers that are no actions: with A of them, they are 0 to A - 1")
    return actions.astype(int)


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
    uncounted = abs(total - (1 + step_reward * steps)) < 1e-4
    told = "the total is that of one step more: is the step that reaches the goal counted?"
    expect(arrived or capped or not uncounted, told)
    expect(arrived or capped, "the total reward is not what that many steps pay", f"{total}, {steps}")
    told = "the episode ended before the goal and before max_steps, or its last step is not counted"
    expect(arrived or steps == max_steps, told)
    expect(not arrived or steps >= 2 * size - 2, "no walk reaches the goal in so few steps")
    return arrived


def small_table():
    """Return a table of 2x3 cells whose numbers all differ: Q = 0.8 for action 1 in (0, 1)."""
    return np.array(
        [
            [[0.11, -0.42, 0.57, 0.23], [0.34, 0.8, -1.3, 2.9], [0.61, 1.45, -0.09, 0.38]],
            [[2.2, -0.73, 0.19, 1.06], [0.47, 3.1, 0.92, -0.28], [-0.55, 1.24, 1.7, 0.66]],
        ]
    )


CORRIDOR = {"size": 3, "walls": [(0, 1), (1, 1)]}


ENOUGH_STEPS, ENOUGH_IN_A_MAZE = 30, 50


NEVER = "the greedy policy never reaches the goal"


def expect_arrival(table, grid):
    """Fail unless the greedy policy reaches the goal; return in how many steps."""
    steps = greedy_steps(table, grid)
    if steps == 0:
        table = table_of(table, grid["size"])
        rows, cols = np.nonzero((table > 0).any(axis=2))
        told = "only the start has a value: is the state moved on?"
        expect(table[0, 0].any() <= np.delete(table.reshape(-1, 4), 0, axis=0).any(), f"{NEVER}; {told}")
        told = "it would if rows and columns were exchanged"
        expect(greedy_steps(np.swapaxes(table, 0, 1), grid) == 0, f"{NEVER}; {told}")
        told = "what it pays is known beside it alone: is it passed on to earlier cells?"
        expect((rows + cols < 2 * grid["size"] - 3).any(), f"{NEVER}; {told}")
    expect(steps > 0, NEVER)
    return steps


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


@check("grid_step")
def test_one_move_each_way(student):
    """On a 9x9 grid, from the cell (5, 3): 0 up, 1 right, 2 down, 3 left, each for -0.01."""
    moves = [student.grid_step((5, 3), action, 9) for action in range(4)]
    wanted = [(4, 3), (5, 4), (6, 3), (5, 2)]
    other = [(5, 4), (5, 2), (6, 3), (4, 3)]
    found = [numbers_of(unpack(got, 3)[0], "the next position").tolist() for got in moves]
    mixed_up = found == [list(there) for there in other]
    expect(not mixed_up, "these are the action numbers of GridWorld; here 0 is up, 1 right, 2 down, 3 left")
    permuted = found != [list(there) for there in wanted] and sorted(found) == sorted(map(list, wanted))
    expect(not permuted, "the four moves are there, but for other actions: 0 is up, 1 right, 2 down, 3 left")
    for got, there in zip(moves, wanted, strict=True):
        expect_move(got, there, -0.01, False)


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
    """Walled in, 13 steps of -0.07 are taken: (-0.91, 13)."""
    env = student.make(GRID, size=3, walls=[(0, 1), (1, 0)], step_reward=-0.07)
    got = student.run_random_episode(env, student.make(GENERATOR, 7), 13)
    expect_close(got, (-0.91, 13))


@check("run_random_episode")
def test_total_fits_the_number_of_steps(student):
    """An episode of n steps pays 1 - 0.01 (n - 1) if it arrives, -1.00 if 100 are not enough."""
    env, generator = student.make(GRID, size=3), student.make(GENERATOR, 5)
    runs = [two_numbers(student.run_random_episode(env, generator)) for _ in range(8)]
    arrivals = sum(expect_fitting(*one, 3, -0.01, 100) for one in runs)
    expect(arrivals > 0, "not one of 8 episodes on a 3x3 grid reached the goal")
    expect(len(set(runs)) > 1, "8 episodes were the same: is rng used?")


@check("run_random_episode")
def test_randomness_comes_from_the_generator(student):
    """Equal generators give equal episodes, others others; NumPy's global state stays unused."""
    before = student.make("numpy.random.get_state")
    grid = {"size": 3, "step_reward": -0.02}
    first = [run_episode(student, grid, seed) for seed in range(8)]
    again = [run_episode(student, grid, seed) for seed in range(8)]
    after = student.make("numpy.random.get_state")
    arrivals = sum(expect_fitting(*one, 3, -0.02, 100) for one in first)
    expect(first == again, "equal generators gave different episodes: where does chance come from?")
    expect(arrivals > 0, "not one of 8 episodes reached the goal")
    # the likeliest length has probability 0.045: eight episodes agree with less than 1e-9
    expect(len(set(first)) > 1, "different generators gave the same episode: is rng used?")
    same = all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    expect(same, "NumPy's global random state was used: draw from rng")


@check("epsilon_greedy_probs")
def test_four_actions_by_hand(student):
    """Four values at epsilon 0.28: 0.07 for each, and the other 0.72 for the best."""
    got = student.epsilon_greedy_probs(np.array([0.31, -2.57, 1.84, 1.12]), 0.28)
    expect_close(got, [0.07, 0.07, 0.79, 0.07])


@check("epsilon_greedy_probs")
def test_two_best_actions_share(student):
    """Five values at epsilon 0.35: 0.07 for each, and the two best share 0.65 evenly."""
    got = student.epsilon_greedy_probs(np.array([2.3, -0.4, 1.1, 2.3, 0.6]), 0.35)
    expect_close(got, [0.395, 0.07, 0.07, 0.395, 0.07])


@check("epsilon_greedy_probs")
def test_every_action_of_a_new_table_is_a_best_one(student):
    """Three values of 0 share everything; after one of them became 0.4, it has 0.8 + 0.2 / 3."""
    expect_close(student.epsilon_greedy_probs(np.zeros(3), 0.2), [1 / 3, 1 / 3, 1 / 3])
    got = student.epsilon_greedy_probs(np.array([0.0, 0.0, 0.4]), 0.2)
    expect_close(got, [0.2 / 3, 0.2 / 3, 0.8 + 0.2 / 3])


@check("boltzmann_probs")
def test_odds_at_temperature_one(student):
    """Values ln 0.9, ln 2.3, ln 1.3 and ln 0.5 at temperature 1: the odds, which add up to 5."""
    q_row = np.log(np.array([0.9, 2.3, 1.3, 0.5]))
    expect_close(student.boltzmann_probs(q_row, 1.0), [0.18, 0.46, 0.26, 0.1])


@check("boltzmann_probs")
def test_temperature_divides_the_values(student):
    """Values 2.5 ln 0.7, 2.5 ln 2.4 and 2.5 ln 0.9 at temperature 2.5: odds that add up to 4."""
    q_row = 2.5 * np.log(np.array([0.7, 2.4, 0.9]))
    expect_close(student.boltzmann_probs(q_row, 2.5), [0.175, 0.6, 0.225])


@check("boltzmann_probs")
def test_values_in_the_thousands(student):
    """The same odds 0.7 to 2.4 to 0.9, with 3000 added to every value: exp alone would overflow."""
    q_row = 3000 + 2.5 * np.log(np.array([0.7, 2.4, 0.9]))
    expect_close(student.boltzmann_probs(q_row, 2.5), [0.175, 0.6, 0.225])


@check("q_learning_update")
def test_one_step_by_hand(student):
    """Q = 0.8, reward -0.3, best next value 1.7, alpha 0.4, gamma 0.9: target 1.23, entry 0.972."""
    want = small_table()
    want[0, 1, 1] = 0.972  # 0.8 + 0.4 * (-0.3 + 0.9 * 1.7 - 0.8)
    got = student.q_learning_update(small_table(), (0, 1), 1, -0.3, (1, 2), False, 0.4, 0.9)
    expect_close(got, want)


@check("q_learning_update")
def test_nothing_follows_the_end(student):
    """The same step, but it ends the episode: the target is the reward -0.3, the entry 0.36."""
    want = small_table()
    want[0, 1, 1] = 0.36  # 0.8 + 0.4 * (-0.3 - 0.8)
    got = student.q_learning_update(small_table(), (0, 1), 1, -0.3, (1, 2), True, 0.4, 0.9)
    expect_close(got, want)


@check("train_q_learning")
def test_learns_to_walk_around_walls(student):
    """40 episodes in a corridor that no map shows; without an episode nothing is known."""
    empty = table_of(train(student, CORRIDOR, 0, 0, 0.5, 0.9, 0.3), 3)
    expect(greedy_steps(empty, CORRIDOR) == 0, "0 episodes teach")
    expect(not empty.any(), "the table does not start at 0 everywhere")
    expect_arrival(train(student, CORRIDOR, 1, 40, 0.5, 0.9, 0.3, ENOUGH_STEPS), CORRIDOR)


@check("train_q_learning")
def test_learns_from_the_steps_it_takes(student):
    """Three steps in the world given, then one step an episode, then all actions where no way leads on."""
    env = student.make(WORLD, size=4)
    settings = (0.5, 0.9, 0.3)
    before = table_of(student.train_q_learning(env, 0, *settings, student.make(GENERATOR, 4), 3), 4)
    table = table_of(student.train_q_learning(env, 1, *settings, student.make(GENERATOR, 4), 3), 4)
    expect(sum(env.lengths) == 3, "expected three steps in the world given", f"{sum(env.lengths)} steps")
    changed = np.argwhere(table != before).tolist()
    expect(len(changed) > 0, "three steps, each paid -0.01, changed no entry of the table")
    expect(len(changed) <= 3, "entries changed of actions that were never taken: learn from the steps alone")
    expect(changed[0][:2] == [0, 0], "no entry of the start changed: where do episodes begin?")
    for size, walls, episodes, limit in ((3, [], 16, (1,)), (3, [(0, 1), (1, 0)], 1, ())):
        grid = {"size": size, "walls": walls}
        before, table = (train(student, grid, 8, n, 0.5, 0.9, 1.0, *limit) for n in (0, episodes))
        changed = table_of(table, size) != table_of(before, size)
        told = "another cell than that of the action learned: is `state` moved on last, and reset?"
        expect(not changed.reshape(-1, 4)[1:].any(), told)
    # one of the four is left out of 100 steps with probability 1e-12
    told = "100 steps at epsilon 1 left an action out: is one drawn for each step?"
    expect(changed[0, 0].all(), told)


@check("train_q_learning")
def test_training_draws_from_the_generator(student):
    """Equal generators give equal tables, others give others; NumPy's global state stays unused."""
    before = student.make("numpy.random.get_state")
    tables = [train(student, CORRIDOR, seed, 40, 0.5, 0.9, 0.4, ENOUGH_STEPS) for seed in (1, 1, 2)]
    after = student.make("numpy.random.get_state")
    for table in tables:
        expect_arrival(table, CORRIDOR)
    same, again, other = (numbers_of(table, "the table") for table in tables)
    told = "equal generators gave different tables: where does chance come from?"
    expect(np.array_equal(same, again), told)
    expect(not np.array_equal(same, other), "different generators gave the same table: is rng used?")
    unused = all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    expect(unused, "NumPy's global random state was used: draw from rng")


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
    """A table of two rows and two cells each, with its largest values in every place."""
    q_values = np.array(
        [
            [[0.13, -0.52, 0.71, 0.28], [0.94, 0.36, -0.27, 0.83]],
            [[0.04, 0.22, 0.19, 0.65], [-0.18, 0.47, 0.31, 0.06]],
        ]
    )
    expect_close(student.state_values(q_values), [[0.71, 0.94], [0.65, 0.47]])


@check("state_values")
def test_largest_of_negative_values(student):
    """Three rows of one cell, all values negative."""
    q_values = np.array([[[-3.2, -1.4, -2.7]], [[-9.1, -8.3, -7.6]], [[-0.8, -5.5, -6.9]]])
    expect_close(student.state_values(q_values), [[-1.4], [-7.6], [-0.8]])


@check("value_iteration")
def test_two_states_by_hand(student):
    """Staying pays 1.3 in state 0 and 2.9 in state 1, leaving 0.4 and 0.7; gamma 0.6: go to state 1.

    There staying is worth 2.9 / (1 - 0.6) = 7.25; going there 0.4 + 0.6 * 7.25 = 4.75, and staying in
    state 0 only 1.3 / (1 - 0.6) = 3.25.
    """
    transition_probs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])
    rewards = np.array([[[1.3, 0.0], [0.0, 0.4]], [[0.0, 2.9], [0.7, 0.0]]])
    values, policy = unpack(student.value_iteration(transition_probs, rewards, 0.6), 2)
    expect_close(values, [4.75, 7.25])
    expect_close(policy, [1, 0])


@check("value_iteration")
def test_values_of_the_grid(student):
    """The 4x4 grid at gamma 0.99: d steps from the goal the value is 2 * 0.99 ** (d - 1) - 1.

    The best actions are 0, right, except in the last column, and 2, down, except in the last row.
    """
    values, policy = unpack(student.value_iteration(*GridWorld(size=4).model(), 0.99), 2)
    distance = np.array([6 - sum(divmod(index, 4)) for index in range(15)])
    expect_close(values, [*(2 * 0.99 ** (distance - 1) - 1), 0.0])
    actions = actions_in(policy, (16,), 4)
    right, down = np.arange(16) % 4 < 3, np.arange(16) < 12
    good = ((actions == 0) & right) | ((actions == 2) & down)
    expect(bool(good[:15].all()), "the policy takes an action that is not the best")


@check("plot_timeline")
def test_labels_with_their_years(student):
    """The lab's eleven milestones: every label is there, with its own year."""
    expect_labels_and_years(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@check("plot_timeline")
def test_in_order_of_time(student):
    """The lab's milestones stand in order of time, along x or along y."""
    expect_in_order(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@check("plot_timeline")
def test_labels_do_not_overlap(student):
    """The lab's milestones, eight of them within eleven years: no labels overlap."""
    expect_apart(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@check("plot_timeline")
def test_labels_inside_the_figure(student):
    """All labels of the lab's milestones lie inside the figure."""
    expect_inside(figure_in(student.plot_timeline.once(MILESTONES)), MILESTONES)


@check("plot_timeline")
def test_timeline_has_a_title(student):
    """The timeline has a title, beside its labels."""
    figure = figure_in(student.plot_timeline.once(MILESTONES))
    labels_of(figure, MILESTONES)
    expect_title(figure)


@check("plot_timeline")
def test_timeline_returns_its_figure(student):
    """What comes back is the figure: not its axes, and not both."""
    got = student.plot_timeline.once(MILESTONES)
    labels_of(figure_in(got), MILESTONES)
    expect(isinstance(got, Figure), "expected the figure alone: end with `return fig`")


@check("plot_values")
def test_the_image_holds_the_values(student):
    """Two rows of three unequal values, as an image."""
    expect_image(figure_in(student.plot_values.once(VALUES)), VALUES)


@check("plot_values")
def test_each_number_in_its_own_cell(student):
    """Two rows of three: each value is written into its own cell."""
    expect_numbers(figure_in(student.plot_values.once(VALUES)), VALUES)


@check("plot_values")
def test_numbers_have_two_decimals(student):
    """The values 0.309 and -7.4 are written 0.31 and -7.40, and so on."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect_two_decimals(figure, VALUES)


@check("plot_values")
def test_axes_have_their_labels(student):
    """Columns run along x, rows along y, and the labels say so."""
    axes = expect_cells(figure_in(student.plot_values.once(VALUES)), VALUES)
    xlabel, ylabel = axes["xlabel"].strip().lower(), axes["ylabel"].strip().lower()
    expect(xlabel != "" and ylabel != "", "an axis has no label")
    turned = re.search(r"\brows?\b", xlabel) or re.search(r"\bcol", ylabel)
    expect(not turned, "the axis labels are exchanged: columns run along x, rows along y")


@check("plot_values")
def test_heatmap_has_a_title(student):
    """The heatmap has a title."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect_title(figure)


@check("plot_values")
def test_heatmap_has_a_colorbar(student):
    """The heatmap has a colorbar."""
    figure = figure_in(student.plot_values.once(VALUES))
    expect_cells(figure, VALUES)
    expect(any(one["colorbar"] for one in figure.axes), "the figure has no colorbar")


@check("plot_values")
def test_heatmap_returns_its_figure(student):
    """What comes back is the figure: not its axes, and not both."""
    got = student.plot_values.once(VALUES)
    expect_cells(figure_in(got), VALUES)
    expect(isinstance(got, Figure), "expected the figure alone: end with `return fig`")

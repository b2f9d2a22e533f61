"""Examples that you work out by hand, from the docstrings, before you write any code.

Each is a call and the value that should come back: ((first argument, second argument), value).
With one argument there is a comma behind it: ((argument,), value). Three digits are enough.

    "mean_of_two": [
        ((2.0, 4.0), 3.0),
        ((-1.0, 1.0), 0.0),
    ],

The grader says which of your examples are right, and how many known mistakes they would catch; it looks at the
first eight of each function. Hand this file in beside your code.
They count no points.
"""

examples = {
    "discounted_returns": [],
    "bellman_update": [],
    "reinforce_loss": [],
    "ppo_clip_ratio": [],
    "length_penalized_reward": [],
}

"""One run on a grading platform such as Gradescope."""

"""Run the checks of an assignment on one submission and say how each ended."""

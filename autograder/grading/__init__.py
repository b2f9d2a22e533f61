"""One submission: load, judge, diagnose, lend, score, report."""

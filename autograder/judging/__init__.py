"""One submission: plan, run, judge, diagnose, lend, score, report."""

"""Many submissions: graded in parallel, never twice, with progress; what a regrade changes."""

"""Reports: pure functions from what was graded to text. Whoever calls them writes the files."""

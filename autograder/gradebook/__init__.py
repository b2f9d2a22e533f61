"""The gradebook: everything ever graded for a class, in one SQLite file."""

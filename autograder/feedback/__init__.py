"""Words for students: what an answer is, what kind of wrong it is, and what to try."""

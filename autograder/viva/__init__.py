"""Questions to each student about the code that they handed in, with answers from running it."""

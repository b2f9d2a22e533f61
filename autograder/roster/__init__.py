"""Who handed in what, when, and in which group."""

"""Which known mistakes explain what is wrong, and if none does, what wrong answers have in common."""

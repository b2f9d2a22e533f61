"""A term: several assignments side by side, and the change from one term to the next."""

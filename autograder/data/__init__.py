"""What values are: plain data and figures, the only things that cross the sandbox's wall."""

"""The command line: commands and progress."""

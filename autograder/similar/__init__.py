"""Work that is alike: a list for a person to read, never a verdict, and never in a student's files."""

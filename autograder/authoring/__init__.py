"""What an author starts from: a new course, a new assignment, a new question, and pytest for checks."""

"""The quiz: questions, answer sheets, figures of the student's own, and what an answer earns."""

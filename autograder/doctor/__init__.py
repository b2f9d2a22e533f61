"""Is this course healthy? A check counts only once it has been seen to fail.

`examine` runs an assignment's reference, template, misconceptions, alternatives, mutants and
garbage through its checks, and compares its files with each other.
"""

from autograder.doctor.examine import Examination, examine
from autograder.doctor.findings import Finding
from autograder.doctor.report import to_matrix, to_text

__all__ = ["Examination", "Finding", "examine", "to_matrix", "to_text"]

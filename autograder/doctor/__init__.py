"""Is this course healthy? A check counts only once it has been seen to fail.

`examination.examine` runs an assignment's reference, template, misconceptions, alternatives, mutants
and garbage through its checks, and compares its files with each other.
"""

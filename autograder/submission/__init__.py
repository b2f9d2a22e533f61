"""What was handed in, by whom and when: folders, archives and notebooks read without trust."""

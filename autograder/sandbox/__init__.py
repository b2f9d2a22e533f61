"""The wall: student code runs in a locked-down worker process and only plain data crosses."""

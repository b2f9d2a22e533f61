"""What is handed out or uploaded: generated from the course, never written by hand."""

"""Files of people, on their way to us and kept."""

"""What is kept of people: a file for each context, which says of every column what becomes of it."""

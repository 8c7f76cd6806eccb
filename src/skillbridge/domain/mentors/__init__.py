"""Who offers mentoring, and how much of it is taken."""

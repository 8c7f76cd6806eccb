"""Many learners, shared among mentors at once."""

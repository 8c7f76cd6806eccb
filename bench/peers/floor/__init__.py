"""The floor: no framework, and the row level security that we have."""

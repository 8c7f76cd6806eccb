"""Learning material: what there is to learn, and what to learn it from."""

"""Roadmaps: ask for one, see it being drawn, read it."""

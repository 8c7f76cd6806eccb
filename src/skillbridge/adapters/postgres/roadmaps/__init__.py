"""Roadmaps in PostgreSQL."""

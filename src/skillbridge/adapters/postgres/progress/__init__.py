"""Journeys through roadmaps in PostgreSQL."""

"""Profiles in PostgreSQL."""

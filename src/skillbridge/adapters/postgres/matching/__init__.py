"""Learners and matches in PostgreSQL."""

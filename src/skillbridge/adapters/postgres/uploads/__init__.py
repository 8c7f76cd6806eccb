"""Uploads in PostgreSQL."""

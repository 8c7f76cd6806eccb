"""Impressions in PostgreSQL."""

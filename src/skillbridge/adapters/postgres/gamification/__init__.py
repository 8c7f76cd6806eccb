"""Activity counts and awards in PostgreSQL."""

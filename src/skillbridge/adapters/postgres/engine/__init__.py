"""What every adapter for PostgreSQL stands on."""

"""Cohort runs and placements in PostgreSQL."""

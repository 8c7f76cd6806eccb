"""Offers, cards and the matcher's pool in PostgreSQL."""

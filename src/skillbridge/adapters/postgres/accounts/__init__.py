"""Accounts, sign-ins, profiles and registrations in PostgreSQL."""

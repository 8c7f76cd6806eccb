"""Tenants in dictionaries."""

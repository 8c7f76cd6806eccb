"""Ranking in dictionaries."""

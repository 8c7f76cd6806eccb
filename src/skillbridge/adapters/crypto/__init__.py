"""Passwords, tokens and signed links."""

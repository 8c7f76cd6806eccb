"""Scanners of others, run over the code, what it stands on, and a running server."""

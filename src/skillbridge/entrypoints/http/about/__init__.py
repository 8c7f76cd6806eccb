"""Endpoints about the API itself: its health, its contract, its problems, and where to begin."""

"""Organisations that share an installation, and what each decides for itself."""

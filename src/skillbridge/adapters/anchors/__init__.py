"""Anchors of the audit trail, outside of the database."""

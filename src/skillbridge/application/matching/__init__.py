"""Matching: find mentors, ask, accept; share a cohort."""

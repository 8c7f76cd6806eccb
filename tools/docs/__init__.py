"""Writes the pages that are made from the code and the tests: `docs/generated` and others."""

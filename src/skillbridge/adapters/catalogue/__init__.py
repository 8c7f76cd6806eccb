"""The curated catalogue: one data file per learning domain."""

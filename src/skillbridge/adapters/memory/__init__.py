"""Everything in one process: what unit tests plug in, held to the same suites as PostgreSQL."""

"""How long tests wait for what must come.

Nothing is measured by it: it only ends the wait for what never comes, so it is far longer than the
slowest machine needs. What a test says about time, it says by what happened and how often.
"""

PATIENCE = 300.0
"""Seconds; below the limit of a whole test in pyproject.toml."""

"""How long tests wait for what must come.

Nothing is measured by it: it only ends the wait for what never comes, so it is far longer than the
slowest machine needs. What a test says about time, it says by what happened and how often.
"""

import asyncio
import os

PATIENCE = float(os.environ.get("PATIENCE", "300"))
"""Seconds; below the limit of a whole test in pyproject.toml. Trials of mutants have less of it."""


async def turns(number: int = 200) -> None:
    """Lets whatever can go on without waiting for the world go on, so many steps of it.

    To show that something does not happen: it had its turns, however slow the machine is.
    """
    for _ in range(number):
        await asyncio.sleep(0)

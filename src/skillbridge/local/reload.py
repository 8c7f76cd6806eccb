"""While somebody works on the code: what was changed runs a moment later."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from skillbridge.local.errors import CannotStart
from skillbridge.local.supervisor import Supervisor, Tell

DATA = (".toml", ".md")
"""Files beside the code that are read once, at the start of a program."""


def source_of(checkout: Path | None) -> Path:
    """The folder to watch; CannotStart for an installed package, whose files nobody edits."""
    if checkout is None:
        raise CannotStart("--reload watches src/ of a checkout, and this is an installed package.")
    return checkout / "src"


async def reload_on_change(source: Path, supervisors: Sequence[Supervisor], tell: Tell) -> None:
    """Start the programs again whenever files below `source` change, once for a burst of them."""
    from watchfiles import PythonFilter, awatch  # noqa: PLC0415  a server is without it

    async for changes in awatch(source, watch_filter=PythonFilter(extra_extensions=DATA)):
        names = sorted({Path(path).name for _, path in changes})
        programs = " and ".join(one.program.name for one in supervisors)
        tell(f"{', '.join(names)} changed: {programs} start again")
        await asyncio.gather(*(supervisor.restart() for supervisor in supervisors))

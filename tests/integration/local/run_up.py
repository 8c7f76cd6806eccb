"""`skillbridge up` with stand-ins, as a process of its own: `run_up.py HOME PORT`."""

import asyncio
import os
import sys
from pathlib import Path

from skillbridge.entrypoints.cli.up import Terminal, run_stack
from skillbridge.local import Commands, Options

STAND_IN = (sys.executable, "-I", "-S", str(Path(__file__).with_name("stand_in.py")))


def stand_ins(**roles: str) -> Commands:
    """Return stand-in commands; `stand_ins(migrate="fail")` gives one another role."""
    names = {name: name for name in ("migrate", "seed", "serve", "worker")} | roles
    return Commands(**{name: (*STAND_IN, role) for name, role in names.items()})


def main(home: str, port: str) -> None:
    options = Options(
        Path(home), os.environ, int(port), commands=stand_ins(), checkout=None, matcher=False
    )
    sys.exit(asyncio.run(run_stack(options, Terminal(), exit_when_ready=False)))


if __name__ == "__main__":
    main(*sys.argv[1:])

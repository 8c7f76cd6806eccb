"""Where tables are printed."""

import sys

from rich.console import Console

WIDE = 200


def wide_console() -> Console:
    """As wide as the terminal; into a pipe or a file, wide enough that nothing is cut."""
    return Console() if sys.stdout.isatty() else Console(width=WIDE)

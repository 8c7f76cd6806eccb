"""Where tables are printed."""

import sys

from rich.console import Console
from rich.text import Text

from skillbridge.domain import signs

WIDE = 200


def wide_console() -> Console:
    """As wide as the terminal; into a pipe or a file, wide enough that nothing is cut."""
    return Console() if sys.stdout.isatty() else Console(width=WIDE)


def foreign(text: str) -> Text:
    """What others said, such as a server's own words: neither markup nor a terminal obeys it."""
    return Text(signs.shown(text, lines=True))

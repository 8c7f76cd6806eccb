"""The composition root: the only package that knows every adapter.

`container` makes what both stores share. Each store is a module of its own, and whoever serves from
one imports that one alone: `memory` needs no driver of a database.
"""

from skillbridge.entrypoints.wiring.container import (
    CONTEXTS,
    configure_logs,
    make_container,
    outside,
)

__all__ = ["CONTEXTS", "configure_logs", "make_container", "outside"]

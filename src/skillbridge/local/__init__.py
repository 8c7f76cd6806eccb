"""The whole stack on one machine: real PostgreSQL and Valkey from wheels, our own programs as children.

`local_stack` is what `skillbridge up` runs; `embedded_postgres` and `embedded_valkey` also serve
tests, which give them a throw-away folder.
"""

from skillbridge.local.errors import CannotStart
from skillbridge.local.postgres import PostgresServer, embedded_postgres
from skillbridge.local.stack import Commands, Options, Running, local_stack
from skillbridge.local.valkey import embedded_valkey

__all__ = [
    "CannotStart",
    "Commands",
    "Options",
    "PostgresServer",
    "Running",
    "embedded_postgres",
    "embedded_valkey",
    "local_stack",
]

"""Poolers between us and the server, such as PgBouncer, Supavisor, pgcat or RDS Proxy.

One that pools by transaction gives each transaction whichever connection of the server is free.
What belongs to a session is lost or, worse, somebody else's there: named statements, `set`,
`listen`, session advisory locks, temporary tables. The API and the worker use none of these behind
one; migrations need them and go to the server itself.
"""

from typing import Any, Literal

Pooling = Literal["auto", "session", "transaction"]
"""What DATABASE_POOLER says; `auto` takes any pooler for one by transaction, which always works."""


async def pooler_between(driver: Any) -> bool:
    """Whether somebody answers in the server's place.

    A client learns a process number when it connects, to cancel what it runs. A pooler makes one
    up, for its clients have no process of their own.
    """
    async with driver.transaction():
        at_work: int = await driver.fetchval("select pg_backend_pid()")
    told: int = driver.get_server_pid()
    return at_work != told

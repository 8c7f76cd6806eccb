"""Procrastinate's jobs, on psycopg."""

from procrastinate import App, PsycopgConnector
from psycopg_pool import AsyncConnectionPool

from bench.peers.jobs.tell import CONNECTIONS, DATABASE, NAME, TELL

app = App(connector=PsycopgConnector(conninfo=DATABASE, max_size=CONNECTIONS))
pool = AsyncConnectionPool(DATABASE, min_size=CONNECTIONS, max_size=CONNECTIONS, open=False)


@app.task(name="nothing")
async def nothing(**_: str) -> None:
    """A bare job."""


@app.task(name="tell")
async def tell(**said: str) -> None:
    async with pool.connection() as connection:
        found = await (await connection.execute(NAME, said)).fetchone()
        await connection.execute(TELL, {**said, "name": found[0]})

"""Celery: threads, late acknowledgement, Redis as broker."""

import os
from functools import cache

from celery import Celery
from psycopg_pool import ConnectionPool

from bench.peers.jobs.tell import CONNECTIONS, DATABASE, NAME, TELL

app = Celery("bench", broker=os.environ["REDIS_URL"])
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)


@cache
def pool() -> ConnectionPool:
    return ConnectionPool(DATABASE, min_size=CONNECTIONS, max_size=CONNECTIONS, open=True)


@app.task
def nothing(**_: str) -> None:
    """A bare job."""


@app.task
def tell(**said: str) -> None:
    with pool().connection() as connection:
        found = connection.execute(NAME, said).fetchone()
        connection.execute(TELL, {**said, "name": found[0]})

"""Procrastinate's own asynchronous worker, as many jobs at once as ours."""

import asyncio

from bench.peers.jobs.with_procrastinate import app, pool

AT_ONCE = 24


async def main() -> None:
    async with app.open_async(), pool:
        await app.run_worker_async(concurrency=AT_ONCE)


if __name__ == "__main__":
    asyncio.run(main())

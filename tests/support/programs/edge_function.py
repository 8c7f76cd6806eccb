"""A function of deploy/supabase under Deno, as its runtime at Supabase starts it."""

import asyncio
import os
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from deno import find_deno_bin  # type: ignore[import-untyped]  # a wheel around a binary
from tests.support.timing.patience import PATIENCE

from skillbridge.local.ports import HOST, free_port
from skillbridge.local.waiting import until

FUNCTIONS = Path(__file__).parents[3] / "deploy/supabase/functions"
REFUSED = 405
TRIES = 3
"""Of a message that is sent on, as its `_shared/sending.ts` says."""


@dataclass
class EdgeFunction:
    client: httpx.AsyncClient
    log: Path

    async def take(self, body: bytes, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post("/", content=body, headers=named)


@asynccontextmanager
async def edge_function(name: str, folder: Path, **settings: str) -> AsyncIterator[EdgeFunction]:
    """It may ask loopback, and read the settings that it is given."""
    port, log = free_port(), folder / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(find_deno_bin(), "run", "--quiet", "--no-prompt", "--no-remote", "--no-config"),
            *(f"--allow-net={HOST}", f"--allow-env={','.join(settings)}"),
            str(FUNCTIONS / name / "index.ts"),
            env={"HOME": str(folder), "PATH": os.environ["PATH"], "NO_COLOR": "1"}
            | {"DENO_SERVE_ADDRESS": f"tcp:{HOST}:{port}"}
            | settings,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
        )

    client = httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=PATIENCE, trust_env=False)

    async def listens() -> bool:
        assert process.returncode is None, log.read_text("utf-8")
        with suppress(httpx.TransportError):
            return (await client.get("/")).status_code == REFUSED
        return False

    try:
        async with asyncio.timeout(PATIENCE):
            await until(listens, every=0.02)
        yield EdgeFunction(client, log)
    finally:
        await client.aclose()
        if process.returncode is None:
            process.kill()
        await process.wait()

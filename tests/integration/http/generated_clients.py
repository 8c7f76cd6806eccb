"""What others make of the published contract: `make prove P=clients`, which wants Node.js and npm.

Two linters are silent, the clients of two generators compile, and a collection of Postman runs.
"""

import asyncio
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import Urls
from tests.support.http.asking import bearer
from tests.support.programs.scene import a_scene, a_stage
from tests.support.timing.patience import PATIENCE

from skillbridge.domain.actor import Role

TOOLS = Path(__file__).parents[2] / "contract-tools"
MADE = TOOLS / "made"
CONTRACT = "./made/openapi.json"
UNTYPED = re.compile(r"(?<!\[name: string\]): unknown\b|<unknown>|\bany;")
"""Headers that no contract names are unknown, and may be."""


async def run(*words: str) -> str:
    """What it prints; it must succeed."""
    process = await asyncio.create_subprocess_exec(
        *words, cwd=TOOLS, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


@pytest.mark.row("K1")
async def test_linters_are_silent_clients_compile_and_a_collection_runs(
    urls: Urls, tmp_path: Path
) -> None:
    MADE.mkdir(exist_ok=True)
    await run("npm", "ci", "--silent")
    async with a_stage(urls, tmp_path) as stage, a_scene(stage) as scene:
        api = await stage.serve(SKILLBRIDGE_DEFAULT_TENANT=scene.world.slug)
        person = await scene.world.person(Role.ADMIN)
        headers = await bearer(scene.world, person.roles, person.user_id)
        async with httpx.AsyncClient(base_url=api.url, timeout=PATIENCE) as client:
            contract = (await client.get("/openapi.json")).json()
        (MADE / "openapi.json").write_text(json.dumps(contract))
        await linted()
        await compiled()
        statuses = await asked(contract, api.url, headers["Authorization"])
    print(f"\nlinters: silent; clients: compiled; collection: {dict(statuses)}")  # noqa: T201  the figures of a proof
    assert statuses[200] >= 10
    assert max(statuses) < 500


async def linted() -> None:
    await run("npx", "redocly", "lint", "--config", "redocly.yaml", CONTRACT)
    told = await run("npx", "spectral", "lint", "-F", "hint", "-r", "spectral.yaml", CONTRACT)
    assert "No results" in told


async def compiled() -> None:
    await run("npx", "openapi-typescript", CONTRACT, "-o", "made/types.ts")
    await run("npx", "openapi-ts", "-i", CONTRACT, "-o", "made/hey-api")
    await run("npx", "tsc", "--project", "tsconfig.json")
    for types in ("types.ts", "hey-api/types.gen.ts"):
        assert not UNTYPED.findall((MADE / types).read_text(encoding="utf-8")), types


async def asked(contract: dict[str, Any], url: str, authorization: str) -> Counter[int]:
    """How often each status came back; streams are left out, for they do not end."""
    paths = {path: it for path, it in contract["paths"].items() if not path.endswith("/events")}
    (MADE / "bounded.json").write_text(json.dumps({**contract, "paths": paths}))
    await run(
        "npx",
        "openapi2postmanv2",
        "-s",
        "made/bounded.json",
        "-o",
        "made/collection.json",
        "-O",
        "parametersResolution=Example",
    )
    variables = {"baseUrl": url, "bearerToken": authorization.removeprefix("Bearer ")}
    told = [word for pair in variables.items() for word in ("--env-var", "=".join(pair))]
    report = ("-r", "json", "--reporter-json-export", "made/report.json")
    await run("npx", "newman", "run", "made/collection.json", *told, *report)
    ran = json.loads((MADE / "report.json").read_text(encoding="utf-8"))["run"]["executions"]
    return Counter(one["response"]["code"] for one in ran)

"""All of it in one process that forgets everything at its end, with demo people to try it with.

For those who write a front end, and for their tests: the API, what follows from events, and what the
clock brings, over the memory adapters.
"""

import asyncio
from collections.abc import MutableMapping
from pathlib import Path

from dishka import AsyncContainer
from litestar.types import ASGIApp

from skillbridge import settings as environment
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.seeding import PASSWORD, Seeder, read_people
from skillbridge.entrypoints.wiring import memory
from skillbridge.entrypoints.worker.app import working
from skillbridge.settings import Settings

ELSEWHERE = (
    *("DATABASE_URL", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL"),
    *("REDIS_URL", "MATCHER_URL", "MATCHER_URL_FILE", "SMTP_URL"),
    *(f"SKILLBRIDGE_FILES_S3_{name}" for name in ("BUCKET", "URL", "KEY_ID", "SECRET")),
)
"""Variables of what this does without."""


def settings(
    environ: MutableMapping[str, str], host: str, port: int | None, mails: Path
) -> Settings:
    """Says in `environ` what `app` then reads there, in the process that serves.

    Raises UnsafeSettings, on a server too, where nothing may be forgotten.
    """
    if (env := environ.get("SKILLBRIDGE_ENV", "") or "local") in {"staging", "production"}:
        raise environment.UnsafeSettings(
            f"refusing to start:\n- SKILLBRIDGE_ENV={env} has people whose work is kept, and "
            "--memory keeps nothing: say local"
        )
    for name in ELSEWHERE:
        environ.pop(name, None)
    environ["SKILLBRIDGE_ENV"] = env
    environ["SKILLBRIDGE_MAIL_DIR"] = str(mails)
    environ["SKILLBRIDGE_FILES_DIR"] = str(mails / "files")
    if port:
        environ["PORT"] = str(port)
    if not environ.get("SKILLBRIDGE_PUBLIC_URL"):
        name = f"[{host}]" if ":" in host else host
        environ["SKILLBRIDGE_PUBLIC_URL"] = f"http://{name}:{environ.get('PORT') or 8000}"
    return environment.load(environ)


def app() -> ASGIApp:
    """Made once: a second process would know nothing of what this one keeps."""
    found = environment.load(program="api")
    wiring.configure_logs(found)
    container = memory.everything(found)
    stopping, tasks = asyncio.Event(), list[asyncio.Task[None]]()

    async def begin() -> None:
        await _people(container, found)
        tasks.append(asyncio.create_task(_work(container, stopping)))

    async def end() -> None:
        stopping.set()
        await asyncio.gather(*tasks)

    made = create_app(container, found)
    made.on_startup.append(begin)
    made.on_shutdown.insert(0, end)
    return made


async def _people(container: AsyncContainer, settings: Settings) -> None:
    await Seeder(container, PASSWORD)(settings.default_tenant, "SkillBridge", read_people())


async def _work(container: AsyncContainer, stopping: asyncio.Event) -> None:
    async with working(container, stopping):
        await stopping.wait()

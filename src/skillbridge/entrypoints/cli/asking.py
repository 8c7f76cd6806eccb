"""What commands ask of the application, with the settings of here and the local stack that runs."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from dishka import AsyncContainer
from rich.markup import escape

from skillbridge import settings as environment
from skillbridge.application.ports.tenants import Tenants
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.entrypoints.wiring import stack
from skillbridge.local.discovery import with_local_stack

T = TypeVar("T")
Tenant = Annotated[str, typer.Option(help="A slug; without it, the default tenant.")]


def answer(ask: Callable[[AsyncContainer, Actor], Awaitable[T]], *, tenant: str = "") -> T:
    """Asks as the system of a tenant; what goes wrong is said and ends with 1."""

    async def run() -> T:
        settings = environment.load(with_local_stack(os.environ))
        container = stack.worker(settings)
        try:
            tenants: Tenants = await container.get(Tenants)
            actor = Actor.system(await tenants.by_slug(tenant or settings.default_tenant))
            async with container() as scope:
                return await ask(scope, actor)
        finally:
            await container.close()

    try:
        return asyncio.run(run())
    except SkillBridgeError as error:
        wide_console().print(f"[red]{escape(str(error))}[/]")
        raise typer.Exit(1) from None

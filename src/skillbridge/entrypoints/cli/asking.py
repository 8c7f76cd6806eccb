"""What commands ask of the application, with the settings of here and the local stack that runs."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from getpass import getuser
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import typer
from dishka import AsyncContainer
from rich.markup import escape

from skillbridge import settings as environment
from skillbridge.application.ports.tenants import Tenants
from skillbridge.domain.actor import Actor, Caller
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.entrypoints.wiring import stack
from skillbridge.local.discovery import with_local_stack

T = TypeVar("T")
Tenant = Annotated[str, typer.Option(help="A slug; without it, the default tenant.")]


@asynccontextmanager
async def opened(settings: environment.Settings) -> AsyncIterator[AsyncContainer]:
    """What a worker has, for the length of the block."""
    container = stack.worker(settings)
    try:
        yield container
    finally:
        await container.close()


def answer_of(port: type[Any], ask: Callable[[Any], Awaitable[T]]) -> T:
    """Asks a port that belongs to no tenant; what goes wrong is said and ends with 1."""

    async def run() -> T:
        async with opened(_here()) as container:
            return await ask(await container.get(port))

    return _ended(run())


def answer(ask: Callable[[AsyncContainer, Actor], Awaitable[T]], *, tenant: str = "") -> T:
    """Asks as the system of a tenant; what goes wrong is said and ends with 1."""

    async def run() -> T:
        settings = _here()
        async with opened(settings) as container:
            tenants: Tenants = await container.get(Tenants)
            tenant_id = await tenants.by_slug(tenant or settings.default_tenant)
            caller = Caller(uuid4().hex, operator=_operator())
            actor = replace(Actor.system(tenant_id), caller=caller)
            async with container() as scope:
                return await ask(scope, actor)

    return _ended(run())


def answer_by(kind: type[Any], tenant: str, ask: Callable[[Any, Actor], Awaitable[T]]) -> T:
    """The same of one use case, or one port."""

    async def asked(scope: AsyncContainer, actor: Actor) -> T:
        return await ask(await scope.get(kind), actor)

    return answer(asked, tenant=tenant)


def _operator() -> str:
    """The account of this machine; `sudo` says who became another one."""
    try:
        return os.environ.get("SUDO_USER") or getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def _ended(run: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(run)
    except SkillBridgeError as error:
        wide_console().print(f"[red]{escape(str(error))}[/]")
        raise typer.Exit(1) from None


def _here() -> environment.Settings:
    return environment.load(with_local_stack(os.environ))

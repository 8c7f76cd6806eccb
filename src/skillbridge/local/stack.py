"""The sequence: data folder, database, Valkey, matcher, migration, seed, API and worker."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from skillbridge.local.allowed import only
from skillbridge.local.beside import beside
from skillbridge.local.discovery import announced
from skillbridge.local.environment import (
    Environment,
    Parts,
    database_given,
    migration_environment,
    program_environment,
)
from skillbridge.local.health import until_ready
from skillbridge.local.home import Home, check_space, checkout, held, make_home
from skillbridge.local.keys import keys_of
from skillbridge.local.logfiles import keep_small
from skillbridge.local.matcher import background_matcher, find_source
from skillbridge.local.orphans import end_orphans
from skillbridge.local.ports import HOST, require_free
from skillbridge.local.postgres import PostgresServer, embedded_postgres
from skillbridge.local.processes import Child, Program, run_step
from skillbridge.local.reload import reload_on_change, source_of
from skillbridge.local.supervisor import Ready, Supervisor, at_once, kept_alive
from skillbridge.local.valkey import embedded_valkey

OURSELVES = (sys.executable, "-m", "skillbridge")


class Progress(Protocol):
    """Who tells the person what happens."""

    def step(self, title: str) -> AbstractContextManager[None]: ...

    def note(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Commands:
    """The programs of SkillBridge that make up the stack; `serve` gets `--port N` added."""

    migrate: tuple[str, ...] = (*OURSELVES, "migrate")
    seed: tuple[str, ...] = (*OURSELVES, "seed")
    serve: tuple[str, ...] = (*OURSELVES, "serve")
    worker: tuple[str, ...] = (*OURSELVES, "worker")


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for, and the environment they asked it in."""

    home: Path
    env: Mapping[str, str]
    port: int = 8000
    matcher: bool = True
    seed: bool = True
    reload: bool = False
    """Whether API and worker start again when the code changes."""
    commands: Commands = field(default_factory=Commands)
    checkout: Path | None = field(default_factory=checkout)


@dataclass(frozen=True, slots=True)
class Running:
    """A stack that is ready, and the environment its programs were given."""

    home: Home
    url: str
    env: Environment


@asynccontextmanager
async def local_stack(options: Options, progress: Progress) -> AsyncIterator[Running]:
    """Run the whole stack for the length of the block; all of it is stopped at its end.

    Servers given by DATABASE_URL, REDIS_URL or MATCHER_URL are used instead of our own.
    CannotStart says what is in the way and the way out.
    """
    async with AsyncExitStack() as opened:
        start = _Start(options, progress, opened, make_home(options.home))
        await start.folder()
        parts = Parts(await start.postgres(), await start.valkey())
        keys = keys_of(start.home)
        env = program_environment(
            options.env, start.home, keys, parts, port=options.port, matcher=options.matcher
        )
        await start.matcher(env)
        await start.database(env, migration_environment(env, options.env, keys, parts.postgres))
        await start.programs(env)
        opened.enter_context(announced(start.home, env))
        yield Running(start.home, f"http://{HOST}:{options.port}", env)


@dataclass(frozen=True, slots=True)
class _Start:
    """The steps, and what they share; whatever a step opens is closed in reverse order."""

    options: Options
    progress: Progress
    opened: AsyncExitStack
    home: Home

    async def folder(self) -> None:
        with self.progress.step(f"Data folder {self.home.root}"):
            self.opened.enter_context(held(self.home))
            if ended := await end_orphans(self.home):
                self.progress.note(f"ended what a killed run had left: {', '.join(ended)}")
            require_free(self.options.port)
            check_space(self.home)
            await self.opened.enter_async_context(beside(keep_small(self.home.logs)))

    async def postgres(self) -> PostgresServer | None:
        if database_given(self.options.env):
            self.progress.note("PostgreSQL: the one that DATABASE_URL names")
            return None
        with self.progress.step("PostgreSQL"):
            server = embedded_postgres(self.home.root, tell=self.progress.note)
            return await self.opened.enter_async_context(server)

    async def valkey(self) -> str | None:
        if "REDIS_URL" in self.options.env:
            self.progress.note("Valkey: the server that REDIS_URL names")
            return None
        with self.progress.step("Valkey"):
            server = embedded_valkey(self.home.root, tell=self.progress.note)
            return await self.opened.enter_async_context(server)

    async def matcher(self, env: Environment) -> None:
        if not self.options.matcher:
            self.progress.note("matcher: left out (--no-matcher)")
        elif "MATCHER_URL" in env:
            self.progress.note("matcher: the one that MATCHER_URL names")
        elif isinstance(source := find_source(self.options.checkout, only(env, "cargo")), str):
            self.progress.note(f"matcher: {source}")
        else:
            self.progress.note("matcher: cargo builds it meanwhile")
            matcher = background_matcher(
                source, self.home, only(env, "matcher"), self.progress.note
            )
            await self.opened.enter_async_context(matcher)

    async def database(self, env: Environment, migration: Environment) -> None:
        commands = self.options.commands
        with self.progress.step("Migrations"):
            migrate = self._program("migrate", commands.migrate, only(migration, "migrate"))
            await run_step(migrate, self.home)
        if self.options.seed:
            with self.progress.step("Seed data"):
                seed = self._program("seed", commands.seed, only(env, "seed"))
                await run_step(seed, self.home)

    async def programs(self, env: Environment) -> None:
        port, commands = self.options.port, self.options.commands
        serve = (*commands.serve, "--port", str(port))

        async def answers(_child: Child) -> None:
            await until_ready(port)

        with self.progress.step("Worker and API"):
            worker = self._program("worker", commands.worker, only(env, "worker"))
            api = self._program("api", serve, only(env, "api"))
            supervisors = [await self._keep(worker, at_once), await self._keep(api, answers)]
        if self.options.reload:
            source = source_of(self.options.checkout)
            watching = reload_on_change(source, supervisors, self.progress.note)
            await self.opened.enter_async_context(beside(watching))

    async def _keep(self, program: Program, ready: Ready) -> Supervisor:
        supervisor = Supervisor(program, self.home, self.progress.note, ready)
        await self.opened.enter_async_context(kept_alive(supervisor))
        return supervisor

    def _program(self, name: str, command: tuple[str, ...], env: Environment) -> Program:
        return Program(name, command, env, self.home.root)

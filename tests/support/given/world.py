"""Builders: people, and the world they act in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
from dishka import AsyncContainer, Provider
from tests.support.given.quick_hashes import QuickHashes
from tests.support.measures import round_trips

from skillbridge.adapters.memory.store import Store
from skillbridge.application.accounts.ports.mails import Mailbox
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.views import SentMail
from skillbridge.application.ports.jobs import Jobs
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import Profiles
from skillbridge.application.reactions import kinds
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor, PrincipalKind, Role
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.profiles.profile import Details, Profile
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory, stack
from skillbridge.entrypoints.worker.run import JobRunner
from skillbridge.entrypoints.worker.settle import JobProvider
from skillbridge.settings import DatabaseUrl, Settings
from skillbridge.settings.values import PhonePrefix

if TYPE_CHECKING:
    from tests.conftest import Urls


TEXTED: dict[str, Any] = {
    "sms": "mailbox",
    "sms_prefixes": (PhonePrefix("+234"), PhonePrefix("+254")),
    "sms_a_prefix_a_day": 20,
}
"""Texts end in the mailbox, too."""


@dataclass
class World:
    """The application without its entrypoints: use cases on a backend, in one tenant."""

    backend: str
    tenant_id: TenantId
    api: AsyncContainer
    worker: AsyncContainer
    admin: asyncpg.Connection | None = None

    @property
    def slug(self) -> str:
        """The tenant's name in `X-Tenant`."""
        return "test" if self.backend == "memory" else f"t-{self.tenant_id.hex}"

    def container(self, actor: Actor) -> AsyncContainer:
        return self.worker if actor.principal_kind is PrincipalKind.SYSTEM else self.api

    @asynccontextmanager
    async def scope(self, actor: Actor) -> AsyncIterator[AsyncContainer]:
        """One request's scope, with the login that such an actor would have."""
        async with self.container(actor)() as scope:
            yield scope

    async def do(self, use_case: type[Any], actor: Actor, *args: Any, **kwargs: Any) -> Any:
        async with self.scope(actor) as scope:
            act = await scope.get(use_case)
            with round_trips.counted() as trips:
                answer = await act(actor, *args, **kwargs)
            await round_trips.require(use_case, trips)
            return answer

    async def ask(self, port: type[Any], method: str, actor: Actor, *args: Any, **kw: Any) -> Any:
        """Calls a reads port: `await world.items(MatchReads, "mine", actor)`."""
        async with self.scope(actor) as scope:
            return await getattr(await scope.get(port), method)(actor, *args, **kw)

    async def items(self, port: type[Any], method: str, actor: Actor, *args: Any, **kw: Any) -> Any:
        """Those of a page."""
        return list((await self.ask(port, method, actor, *args, **kw)).items)

    async def settle(self) -> int:
        """Runs every job that is due, and what follows from it."""
        jobs, done = await self.worker.get(Jobs), 0
        run = JobRunner(self.worker, jobs, kinds(), attempts=1)
        while claimed := await jobs.claim(limit=1, lease=run.lease):
            await run(*claimed)
            done += 1
        return done

    async def mails(self) -> Sequence[SentMail]:
        """What was sent, the newest first."""
        mailbox: Mailbox = await self.worker.get(Mailbox)
        return await mailbox.newest(limit=100)

    def pre_authentication(self) -> Actor:
        return Actor.pre_authentication(self.tenant_id)

    def system(self) -> Actor:
        return Actor.system(self.tenant_id)

    async def person(self, *roles: Role, email: str | None = None) -> Actor:
        """Someone with a verified account and a profile."""
        actor = Actor.person(UserId(uuid4()), self.tenant_id, frozenset({Role.LEARNER, *roles}))
        address = email or f"{actor.user_id}@example.test"
        user = User(actor.user_id, self.tenant_id, address, "x", actor.roles, datetime.now(UTC))
        anonymous = self.pre_authentication()
        async with self.worker() as scope:  # as operators do it, without a mail
            users, profiles = await scope.get(Users), await scope.get(Profiles)
            async with (await scope.get(Transaction))(anonymous):
                assert await users.add(user)
                await profiles.add(Profile(actor.user_id, Details("Amina")))
        return actor

    async def learner(self) -> Actor:
        return await self.person()

    async def mentor(self) -> Actor:
        """A person with the role; what they offer is for the test to say."""
        return await self.person(Role.MENTOR)


@asynccontextmanager
async def memory_world(
    matcher_url_file: Path | None = None, *instead: Provider
) -> AsyncIterator[World]:
    """`matcher_url_file` is where a matcher will say that it came; without it none is expected.

    What `instead` provides takes the place of ours.
    """
    store, tenant_id = Store(), TenantId(uuid4())
    store.tenants["test"] = tenant_id
    with TemporaryDirectory() as home:
        beside = wiring.outside(
            Settings(env="test", home=Path(home), matcher_url_file=matcher_url_file, **TEXTED)
        )
        container = wiring.make_container(
            *memory.providers(store), *beside, QuickHashes(), HttpProvider(), *instead
        )
        try:
            yield World("memory", tenant_id, container, container)
        finally:
            await container.close()


@asynccontextmanager
async def postgres_world(
    urls: "Urls", *instead: Provider, signals: Provider | None = None
) -> AsyncIterator[World]:
    """`signals` in place of those of one process: a Redis. What `instead` provides takes the place of ours."""
    tenant_id = TenantId(uuid4())
    admin = await asyncpg.connect(urls.admin)
    await without_work(admin)
    await admin.execute(
        "insert into tenants (id, slug, name) values ($1, $2, 'Test')",
        tenant_id,
        f"t-{tenant_id.hex}",
    )
    with TemporaryDirectory() as home:
        settings = Settings(
            env="test",
            home=Path(home),
            database_url=DatabaseUrl(urls.app),
            database_auth_url=DatabaseUrl(urls.auth),
            database_worker_url=DatabaseUrl(urls.worker),
            database_pool=30,
            database_auth_pool=30,
            **TEXTED,
        )
        beside = (signals or memory.signals(), *wiring.outside(settings), QuickHashes(), *instead)
        api = wiring.make_container(stack.storage(settings, worker=False), *beside, HttpProvider())
        worker = wiring.make_container(stack.storage(settings, worker=True), *beside, JobProvider())
        try:
            yield World("postgres", tenant_id, api, worker, admin)
        finally:
            await api.close()
            await worker.close()
            await admin.close()


async def without_work(admin: asyncpg.Connection) -> None:
    """Workers of an earlier test may be at work: then one side gives way, here by trying again."""
    while True:
        with suppress(asyncpg.DeadlockDetectedError):
            await admin.execute("truncate jobs, events")
            return

"""A small town in memory, with GitHub beside it, for very many short stories: hashing costs nothing, and
nothing is counted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from dishka import AsyncContainer, Provider, Scope, provide
from tests.support.identities.github_double import GitHubDouble
from tests.support.identities.providers import identified

from skillbridge.adapters.memory.store import Store
from skillbridge.application.accounts.ports.mails import Mail, Mailer
from skillbridge.application.accounts.ports.passwords import PasswordHasher, PasswordStrength
from skillbridge.application.ports.rate_limit import RateLimit, Struck
from skillbridge.application.reactions import REACTIONS
from skillbridge.domain.accounts.authorization import AuthorizationRequest
from skillbridge.domain.accounts.identity import Identity
from skillbridge.domain.accounts.one_time_proof import OneTimeProof
from skillbridge.domain.accounts.password import Strength
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.delay import NONE, Delay
from skillbridge.domain.ids import TenantId
from skillbridge.domain.pace import Left
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory
from skillbridge.settings import Settings


@dataclass
class Quick:
    """A hasher, a judge, a counter and a postman who cost nothing."""

    mails: list[Mail] = field(default_factory=list)

    async def hash(self, password: str, *, network: str = "") -> str:
        return f"{network and 'of '}{password}"

    async def matches(self, password: str, kept: str | None, *, network: str = "") -> bool:
        return kept is not None and kept.removeprefix("of ") == password and bool(network)

    def outdated(self, kept: str) -> bool:
        return not kept

    async def __call__(self, password: str, words: Sequence[str], *, network: str = "") -> Strength:
        return Strength(4 if password and words and network else 0)

    async def spend(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        del name, per, alone
        return Left(limit, 0)

    async def give_back(
        self, name: str, *, limit: int, per: timedelta, alone: int | None = None
    ) -> Left:
        return await self.spend(name, limit=limit, per=per, alone=alone)

    async def count(self, name: str, times: int, *, limit: int, per: timedelta) -> int:
        del name, times, limit, per
        return 0

    async def strike(self, name: str, delay: Delay, *, alone: int | None = None) -> Struck:
        del name, delay, alone
        return Struck(NONE, 0)

    async def forgive(
        self, name: str, delay: Delay, struck: Struck, *, alone: int | None = None
    ) -> None:
        del name, delay, struck, alone

    async def forget(self, name: str) -> None:
        del name

    async def send(self, mail: Mail) -> None:
        self.mails.append(mail)


class QuickProvider(Provider):
    scope = Scope.APP

    def __init__(self, quick: Quick) -> None:
        super().__init__()
        self._quick = quick

    @provide
    def hasher(self) -> PasswordHasher:
        return self._quick

    @provide
    def strength(self) -> PasswordStrength:
        return self._quick

    @provide
    def limit(self) -> RateLimit:
        return self._quick

    @provide
    def mailer(self) -> Mailer:
        return self._quick


@dataclass
class Town:
    """Accounts, what was mailed about them, and one tenant."""

    store: Store
    container: AsyncContainer
    quick: Quick
    github: GitHubDouble
    tenant_id: TenantId = field(default_factory=lambda: TenantId(uuid4()))

    @classmethod
    def made(cls, settings: Settings) -> "Town":
        store, quick = Store(), Quick()
        outside = wiring.outside(settings)
        beside = identified()
        instead = (HttpProvider(), QuickProvider(quick), beside.provider())
        container = wiring.make_container(*memory.providers(store), *outside, *instead)
        town = cls(store, container, quick, beside.github)
        store.tenants["test"] = town.tenant_id
        return town

    def begin_anew(self) -> None:
        for kept in (self.store.rows, self.store.events, self.store.jobs, self.quick.mails):
            kept.clear()
        for begun in (self.github.codes, self.github.devices, self.github.tokens):
            begun.clear()

    async def do(self, use_case: type[Any], actor: Actor, *args: Any, **said: Any) -> Any:
        """And what is mailed of it."""
        known = set(self.store.events)
        async with self.container() as scope:
            act = await scope.get(use_case)
            result = await act(actor, *args, **said)
        for one in [one for id_, one in self.store.events.items() if id_ not in known]:
            for kind in REACTIONS.get(type(one.event), ()):
                if ".accounts." in kind.__module__:
                    async with self.container() as scope:
                        await (await scope.get(kind))(Actor.system(self.tenant_id), one.event)
        return result

    def users(self) -> dict[Any, User]:
        return self.store.rows.get((self.tenant_id, "users"), {})

    def proofs(self) -> dict[Any, OneTimeProof]:
        return self.store.rows.get((self.tenant_id, "one_time_proofs"), {})

    def sign_ins(self) -> dict[Any, Any]:
        return self.store.rows.get((self.tenant_id, "sign_ins"), {})

    def identities(self) -> dict[Any, Identity]:
        return self.store.rows.get((self.tenant_id, "identities"), {})

    def begun(self) -> dict[Any, AuthorizationRequest]:
        """At a provider, and not finished."""
        return self.store.rows.get((self.tenant_id, "authorization_requests"), {})

    def found(self, pattern: str, *mailboxes: str) -> list[str]:
        """What stands so in the mails to these addresses, the newest first."""
        mails = (mail.text for mail in reversed(self.quick.mails) if mail.to in mailboxes)
        return [one for text in mails for one in re.findall(pattern, text)]

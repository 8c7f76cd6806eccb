"""The application beside a project of Supabase, and people who have signed in there."""

from typing import Any, cast

import pytest
from tests.application.accounts.identity_town import IdentityTown
from tests.application.accounts.people import HOME
from tests.support.identities.supabase_double import SupabaseDouble

from skillbridge.application.accounts.ports.supabase import (
    SupabaseHooks,
    SupabaseProject,
    SupabaseUsers,
)
from skillbridge.application.accounts.supabase import LinkSupabase, SignInWithSupabase
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.domain.actor import Actor


class SupabaseTown(IdentityTown):
    @property
    def project(self) -> SupabaseDouble:
        return self.beside.supabase

    async def of_tenant(self, slug: str | None) -> None:
        """The project has the people of that tenant."""
        for container in (self.world.api, self.world.worker):
            for port in (SupabaseProject, SupabaseUsers, SupabaseHooks):
                cast("Any", await container.get(port)).tenant = slug

    async def come(self, user: str, **more: Any) -> LoggedIn:
        """Somebody who has signed in there."""
        found: LoggedIn = await self.world.do(
            SignInWithSupabase,
            self.world.pre_authentication(),
            self.project.token(user),
            **{"origin": HOME, **more},
        )
        return found

    async def link_user(self, actor: Actor, user: str) -> None:
        await self.world.do(LinkSupabase, actor, self.project.token(user))


@pytest.fixture(params=["memory", "postgres"])
def supabase(request: pytest.FixtureRequest) -> SupabaseTown:
    made: SupabaseTown = request.getfixturevalue(f"supabase_on_{request.param}")
    return made


@pytest.fixture
async def supabase_on_memory(town_on_memory: IdentityTown) -> SupabaseTown:
    return await _of(town_on_memory)


@pytest.fixture
async def supabase_on_postgres(town_on_postgres: IdentityTown) -> SupabaseTown:
    return await _of(town_on_postgres)


async def _of(made: IdentityTown) -> SupabaseTown:
    town = SupabaseTown(made.world, made.beside)
    await town.of_tenant(town.world.slug)
    return town

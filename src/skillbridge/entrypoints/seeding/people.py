"""People to try things with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

import msgspec
from dishka import AsyncContainer

from skillbridge.application.accounts.ports.passwords import PasswordHasher
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.tenants import Tenants
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import Profiles
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.ids import SkillId, TenantId, UserId
from skillbridge.domain.mentors.mentor import Offer
from skillbridge.domain.profiles.profile import Details, Profile, Window

PEOPLE = UUID("6b1f4d0e-7f0a-4f0e-9a55-0c5a3d3c8f10")
"""The name space of seeded people: the same address is the same person on every laptop."""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of `people.toml`; `hours` are `[weekday, from hour, to hour]`, Monday is 0."""

    role: Role
    email: str
    name: str
    country: str
    time_zone: str
    languages: tuple[str, ...]
    skills: Mapping[str, int] = {}
    hours: tuple[tuple[int, int, int], ...] = ()
    bio: str = ""
    headline: str = ""
    capacity: int = 3
    experience_years: int = 0

    def details(self) -> Details:
        return Details(
            name=self.name,
            bio=self.bio,
            country=self.country,
            time_zone=self.time_zone,
            languages=self.languages,
            skills={SkillId(skill): level for skill, level in self.skills.items()},
            availability=tuple(Window(day, a * 60, b * 60) for day, a, b in self.hours),
        )


@dataclass(frozen=True, slots=True)
class Seeder:
    """Makes a tenant and its people; who is there already stays as they are."""

    container: AsyncContainer
    password: str
    _hash: list[str] = field(default_factory=list, init=False)

    async def __call__(self, slug: str, name: str, people: Sequence[Person]) -> int:
        """Returns how many people are new."""
        tenants: Tenants = await self.container.get(Tenants)
        tenant_id = await tenants.found(slug, name)
        made = 0
        for person in people:
            made += await self._make(tenant_id, person)
        return made

    async def _make(self, tenant_id: TenantId, person: Person) -> bool:
        roles = frozenset({Role.LEARNER, person.role})
        actor = Actor.person(UserId(uuid5(PEOPLE, f"{tenant_id}/{person.email}")), tenant_id, roles)
        if not await self._add(actor, person):
            return False
        if person.role is Role.MENTOR:
            offer = Offer(
                headline=person.headline,
                capacity=person.capacity,
                experience_years=person.experience_years,
            )
            async with self.container() as scope:
                await (await scope.get(OfferMentoring))(actor, offer)
        return True

    async def _hashed(self, hasher: PasswordHasher) -> str:
        """Hashed once for all: it is known to everybody, and a hash is slow by design."""
        if not self._hash:
            self._hash.append(await hasher.hash(self.password))
        return self._hash[0]

    async def _add(self, actor: Actor, person: Person) -> bool:
        anonymous = Actor.pre_authentication(actor.tenant_id)
        async with self.container() as scope:
            users, profiles = await scope.get(Users), await scope.get(Profiles)
            transaction, clock = await scope.get(Transaction), await scope.get(Clock)
            async with transaction(anonymous, read_only=True):
                if await users.with_email(person.email) is not None:
                    return False
            kept = await self._hashed(await scope.get(PasswordHasher))
            user = User(actor.user_id, actor.tenant_id, person.email, kept, actor.roles, clock())
            async with transaction(anonymous):
                new: bool = await users.add(user)
                if new:
                    await profiles.add(Profile(actor.user_id, person.details()))
        return new

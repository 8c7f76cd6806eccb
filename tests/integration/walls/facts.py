"""What Amina has that can be looked for, and who looks for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.application.roadmaps.authors import asked_for
from tests.integration.walls.town import Town
from tests.support.given.cohorts import an_order

from skillbridge.application.accounts.ports.passkeys import Passkeys
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.cohorts import ports as cohorts
from skillbridge.application.cohorts.orders import OrderCohortRun
from skillbridge.application.matching import ports as matching
from skillbridge.application.mentors import ports as mentors
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.privacy import ports as privacy
from skillbridge.application.profiles import ports as profiles
from skillbridge.application.progress import ports as progress
from skillbridge.application.ranking.ports import pool
from skillbridge.application.roadmaps import ports as roadmaps
from skillbridge.application.uploads import ports as uploads
from skillbridge.domain.accounts.phone import Phone
from skillbridge.domain.accounts.sign_in import SignIn
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.cohorts.placement import Because, PlacementState
from skillbridge.domain.ids import SessionId, TenantId, UploadId
from skillbridge.domain.notifications.notice import Notice
from skillbridge.domain.privacy.request import RequestKind
from skillbridge.domain.uploads.avatar import Avatar

LATER = datetime.now(UTC) + timedelta(days=400)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Facts:
    """What there is to be found, changed already where it will be saved."""

    town: Town
    nowhere: TenantId
    """A tenant without anybody."""
    newcomer: Actor
    """Of Amina's tenant, with every role and nothing else."""
    token: bytes
    ended: UUID
    sealed_secret: bytes
    phone: Phone
    registration: UUID
    proof: UUID
    api_token: UUID
    api_token_hash: bytes
    begun: UUID
    """At a provider."""
    coded: UUID
    """As that, and a code of it waits to be typed in."""
    notice: Notice
    user: Any = None
    passkey: Any = None
    profile: Any = None
    sign_in: Any = None
    roadmap: Any = None
    journey: Any = None
    mentor: Any = None
    match: Any = None
    run: Any = None
    placement: Any = None
    erasure: Any = None
    upload: Any = None
    avatar: Any = None
    digest: str = ""

    @property
    def amina(self) -> Any:
        return self.town.amina.user_id

    def id(self, name: str) -> Any:
        return UUID(self.town.ids[name])

    def actor(self, name: str) -> Actor:
        here, hers = self.town.world.tenant_id, self.town.amina
        return {
            "owner": hers,
            "neighbour": self.town.neighbour,
            "newcomer": self.newcomer,
            "impostor": Actor.person(hers.user_id, self.nowhere, hers.roles),
            "door": Actor.pre_authentication(here),
            "other door": Actor.pre_authentication(self.nowhere),
            "system": Actor.system(here),
            "other system": Actor.system(self.nowhere),
            "service": Actor.service(here, SessionId(uuid4())),
        }[name]


C, M, R = cohorts, matching, roadmaps


async def gathered(town: Town) -> Facts:
    world, admin, nowhere, ended = town.world, town.admin, TenantId(uuid4()), uuid4()
    await admin.execute(
        "insert into tenants (id, slug, name) values ($1, $2, 'Nowhere')", nowhere, nowhere.hex
    )
    await admin.execute(
        "insert into sign_ins (id, tenant_id, user_id, expires_at, revoked_at)"
        " values ($1, $2, $3, now(), now())",
        ended,
        world.tenant_id,
        town.amina.user_id,
    )
    await admin.execute(  # a sign-in takes back the erasure that waits
        """insert into privacy_requests (id, tenant_id, user_id, kind, asked_at, due_at, acts_at)
        values (gen_random_uuid(), $1, $2, 'erasure', now(), now(), now())""",
        *(world.tenant_id, town.amina.user_id),
    )
    await admin.execute(
        """insert into exports (user_id, tenant_id, request_id, archive, expires_at)
        select user_id, tenant_id, id, 'zip', now() + '1 day' from privacy_requests
        where user_id = $1 and kind = 'export' on conflict do nothing""",
        town.amina.user_id,
    )
    await admin.execute("update second_factors set confirmed_at = now()")
    await admin.execute("update phones set text_id = gen_random_uuid(), text_state = 'sending'")
    number = await admin.fetchrow("select * from phones where tenant_id = $1", world.tenant_id)
    assert number is not None
    await asked_for(world, town.amina)
    await world.do(OrderCohortRun, town.neighbour, an_order(AssignMode.STABLE))
    told = await admin.fetchrow(
        "select * from notices where user_id = $1 and read_at is null and about <> ''",
        town.amina.user_id,
    )
    assert told is not None
    notice = {**dict(told), "id": uuid4(), "event_id": uuid4(), "created_at": LATER}
    known = {name: notice[name] for name in Notice.__dataclass_fields__}
    made = Facts(
        town,
        nowhere,
        await world.person(*Role),
        token=await admin.fetchval(
            "select hash from refresh_tokens where tenant_id = $1", world.tenant_id
        ),
        ended=ended,
        sealed_secret=await admin.fetchval(
            "select sealed_secret from second_factors where tenant_id = $1", world.tenant_id
        ),
        phone=Phone(**{name: number[name] for name in Phone.__dataclass_fields__}),
        registration=await admin.fetchval(
            "select id from registrations where tenant_id = $1", world.tenant_id
        ),
        proof=await admin.fetchval(
            "select id from one_time_proofs where tenant_id = $1", world.tenant_id
        ),
        api_token=await admin.fetchval(
            "select id from api_tokens where tenant_id = $1 and user_id is not null",
            world.tenant_id,
        ),
        api_token_hash=await admin.fetchval(
            "select hash from api_tokens where tenant_id = $1 and user_id is not null",
            world.tenant_id,
        ),
        begun=await admin.fetchval(
            "select id from authorization_requests where tenant_id = $1 and pace is null",
            world.tenant_id,
        ),
        coded=await admin.fetchval(
            "select id from authorization_requests where tenant_id = $1 and pace is not null",
            world.tenant_id,
        ),
        notice=Notice(**known),
    )
    await read(made)
    return made


async def read(facts: Facts) -> None:
    """The aggregates as whom they are for reads them, and each a little changed."""
    owner, system, pre_authentication = (facts.actor(name) for name in ("owner", "system", "door"))

    async def got(kind: type, by: Actor, call: Callable[[Any], Awaitable[Any]]) -> Any:
        async with facts.town.world.scope(by) as scope:
            port: Any = await scope.get(kind)
            async with (await scope.get(Transaction))(by):
                return await call(port)

    facts.user = await got(Users, pre_authentication, lambda port: port.get(facts.amina))
    (facts.passkey,) = await got(Passkeys, pre_authentication, lambda port: port.of(facts.amina))
    facts.passkey.last_used_at = LATER
    facts.profile = await got(profiles.Profiles, owner, lambda port: port.get(facts.amina))
    sign_in: SignIn = await got(
        SignIns, pre_authentication, lambda port: port.presenting(facts.token)
    )
    sign_in.revoked_at = sign_in.presented.used_at = LATER
    facts.sign_in = sign_in
    facts.roadmap = await got(R.Roadmaps, system, lambda port: port.get(facts.id("roadmap_id")))
    facts.journey = await got(
        progress.Journeys, owner, lambda port: port.get(facts.amina, facts.id("roadmap_id"))
    )
    facts.mentor = await got(mentors.Mentors, owner, lambda port: port.find(facts.amina))
    facts.match = await got(M.Matches, owner, lambda port: port.get(facts.id("match_id")))
    facts.run = await got(C.CohortRuns, system, lambda port: port.get(facts.id("cohort_id")))
    placement = await got(
        C.Placements,
        system,
        lambda port: port.get(facts.id("cohort_id"), facts.town.seeker.user_id),
    )
    placement.state, placement.because = PlacementState.SKIPPED, Because.DECLINED
    facts.placement = placement
    facts.erasure = await got(
        privacy.PrivacyRequests, owner, lambda port: port.newest(facts.amina, RequestKind.ERASURE)
    )
    facts.upload = await got(uploads.Uploads, owner, lambda port: port.get(facts.id("upload_id")))
    facts.upload.received += 1
    avatar_id, here = UploadId(uuid4()), system.tenant_id
    facts.avatar = Avatar(avatar_id, here, facts.amina, {64: 1, 256: 2}, LATER)
    mentor_pool = await facts.town.world.worker.get(pool.MentorPool)
    facts.digest = (await mentor_pool.seal(system.tenant_id)).digest

"""Profiles, and what operators see and change."""

import asyncio
from uuid import uuid4

import pytest
from tests.support.given.world import World

from skillbridge.application.accounts.administration import GrantRole
from skillbridge.application.accounts.ports.users import AccountReads
from skillbridge.application.ports.jobs import Jobs, JobState
from skillbridge.application.profiles.changes import AmendProfile, UpdateProfile
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.domain.accounts.user import UnknownAccount
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.profiles.profile import Details, UnknownProfile, Window

pytestmark = pytest.mark.row("D1", "A9")

FULL = Details(
    name="Chidi",
    bio="Learns at night.\nTeaches by day.",
    country="NG",
    time_zone="Africa/Lagos",
    languages=("en", "ig"),
    skills={SkillId("python"): 4, SkillId("c++"): 1},
    availability=(Window(5, 600, 720), Window(0, 1200, 1320)),
)


async def test_a_profile_is_replaced_as_a_whole(world: World) -> None:
    actor = await world.learner()
    me = await world.do(UpdateProfile, actor, FULL)
    assert (me.name, me.bio, me.country, me.time_zone) == (
        FULL.name,
        FULL.bio,
        "NG",
        "Africa/Lagos",
    )
    assert me.languages == ("en", "ig")
    assert me.skills == {"python": 4, "c++": 1}
    assert me.availability == (Window(0, 1200, 1320), Window(5, 600, 720))
    assert me == await world.ask(ProfileReads, "me", actor)
    bare = await world.do(UpdateProfile, actor, Details("Chidi"))
    assert (bare.country, bare.skills, bare.availability) == (None, {}, ())


async def planned(world: World) -> list[str]:
    jobs: Jobs = await world.worker.get(Jobs)
    return [job.kind for job in await jobs.report(JobState.READY)]


async def test_a_changed_profile_is_told_to_the_matcher_and_the_same_again_is_not(
    world: World,
) -> None:
    actor = await world.learner()
    await world.do(UpdateProfile, actor, FULL)
    assert await planned(world) == ["RefreshPool"]
    await world.do(UpdateProfile, actor, FULL)
    await world.do(AmendProfile, actor, {"name": FULL.name}, skills={})
    assert await planned(world) == ["RefreshPool"]
    await world.do(AmendProfile, actor, {"name": "Chidinma"}, skills={})
    assert await planned(world) == ["RefreshPool"] * 2


@pytest.mark.row("B9")
async def test_what_changed_meanwhile_is_not_overwritten(world: World) -> None:
    actor = await world.learner()
    seen = (await world.ask(ProfileReads, "me", actor)).version
    changed = await world.do(UpdateProfile, actor, FULL, version={seen})
    assert changed.version == seen + 1
    with pytest.raises(StaleWrite, match="read it again"):
        await world.do(UpdateProfile, actor, Details("Chidi"), version={seen})
    assert (await world.ask(ProfileReads, "me", actor)).name == "Chidi"


@pytest.mark.row("B9")
async def test_of_ten_writers_at_once_one_wins(world: World) -> None:
    actor = await world.learner()
    version = (await world.ask(ProfileReads, "me", actor)).version
    attempts = (
        world.do(UpdateProfile, actor, Details(f"Writer {n}"), version={version}) for n in range(10)
    )
    done = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(one, StaleWrite) for one in done) == 9


async def test_the_same_again_changes_nothing(world: World) -> None:
    actor = await world.learner()
    first = await world.do(UpdateProfile, actor, FULL)
    assert (await world.do(UpdateProfile, actor, FULL)).version == first.version


async def test_nobody_without_an_account_has_a_profile(world: World) -> None:
    nobody = Actor.person(UserId(uuid4()), world.tenant_id)
    with pytest.raises(UnknownProfile):
        await world.ask(ProfileReads, "me", nobody)
    with pytest.raises(UnknownProfile):
        await world.do(UpdateProfile, nobody, FULL)


@pytest.mark.row("C3")
async def test_an_operator_grants_a_role_once(world: World) -> None:
    await world.person(email="chidi@example.org")
    system = world.system()
    assert await world.do(GrantRole, system, "Chidi@example.org", Role.MENTOR, reason="A test")
    assert not await world.do(GrantRole, system, "chidi@example.org", Role.MENTOR, reason="A test")
    (account,) = await world.ask(AccountReads, "newest", system, limit=10)
    assert (account.email, account.verified) == ("chidi@example.org", True)
    assert account.roles == ("learner", "mentor")
    with pytest.raises(UnknownAccount):
        await world.do(GrantRole, system, "nobody@example.org", Role.ADMIN, reason="A test")


@pytest.mark.row("B11")
async def test_a_person_sees_no_other_account(world: World) -> None:
    chidi = await world.person(email="chidi@example.org")
    await world.person(email="amina@example.org")
    seen = await world.ask(AccountReads, "newest", chidi, limit=10)
    assert [account.email for account in seen] == ["chidi@example.org"]
    assert len(await world.ask(AccountReads, "newest", world.system(), limit=1)) == 1

"""What a tenant decides counts in every use case that it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.given.matching import MORNINGS, mentor
from tests.support.given.world import World
from tests.unit.roadmaps.examples import a_brief, an_outline

from skillbridge.application.accounts.registration import RegisterUser
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.tenants import FeatureOff
from skillbridge.application.ranking.suggestions import SuggestMentors
from skillbridge.application.roadmaps.drafting import DraftRoadmap, RequestRoadmap
from skillbridge.application.roadmaps.ports import RoadmapReads
from skillbridge.application.tenancy.lifecycle import SuspendTenant
from skillbridge.application.tenancy.settings import ChangeTenantSettings
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.errors import TooMany
from skillbridge.domain.events.roadmaps import RoadmapRequested
from skillbridge.domain.ids import SkillId
from skillbridge.domain.ranking.score import Weights
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Outline
from skillbridge.domain.roadmaps.roadmap import Author
from skillbridge.domain.roadmaps.syllabus import Syllabus
from skillbridge.domain.tenancy.settings import AiUse, Branding, Change, Features, Limits

pytestmark = pytest.mark.row("B11")

WHY = Change("it is a test")
BY_EXPERIENCE = Weights(
    skill=1_000, availability=0, language=0, location=0, rating=0, free=0, experience=9_000
)
FROM = Origin("192.0.2.1")
PASSWORD = "violet tractor hums at dawn"


class Reader:
    """An author that remembers what it was shown."""

    def __init__(self) -> None:
        self.goals: list[str] = []

    async def draft(self, brief: Brief, _: Syllabus) -> Outline:
        self.goals.append(brief.goal)
        return an_outline()


async def decide(world: World, **parts: Any) -> None:
    await world.do(ChangeTenantSettings, world.system(), world.tenant_id, parts, WHY)
    known: KnownTenants = await world.api.get(KnownTenants)
    known.look_again(world.tenant_id)  # as it would hear, did its program run


async def test_mentors_are_ranked_by_the_tenants_weights(world: World) -> None:
    learner = await world.learner()
    skilled = await mentor(world, skills={"python": 5}, availability=MORNINGS, years=1)
    old = await mentor(world, skills={"python": 2}, availability=MORNINGS, years=30)

    async def best() -> list[Any]:
        found = await world.do(SuggestMentors, learner, [SkillId("python")])
        return [one.mentor.id for one in found.items]

    assert await best() == [skilled.user_id, old.user_id]
    await decide(world, matching=BY_EXPERIENCE)
    assert await best() == [old.user_id, skilled.user_id]


async def test_a_learner_asks_for_as_many_roadmaps_as_the_tenant_lets(world: World) -> None:
    await decide(world, limits=Limits(roadmaps_a_day=1))
    learner = await world.learner()
    await world.do(RequestRoadmap, learner, a_brief())
    with pytest.raises(TooMany):
        await world.do(RequestRoadmap, learner, a_brief(goal="Another thing altogether"))


@pytest.mark.parametrize("use", AiUse)
async def test_a_model_reads_what_the_tenant_lets_it_read(world: World, use: AiUse) -> None:
    await decide(world, ai=use)
    learner, reader = await world.learner(), Reader()
    goal = "Build what amina@example.org and 0803 555 0199 asked for"
    made = await world.do(RequestRoadmap, learner, a_brief(goal=goal))
    event = RoadmapRequested(
        roadmap_id=made.roadmap_id, learner_id=learner.user_id, at=datetime.now(UTC)
    )
    async with world.scope(world.system()) as scope:
        draft = replace(await scope.get(DraftRoadmap), author=reader)
        await draft(world.system(), event)
    drawn = await world.ask(RoadmapReads, "one", learner, made.roadmap_id)
    hidden = "Build what [address] and [number] asked for"
    assert (drawn.author, reader.goals) == {
        AiUse.OFF: (Author.TEMPLATE, []),
        AiUse.PSEUDONYMISED: (Author.MODEL, [hidden]),
        AiUse.ON: (Author.MODEL, [goal]),
    }[use]
    assert drawn.goal == goal


async def test_who_lets_no_strangers_in_registers_nobody(world: World) -> None:
    await decide(world, features=Features(registration=False))
    with pytest.raises(FeatureOff):
        await register(world)
    await world.settle()
    assert not await world.mails()


async def test_a_suspended_tenant_registers_nobody_and_says_no_more_than_a_closed_one(
    world: World,
) -> None:
    await world.do(SuspendTenant, world.system(), WHY)
    with pytest.raises(FeatureOff):
        await register(world)


async def register(world: World) -> None:
    by = world.pre_authentication()
    await world.do(RegisterUser, by, "amina@example.org", PASSWORD, "Amina", origin=FROM)


async def test_mails_look_as_the_tenant_wants_and_new_profiles_speak_its_languages(
    world: World,
) -> None:
    own = Branding(name="Kano & Hub", colour="#7a1f1f", footer="Kano\nNigeria", reply_to="a@b.org")
    await decide(world, branding=own, languages=("ha", "en"))
    await register(world)
    await world.settle()
    (mail,) = await world.mails()
    assert "Welcome to Kano & Hub." in mail.text
    assert mail.text.split()[-2:] == ["Kano", "Nigeria"]
    assert "SkillBridge" not in mail.text

"""An account is erased after the days in which its owner may think again, and is certified."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.application.accounts.people import Visitor
from tests.support.given.learning import a_roadmap, modules
from tests.support.given.matching import mentor
from tests.support.given.privacy import days_go_by, erased, somebody
from tests.support.given.world import World

from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.matching.matches import RequestMatch
from skillbridge.application.matching.ports import MatchReads
from skillbridge.application.matching.views import FORMER
from skillbridge.application.notifications.notices import NotifyPeople
from skillbridge.application.notifications.ports import NoticeReads
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.jobs import Jobs, JobState
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.privacy.erasure import (
    BeginErasures,
    CancelErasure,
    EraseAccount,
    RequestErasure,
)
from skillbridge.application.privacy.ports import PersonalData, PrivacyReads
from skillbridge.application.roadmaps.ports import RoadmapReads
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.errors import SkillBridgeError, Unavailable
from skillbridge.domain.events.gamification import BadgeAwarded
from skillbridge.domain.events.privacy import ErasureBegun
from skillbridge.domain.ids import BadgeId
from skillbridge.domain.lifecycle import IllegalMove
from skillbridge.domain.privacy.request import NoErasure, RequestState

pytestmark = pytest.mark.row("C9", "Z18")


async def left(world: World, actor: Actor) -> dict[str, int]:
    system = world.system()
    async with world.scope(system) as scope:
        data, transaction = await scope.get(PersonalData), await scope.get(Transaction)
        async with transaction(system):
            return {
                context: found
                for context in data.contexts()
                if (found := await data.left(context, actor.user_id))
            }


async def exists(world: World, actor: Actor) -> bool:
    async with world.scope(world.system()) as scope:
        users, transaction = await scope.get(Users), await scope.get(Transaction)
        async with transaction(world.system()):
            return await users.find(actor.user_id) is not None


async def test_nothing_is_left_and_the_last_mail_is_the_certificate(world: World) -> None:
    amina = await somebody(world)
    await a_roadmap(world, amina, modules(1))
    assert await left(world, amina)
    await erased(world, amina)
    assert await left(world, amina) == {}
    assert not await exists(world, amina)
    mail = (await world.mails())[0]
    assert mail.subject == "Your account is erased"
    assert await world.items(RoadmapReads, "mine", amina, PageRequest(9)) == []


async def test_it_wants_a_fresh_proof_of_a_sign_in_that_lives(world: World) -> None:
    amina = await somebody(world)
    with pytest.raises(StepUpNeeded):
        await world.do(RequestErasure, replace(amina, proved_at=None))
    with pytest.raises(SignInOver):
        await world.do(RequestErasure, replace(amina, session_id=None))
    with pytest.raises(NoErasure):
        await world.ask(PrivacyReads, "erasure", amina)


async def test_asked_twice_it_is_asked_once_and_its_owner_is_told_until_when(world: World) -> None:
    amina = await somebody(world)
    first = await world.do(RequestErasure, amina)
    assert await world.do(RequestErasure, amina) == first
    assert (first.acts_at - first.asked_at).days == 14
    assert (first.due_at - first.asked_at).days == 30
    await world.settle()
    assert "log in before then" in (await world.mails())[0].text


async def test_before_the_days_are_over_nothing_begins(world: World) -> None:
    amina = await somebody(world)
    await world.do(RequestErasure, amina)
    await world.do(BeginErasures, world.system(), "now")
    await world.settle()
    assert await exists(world, amina)


async def test_what_has_begun_is_not_cancelled(world: World) -> None:
    amina = await somebody(world)
    await world.do(RequestErasure, amina)
    await days_go_by(world)
    await world.do(BeginErasures, world.system(), "now")
    with pytest.raises(IllegalMove):
        await world.do(CancelErasure, amina)
    await world.settle()
    assert not await exists(world, amina)


async def test_what_has_not_begun_erases_nothing(world: World) -> None:
    """Whoever says that it has: only the request itself knows."""
    amina = await somebody(world)
    asked = await world.do(RequestErasure, amina)
    early = ErasureBegun(request_id=asked.id, user_id=amina.user_id, at=asked.asked_at)
    await world.do(EraseAccount, world.system(), early)
    assert await exists(world, amina)


async def test_who_has_thought_again_stays(world: World) -> None:
    amina = await somebody(world)
    await world.do(RequestErasure, amina)
    await world.do(CancelErasure, amina)
    await days_go_by(world)
    await world.do(BeginErasures, world.system(), "now")
    await world.settle()
    assert await exists(world, amina)
    with pytest.raises(NoErasure):
        await world.do(CancelErasure, amina)


async def test_logging_in_again_is_thinking_again(world: World) -> None:
    visitor = Visitor(world)
    actor = await visitor.signed_in(await visitor.arrive())
    amina = replace(actor, proved_at=(await somebody(world)).proved_at)
    await world.do(RequestErasure, amina)
    await visitor.log_in()
    await days_go_by(world)
    await world.do(BeginErasures, world.system(), "now")
    await world.settle()
    assert await exists(world, amina)


async def test_a_match_ends_for_the_other_side_who_reads_no_name_any_more(world: World) -> None:
    amina, helper = await somebody(world), await mentor(world)
    await world.do(RequestMatch, amina, helper.user_id, "Please help me with loops")
    await world.settle()
    await erased(world, amina)
    (match,) = await world.items(MatchReads, "mine", helper, PageRequest(9), side=None, status=None)
    assert (match.status, match.learner.name, match.message) == ("withdrawn", FORMER, "")
    told = await world.items(NoticeReads, "newest", helper, PageRequest(9))
    assert not [one for one in told if "Amina" in f"{one.title} {one.body}"]


async def test_killed_anywhere_it_goes_on_from_its_last_receipt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt ends in the middle of the next store: none is erased twice, none is left out."""
    amina = await somebody(world)
    await a_roadmap(world, amina, modules(1))
    await world.do(RequestErasure, amina)
    await days_go_by(world)
    kind = type(await _personal_data(world))
    erase, done = kind.erase, []

    async def mortal(self: Any, context: str, *args: Any, **kw: Any) -> object:
        counts = await erase(self, context, *args, **kw)
        if context not in done:
            done.append(context)
            if len(done) % 3 == 0:
                raise Unavailable("killed before the commit")
        else:
            done.append(f"{context} again")
        return counts

    monkeypatch.setattr(kind, "erase", mortal)
    await world.do(BeginErasures, world.system(), "now")
    for _ in range(9):
        await world.settle()
        await replay(world)
    monkeypatch.undo()
    assert await left(world, amina) == {}
    assert not await exists(world, amina)
    assert [one for one in done if done.count(one) > 1] == []
    assert sum(mail.subject == "Your account is erased" for mail in await world.mails()) == 1


async def replay(world: World) -> None:
    jobs: Jobs = await world.worker.get(Jobs)
    for dead in await jobs.report(JobState.DEAD):
        await jobs.replay(dead.id)


async def _personal_data(world: World) -> PersonalData:
    async with world.scope(world.system()) as scope:
        found: PersonalData = await scope.get(PersonalData)
        return found


async def test_run_once_more_it_changes_nothing(world: World) -> None:
    amina = await somebody(world)
    asked = await world.do(RequestErasure, amina)
    await days_go_by(world)
    await world.do(BeginErasures, world.system(), "now")
    await world.settle()
    mails = len(await world.mails())
    again = ErasureBegun(request_id=asked.id, user_id=amina.user_id, at=asked.acts_at)
    await world.do(EraseAccount, world.system(), again)
    assert len(await world.mails()) == mails


async def test_what_follows_late_is_not_written_of_somebody_who_is_gone(world: World) -> None:
    amina = await somebody(world)
    await erased(world, amina)
    late = BadgeAwarded(
        user_id=amina.user_id, badge_id=BadgeId("first-steps"), title="First steps",
        at=amina.proved_at or datetime.now(UTC),
    )  # fmt: skip
    await world.do(NotifyPeople, world.system(), late)
    assert await left(world, amina) == {}


async def test_the_other_people_of_the_tenant_keep_everything(world: World) -> None:
    amina, bola = await somebody(world), await world.learner()
    await a_roadmap(world, bola, modules(1))
    before = await left(world, bola)
    await erased(world, amina)
    assert await left(world, bola) == before


async def test_an_erasure_that_runs_cannot_be_cancelled(world: World) -> None:
    amina = await somebody(world)
    await world.do(RequestErasure, amina)
    await days_go_by(world)
    await world.do(BeginErasures, world.system(), "now")
    with pytest.raises(SkillBridgeError):
        await world.do(CancelErasure, amina)
    assert (await world.ask(PrivacyReads, "erasure", amina)).state is RequestState.RUNNING

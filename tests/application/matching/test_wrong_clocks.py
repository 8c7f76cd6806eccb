"""A process whose clock is wrong ends nothing early and keeps nothing longer: the database measures."""

from datetime import UTC, datetime, timedelta
from typing import get_type_hints

import pytest
from tests.support.given.cohorts import a_guide, a_seeker, an_operator, proposed
from tests.support.given.matching import learner, mentor
from tests.support.given.world import World

from skillbridge.application import cohorts, roadmaps
from skillbridge.application.cohorts.orders import ConfirmCohortRun, ExpireCohortRuns
from skillbridge.application.matching.matches import AcceptMatch, ExpireMatches, RequestMatch
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.ranking.impressions import ForgetImpressions
from skillbridge.domain.cohorts.cohort import CohortStatus
from skillbridge.domain.matching.match import MatchStatus
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.wiring import container

pytestmark = pytest.mark.row("G4", "G2")

ANSWER_WITHIN = timedelta(hours=72)
CONFIRM_WITHIN = timedelta(days=7)
DATING = {
    "UpdateProfile", "AmendProfile", "OfferMentoring", "DeclineMatch", "WithdrawMatch",
    "CompleteMatch", "CancelMatch", "CompleteModule", "UndoModule", "RequestRoadmap",
    "DraftRoadmap", "MarkNoticeRead", "MarkAllNoticesRead",
}  # fmt: skip
"""They write down when something happened."""
LOOKING = {"SuggestMentors", "GatherNeeds", "ExportExamples"}
"""They ask which week it is, or what may still change."""
ASKING = {"BeginPasskeyLogin", "BeginPasskeySecondFactor", "BeginPasskeyStepUp"}
"""They end a challenge in five minutes without asking the database, which looks at it: nobody is let in
for longer than the clock of a process is wrong."""


@pytest.fixture(params=[timedelta(days=30), timedelta(days=-30)], ids=["ahead", "behind"])
def _wrong(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr(container, "_now", lambda: datetime.now(UTC) + request.param)


@pytest.mark.usefixtures("_wrong")
async def test_a_request_has_its_time_whatever_the_clocks_of_its_processes_say(
    world: World,
) -> None:
    of, asks = await mentor(world), await learner(world)
    asked = await world.do(RequestMatch, asks, of.user_id)
    left = asked.expires_at - datetime.now(UTC)
    assert ANSWER_WITHIN - timedelta(hours=1) < left <= ANSWER_WITHIN + timedelta(hours=1)
    await world.do(ExpireMatches, world.system(), "now")
    accepted = await world.do(AcceptMatch, of, asked.id)
    assert accepted.status is MatchStatus.ACTIVE


@pytest.mark.usefixtures("_wrong")
async def test_a_proposal_has_its_time_whatever_the_clocks_of_its_processes_say(
    world: World,
) -> None:
    boss = await an_operator(world)
    await a_guide(world)
    await a_seeker(world)
    run = await proposed(world, boss)
    left = run.expires_at - datetime.now(UTC)
    assert CONFIRM_WITHIN - timedelta(hours=1) < left <= CONFIRM_WITHIN + timedelta(hours=1)
    await world.do(ExpireCohortRuns, world.system(), "now")
    confirmed = await world.do(ConfirmCohortRun, boss, run.id)
    assert confirmed.status is CohortStatus.CONFIRMED


def test_what_ends_by_time_is_measured_by_the_database_alone() -> None:
    """A use case has a clock of its own to date what happened, or to look."""
    kinds = [kind for context in wiring.CONTEXTS for kind in context.USE_CASES]
    kinds += [*cohorts.PARTS, *roadmaps.PARTS]
    having = {kind.__name__ for kind in kinds if Clock in get_type_hints(kind).values()}
    assert having == DATING | LOOKING | ASKING
    assert Transaction in get_type_hints(ForgetImpressions).values()

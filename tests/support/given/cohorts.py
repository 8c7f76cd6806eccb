"""Builders for cohorts: learners who look for a mentor, operators, and runs."""

from typing import Any

from tests.support.given.learning import a_roadmap, modules
from tests.support.given.matching import MORNINGS, learner, mentor
from tests.support.given.world import World

from skillbridge.application.cohorts.orders import ConfirmCohortRun, OrderCohortRun
from skillbridge.application.cohorts.views import CohortView
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.cohorts.order import CohortOrder

ANY = CohortOrder()


async def an_operator(world: World) -> Actor:
    return await world.person(Role.ADMIN)


async def a_seeker(world: World, **details: Any) -> Actor:
    """A learner with an open module, whom the mentors of `a_guide` suit."""
    who = await learner(world, **details)
    await a_roadmap(world, who, modules(1, 1))
    return who


async def a_guide(world: World, **offer: Any) -> Actor:
    """A mentor who knows what seekers want to learn."""
    return await mentor(world, **{"skills": {"python": 5}, "availability": MORNINGS, **offer})


def an_order(
    mode: AssignMode = AssignMode.OPTIMAL, *learners: Actor, **options: Any
) -> CohortOrder:
    named = tuple(one.user_id for one in learners) or None
    return CohortOrder(options=AssignOptions(mode=mode, **options), learner_ids=named)


async def proposed(world: World, by: Actor, order: CohortOrder = ANY) -> CohortView:
    """A run that was ordered and matched."""
    run: CohortView = await world.do(OrderCohortRun, by, order)
    await world.settle()
    return run


async def applied(world: World, by: Actor, order: CohortOrder = ANY) -> CohortView:
    """A run that was confirmed, whose mentors have been asked."""
    run = await proposed(world, by, order)
    await world.do(ConfirmCohortRun, by, run.id)
    await world.settle()
    return run

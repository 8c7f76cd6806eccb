"""Builders: a roadmap to work on, and a match that was made, on either backend."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from tests.support.given.world import World

from skillbridge.adapters.memory.store import Store
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import DomainId, MatchId, ModuleId, RoadmapId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.matching.match import Match, MatchStatus
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Module
from skillbridge.domain.roadmaps.roadmap import Roadmap, RoadmapStatus

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def modules(*weights: int) -> tuple[Module, ...]:
    """Modules m0, m1 … of these weights, each to be taken after the one before it."""
    return tuple(
        Module(
            id=ModuleId(f"m{number}"),
            title=f"Module {number}",
            summary="What it is about",
            skill=SkillId("python"),
            minutes=60,
            weight=weight,
            prerequisites=(ModuleId(f"m{number - 1}"),) if number else (),
        )
        for number, weight in enumerate(weights)
    )


async def a_roadmap(
    world: World,
    learner: Actor,
    path: Sequence[Module],
    status: RoadmapStatus = RoadmapStatus.READY,
) -> RoadmapId:
    roadmap_id = RoadmapId(uuid4())
    if world.admin is None:
        roadmap = Roadmap(
            id=roadmap_id,
            tenant_id=world.tenant_id,
            learner_id=learner.user_id,
            brief=Brief(
                goal="Learn Python",
                domain=DomainId("python"),
                level=Level.BEGINNER,
                hours_per_week=5,
            ),
            title="Python",
            starts_on=date(2026, 11, 22),
            status=status,
            modules=tuple(path),
        )
        await _remember(world, "roadmaps", roadmap_id, roadmap)
        return roadmap_id
    await world.admin.execute(
        """insert into roadmaps (id, tenant_id, learner_id, title, goal, domain_id, level,
            hours_per_week, starts_on, status, modules)
        values ($1, $2, $3, 'Python', 'Learn Python', 'python', 'beginner', 5, '2026-11-22', $4,
            (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'title', title, 'skill', 'python',
                'weight', weight, 'prerequisites', array_remove(array[after], null))), '[]')
            from unnest($5::text[], $6::text[], $7::int[], $8::text[])
                as module (id, title, weight, after)))""",
        roadmap_id,
        world.tenant_id,
        learner.user_id,
        status.value,
        [module.id for module in path],
        [module.title for module in path],
        [module.weight for module in path],
        [next(iter(module.prerequisites), None) for module in path],
    )
    return roadmap_id


async def a_match(world: World, learner: Actor, mentor: Actor, status: str = "active") -> MatchId:
    match_id = MatchId(uuid4())
    if world.admin is None:
        match = Match(
            id=match_id,
            learner_id=learner.user_id,
            mentor_id=mentor.user_id,
            status=MatchStatus(status),
            requested_at=NOW - timedelta(days=1),
            expires_at=NOW + timedelta(days=2),
            answered_at=None if status in {"requested", "withdrawn", "expired"} else NOW,
        )
        await _remember(world, "matches", match_id, match)
        return match_id
    await world.admin.execute("select set_config('app.tenant_id', $1, false)", str(world.tenant_id))
    await world.admin.execute(
        """insert into mentors (user_id, tenant_id, headline, capacity)
        values ($1, $2, 'Ask me', 5) on conflict do nothing""",
        mentor.user_id,
        world.tenant_id,
    )
    await world.admin.execute(
        """insert into matches (id, tenant_id, learner_id, mentor_id, status, requested_at,
            expires_at, answered_at)
        values ($1, $2, $3, $4, $5, $6, $7,
            case when $5 not in ('requested', 'withdrawn', 'expired') then $8::timestamptz end)""",
        match_id,
        world.tenant_id,
        learner.user_id,
        mentor.user_id,
        status,
        NOW - timedelta(days=1),
        NOW + timedelta(days=2),
        NOW,
    )
    return match_id


async def _remember(world: World, table: str, key: object, row: object) -> None:
    store = await world.api.get(Store)
    store.rows.setdefault((world.tenant_id, table), {})[key] = row

"""The write: a completion, the roadmap's percent, what happened and what follows from it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from bench.peers import rules
from bench.peers.fastapi_orm.models import Completion, Job, Outbox, Roadmap
from bench.peers.fastapi_orm.schemas import NextOut, ProgressOut

NEEDED = (Roadmap.tenant_id, Roadmap.modules, Roadmap.percent)


class ModuleUnknown(Exception):
    """The learner has no such roadmap, or the roadmap no such module."""


async def complete(
    session: AsyncSession, learner: UUID, roadmap_id: UUID, module_id: str
) -> ProgressOut:
    """Raises ModuleUnknown."""
    roadmap = await session.scalar(
        select(Roadmap)
        .where(
            Roadmap.id == roadmap_id, Roadmap.learner_id == learner, Roadmap.deleted_at.is_(None)
        )
        .options(load_only(*NEEDED))
        .with_for_update(key_share=True)
    )
    if roadmap is None or module_id not in {module["id"] for module in roadmap.modules}:
        raise ModuleUnknown
    found = await session.scalars(select(Completion).where(Completion.roadmap_id == roadmap_id))
    done = {one.module_id: one.completed_at for one in found}
    if module_id not in done:
        at = done[module_id] = datetime.now(UTC)
        roadmap.percent = rules.percent(roadmap.modules, done)
        _add(session, roadmap, learner, module_id, at)
    return ProgressOut(
        roadmap_id=roadmap_id,
        percent=roadmap.percent,
        completed=done,
        next=[NextOut.model_validate(step) for step in rules.following(roadmap.modules, done)],
    )


def _add(
    session: AsyncSession, roadmap: Roadmap, learner: UUID, module_id: str, at: datetime
) -> None:
    tenant = roadmap.tenant_id
    session.add(
        Completion(
            roadmap=roadmap,
            module_id=module_id,
            tenant_id=tenant,
            learner_id=learner,
            completed_at=at,
        )
    )
    payload = rules.payload(roadmap.id, roadmap.modules, module_id, learner, roadmap.percent, at)
    session.add(
        Outbox(
            id=uuid4(),
            tenant_id=tenant,
            name=rules.EVENT,
            payload=payload,
            actor_id=learner,
            at=at,
            jobs=[Job(id=uuid4(), tenant_id=tenant, kind=kind) for kind in rules.REACTIONS],
        )
    )

"""Asking for a roadmap, and drawing it."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.rate_limit import RateLimit, counted
from skillbridge.application.ports.tenants import TenantNow
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.roadmaps.ports import (
    AuthorUnavailable,
    RoadmapAuthor,
    RoadmapReads,
    Roadmaps,
)
from skillbridge.application.roadmaps.tracker import DraftTracker
from skillbridge.application.roadmaps.views import GenerationView
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.roadmaps import RoadmapRequested
from skillbridge.domain.ids import DomainId, RoadmapId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Outline
from skillbridge.domain.roadmaps.pseudonym import pseudonymised
from skillbridge.domain.roadmaps.roadmap import Author, Roadmap, RoadmapStatus
from skillbridge.domain.roadmaps.syllabus import Syllabus
from skillbridge.domain.roadmaps.template import draft
from skillbridge.domain.roadmaps.validator import UnsoundOutline, ensure_sound

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RequestRoadmap:
    """A learner states a goal; the roadmap is drawn afterwards, and can be followed.

    The same wish again, as after a double click, is answered with the roadmap that is being
    drawn for it and counts for nothing. Of wishes at the very same moment one is kept too, but
    each counts: the count is taken before the learner's turn comes.
    """

    transaction: Transaction
    roadmaps: Roadmaps
    syllabus: Syllabus
    tracker: DraftTracker
    limit: RateLimit
    clock: Clock
    tenants: KnownTenants

    async def __call__(self, actor: Actor, brief: Brief) -> GenerationView:
        """Raises Invalid for a domain that is not offered, TooMany after as many in a day as the tenant lets."""
        self.must_offer(brief.domain)
        async with self.transaction(actor, read_only=True):
            drafting = await self.roadmaps.drafting_like(actor.user_id, brief)
        if drafting is not None:
            return await self.tracker.now(actor, drafting)
        name = f"roadmaps:{actor.user_id}"
        a_day = (await self.tenants.now(actor.tenant_id)).settings.limits.roadmaps_a_day
        async with counted(self.limit, name, limit=a_day, per=timedelta(days=1)):
            return await self._keep(actor, brief)

    def must_offer(self, domain: DomainId) -> None:
        """Raises UnknownDomain: beside what else is wrong with a wish."""
        self.syllabus.domain(domain)

    async def _keep(self, actor: Actor, brief: Brief) -> GenerationView:
        """A new roadmap, or the one that the same wish at the same moment has made."""
        roadmap, events = Roadmap.request(
            RoadmapId(uuid4()),
            brief,
            tenant_id=actor.tenant_id,
            learner_id=actor.user_id,
            at=self.clock(),
        )
        async with self.transaction(actor) as tx:
            drafting = await self.roadmaps.drafting_like(actor.user_id, brief)
            if drafting is None:
                await self.roadmaps.add(roadmap)
                tx.emit(*events)
        if drafting is not None:
            return await self.tracker.now(actor, drafting)
        return await self.tracker.honest(GenerationView.stored(roadmap.id, roadmap.status))


@dataclass(frozen=True, slots=True)
class DraftRoadmap:
    """The author draws it, the domain validates it; the template stands in where either fails."""

    transaction: Transaction
    roadmaps: Roadmaps
    reads: RoadmapReads
    author: RoadmapAuthor
    syllabus: Syllabus
    tracker: DraftTracker
    clock: Clock
    tenants: KnownTenants

    async def __call__(self, actor: Actor, event: RoadmapRequested) -> None:
        brief = await self.reads.brief(actor, event.roadmap_id)
        tenant = await self.tenants.now(actor.tenant_id)
        await self._tell(event, "drawing the path", 20)
        outline, author, reason = await self._draw(brief, tenant)
        await self._tell(event, "keeping it", 80)
        async with self.transaction(actor) as tx:
            roadmap = await self.roadmaps.get(event.roadmap_id)
            if roadmap.status is RoadmapStatus.DRAFTING:
                tx.emit(*roadmap.adopt(outline, author, at=self.clock(), reason=reason))
                await self.roadmaps.save(roadmap)
        await self.tracker.tell(await self.reads.generation(actor, event.roadmap_id))

    async def give_up(self, actor: Actor, event: RoadmapRequested) -> None:
        """The learner is told, and can ask again: the wish is not taken for one being drawn."""
        async with self.transaction(actor) as tx:
            roadmap = await self.roadmaps.get(event.roadmap_id)
            if roadmap.status is RoadmapStatus.DRAFTING:
                reason = "it could not be drawn, however often it was tried: ask for it again"
                tx.emit(*roadmap.fail(reason, at=self.clock()))
                await self.roadmaps.save(roadmap)
        await self.tracker.tell(await self.reads.generation(actor, event.roadmap_id))

    async def _draw(self, brief: Brief, tenant: TenantNow) -> tuple[Outline, Author, str | None]:
        use = tenant.settings.ai
        if not use.allowed:
            return draft(brief, self.syllabus), Author.TEMPLATE, "your organisation uses no model"
        shown = pseudonymised(brief) if use.pseudonymises else brief
        try:
            outline = await self.author.draft(shown, self.syllabus)
            ensure_sound(outline, brief, self.syllabus)
        except AuthorUnavailable as error:
            return draft(brief, self.syllabus), Author.TEMPLATE, str(error)
        except UnsoundOutline:
            reason = "the model's path broke our rules"
            return draft(brief, self.syllabus), Author.TEMPLATE, reason
        except Exception:  # whatever happens to an author, the learner gets a path
            log.exception("the author of roadmaps failed")
            reason = "the model could not be asked"
            return draft(brief, self.syllabus), Author.TEMPLATE, reason
        return outline, Author.MODEL, None

    async def _tell(self, event: RoadmapRequested, stage: str, percent: int) -> None:
        await self.tracker.tell(
            GenerationView(
                roadmap_id=event.roadmap_id,
                status=RoadmapStatus.DRAFTING,
                stage=stage,
                percent=percent,
            )
        )

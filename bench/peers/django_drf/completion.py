"""The write: a completion, the roadmap's percent, what happened and what follows from it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.http import Http404

from bench.peers import rules
from bench.peers.django_drf.models import Completion, Job, Outbox, Roadmap

NEEDED = ("tenant_id", "modules", "percent")


def complete(roadmap: Roadmap, learner: UUID, module_id: str) -> dict[str, object]:
    """Of a locked roadmap; raises Http404 for a module that it has not."""
    if module_id not in {module["id"] for module in roadmap.modules}:
        raise Http404
    done = dict(roadmap.completions.values_list("module_id", "completed_at"))
    if module_id not in done:
        at = done[module_id] = datetime.now(UTC)
        roadmap.percent = rules.percent(roadmap.modules, done)
        roadmap.save(update_fields=["percent"])
        _add(roadmap, learner, module_id, at)
    return {
        "roadmap_id": str(roadmap.pk),
        "percent": roadmap.percent,
        "completed": done,
        "next": rules.following(roadmap.modules, done),
    }


def _add(roadmap: Roadmap, learner: UUID, module_id: str, at: datetime) -> None:
    tenant = roadmap.tenant_id
    Completion.objects.create(
        roadmap=roadmap,
        module_id=module_id,
        tenant_id=tenant,
        learner_id=learner,
        completed_at=at,
    )
    payload = rules.payload(roadmap.pk, roadmap.modules, module_id, learner, roadmap.percent, at)
    event = Outbox.objects.create(
        id=uuid4(),
        tenant_id=tenant,
        name=rules.EVENT,
        payload=payload,
        actor_id=learner,
        at=at,
    )
    Job.objects.bulk_create(
        Job(id=uuid4(), tenant_id=tenant, kind=kind, event_id=event.pk) for kind in rules.REACTIONS
    )

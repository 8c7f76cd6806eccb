"""/v1/roadmaps/{id}/…: how far the learner has come."""

from dishka import FromDishka
from litestar import Router
from litestar.params import FromPath

from skillbridge.application.progress.completion import CompleteModule, UndoModule
from skillbridge.application.progress.ports import JourneyReads
from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ModuleId, RoadmapId
from skillbridge.domain.progress.journey import RoadmapNotReady, UnknownModule
from skillbridge.domain.unknown import UnknownRoadmap
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.operations import delete, get, put

COMPLETION = "/roadmaps/{roadmap_id:str}/modules/{module_id:str}/completion"


@put(
    COMPLETION,
    guards=[needs("progress:write")],
    refuses=[UnknownRoadmap, UnknownModule, RoadmapNotReady],
)
async def complete_module(
    roadmap_id: FromPath[RoadmapId],
    module_id: FromPath[ModuleId],
    actor: FromDishka[Actor],
    complete: FromDishka[CompleteModule],
) -> Progress:
    """Say that a module is done; saying it again changes nothing.

    Modules may be completed in any order: `next` suggests what has its prerequisites done.
    409 while the roadmap is still being written.
    """
    return await complete(actor, roadmap_id, module_id)


@delete(
    COMPLETION,
    guards=[needs("progress:write")],
    status_code=200,
    refuses=[UnknownRoadmap, UnknownModule, RoadmapNotReady],
)
async def undo_module(
    roadmap_id: FromPath[RoadmapId],
    module_id: FromPath[ModuleId],
    actor: FromDishka[Actor],
    undo: FromDishka[UndoModule],
) -> Progress:
    """Open a module again. Badges that it earned stay."""
    return await undo(actor, roadmap_id, module_id)


@get(
    "/roadmaps/{roadmap_id:str}/progress", guards=[needs("progress:read")], refuses=[UnknownRoadmap]
)
async def get_progress(
    roadmap_id: FromPath[RoadmapId], actor: FromDishka[Actor], reads: FromDishka[JourneyReads]
) -> Progress:
    """How much of the roadmap's weight is done, when each module was, and what is next."""
    return await reads.of(actor, roadmap_id)


routes = Router(
    "/v1", route_handlers=[complete_module, undo_module, get_progress], tags=["progress"]
)

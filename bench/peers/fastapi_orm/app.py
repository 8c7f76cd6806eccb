"""The application: one pooled session a request, a read one statement, a write one transaction."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import load_only, undefer

from bench.peers import bearer
from bench.peers.fastapi_orm.accounts import Credentials, NewAccount, Tokens, log_in, register
from bench.peers.fastapi_orm.completion import ModuleUnknown, complete
from bench.peers.fastapi_orm.models import Roadmap
from bench.peers.fastapi_orm.schemas import PageOut, ProgressOut, RoadmapOut, SummaryOut

engine = create_async_engine(
    os.environ["BENCH_DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"),
    pool_size=20,
    max_overflow=0,
)
new_session = async_sessionmaker(engine, expire_on_commit=False)
SUMMARY = tuple(getattr(Roadmap, name) for name in SummaryOut.model_fields)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


async def session() -> AsyncIterator[AsyncSession]:
    async with new_session() as opened:
        yield opened


async def learner(authorization: Annotated[str, Header()]) -> UUID:
    try:
        return bearer.learner(authorization)
    except bearer.Refused as refused:
        raise HTTPException(401) from refused


Session = Annotated[AsyncSession, Depends(session)]
Learner = Annotated[UUID, Depends(learner)]
app = FastAPI(lifespan=lifespan)


@app.post("/v1/auth/login")
async def log_in_(session: Session, given: Credentials) -> Tokens:
    return await log_in(session, given)


@app.post("/v1/auth/register", status_code=202)
async def register_(session: Session, given: NewAccount) -> None:
    await register(session, given)


@app.get("/v1/roadmaps/{roadmap_id}")
async def get_roadmap(roadmap_id: UUID, session: Session, learner: Learner) -> RoadmapOut:
    found = await session.scalar(
        select(Roadmap)
        .where(
            Roadmap.id == roadmap_id, Roadmap.learner_id == learner, Roadmap.deleted_at.is_(None)
        )
        .options(undefer(Roadmap.done))
    )
    if found is None:
        raise HTTPException(404)
    done = found.done or {}
    found.modules = [{**module, "completed_at": done.get(module["id"])} for module in found.modules]
    return RoadmapOut.model_validate(found)


@app.get("/v1/roadmaps")
async def list_roadmaps(
    session: Session, learner: Learner, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> PageOut:
    found = await session.scalars(
        select(Roadmap)
        .where(Roadmap.learner_id == learner, Roadmap.deleted_at.is_(None))
        .order_by(Roadmap.created_at.desc(), Roadmap.id.desc())
        .limit(limit + 1)
        .options(load_only(*SUMMARY))
    )
    rows = found.all()
    items = [SummaryOut.model_validate(row) for row in rows[:limit]]
    return PageOut(items=items, next=_cursor(items[-1]) if len(rows) > limit else None)


@app.put("/v1/roadmaps/{roadmap_id}/modules/{module_id}/completion")
async def complete_module(
    roadmap_id: UUID, module_id: str, session: Session, learner: Learner
) -> ProgressOut:
    try:
        async with session.begin():
            return await complete(session, learner, roadmap_id, module_id)
    except ModuleUnknown as unknown:
        raise HTTPException(404) from unknown


@app.get("/v1/roadmaps/{roadmap_id}/generation/events")
async def follow_generation(roadmap_id: UUID, learner: Learner) -> StreamingResponse:
    async with new_session() as session:  # a session of the request would last as long as it
        status = await session.scalar(
            select(Roadmap.status).where(Roadmap.id == roadmap_id, Roadmap.learner_id == learner)
        )
    if status is None:
        raise HTTPException(404)
    return StreamingResponse(_events(status), media_type="text/event-stream")


async def _events(status: str) -> AsyncIterator[str]:
    yield f"event: generation\ndata: {status}\n\n"
    while True:
        await asyncio.sleep(15)
        yield ": \n\n"


def _cursor(item: SummaryOut) -> str:
    key = f"{item.created_at.isoformat()}|{item.id}"
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")

"""What an application with the SQLAlchemy ORM asks for the same answers: filters on the tables."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from skillbridge.adapters.postgres import tables
from skillbridge.application.mentors.ports import MentorSearch


class Base(DeclarativeBase):
    metadata = tables.metadata


class User(Base):
    __table__ = tables.metadata.tables["users"]


class Profile(Base):
    __table__ = tables.metadata.tables["profiles"]


class Mentor(Base):
    __table__ = tables.metadata.tables["mentors"]


class Roadmap(Base):
    __table__ = tables.metadata.tables["roadmaps"]


class Completion(Base):
    __table__ = tables.metadata.tables["completions"]


class Match(Base):
    __table__ = tables.metadata.tables["matches"]


class Notice(Base):
    __table__ = tables.metadata.tables["notices"]


class Award(Base):
    __table__ = tables.metadata.tables["trophies"]


class Job(Base):
    __table__ = tables.metadata.tables["jobs"]


class Plain:
    """A session a request, as each framework's manual has it; the login sees past the policies."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://"), pool_size=2
        )
        self.session = async_sessionmaker(self.engine, expire_on_commit=False)

    async def search(self, tenant: UUID, search: MentorSearch, limit: int) -> list[UUID]:
        async with self.session() as session:
            rows = (await session.execute(found(tenant, search).limit(limit))).all()
        return [mentor.user_id for mentor, _ in rows]

    async def counts(self) -> dict[str, int]:
        async with self.session() as session:
            rows = await session.execute(select(Job.state, func.count()).group_by(Job.state))
            return {row[0]: row[1] for row in rows}

    async def report(self, limit: int) -> Sequence[Job]:
        newest = select(Job).where(Job.state == "done").order_by(Job.created_at.desc())
        async with self.session() as session:
            return (await session.scalars(newest.limit(limit))).all()

    async def screen(self, me: UUID, roadmap: UUID) -> None:
        """A learner's first screen: nine requests."""
        for request in screen(me, roadmap):
            async with self.session() as session:
                for statement in request:
                    (await session.execute(statement)).all()


def found(tenant: UUID, search: MentorSearch) -> Select[Any]:
    """Each filter on the column that has it."""
    simple = literal_column("'simple'::regconfig")
    words = func.concat_ws(" ", Profile.name, Mentor.headline, Profile.bio)
    asked = (
        select(Mentor, Profile)
        .join(Profile, Profile.user_id == Mentor.user_id)
        .where(Mentor.tenant_id == tenant, Mentor.accepting)
        .order_by(Mentor.created_at.desc(), Mentor.user_id.desc())
    )
    if search.text is not None:
        query = func.websearch_to_tsquery(simple, search.text)
        asked = asked.where(func.to_tsvector(simple, words).op("@@")(query))
    if search.skill is not None:
        asked = asked.where(Profile.skills.has_key(search.skill))
    if search.language is not None:
        asked = asked.where(Profile.languages.any(search.language))
    if search.country is not None:
        asked = asked.where(Profile.country == search.country)
    return asked.where(Mentor.active_matches < Mentor.capacity) if search.free_only else asked


def screen(me: UUID, roadmap: UUID) -> Sequence[Sequence[Select[Any]]]:
    """The statements of each request."""
    own = Roadmap.learner_id == me
    either = or_(Match.learner_id == me, Match.mentor_id == me)
    mine = select(Roadmap).where(own, Roadmap.deleted_at.is_(None))
    done = select(Completion).where(Completion.roadmap_id == roadmap)
    notices = select(Notice).where(Notice.user_id == me)
    accepted = Match.status.in_(["active", "completed", "cancelled"])
    counts = select(
        select(func.count()).where(Completion.learner_id == me).scalar_subquery(),
        select(func.count()).where(own, Roadmap.percent == 100).scalar_subquery(),
        select(func.count()).where(Match.learner_id == me, accepted).scalar_subquery(),
        select(func.count()).where(Match.mentor_id == me, accepted).scalar_subquery(),
    )
    learning = [
        select(Profile).where(Profile.user_id == me),
        mine.where(Roadmap.status == "ready"),
        select(Completion).where(Completion.learner_id == me),
        select(Match).where(Match.learner_id == me),
    ]
    return [
        [select(User, Profile).join(Profile, Profile.user_id == User.id).where(User.id == me)],
        [mine.order_by(Roadmap.created_at.desc()).limit(21)],
        [mine.where(Roadmap.id == roadmap), done],
        [mine.where(Roadmap.id == roadmap), done],
        learning,
        [select(Match).where(either).order_by(Match.requested_at.desc()).limit(21)],
        [notices.order_by(Notice.created_at.desc()).limit(21)],
        [
            select(func.count())
            .select_from(Notice)
            .where(Notice.user_id == me, Notice.read_at.is_(None))
        ],
        [counts, select(Award).where(Award.user_id == me)],
    ]

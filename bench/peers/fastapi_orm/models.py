"""The tables that the endpoints read and write."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, ForeignKey, LargeBinary, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012  # as SQLAlchemy's manual writes it
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        list[dict[str, Any]]: JSONB,
        dict[str, Any]: JSONB,
    }


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    email: Mapped[str]
    password_hash: Mapped[str]


class SignIn(Base):
    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]


class RefreshToken(Base):
    __tablename__ = "refresh_tokens"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    tenant_id: Mapped[UUID]
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ins.id"))


class Registration(Base):
    __tablename__ = "registrations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    email: Mapped[str]
    password_hash: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Completion(Base):
    __tablename__ = "completions"

    roadmap_id: Mapped[UUID] = mapped_column(ForeignKey("roadmaps.id"), primary_key=True)
    module_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    learner_id: Mapped[UUID]
    completed_at: Mapped[datetime]
    roadmap: Mapped["Roadmap"] = relationship()


class Roadmap(Base):
    __tablename__ = "roadmaps"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(deferred=True)
    learner_id: Mapped[UUID]
    title: Mapped[str]
    goal: Mapped[str]
    domain: Mapped[str] = mapped_column("domain_id")
    level: Mapped[str]
    hours_per_week: Mapped[int]
    known: Mapped[list[str]] = mapped_column("known_skills")
    starts_on: Mapped[date]
    status: Mapped[str]
    author: Mapped[str | None]
    reason: Mapped[str | None]
    percent: Mapped[int]
    modules: Mapped[list[dict[str, Any]]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int]


class Outbox(Base):
    """What happened, in the transaction that made it so."""

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    jobs: Mapped[list["Job"]] = relationship()


class Job(Base):
    """What follows from it, for a worker."""

    __tablename__ = "jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    kind: Mapped[str]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))


Roadmap.done = column_property(
    select(func.jsonb_object_agg(Completion.module_id, Completion.completed_at))
    .where(Completion.roadmap_id == Roadmap.id)
    .correlate_except(Completion)
    .scalar_subquery(),
    deferred=True,
)

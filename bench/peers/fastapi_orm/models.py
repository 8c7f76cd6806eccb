"""The tables that the two endpoints read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012  # as SQLAlchemy's manual writes it
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        list[dict[str, Any]]: JSONB,
    }


class Completion(Base):
    __tablename__ = "completions"

    roadmap_id: Mapped[UUID] = mapped_column(primary_key=True)
    module_id: Mapped[str] = mapped_column(primary_key=True)
    completed_at: Mapped[datetime]


class Roadmap(Base):
    __tablename__ = "roadmaps"

    id: Mapped[UUID] = mapped_column(primary_key=True)
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


Roadmap.done = column_property(
    select(func.jsonb_object_agg(Completion.module_id, Completion.completed_at))
    .where(Completion.roadmap_id == Roadmap.id)
    .correlate_except(Completion)
    .scalar_subquery(),
    deferred=True,
)

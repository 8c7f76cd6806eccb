"""What the endpoints answer."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ModuleOut(BaseModel):
    id: str
    title: str
    summary: str
    skill: str
    minutes: int
    weight: int
    due_on: date
    prerequisites: list[str]
    resources: list[str]
    completed_at: datetime | None = None


class SummaryOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    domain: str
    level: str
    status: str
    percent: int
    created_at: datetime
    updated_at: datetime


class RoadmapOut(SummaryOut):
    goal: str
    hours_per_week: int
    known: list[str]
    starts_on: date
    author: str | None
    reason: str | None
    modules: list[ModuleOut]
    version: int


class NextOut(BaseModel):
    id: str
    title: str


class ProgressOut(BaseModel):
    roadmap_id: UUID
    percent: int
    completed: dict[str, datetime]
    next: list[NextOut]


class PageOut(BaseModel):
    items: list[SummaryOut]
    next: str | None

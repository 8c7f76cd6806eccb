"""The tables that the endpoints read and write; migrations are not Django's here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Roadmap(models.Model):
    id = models.UUIDField(primary_key=True)
    tenant_id = models.UUIDField()
    learner_id = models.UUIDField()
    title = models.TextField()
    goal = models.TextField()
    domain = models.TextField(db_column="domain_id")
    level = models.TextField()
    hours_per_week = models.SmallIntegerField()
    known = ArrayField(models.TextField(), db_column="known_skills")
    starts_on = models.DateField()
    status = models.TextField()
    author = models.TextField(null=True)  # noqa: DJ001  # the column is what it is
    reason = models.TextField(null=True)  # noqa: DJ001  # the column is what it is
    percent = models.SmallIntegerField()
    modules = models.JSONField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    version = models.IntegerField()

    class Meta:
        managed = False
        db_table = "roadmaps"

    def __str__(self) -> str:
        return self.title


class Completion(models.Model):
    pk = models.CompositePrimaryKey("roadmap_id", "module_id")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="completions")
    module_id = models.TextField()
    tenant_id = models.UUIDField()
    learner_id = models.UUIDField()
    completed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "completions"

    def __str__(self) -> str:
        return self.module_id


class Outbox(models.Model):
    """What happened, in the transaction that made it so."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.UUIDField()
    name = models.TextField()
    payload = models.JSONField()
    actor_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "events"

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """What follows from it, for a worker."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.UUIDField()
    kind = models.TextField()
    event_id = models.UUIDField()

    class Meta:
        managed = False
        db_table = "jobs"

    def __str__(self) -> str:
        return self.kind

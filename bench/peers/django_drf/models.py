"""The tables that the two endpoints read; migrations are not Django's here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Roadmap(models.Model):
    id = models.UUIDField(primary_key=True)
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
    completed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "completions"

    def __str__(self) -> str:
        return self.module_id

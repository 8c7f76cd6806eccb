"""What the two endpoints answer."""

from typing import Any

from rest_framework import serializers

from bench.peers.django_drf.models import Roadmap

SUMMARY = ("id", "title", "domain", "level", "status", "percent", "created_at", "updated_at")


class SummarySerializer(serializers.ModelSerializer):
    class Meta:
        model = Roadmap
        fields = SUMMARY


class RoadmapSerializer(serializers.ModelSerializer):
    modules = serializers.SerializerMethodField()

    class Meta:
        model = Roadmap
        fields = (
            *SUMMARY,
            "goal",
            "hours_per_week",
            "known",
            "starts_on",
            "author",
            "reason",
            "modules",
            "version",
        )

    def get_modules(self, roadmap: Roadmap) -> list[dict[str, Any]]:
        """The stored JSON as it is: a nested serializer would cost twice as much."""
        done = {one["module"]: one["at"] for one in roadmap.done}
        return [{**module, "completed_at": done.get(module["id"])} for module in roadmap.modules]

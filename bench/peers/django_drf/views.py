"""The views: a read is one statement, a write one transaction."""

import base64
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.peers.django_drf.completion import NEEDED, complete
from bench.peers.django_drf.models import Completion, Roadmap
from bench.peers.django_drf.serializers import SUMMARY, RoadmapSerializer, SummarySerializer

DONE = ArraySubquery(
    Completion.objects.filter(roadmap=OuterRef("pk")).values(
        one=JSONObject(module="module_id", at="completed_at")
    )
)


class RoadmapOne(APIView):
    def get(self, request: Request, roadmap_id: UUID) -> Response:
        mine = Roadmap.objects.filter(learner_id=request.user, deleted_at=None).annotate(done=DONE)
        mine = mine.defer("tenant_id")
        return Response(RoadmapSerializer(get_object_or_404(mine, pk=roadmap_id)).data)


class RoadmapList(APIView):
    def get(self, request: Request) -> Response:
        limit = min(int(request.query_params.get("limit", 20)), 100)
        mine = Roadmap.objects.filter(learner_id=request.user, deleted_at=None)
        rows = list(mine.order_by("-created_at", "-id").only(*SUMMARY)[: limit + 1])
        items = SummarySerializer(rows[:limit], many=True).data
        following = _cursor(rows[limit - 1]) if len(rows) > limit else None
        return Response({"items": items, "next": following})


class RoadmapCompletion(APIView):
    def put(self, request: Request, roadmap_id: UUID, module_id: str) -> Response:
        with transaction.atomic():
            mine = Roadmap.objects.select_for_update(no_key=True).only(*NEEDED)
            roadmap = get_object_or_404(
                mine, pk=roadmap_id, learner_id=request.user, deleted_at=None
            )
            return Response(complete(roadmap, request.user, module_id))


def _cursor(row: Roadmap) -> str:
    key = f"{row.created_at.isoformat()}|{row.id}"
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")

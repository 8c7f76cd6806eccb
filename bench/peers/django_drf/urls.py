"""The two routes."""

from bench.peers.django_drf.views import RoadmapList, RoadmapOne
from django.urls import path

urlpatterns = [
    path("v1/roadmaps", RoadmapList.as_view()),
    path("v1/roadmaps/<uuid:roadmap_id>", RoadmapOne.as_view()),
]

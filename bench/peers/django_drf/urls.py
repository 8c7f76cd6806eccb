"""The routes."""

from django.urls import path

from bench.peers.django_drf.views import RoadmapCompletion, RoadmapList, RoadmapOne

urlpatterns = [
    path("v1/roadmaps", RoadmapList.as_view()),
    path("v1/roadmaps/<uuid:roadmap_id>", RoadmapOne.as_view()),
    path(
        "v1/roadmaps/<uuid:roadmap_id>/modules/<str:module_id>/completion",
        RoadmapCompletion.as_view(),
    ),
]

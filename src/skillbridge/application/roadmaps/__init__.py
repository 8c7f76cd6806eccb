"""Roadmaps: from a goal to a path of modules."""

from skillbridge.application.roadmaps.drafting import DraftRoadmap, RequestRoadmap
from skillbridge.application.roadmaps.tracker import DraftTracker

USE_CASES = (RequestRoadmap, DraftRoadmap)
PARTS = (DraftTracker,)
"""What use cases and endpoints are made with."""

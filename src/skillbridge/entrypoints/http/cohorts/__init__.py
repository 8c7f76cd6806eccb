"""/v1/cohorts: many learners matched at once."""

from skillbridge.entrypoints.http.cohorts.runs import routes

__all__ = ["routes"]

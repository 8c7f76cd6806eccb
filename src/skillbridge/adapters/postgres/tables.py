"""The schema, as SQLAlchemy tables: what statements are built from and migrations compared to.

Every row has its tenant, and the keys between rows carry it, so that no row can point into
another tenant. Functions, triggers, policies and grants live in `migrations/sql/current`.
"""

from skillbridge.adapters.postgres.accounts import tables as accounts
from skillbridge.adapters.postgres.cohorts import tables as cohorts
from skillbridge.adapters.postgres.engine.ddl import metadata
from skillbridge.adapters.postgres.gamification import tables as gamification
from skillbridge.adapters.postgres.kernel import tables as kernel
from skillbridge.adapters.postgres.matching import tables as matching
from skillbridge.adapters.postgres.mentors import tables as mentors
from skillbridge.adapters.postgres.notifications import tables as notifications
from skillbridge.adapters.postgres.privacy import tables as privacy
from skillbridge.adapters.postgres.profiles import tables as profiles
from skillbridge.adapters.postgres.progress import tables as progress
from skillbridge.adapters.postgres.ranking import tables as ranking
from skillbridge.adapters.postgres.roadmaps import tables as roadmaps
from skillbridge.adapters.postgres.tenancy import tables as tenancy
from skillbridge.adapters.postgres.uploads import tables as uploads

__all__ = ["CONTEXTS", "metadata"]

CONTEXTS = (
    *(accounts, cohorts, gamification, kernel, matching, mentors),
    *(notifications, privacy, profiles, progress, ranking, roadmaps, tenancy, uploads),
)
"""Each has added its own to `metadata` by being imported: so it is whole to whoever takes it from here."""

"""What the driver raises, in the words of the domain."""

import asyncpg
import structlog

from skillbridge.application.ports.jobs import LeaseLost
from skillbridge.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SkillBridgeError,
    Unavailable,
)

log = structlog.get_logger()

BUSY = "the database is busy or away; try again in a few seconds"

# Kinds and words, not errors made once: an error keeps the frames of everyone who raised it.
_CLIENT_FAULTS: tuple[tuple[type[Exception], type[SkillBridgeError], str], ...] = (
    (
        asyncpg.UniqueViolationError,
        Conflict,
        "this exists already; read it and change that instead",
    ),
    (
        asyncpg.ForeignKeyViolationError,
        NotFound,
        "this refers to something that is not there, or not yours to see",
    ),
    (
        asyncpg.CheckViolationError,
        Invalid,
        "a value is outside of what is allowed here",
    ),
    (
        asyncpg.DataError,
        Invalid,
        "a value cannot be stored: a NUL character, or a number far too large",
    ),
)
_SERVER_FAULTS = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.QueryCanceledError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.LockNotAvailableError,
    asyncpg.InternalClientError,
    TimeoutError,
    OSError,
)


LEASE_LOST = "SB001"
"""What `app.settle_job` raises."""


def translate(error: BaseException) -> SkillBridgeError | None:
    """The domain's error for a driver's one; None for what is a fault of ours."""
    if isinstance(error, asyncpg.PostgresError) and error.sqlstate == LEASE_LOST:
        return LeaseLost("another worker took this job over")
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        # The rules refuse first: it is a fault of ours, or an attack.
        log.error("database.refused", reason=str(error))
        refused = Forbidden("this is not yours to change")
        refused.by_database = True
        return refused
    for kind, meaning, words in _CLIENT_FAULTS:
        if isinstance(error, kind):
            return meaning(words)
    if isinstance(error, _SERVER_FAULTS) or _lost_connection(error):
        return Unavailable(BUSY)
    return None


MADE_BY_MIGRATE = (
    "either it is not there yet or its password is another; `skillbridge migrate`, "
    "given both passwords, makes it right"
)


def why_not_in(error: Exception, way_in: str = MADE_BY_MIGRATE) -> Unavailable:
    """Why a program gets no connection when it starts: for an operator, so in the server's words."""
    said = str(error) or "no answer"
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return Unavailable(f"the database does not let this login in: {said}; {way_in}")
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return Unavailable(f"the server has no such database: {said}; create it, or name another")
    return Unavailable(f"the database cannot be reached: {said}")


def _lost_connection(error: BaseException) -> bool:
    """The driver has no kind of its own for this; the pool takes a dead connection back at once."""
    told = str(error)
    return isinstance(error, asyncpg.InterfaceError) and ("closed" in told or "released" in told)

"""Advisory locks: one at a time, where a row to lock may not be there yet."""

from sqlalchemy import BigInteger, Text, Uuid, bindparam, cast, func, select

from skillbridge.adapters.postgres.engine.statements import Query

LEARNER, ORDERS, SERVICES, FILES = range(4)
"""What is locked, as the seed of its number: one kind never stands in the way of another."""

HOLD_LEARNER = Query(
    select(
        func.pg_advisory_xact_lock(
            func.hashtextextended(cast(bindparam("learner", type_=Uuid), Text), LEARNER)
        )
    )
)
"""Waits until nobody else holds this learner, then holds them to the end of the transaction.

A statement of its own, so that the next one sees what the last holder did.
"""

HOLD_SERVICES = Query(
    select(
        func.pg_advisory_xact_lock(
            func.hashtextextended(cast(bindparam("tenant", type_=Uuid), Text), SERVICES)
        )
    )
)
"""The same of the tokens of a tenant's own programs, which no row stands for."""

HOLD_FILES = Query(
    select(
        func.pg_advisory_xact_lock(
            func.hashtextextended(cast(bindparam("tenant", type_=Uuid), Text), FILES)
        )
    )
)
"""The same of what the files of a tenant come to."""

HOLD = Query(select(func.pg_try_advisory_xact_lock(bindparam("number", type_=BigInteger))))
"""Whether nobody else holds this number, which is then held to the end; waits for nobody.

A statement of its own, for the reason above.
"""

"""Advisory locks: one at a time, where a row to lock may not be there yet."""

from sqlalchemy import Text, Uuid, bindparam, cast, func, select

from skillbridge.adapters.postgres.engine.statements import Query

HOLD_LEARNER = Query(
    select(
        func.pg_advisory_xact_lock(
            func.hashtextextended(cast(bindparam("learner", type_=Uuid), Text), 0)
        )
    )
)
"""Waits until nobody else holds this learner, then holds them to the end of the transaction.

A statement of its own, so that the next one sees what the last holder did.
"""

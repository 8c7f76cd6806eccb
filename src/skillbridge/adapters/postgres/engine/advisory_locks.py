"""Advisory locks: one at a time, where a row to lock may not be there yet."""

from sqlalchemy import Text, Uuid, bindparam, cast, func, select

from skillbridge.adapters.postgres.engine.clauses import ACTOR, TENANT
from skillbridge.adapters.postgres.engine.statements import Query

LEARNER, ORDERS, KEY = range(3)
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

_key = func.concat_ws(
    " ",
    cast(TENANT, Text),
    cast(ACTOR, Text),
    bindparam("operation", type_=Text),
    bindparam("key", type_=Text),
)
HOLD_KEY = Query(select(func.pg_try_advisory_xact_lock(func.hashtextextended(_key, KEY))))
"""Whether nobody else holds this key of the actor's, who then holds it to the end; waits for nobody.

A statement of its own, for the reason above.
"""

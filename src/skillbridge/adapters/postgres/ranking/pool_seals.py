"""The digest of each version of a tenant's pool, kept beside it.

A seal is made from what a transaction that reads repeatably sees: a version and exactly the changes
up to it. Two who seal at once write the same rows, and the database lets one of them try again.
"""

from collections.abc import Mapping

from sqlalchemy import ARRAY, BigInteger, Uuid, any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.postgres.engine.clauses import TENANT, add, here
from skillbridge.adapters.postgres.engine.database import Connection
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.ranking.tables import mentor_digests, pool_seals
from skillbridge.application.ranking.ports.pool import Seal
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.digest import MODULUS, changed_digest, weights_digest, written

KEPT = 32
"""Seals of a tenant: an answer from an older version than all of them cannot be checked."""

_mentors = bindparam("mentors", type_=ARRAY(Uuid))
_newest = pool_seals.c.version.desc()

LAST = Query(
    select(pool_seals.c.version, pool_seals.c.digest)
    .where(here(pool_seals))
    .order_by(_newest)
    .limit(1)
)
DIGESTS = Query(
    select(mentor_digests.c.digest).where(
        here(mentor_digests), mentor_digests.c.mentor_id == any_(_mentors)
    )
)
FORGET = Query(
    delete(mentor_digests).where(here(mentor_digests), mentor_digests.c.mentor_id == any_(_mentors))
)
FORGET_ALL = Query(delete(mentor_digests).where(here(mentor_digests)))
_said = (
    func.unnest(_mentors, bindparam("digests", type_=ARRAY(BigInteger)))
    .table_valued("mentor_id", "digest", name="said")
    .render_derived()
)
KEEP = Query(
    insert(mentor_digests).from_select(
        ["tenant_id", "mentor_id", "digest"],
        select(TENANT, _said.c.mentor_id, _said.c.digest),
    )
)
SEAL = Query(add(pool_seals, "version", "digest"))
TRIM = Query(
    delete(pool_seals).where(
        here(pool_seals),
        pool_seals.c.version
        <= select(pool_seals.c.version)
        .where(here(pool_seals))
        .order_by(_newest)
        .offset(KEPT)
        .limit(1)
        .scalar_subquery(),
    )
)


async def last_seal(db: Connection) -> tuple[int, int] | None:
    """The newest version that has one, and its digest."""
    row = await db.row(LAST)
    return (row["version"], row["digest"] % MODULUS) if row else None


async def seal_everyone(db: Connection, version: int, come: Mapping[UserId, int]) -> Seal:
    """Keeps the digests of all mentors in place of what was."""
    await db.run(FORGET_ALL)
    return await _kept(db, version, changed_digest(weights_digest(), (), come.values()), come)


async def seal_changes(
    db: Connection,
    version: int,
    before: int,
    changed: Mapping[UserId, int | None],
) -> Seal:
    """Keeps the digests of those who changed; None is for who left the pool."""
    people = list(changed)
    gone = await db.rows(DIGESTS, mentors=people)
    await db.run(FORGET, mentors=people)
    come = {who: digest for who, digest in changed.items() if digest is not None}
    digest = changed_digest(before, (row["digest"] for row in gone), come.values())
    return await _kept(db, version, digest, come)


async def _kept(db: Connection, version: int, digest: int, come: Mapping[UserId, int]) -> Seal:
    digests = [_signed(one) for one in come.values()]
    await db.run(KEEP, mentors=list(come), digests=digests)
    await db.run(SEAL, version=version, digest=_signed(digest))
    await db.run(TRIM)
    return Seal(version, written(digest))


def _signed(digest: int) -> int:
    return digest - MODULUS if digest >= MODULUS // 2 else digest

"""The digest of each version of a tenant's pool, kept beside it.

A seal is made from what a transaction that reads repeatably sees: a version and exactly the changes
up to it. Two who seal at once write the same rows, and the database lets one of them try again.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Uuid, any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.postgres.engine.database import Connection
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.mentors.tables import mentor_digests, pool_seals
from skillbridge.application.ranking.ports.pool import Seal
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.ranking.digest import MODULUS, changed_digest, weights_digest, written

KEPT = 32
"""Seals of a tenant: an answer from an older version than all of them cannot be checked."""

_tenant: ColumnElement[UUID] = bindparam("tenant", type_=Uuid)
_mentors = bindparam("mentors", type_=ARRAY(Uuid))
_newest = pool_seals.c.version.desc()

LAST = Query(
    select(pool_seals.c.version, pool_seals.c.digest)
    .where(pool_seals.c.tenant_id == _tenant)
    .order_by(_newest)
    .limit(1)
)
DIGESTS = Query(
    select(mentor_digests.c.digest)
    .where(mentor_digests.c.tenant_id == _tenant)
    .where(mentor_digests.c.mentor_id == any_(_mentors))
)
FORGET = Query(
    delete(mentor_digests)
    .where(mentor_digests.c.tenant_id == _tenant)
    .where(mentor_digests.c.mentor_id == any_(_mentors))
)
FORGET_ALL = Query(delete(mentor_digests).where(mentor_digests.c.tenant_id == _tenant))
_said = (
    func.unnest(_mentors, bindparam("digests", type_=ARRAY(BigInteger)))
    .table_valued("mentor_id", "digest", name="said")
    .render_derived()
)
KEEP = Query(
    insert(mentor_digests).from_select(
        ["tenant_id", "mentor_id", "digest"],
        select(_tenant, _said.c.mentor_id, _said.c.digest),
    )
)
SEAL = Query(
    insert(pool_seals).values(
        tenant_id=_tenant, version=bindparam("version"), digest=bindparam("digest")
    )
)
TRIM = Query(
    delete(pool_seals)
    .where(pool_seals.c.tenant_id == _tenant)
    .where(
        pool_seals.c.version
        <= select(pool_seals.c.version)
        .where(pool_seals.c.tenant_id == _tenant)
        .order_by(_newest)
        .offset(KEPT)
        .limit(1)
        .scalar_subquery()
    )
)


async def last_seal(db: Connection, tenant_id: TenantId) -> tuple[int, int] | None:
    """The newest version that has one, and its digest."""
    row = await db.row(LAST, tenant=tenant_id)
    return (row["version"], row["digest"] % MODULUS) if row else None


async def seal_everyone(
    db: Connection, tenant_id: TenantId, version: int, come: Mapping[UserId, int]
) -> Seal:
    """Keeps the digests of all mentors in place of what was."""
    await db.run(FORGET_ALL, tenant=tenant_id)
    return await _kept(
        db, tenant_id, version, changed_digest(weights_digest(), (), come.values()), come
    )


async def seal_changes(
    db: Connection,
    tenant_id: TenantId,
    version: int,
    before: int,
    changed: Mapping[UserId, int | None],
) -> Seal:
    """Keeps the digests of those who changed; None is for who left the pool."""
    people = list(changed)
    gone = await db.rows(DIGESTS, tenant=tenant_id, mentors=people)
    await db.run(FORGET, tenant=tenant_id, mentors=people)
    come = {who: digest for who, digest in changed.items() if digest is not None}
    digest = changed_digest(before, (row["digest"] for row in gone), come.values())
    return await _kept(db, tenant_id, version, digest, come)


async def _kept(
    db: Connection, tenant_id: TenantId, version: int, digest: int, come: Mapping[UserId, int]
) -> Seal:
    digests = [_signed(one) for one in come.values()]
    await db.run(KEEP, tenant=tenant_id, mentors=list(come), digests=digests)
    await db.run(SEAL, tenant=tenant_id, version=version, digest=_signed(digest))
    await db.run(TRIM, tenant=tenant_id)
    return Seal(version, written(digest))


def _signed(digest: int) -> int:
    return digest - MODULUS if digest >= MODULUS // 2 else digest

"""Every unique key by itself: a second row is refused, and let in when any column of the key differs.

Triggers and foreign keys rest meanwhile, and what other keys want is new in the second row.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.integration.walls.test_constraints import nothing_else_refuses
from tests.integration.walls.town import Town

pytestmark = pytest.mark.row("B1")

KEYS: dict[str, tuple[str, ...]] = {
    "pk_tenants": ("id",),
    "uq_tenants_slug": ("slug",),
    "pk_users": ("id",),
    "uq_users_living_email": ("tenant_id", "email"),
    "pk_registrations": ("id",),
    "pk_second_factors": ("user_id",),
    "pk_phones": ("id",),
    "uq_phones_verified": ("tenant_id", "user_id"),
    "uq_phones_waiting": ("tenant_id", "user_id"),
    "pk_passkeys": ("id",),
    "uq_passkeys_credential_id": ("credential_id",),
    "pk_spent_challenges": ("nonce",),
    "pk_one_time_proofs": ("id",),
    "pk_identities": ("id",),
    "uq_identities_tenant_id_issuer_subject": ("tenant_id", "issuer", "subject"),
    "uq_identities_tenant_id_user_id_issuer": ("tenant_id", "user_id", "issuer"),
    "pk_authorization_requests": ("id",),
    "uq_one_time_proofs_open": ("tenant_id", "user_id", "purpose"),
    "pk_api_tokens": ("id",),
    "uq_api_tokens_hash": ("hash",),
    "uq_api_tokens_name": ("tenant_id", "user_id", "name"),
    "uq_api_tokens_service": ("tenant_id", "name"),
    "pk_sign_ins": ("id",),
    "pk_refresh_tokens": ("hash",),
    "uq_refresh_tokens_parent": ("parent",),
    "pk_profiles": ("user_id",),
    "pk_mentors": ("user_id",),
    "pk_pool_versions": ("tenant_id",),
    "pk_pool_seals": ("tenant_id", "version"),
    "pk_mentor_documents": ("mentor_id",),
    "pk_mentor_digests": ("tenant_id", "mentor_id"),
    "pk_roadmaps": ("id",),
    "pk_completions": ("roadmap_id", "module_id"),
    "pk_matches": ("id",),
    "uq_matches_open_pair": ("learner_id", "mentor_id"),
    "pk_cohort_runs": ("id",),
    "pk_tenant_settings": ("tenant_id", "version"),
    "pk_placements": ("cohort_id", "learner_id"),
    "uq_placements_match": ("match_id",),
    "pk_impressions": ("showing_id", "position"),
    "pk_trophies": ("user_id", "badge_id"),
    "pk_notices": ("id",),
    "pk_kept_answers": ("user_id", "tenant_id", "operation", "key"),
    "uq_notices_user_id_event_id": ("user_id", "event_id"),
    "uq_notices_unread": ("user_id", "kind", "about"),
    "pk_privacy_requests": ("id",),
    "uq_privacy_requests_open": ("tenant_id", "user_id", "kind"),
    "pk_exports": ("user_id",),
    "pk_uploads": ("id",),
    "pk_avatars": ("user_id",),
    "uq_avatars_id": ("id",),
    "pk_events": ("id",),
    "pk_audit_entries": ("tenant_id", "at", "id"),
    "pk_audit_heads": ("tenant_id",),
    "pk_jobs": ("id",),
    "uq_jobs_event_id_kind": ("event_id", "kind"),
    "uq_jobs_tenant_id_kind_slot": ("tenant_id", "kind", "slot"),
    "pk_job_tallies": ("id",),
    "pk_processes": ("id",),
    "alembic_version_pkc": ("version_num",),
}
"""All but those that another one implies: they are there to be pointed at."""

PREPARED = (
    "update refresh_tokens set parent = sha256(hash) where parent is null",
    "update placements set state = 'applied', match_id = gen_random_uuid() where state = 'proposed'",
    """insert into jobs (id, tenant_id, kind, slot)
    select gen_random_uuid(), id, 'ExpireMatches', gen_random_uuid() from tenants limit 1""",
    """insert into phones (id, tenant_id, user_id, sealed_number, number_index, verified_at)
    select gen_random_uuid(), tenant_id, user_id, sealed_number, number_index, now() from phones
    on conflict do nothing""",
    "alter table one_time_proofs drop constraint ck_one_time_proofs_purpose",
    "alter table one_time_proofs drop constraint ck_one_time_proofs_addresses",
    "alter table privacy_requests drop constraint ck_privacy_requests_kind",
    "alter table spent_challenges drop constraint ck_spent_challenges_nonce",
)
"""What the town has nothing of, and checks that let a key's column be little else."""

THERE = """select i.relname as name, t.relname as table, pg_get_expr(x.indpred, t.oid) as only,
        array(
            select a.attname::text from unnest(x.indkey) with ordinality as k (number, place)
            join pg_attribute as a on a.attrelid = t.oid and a.attnum = k.number order by place
        ) as columns
    from pg_index as x
    join pg_class as i on i.oid = x.indexrelid
    join pg_class as t on t.oid = x.indrelid
    where x.indisunique and not t.relispartition and t.relnamespace = 'public'::regnamespace"""


@dataclass(frozen=True)
class Key:
    name: str
    table: str
    columns: tuple[str, ...]
    only: str
    """The rows that it is about."""


async def keys(admin: asyncpg.Connection) -> dict[str, Key]:
    """Without those that hold whenever a shorter one of the same table holds."""
    found = [
        Key(row["name"], row["table"], tuple(row["columns"]), row["only"] or "true")
        for row in await admin.fetch(THERE)
    ]
    return {
        key.name: key
        for key in found
        if not any(
            other.table == key.table
            and other.only == "true"
            and set(other.columns) < set(key.columns)
            for other in found
        )
    }


def another(value: Any) -> Any:
    """Of the same kind, and nobody's yet."""
    if isinstance(value, int):
        return value + 37
    if value.startswith("\\x"):
        return "\\x" + (uuid4().hex * 2)
    with suppress(ValueError):
        return (datetime.fromisoformat(value) + timedelta(microseconds=1)).isoformat()
    try:
        UUID(value)
    except ValueError:
        return value + "x"
    return str(uuid4())


async def add(admin: asyncpg.Connection, key: Key, new: set[str]) -> None:
    """A row of the key once more, with other values in the columns `new`."""
    there = " and ".join(f"{column} is not null" for column in key.columns)
    async with nothing_else_refuses(admin):
        for sql in PREPARED:
            await admin.execute(sql)
        found = await admin.fetchval(
            f"select to_jsonb(t)::text from {key.table} as t where {key.only} and {there} limit 1"
        )
        assert found, f"the town has nothing in {key.table}"
        row = json.loads(found)
        row |= {column: another(row[column]) for column in new if row[column] is not None}
        await admin.execute(
            f"insert into {key.table} select * from jsonb_populate_record(null::{key.table}, $1)",
            json.dumps(row),
        )


async def test_every_key_is_tried_here(town: Town) -> None:
    found = await keys(town.admin)
    assert {name: key.columns for name, key in found.items()} == KEYS, "each stands in KEYS"


@pytest.mark.parametrize("name", KEYS)
async def test_a_key_refuses_the_same_once_more_and_lets_in_what_differs(
    town: Town, name: str
) -> None:
    found = await keys(town.admin)
    key = found[name]
    others = {c for one in found.values() if one.table == key.table for c in one.columns}
    free = others - set(key.columns)
    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        await add(town.admin, key, free)
    refused_by = caught.value.constraint_name or ""
    of_month = re.fullmatch(rf"{key.table}_(\d{{4}}_\d\d|other)_pkey", refused_by)
    assert of_month or refused_by == name
    for column in key.columns:
        await add(town.admin, key, free | {column})

"""The trigger that docs/supabase.md gives to operators: what it sends is believed and understood here.

The parts of a Supabase that it calls are stood in for: its vault, `pg_net`, and the `hmac` of pgcrypto.
"""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import msgspec
import pytest
from tests.conftest import in_database

from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.adapters.oauth.supabase_hooks import SignedHooks
from skillbridge.application.accounts.ports.supabase import Delivery
from skillbridge.entrypoints.http.supabase_webhook import SupabaseMessage
from skillbridge.settings.values import WebhookSecret

pytestmark = pytest.mark.row("C4")

PAGE = Path(__file__).parents[3] / "docs" / "supabase.md"
SECRET = WebhookSecret("v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
SUPABASE = f"""
    create schema auth;
    create table auth.users (
        id uuid primary key, email text, encrypted_password text, email_confirmed_at timestamptz,
        banned_until timestamptz, deleted_at timestamptz, is_anonymous boolean not null default false,
        raw_user_meta_data jsonb, last_sign_in_at timestamptz
    );
    create schema extensions;
    create function extensions.hmac(data bytea, key bytea, type text) returns bytea
        language plpgsql as $$
        declare
            whole bytea := key || decode(repeat('00', 64 - length(key)), 'hex');
            inner_key bytea := whole;
            outer_key bytea := whole;
        begin
            for at in 0..63 loop
                inner_key := set_byte(inner_key, at, get_byte(whole, at) # 54);
                outer_key := set_byte(outer_key, at, get_byte(whole, at) # 92);
            end loop;
            return sha256(outer_key || sha256(inner_key || data));
        end
        $$;
    create schema vault;
    create table vault.decrypted_secrets (name text, decrypted_secret text);
    insert into vault.decrypted_secrets values ('skillbridge', '{SECRET!s}');
    create schema net;
    create table net.sent (n bigint generated always as identity, url text, body text, headers jsonb);
    create function net.http_post(url text, body jsonb, headers jsonb) returns bigint
        language sql as $$
            insert into net.sent (url, body, headers) values ($1, $2::text, $3) returning n
        $$;
"""


@pytest.fixture
async def supabase(server: str) -> AsyncIterator[asyncpg.Connection]:
    name = f"sb_{uuid4().hex[:12]}"
    over = await asyncpg.connect(server)
    await over.execute(f"create database {name}")
    url = in_database(server, name)
    connection = await asyncpg.connect(url)
    for role in ("anon", "authenticated"):
        await connection.execute(
            f"do $$ begin create role {role}; exception when duplicate_object then null; end $$"
        )
    await connection.execute(SUPABASE)
    blocks = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    [text] = [block for block in blocks if "create trigger" in block]
    await connection.execute(text.replace("create extension if not exists pg_net;", ""))
    yield connection
    await connection.close()
    await over.execute(f"drop database {urlsplit(url).path[1:]} with (force)")
    await over.close()


async def heard(connection: asyncpg.Connection) -> tuple[SupabaseMessage, dict[str, Any]]:
    """The last message, which must be signed."""
    row = await connection.fetchrow("select body, headers from net.sent order by n desc limit 1")
    assert row is not None
    headers, body = json.loads(row["headers"]), row["body"].encode()
    id_, sent, signature = (headers[f"webhook-{one}"] for one in ("id", "timestamp", "signature"))
    settings = SupabaseSettings("https://abc.supabase.test", "test", webhook_key=SECRET.key)
    SignedHooks(settings, lambda: datetime.now(UTC)).must_be_signed(
        Delivery(id_, sent, signature, body)
    )
    return msgspec.json.decode(body, type=SupabaseMessage), json.loads(body)


async def test_what_it_sends_is_believed_and_understood(supabase: asyncpg.Connection) -> None:
    user = uuid4()
    await supabase.execute(
        "insert into auth.users (id, email, encrypted_password, raw_user_meta_data) values ($1, $2, $3, $4)",
        *(user, "amina@example.org", "$2a$10$hash", json.dumps({"full_name": "Amina", "x": "y"})),
    )
    made, said = await heard(supabase)
    assert (made.type, made.old_record) == ("INSERT", None)
    assert made.record is not None
    assert (made.record.id, made.record.email_confirmed_at) == (user, None)
    assert made.record.raw_user_meta_data == {"full_name": "Amina"}
    assert "hash" not in json.dumps(said)
    await supabase.execute("update auth.users set email_confirmed_at = now()")
    confirmed, _ = await heard(supabase)
    assert confirmed.record is not None
    assert confirmed.record.email_confirmed_at is not None
    await supabase.execute("update auth.users set banned_until = now() + '100 years'")
    banned, _ = await heard(supabase)
    assert banned.record is not None
    assert banned.record.banned_until is not None
    await supabase.execute("delete from auth.users")
    gone, _ = await heard(supabase)
    assert (gone.type, gone.record) == ("DELETE", None)
    assert gone.old_record is not None
    assert gone.old_record.id == user


async def test_signing_in_there_tells_nothing(supabase: asyncpg.Connection) -> None:
    await supabase.execute("insert into auth.users (id) values (gen_random_uuid())")
    await supabase.execute("update auth.users set last_sign_in_at = now()")
    assert await supabase.fetchval("select count(*) from net.sent") == 1

"""What somebody told us is searched for, in every place that keeps anything, after they are erased."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs
from tests.conftest import Urls
from tests.integration.walls import town as places
from tests.integration.walls.town import Town, open_town, tables
from tests.support.given.privacy import days_go_by
from tests.support.servers.valkey_process import ValkeyProcess

from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.application.privacy.erasure import BeginErasures

pytestmark = pytest.mark.row("C9", "Z18")

WORD = "zanzibarcanary"
DAY, NEVER = 24 * 3600, -1
EMAIL = f"{WORD}@example.org"
CANARIES: dict[str, dict[str, Any]] = {
    "CREDENTIALS": {"email": EMAIL, "password": "violet tractor hums at dawn"},
    "PROFILE": {
        "name": f"Name {WORD}",
        "bio": f"Bio {WORD}",
        "country": "NG",
        "skills": {"python": 4},
    },
    "OFFER": {**places.OFFER, "headline": f"Headline {WORD}"},
    "WISH": {**places.WISH, "goal": f"Learn the language of {WORD}"},
}
"""In every field of free text that a person fills."""


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CANARIES.items():
        monkeypatch.setattr(places, name, value)


@pytest.fixture
async def town(urls: Urls, planted: None) -> AsyncIterator[Town]:
    async with open_town(urls) as found:
        yield found


async def found_in(admin: asyncpg.Connection, word: str) -> dict[str, int]:
    """How many rows of each table hold the word, in any column: as text, in JSON, in arrays or bytes."""
    counts = {}
    for table in await tables(admin):
        number = await admin.fetchval(
            f"""select count(*) from {table} as t
            where strpos(lower(to_jsonb(t)::text), $1) > 0
                or strpos(to_jsonb(t)::text, encode(convert_to($1, 'utf8'), 'hex')) > 0""",
            word,
        )
        if number:
            counts[table] = number
    return counts


async def plant(town: Town) -> None:
    """Where an operator's words, an error and a browser's name for itself come to stand."""
    admin, amina = town.admin, town.amina.user_id
    await admin.execute(
        """insert into events (id, tenant_id, name, payload, at) select gen_random_uuid(), $1, 'RoleGranted',
        jsonb_build_object('user_id', $2::uuid, 'role', 'mentor', 'reason', 'for ' || $3::text), now()""",
        *(town.world.tenant_id, amina, WORD),
    )
    await admin.execute(
        """update jobs set error = 'cannot mail to ' || $1 where event_id in (
            select id from events where payload ->> 'user_id' = $2::text)""",
        *(EMAIL, str(amina)),
    )
    await admin.execute("update sign_ins set device = $1 where user_id = $2", WORD, amina)


async def erase(town: Town) -> None:
    await days_go_by(town.world)
    await town.world.do(BeginErasures, town.world.system(), "now")
    await town.world.settle()


async def test_no_table_holds_a_word_of_somebody_who_is_erased(town: Town) -> None:
    await plant(town)
    before = await found_in(town.admin, WORD)
    assert {"users", "profiles", "roadmaps", "mentors", "events", "jobs", "notices"} <= set(before)
    assert {"mentor_documents", "sign_ins"} <= set(before)
    await erase(town)
    assert await found_in(town.admin, WORD) == {}


async def test_what_is_left_of_an_id_is_what_the_register_says(town: Town) -> None:
    await erase(town)
    left = await found_in(town.admin, str(town.amina.user_id))
    assert set(left) <= {
        *("users", "sign_ins", "api_tokens", "mentors", "matches"),
        *("events", "privacy_requests", "cohort_runs", "audit_entries"),
        "notices",  # that somebody who has no name any more left a match
    }


async def test_the_certificate_names_every_store_and_verifies(town: Town) -> None:
    await erase(town)
    row = await town.admin.fetchrow(
        "select * from privacy_requests where user_id = $1 and kind = 'erasure'", town.amina.user_id
    )
    assert row is not None
    assert (row["state"], row["address"]) == ("done", None)
    receipts = str(row["receipts"])
    assert all(f'"{context}"' in receipts for context in ("accounts", "supabase", "kernel"))
    assert row["certificate"].count(".") == 2


async def test_nobody_signs_in_and_the_address_is_free_again(town: Town) -> None:
    await erase(town)
    credentials = CANARIES["CREDENTIALS"]
    answer = await town.client.post("/v1/auth/login", json=credentials)
    assert answer.status_code == 401, answer.text
    answer = await town.client.get("/v1/me", headers=town.headers)
    assert answer.status_code in {401, 404}, "a process may hear of the end two seconds later"
    again = {**credentials, "name": "Bola"}
    assert (await town.client.post("/v1/auth/register", json=again)).is_success
    await town.world.settle()
    assert (await town.world.mails())[0].subject == "Confirm your e-mail address"
    await town.admin.execute("delete from registrations")  # others look for the word, too


async def test_a_neighbours_rows_are_as_they_were(town: Town) -> None:
    async def rows() -> dict[str, list[str]]:
        seeker = str(town.seeker.user_id)
        return {
            table: kept
            for table, every in (await town.rows()).items()
            if (
                kept := [
                    row for row in every if seeker in row and str(town.amina.user_id) not in row
                ]
            )
        }

    before = await rows()
    assert before
    await erase(town)
    assert await rows() == before


async def test_nothing_of_it_is_in_redis_or_a_log_while_they_are_there_or_after(
    urls: Urls, planted: None, tmp_path: Path
) -> None:
    """What is counted or cached there has ids and digests, and nothing that somebody wrote."""
    valkey = await ValkeyProcess(tmp_path).start()
    with capture_logs() as logs:
        async with open_town(urls, RedisProvider(valkey.url)) as town:
            during = await valkey.everything()
            await erase(town)
            await town.client.post("/v1/auth/login", json=CANARIES["CREDENTIALS"])
            after = await valkey.everything()
            keys = await valkey.ask("KEYS", f"*{town.amina.user_id}*")
            left = {key: await valkey.ask("TTL", key) for key in keys}
    await valkey.kill()
    assert during
    assert logs
    for words in (during, after, repr(logs)):
        assert WORD not in words.lower()
        assert WORD.encode().hex() not in words
    endless = {key: seconds for key, seconds in left.items() if seconds == NEVER or seconds > DAY}
    assert endless == {}, "her counts end by themselves"

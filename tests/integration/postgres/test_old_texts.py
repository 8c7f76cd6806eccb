"""What was written before a rule grew stricter stays readable, and comes into the one form."""

import unicodedata
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import Urls, in_database, new_database
from tests.support.given.matching import mentor
from tests.support.given.world import World, postgres_world

from skillbridge.adapters import schema
from skillbridge.application.matching.matches import RequestMatch
from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.mentors.ports import MentorReads, MentorSearch
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.changes import UpdateProfile
from skillbridge.application.profiles.ports import ProfileReads, Profiles
from skillbridge.domain.actor import Actor
from skillbridge.domain.matching.match import MESSAGE
from skillbridge.domain.mentors.mentor import HEADLINE, Offer, UnfitHeadline
from skillbridge.domain.profiles.profile import BIO, NAME, Details
from skillbridge.domain.roadmaps.brief import GOAL
from skillbridge.domain.text import Text, folded

pytestmark = pytest.mark.row("B3")

BEFORE = "0006"
KEPT: dict[str, Text] = {
    "ck_profiles_name": NAME,
    "ck_profiles_bio": BIO,
    "ck_mentors_headline": HEADLINE,
    "ck_roadmaps_goal": GOAL,
    "ck_matches_message": MESSAGE,
}


@pytest.fixture
async def lonely(server: str) -> AsyncIterator[Urls]:
    made = await new_database(server)
    yield made
    connection = await asyncpg.connect(in_database(server, "postgres"))
    await connection.execute(f"drop database {urlsplit(made.admin).path[1:]} with (force)")
    await connection.close()


async def test_old_texts_come_into_one_form_and_nothing_else_moves(lonely: Urls) -> None:
    await schema.downgrade(lonely.admin, BEFORE)
    tenant, user = uuid4(), uuid4()
    admin = await asyncpg.connect(lonely.admin)
    try:
        await admin.execute(
            "insert into tenants (id, slug, name) values ($1, 'old', 'Old')", tenant
        )
        await admin.execute(
            "insert into users (id, tenant_id, email, password_hash) "
            "values ($1, $2, 'a@fass.de', 'x')",
            user,
            tenant,
        )
        await admin.execute(
            "insert into profiles (user_id, tenant_id, name, bio, time_zone) "
            "values ($1, $2, $3, $4, 'Factory')",
            user,
            tenant,
            "Ame\u0301lie",
            "cafe\u0301 " * 333,
        )
        await schema.upgrade(lonely.admin)
        row = await admin.fetchrow("select * from profiles where user_id = $1", user)
        address = await admin.fetchval("select email from users where id = $1", user)
    finally:
        await admin.close()
    assert row is not None
    assert (row["name"], row["bio"]) == ("Amélie", "café " * 333)
    assert (row["time_zone"], row["version"]) == ("UTC", 1)
    assert address == "a@fass.de", "whose mailbox was proved"


@pytest.fixture
async def world(urls: Urls) -> AsyncIterator[World]:
    async with postgres_world(urls) as made:
        yield made


async def test_who_has_an_old_name_can_read_and_change_it(
    world: World, admin: asyncpg.Connection
) -> None:
    actor = await world.person()
    old = "update profiles set name = $2, time_zone = 'localtime' where user_id = $1"
    await admin.execute(old, actor.user_id, "www.evil.example")
    assert (await world.ask(ProfileReads, "me", actor)).name == "www.evil.example"
    assert await stored(world, actor) == "www.evil.example"
    await world.do(UpdateProfile, actor, Details("Amina"))
    assert await stored(world, actor) == "Amina"


async def test_an_old_headline_is_shown_and_keeps_nobody_from_asking(
    world: World, admin: asyncpg.Connection
) -> None:
    of, asks = await mentor(world), await world.learner()
    old = "update mentors set headline = $2 where user_id = $1"
    await admin.execute(old, of.user_id, "More at evil.com")
    assert (await world.ask(MentorReads, "one", asks, of.user_id)).headline == "More at evil.com"
    assert (await world.do(RequestMatch, asks, of.user_id, "")).mentor_id == of.user_id
    with pytest.raises(UnfitHeadline):
        await world.do(OfferMentoring, of, Offer(headline="More at evil.com", capacity=2))


async def stored(world: World, actor: Actor) -> str:
    async with world.scope(actor) as scope:
        profiles, transaction = await scope.get(Profiles), await scope.get(Transaction)
        async with transaction(actor):
            name: str = (await profiles.get(actor.user_id)).details.name
    return name


@pytest.mark.parametrize("constraint", KEPT)
async def test_the_databases_bounds_are_the_rules(
    admin: asyncpg.Connection, constraint: str
) -> None:
    told = await admin.fetchval(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = $1", constraint
    )
    assert f"<= {KEPT[constraint].most})" in told
    assert "length(" in told


async def test_who_offered_before_words_were_folded_is_found_by_them(lonely: Urls) -> None:
    async with postgres_world(lonely) as made:
        of, asks = await mentor(made, name="Bola"), await made.learner()
        await schema.downgrade(lonely.admin, "0019")
        assert made.admin is not None
        await made.admin.execute("update profiles set name = 'Adé' where user_id = $1", of.user_id)
        await schema.upgrade(lonely.admin)
        wanted = MentorSearch(text="ade")
        found = await made.ask(MentorReads, "search", asks, wanted, PageRequest(9))
        assert [card.id for card in found.items] == [of.user_id]


async def test_the_database_folds_words_as_the_program_does(admin: asyncpg.Connection) -> None:
    signs = [chr(code) for code in range(1, 0x3000) if unicodedata.category(chr(code))[0] in "LM"]
    words = ["".join(signs[start : start + 64]) for start in range(0, len(signs), 64)]
    rows = await admin.fetch("select w, app.folded(w) as f from unnest($1::text[]) as w", words)
    assert {row["w"]: row["f"] for row in rows} == {word: folded(word) for word in words}

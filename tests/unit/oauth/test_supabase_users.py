"""The users of a Supabase project, written by the contract of its administrators' interface."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest
from tests.support.identities.providers import Spoken
from tests.support.identities.supabase_double import (
    ANON_KEY,
    SERVICE_KEY,
    TENANT,
    SupabaseDouble,
)

from skillbridge.adapters.oauth.fetching import Fetcher
from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.adapters.oauth.supabase_users import GoTrueUsers, NoUsers
from skillbridge.application.accounts.ports.supabase import SupabaseAway, SupabaseUser
from skillbridge.domain.ids import UserId

pytestmark = pytest.mark.row("C4")
URL = "https://abc.supabase.test"
AMINA = SupabaseUser(UserId(uuid4()), "amina@example.org", banned=False)
SETTINGS = SupabaseSettings(URL, TENANT, ANON_KEY, service_key=SERVICE_KEY)


@pytest.fixture
def double() -> SupabaseDouble:
    return SupabaseDouble(URL)


def users(double: SupabaseDouble, settings: SupabaseSettings = SETTINGS) -> GoTrueUsers:
    return GoTrueUsers(Fetcher(Spoken({"abc.supabase.test": double.handle})), settings)


async def test_an_account_has_one_user_of_its_id_however_often_it_is_told(
    double: SupabaseDouble,
) -> None:
    for _ in range(3):
        assert await users(double).put(AMINA)
    (user,) = double.users.values()
    assert (user["id"], user["email"]) == (str(AMINA.id), AMINA.email)
    assert user["email_confirmed_at"] is not None
    assert user["banned_until"] is None


async def test_address_and_ban_follow_the_account(double: SupabaseDouble) -> None:
    await users(double).put(AMINA)
    await users(double).put(replace(AMINA, email="amina@new.example", banned=True))
    (user,) = double.users.values()
    assert user["email"] == "amina@new.example"
    assert user["banned_until"] is not None
    await users(double).put(AMINA)
    assert user["banned_until"] is None


async def test_what_the_project_changed_by_itself_stays(double: SupabaseDouble) -> None:
    """A ban of its own, and an address that its user changed there."""
    await users(double).put(AMINA)
    (user,) = double.users.values()
    user |= {"email": "moved@example.org", "banned_until": "2126-01-01T00:00:00Z"}
    before = dict(user)
    await users(double).put(replace(AMINA, moved=False, banned=None))
    assert user == before
    await users(double).put(replace(AMINA, moved=False, banned=False))
    assert (user["email"], user["banned_until"]) == ("moved@example.org", None)


async def test_a_project_that_hangs_takes_few_places_of_a_worker(double: SupabaseDouble) -> None:
    hanging = asyncio.Event()

    class Hanging(Spoken):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await hanging.wait()
            return await super().handle_async_request(request)

    told = GoTrueUsers(Fetcher(Hanging({"abc.supabase.test": double.handle})), SETTINGS)
    asking = [asyncio.create_task(told.put(AMINA)) for _ in range(20)]
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    assert sum(one.done() for one in asking) == 16
    assert all(isinstance(one.exception(), SupabaseAway) for one in asking if one.done())
    hanging.set()
    assert all(await asyncio.gather(*(one for one in asking if not one.done())))


async def test_a_user_of_the_same_address_is_left_alone(double: SupabaseDouble) -> None:
    other = double.signs_up(AMINA.email)
    before = dict(double.users[other])
    assert not await users(double).put(AMINA)
    assert double.users == {other: before}


async def test_who_is_removed_is_gone_and_twice_is_as_once(double: SupabaseDouble) -> None:
    await users(double).put(AMINA)
    for _ in range(2):
        await users(double).remove(AMINA.id)
    assert double.users == {}


async def test_a_project_that_is_away_is_told(double: SupabaseDouble) -> None:
    double.away = True
    with pytest.raises(SupabaseAway):
        await users(double).put(AMINA)
    with pytest.raises(SupabaseAway):
        await users(double).remove(AMINA.id)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, json={"code": 403, "error_code": "not_admin", "msg": "no"}),
        httpx.Response(401, json={"message": "Invalid API key"}),
        httpx.Response(400, json={"code": 400, "error_code": "validation_failed", "msg": "no"}),
        httpx.Response(422, text="<html>"),
        httpx.Response(302, headers={"location": "https://evil.test"}),
    ],
)
async def test_what_is_refused_is_tried_again(answer: httpx.Response) -> None:
    fetcher = Fetcher(Spoken({"abc.supabase.test": lambda _: answer}))
    for asked in (
        GoTrueUsers(fetcher, SETTINGS).put(AMINA),
        GoTrueUsers(fetcher, SETTINGS).remove(AMINA.id),
    ):
        with pytest.raises(SupabaseAway):
            await asked


async def test_another_key_writes_nothing(double: SupabaseDouble) -> None:
    with pytest.raises(SupabaseAway):
        await users(double, replace(SETTINGS, service_key=ANON_KEY)).put(AMINA)
    assert double.users == {}


async def test_without_a_key_nobody_is_told() -> None:
    assert NoUsers().tenant is None
    assert await NoUsers().put(AMINA)
    await NoUsers().remove(UserId(UUID(int=7)))

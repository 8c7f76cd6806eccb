"""Signed links, and refresh tokens that follow from each other."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.links import SignedLinks
from skillbridge.adapters.crypto.refresh_tokens import DerivedRefreshTokens
from skillbridge.application.accounts.ports import BrokenLink
from skillbridge.domain.accounts.user import User
from skillbridge.domain.ids import TenantId, UserId

pytestmark = pytest.mark.row("C1", "A3")

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
USER = User(UserId(uuid4()), TenantId(uuid4()), "amina@example.org", "hash")


def links(*secrets: str) -> SignedLinks:
    return SignedLinks(KeyRing.of(secrets or ["secret"], "verify"), "https://api.example.org/")


def token_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["token"][0]


def test_a_link_says_who_registered_what() -> None:
    url = links().to_verify(USER, until=START + DAY)
    assert url.startswith("https://api.example.org/v1/auth/verify?token=")
    assert "amina" not in url
    said = links().opened(token_of(url), at=START)
    assert (said.tenant_id, said.user_id) == (USER.tenant_id, USER.id)
    assert said.registration == USER.registration


def test_a_link_expires() -> None:
    token = token_of(links().to_verify(USER, until=START + DAY))
    links().opened(token, at=START + DAY - timedelta(seconds=1))
    with pytest.raises(BrokenLink, match="expired"):
        links().opened(token, at=START + DAY)


def test_an_older_key_still_opens_a_link() -> None:
    token = token_of(links("old").to_verify(USER, until=START + DAY))
    assert links("new", "old").opened(token, at=START).user_id == USER.id
    with pytest.raises(BrokenLink):
        links("new").opened(token, at=START)


@given(st.integers(0, 105), st.sampled_from("AZaz09-_"))
def test_no_character_of_a_link_can_be_changed(position: int, letter: str) -> None:
    token = token_of(links().to_verify(USER, until=START + DAY))
    changed = token[:position] + letter + token[position + 1 :]
    if changed != token:
        with pytest.raises(BrokenLink, match="copy all of it"):
            links().opened(changed, at=START)


@given(st.text(max_size=150))
def test_nonsense_opens_nothing(text: str) -> None:
    with pytest.raises(BrokenLink):
        links().opened(text, at=START)


def test_a_first_refresh_token_is_new_each_time() -> None:
    tokens = DerivedRefreshTokens(KeyRing.of(["secret"], "refresh"))
    made = {tokens.first() for _ in range(100)}
    assert len(made) == 100
    assert all(token.startswith("sbr_") and len(token) == 47 for token in made)


def test_a_successor_is_the_same_each_time_and_needs_the_key() -> None:
    ours = DerivedRefreshTokens(KeyRing.of(["ours"], "refresh"))
    theirs = DerivedRefreshTokens(KeyRing.of(["theirs"], "refresh"))
    first = ours.first()
    assert ours.successors(first) == ours.successors(first)
    assert ours.successors(first) != theirs.successors(first)
    assert ours.successors("\ud800")


def test_a_successor_of_an_older_key_can_be_repeated() -> None:
    old = DerivedRefreshTokens(KeyRing.of(["old"], "refresh"))
    both = DerivedRefreshTokens(KeyRing.of(["new", "old"], "refresh"))
    assert both.successors("token")[1:] == old.successors("token")

"""Signed links, and refresh tokens that follow from each other and name their tenant."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.links import SignedLinks
from skillbridge.adapters.crypto.refresh_tokens import DerivedRefreshTokens
from skillbridge.application.accounts.ports.proofs import BrokenLink
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.ids import RegistrationId, TenantId

pytestmark = pytest.mark.row("C1", "A3")

TENANT = TenantId(uuid4())
WAITING = Registration(
    RegistrationId(uuid4()),
    TENANT,
    "amina@example.org",
    "hash",
    "Amina",
    datetime(2026, 1, 1, tzinfo=UTC),
)


def links(*secrets: str) -> SignedLinks:
    return SignedLinks(KeyRing.of(secrets or ["secret"], "verify"), "https://api.example.org/")


def refresh_tokens(*secrets: str) -> DerivedRefreshTokens:
    return DerivedRefreshTokens(KeyRing.of(secrets, "refresh"))


def token_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["token"][0]


def test_a_link_says_which_registration_of_which_tenant() -> None:
    url = links().to_verify(WAITING)
    assert url.startswith("https://api.example.org/v1/auth/verify?token=")
    assert "amina" not in url.lower()
    said = links().opened(token_of(url))
    assert (said.tenant_id, said.registration_id) == (TENANT, WAITING.id)


def test_an_older_key_still_opens_a_link() -> None:
    token = token_of(links("old").to_verify(WAITING))
    assert links("new", "old").opened(token).registration_id == WAITING.id
    with pytest.raises(BrokenLink):
        links("new").opened(token)


@given(st.integers(0, 84), st.sampled_from("AZaz09-_"))
def test_no_character_of_a_link_can_be_changed(position: int, letter: str) -> None:
    token = token_of(links().to_verify(WAITING))
    changed = token[:position] + letter + token[position + 1 :]
    if changed != token:
        with pytest.raises(BrokenLink, match="copy all of it"):
            links().opened(changed)


@given(st.text(max_size=150))
def test_nonsense_opens_nothing(text: str) -> None:
    with pytest.raises(BrokenLink):
        links().opened(text)


def test_a_first_refresh_token_is_new_each_time_and_names_its_tenant() -> None:
    tokens = refresh_tokens("secret")
    made = {tokens.first(TENANT) for _ in range(100)}
    assert len(made) == 100
    assert all(token.startswith("sbr_") and len(token) == 68 for token in made)
    assert {tokens.tenant_of(token) for token in made} == {TENANT}


@pytest.mark.asvs("7.2.3")
def test_all_256_bits_of_a_first_refresh_token_are_random() -> None:
    token = refresh_tokens("secret").first(TENANT).removeprefix("sbr_")
    secret = urlsafe_b64decode(token)[16:]
    assert len(secret) == 32
    assert len({secret[at : at + 4] for at in range(0, 32, 4)}) == 8, "no part of it twice"


def test_a_successor_is_the_same_each_time_and_needs_the_key() -> None:
    ours, theirs = refresh_tokens("ours"), refresh_tokens("theirs")
    first = ours.first(TENANT)
    (successor,) = ours.successors(first, TENANT)
    assert ours.successors(first, TENANT) == (successor,)
    assert ours.tenant_of(successor) == TENANT
    assert ours.successors(first, TENANT) != theirs.successors(first, TENANT)
    assert ours.successors("\ud800", TENANT)


def test_a_successor_of_an_older_key_can_be_repeated() -> None:
    first = refresh_tokens("old").first(TENANT)
    both = refresh_tokens("new", "old").successors(first, TENANT)
    assert both[1:] == refresh_tokens("old").successors(first, TENANT)


def test_a_token_of_before_tenants_stood_in_them_gets_a_successor_that_names_one() -> None:
    """And the successor that it had then, whose answer may have been lost."""
    tokens, old = refresh_tokens("secret"), "sbr_" + "A" * 43
    assert tokens.tenant_of(old) is None
    new, as_before = tokens.successors(old, TENANT)
    assert tokens.tenant_of(new) == TENANT
    assert (len(as_before), tokens.tenant_of(as_before)) == (47, None)


@given(st.text(max_size=100))
def test_nonsense_names_no_tenant_or_one_where_it_is_not_found(text: str) -> None:
    found = refresh_tokens("secret").tenant_of(text)
    assert found is None or len(found.bytes) == 16

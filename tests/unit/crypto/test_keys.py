"""The ring of secrets, for every purpose."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.refresh_tokens import DerivedRefreshTokens
from skillbridge.domain.ids import TenantId

pytestmark = pytest.mark.row("A3")

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


def ring(*secrets: str, purpose: str = "a", at: datetime = NOW) -> KeyRing:
    """`next` signs from tomorrow."""
    return KeyRing.of(secrets, purpose, since={"next": TOMORROW}, clock=lambda: at)


def test_what_one_purpose_signed_is_nothing_to_another() -> None:
    signature = ring("x").sign(b"message")
    assert ring("x").signed(b"message", signature)
    assert not ring("x", purpose="b").signed(b"message", signature)
    assert not ring("y").signed(b"message", signature)


def test_a_key_verifies_before_its_time_and_signs_from_it() -> None:
    by_next, by_old = ring("next").sign(b"m"), ring("old").sign(b"m")
    for at, signature in ((NOW, by_old), (TOMORROW, by_next)):
        both = ring("next", "old", at=at)
        assert both.sign(b"m") == signature
        assert both.signed(b"m", by_next)
        assert both.signed(b"m", by_old)


def test_a_refresh_token_follows_by_the_key_that_signs_now() -> None:
    """So that a process that does not know the next one yet finds it, too."""
    tenant_id = TenantId(uuid4())
    old, both = (DerivedRefreshTokens(ring(*secrets)) for secrets in (["old"], ["next", "old"]))
    token = old.first(tenant_id)
    assert both.successors(token, tenant_id)[0] == old.successors(token, tenant_id)[0]
    assert len(both.successors(token, tenant_id)) == 2

"""Whose a request to a provider is."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.accounts.authorization import (
    AuthorizationOver,
    AuthorizationRequest,
    binding,
)
from skillbridge.domain.ids import AuthorizationId, TenantId, UserId

pytestmark = pytest.mark.row("C4")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = [None, UserId(uuid4()), UserId(uuid4())]
BEGUN = st.tuples(
    st.sampled_from(["github", "campus"]),
    st.sampled_from([binding("a"), binding("b")]),
    st.sampled_from(PEOPLE),
)


@given(BEGUN, BEGUN, st.integers(-5, 5))
def test_only_whoever_began_it_finishes_it_in_time(
    begun: tuple[str, bytes, UserId | None], asks: tuple[str, bytes, UserId | None], late: int
) -> None:
    provider, bound, user_id = begun
    tenant_id = TenantId(uuid4())
    request = AuthorizationRequest(
        AuthorizationId(uuid4()), tenant_id, provider, bound, NOW, user_id
    )
    at = NOW + timedelta(seconds=late)
    if begun == asks and late < 0:
        request.must_be(*asks, at=at)
        return
    with pytest.raises(AuthorizationOver):
        request.must_be(*asks, at=at)

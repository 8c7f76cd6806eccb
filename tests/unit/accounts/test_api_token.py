"""What a person's tokens may open, and how many there may be."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.application.ports.access_tokens import (
    Claims,
    MissingScope,
    NotForServices,
    NotForTokens,
)
from skillbridge.domain.accounts.api_token import (
    ApiToken,
    BadTokenLife,
    BadTokenName,
    NoScopes,
    ScopeNotForServices,
    ScopeNotGiven,
    TooManyTokens,
    Wish,
    digest,
)
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import NOBODY, PrincipalKind, Role
from skillbridge.domain.errors import Invalid, SeveralFaults
from skillbridge.domain.events.accounts import PersonalTokenCreated
from skillbridge.domain.ids import ApiTokenId, SessionId, TenantId, UserId
from skillbridge.domain.scopes import FOR_TOKENS, for_tokens, scopes_of

pytestmark = pytest.mark.row("C3")

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = sorted(scopes_of(frozenset(Role)))
KEPT_FROM_TOKENS = {
    *("security:read", "security:write", "users:read", "users:write"),
    *("privacy:read", "privacy:write"),
}
ROLES = st.frozensets(st.sampled_from(Role))
SCOPES = st.frozensets(st.sampled_from(EVERY))


def a_user(*roles: Role) -> User:
    return User(UserId(uuid4()), TenantId(uuid4()), "a@example.org", "x", frozenset(roles))


def made(user: User, wish: Wish, living: tuple[ApiToken, ...] = ()) -> ApiToken:
    token, _ = ApiToken.personal(ApiTokenId(uuid4()), user, wish, "secret", living, at=NOW)
    return token


def claims(roles: frozenset[Role], only: frozenset[str] | None) -> Claims:
    ids = (UserId(uuid4()), TenantId(uuid4()), SessionId(uuid4()))
    return Claims(*ids, roles, NOW, only=only)


def test_what_changes_how_people_sign_in_is_for_no_token() -> None:
    assert set(EVERY) - FOR_TOKENS == KEPT_FROM_TOKENS


@given(ROLES, SCOPES)
def test_a_token_opens_what_it_was_made_for_and_its_owner_may_and_is_for_tokens(
    roles: frozenset[Role], only: frozenset[str]
) -> None:
    assert claims(roles, only).scopes == scopes_of(roles) & only - KEPT_FROM_TOKENS


@given(ROLES, ROLES, SCOPES, SCOPES)
def test_less_opens_less(
    roles: frozenset[Role], more: frozenset[Role], only: frozenset[str], others: frozenset[str]
) -> None:
    small, large = claims(roles, only), claims(roles | more, only | others)
    assert small.scopes <= large.scopes
    assert small.scopes <= claims(roles, None).scopes


@given(ROLES, SCOPES, st.sampled_from(EVERY))
def test_a_scope_is_held_or_refused_by_name(
    roles: frozenset[Role], only: frozenset[str], scope: str
) -> None:
    held = claims(roles, only)
    if scope in held.scopes:
        held.must_hold(scope)
    elif scope in KEPT_FROM_TOKENS:
        with pytest.raises(NotForTokens):
            held.must_hold(scope)
    else:
        with pytest.raises(MissingScope) as caught:
            held.must_hold(scope)
        assert caught.value.members["scope_needed"] == scope
        assert caught.value.members["scopes_held"].split() == sorted(held.scopes)


@given(ROLES.filter(bool), st.lists(st.sampled_from(EVERY), min_size=1, max_size=4))
def test_no_token_is_made_that_opens_what_its_owner_may_not(
    roles: frozenset[Role], scopes: list[str]
) -> None:
    user, wish = a_user(*roles), Wish("laptop", tuple(scopes))
    if set(scopes) <= for_tokens(roles):
        assert made(user, wish).scopes == set(scopes)
    else:
        with pytest.raises(Invalid) as caught:
            made(user, wish)
        named = {fault.field for fault in caught.value.faults}
        wrong = {n for n, scope in enumerate(scopes) if scope not in for_tokens(roles)}
        assert named == {f"scopes/{n}" for n in wrong}


@given(SCOPES, st.sampled_from(EVERY))
def test_a_service_opens_what_is_open_to_services_and_no_more(
    only: frozenset[str], scope: str
) -> None:
    ids = (NOBODY, TenantId(uuid4()), SessionId(uuid4()))
    held = Claims(*ids, frozenset(), NOW, only=only, principal_kind=PrincipalKind.SERVICE)
    assert held.scopes == only & {"cohorts:read"}
    if scope in held.scopes:
        held.must_hold(scope)
        return
    with pytest.raises(MissingScope if scope == "cohorts:read" else NotForServices):
        held.must_hold(scope)


@pytest.mark.parametrize("scope", sorted(set(EVERY) - {"cohorts:read"}))
def test_no_token_of_a_service_is_made_for_more(scope: str) -> None:
    wish = Wish("sums", ("cohorts:read", scope))
    with pytest.raises(ScopeNotForServices, match=scope) as caught:
        ApiToken.of_service(ApiTokenId(uuid4()), wish, "secret", (), at=NOW)
    assert caught.value.field == "scopes/1"


def test_a_service_is_nobodys() -> None:
    wish = Wish("sums", ("cohorts:read",))
    made = ApiToken.of_service(ApiTokenId(uuid4()), wish, "secret", (), at=NOW)
    assert made.user_id is None
    assert made.scopes == {"cohorts:read"}


def test_a_token_is_made_for_ninety_days_unless_another_time_is_named() -> None:
    user, scopes = a_user(Role.LEARNER), ("badges:read",)
    assert made(user, Wish("a", scopes)).expires_at == NOW + timedelta(days=90)
    assert made(user, Wish("a", scopes, 365)).expires_at == NOW + timedelta(days=365)
    assert made(user, Wish("a", scopes)).hash == digest("secret")


@pytest.mark.parametrize(
    ("name", "scopes", "days", "fault"),
    [
        ("a", (), 1, NoScopes),
        ("a", ("badges:read",), 0, BadTokenLife),
        ("a", ("badges:read",), 366, BadTokenLife),
        ("a", ("badges:read",), -1, BadTokenLife),
        ("", ("badges:read",), 1, BadTokenName),
        ("-a", ("badges:read",), 1, BadTokenName),
        ("a\n", ("badges:read",), 1, BadTokenName),
        ("a" * 41, ("badges:read",), 1, BadTokenName),
        ("\u0430", ("badges:read",), 1, BadTokenName),
        ("\u0661", ("badges:read",), 1, BadTokenName),
        ("-", (), 0, SeveralFaults),
    ],
)
def test_a_wish_that_cannot_be_is_none(
    name: str, scopes: tuple[str, ...], days: int, fault: type[Invalid]
) -> None:
    with pytest.raises(fault):
        Wish(name, scopes, days)


def test_a_scope_that_nobody_has_is_told_apart_from_one_that_tokens_have_not() -> None:
    learner = a_user(Role.LEARNER)
    with pytest.raises(ScopeNotGiven, match="you do not have cohorts:read"):
        made(learner, Wish("a", ("cohorts:read",)))
    with pytest.raises(ScopeNotGiven, match="no token of a person has security:write"):
        made(learner, Wish("a", ("security:write",)))


def test_the_twentieth_is_the_last_but_for_one_that_replaces_another() -> None:
    user, scopes = a_user(Role.LEARNER), ("badges:read",)
    living = tuple(made(user, Wish(f"n-{n}", scopes)) for n in range(20))
    made(user, Wish("n-20", scopes), living[1:])
    made(user, Wish("n-3", scopes), living)
    with pytest.raises(TooManyTokens):
        made(user, Wish("n-20", scopes), living)


def test_its_owner_is_told_what_it_opens_and_until_when() -> None:
    user = a_user(Role.LEARNER)
    wish = Wish("laptop", ("roadmaps:read", "badges:read"), 1)
    _, told = ApiToken.personal(ApiTokenId(uuid4()), user, wish, "secret", (), at=NOW)
    scopes, end = ("badges:read", "roadmaps:read"), NOW + timedelta(days=1)
    expected = PersonalTokenCreated(user_id=user.id, scopes=scopes, expires_at=end, at=NOW)
    assert told == (expected,)

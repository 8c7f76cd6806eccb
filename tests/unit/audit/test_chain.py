"""The chain by itself: whatever is done to sealed entries, one of the findings tells."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.audit.chain import (
    NONE,
    Anchor,
    Fault,
    Retired,
    Seal,
    Sealed,
    Verifier,
    Written,
    sealed,
)
from skillbridge.domain.audit.entry import ActorKind, Entry
from skillbridge.domain.audit.retention import kept_from
from skillbridge.domain.events.event import Category
from skillbridge.domain.ids import EventId, TenantId, UserId

pytestmark = [pytest.mark.row("C6"), pytest.mark.asvs("16.4.2")]

TENANT = TenantId(UUID(int=7))
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = st.one_of(st.none(), st.text(max_size=12))
DETAILS = st.dictionaries(
    st.text(max_size=8),
    st.one_of(WORDS, st.integers(), st.booleans(), st.lists(st.text(), max_size=2)),
)
ENTRIES = st.builds(
    Entry,
    id=st.uuids().map(EventId),
    action=st.text(min_size=1, max_size=12),
    category=st.sampled_from(Category),
    actor_kind=st.sampled_from(ActorKind),
    actor_id=st.one_of(st.none(), st.uuids().map(UserId)),
    subject_id=st.one_of(st.none(), st.uuids().map(UserId)),
    operator=WORDS,
    network=WORDS,
    request_id=WORDS,
    correlation_id=WORDS,
    details=DETAILS,
)
WRITTEN = st.builds(Written, ENTRIES, st.datetimes(timezones=st.just(UTC)))
CHAINS = st.lists(WRITTEN, min_size=2, max_size=8).map(lambda some: sealed(TENANT, NONE, some, NOW))


def found(
    chain: list[Sealed],
    head: Seal,
    *anchors: Anchor,
    tenant: TenantId = TENANT,
    retired: Retired | None = None,
) -> list[tuple[Fault, int]]:
    verifier = Verifier(tenant, retired, anchors)
    for one in chain:
        verifier.take(one)
    return [(finding.fault, finding.n) for finding in verifier.end(head)]


@given(CHAINS)
def test_what_nobody_touched_is_whole(chain: list[Sealed]) -> None:
    anchors = [Anchor(TENANT, one.seal, NOW) for one in chain]
    assert found(chain, chain[-1].seal, *anchors) == []


@given(CHAINS, st.data())
def test_an_entry_that_became_another_is_found(chain: list[Sealed], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    other = data.draw(WRITTEN.filter(lambda it: it != chain[place].written))
    chain[place] = replace(chain[place], written=other)
    assert (Fault.EDITED, place + 1) in found(chain, chain[-1].seal)


@given(CHAINS, st.data())
def test_each_entry_that_is_gone_is_found(chain: list[Sealed], data: st.DataObject) -> None:
    head, place = chain[-1].seal, data.draw(st.integers(0, len(chain) - 1))
    del chain[place]
    fault = Fault.CUT if place == len(chain) else Fault.MISSING
    assert found(chain, head) == [(fault, place + 1)]


@given(CHAINS, st.permutations(range(8)))
def test_another_order_is_found(chain: list[Sealed], order: list[int]) -> None:
    places = [place for place in order if place < len(chain)]
    moved = [replace(chain[at], written=chain[to].written) for at, to in enumerate(places)]
    changed = [m.written for m in moved] != [c.written for c in chain]
    assert bool(found(moved, chain[-1].seal)) is changed


@given(CHAINS)
def test_a_place_that_is_taken_twice_is_found(chain: list[Sealed]) -> None:
    assert (Fault.TWICE, 2) in found([*chain[:2], chain[1], *chain[2:]], chain[-1].seal)


@given(CHAINS)
def test_the_chain_of_another_tenant_is_none(chain: list[Sealed]) -> None:
    other = TenantId(UUID(int=8))
    assert (Fault.EDITED, 1) in found(chain, chain[-1].seal, tenant=other)


@given(CHAINS, CHAINS)
def test_a_chain_made_anew_is_known_by_an_anchor_alone(
    chain: list[Sealed], other: list[Sealed]
) -> None:
    anchor = Anchor(TENANT, chain[-1].seal, NOW)
    assert found(other, other[-1].seal) == []
    same = len(other) >= len(chain) and other[len(chain) - 1].seal == chain[-1].seal
    assert bool(found(other, other[-1].seal, anchor)) is not same


def entry(**named: object) -> Entry:
    made = Entry(
        EventId(UUID(int=1)),
        "RoleGranted",
        Category.IAM,
        ActorKind.SYSTEM,
        *(None, None, None, None, None, None),
        {},
    )
    return replace(made, **named)  # type: ignore[arg-type]  # fields by their names


def chain_of(number: int, at: Callable[[int], datetime] = lambda _: NOW) -> list[Sealed]:
    some = [Written(entry(action=f"No{n}"), at(n)) for n in range(number)]
    return sealed(TENANT, NONE, some, NOW)


def test_fields_that_a_sign_parts_are_not_mistaken_for_each_other() -> None:
    one, other = (
        sealed(TENANT, NONE, [Written(entry(operator=a, network=b), NOW)], NOW)[0].seal
        for a, b in (('a","b', "c"), ("a", 'b","c'))
    )
    assert one != other


def test_a_seal_is_what_it_was_in_the_first_release() -> None:
    """Whoever changes how seals are made finds every older trail broken."""
    [one] = sealed(TENANT, NONE, [Written(entry(details={"b": 1, "a": "ä"}), NOW)], NOW)
    assert one.seal.hash.hex() == FIRST


FIRST = "eaf22fe0591f044e1bc68f8ae8d695726077b0184dabd7023737c0d3ef51ac11"


def test_what_went_with_its_term_is_not_missed() -> None:
    chain = chain_of(6)
    retired = Retired(chain[2].seal, NOW)
    old = Anchor(TENANT, chain[0].seal, NOW - timedelta(days=9))
    assert found(chain[3:], chain[-1].seal, old, retired=retired) == []
    assert found(chain[1:], chain[-1].seal, retired=retired) == [], "sealed late, and kept"
    assert found(chain[4:], chain[-1].seal, retired=retired) == [(Fault.MISSING, 4)]


def test_a_term_that_an_anchor_gives_the_lie_is_found() -> None:
    """After the anchor entries were written that are said to be older than it."""
    chain = chain_of(6)
    retired = Retired(chain[3].seal, NOW - timedelta(days=30))
    anchor = Anchor(TENANT, chain[1].seal, NOW)
    assert found(chain[4:], chain[-1].seal, anchor, retired=retired) == [(Fault.MISSING, 3)]


@pytest.mark.parametrize(
    ("today", "first"),
    [("2026-11-30", "2024-11-01"), ("2026-01-01", "2024-01-01"), ("2028-02-29", "2026-02-01")],
)
def test_two_whole_years_are_kept(today: str, first: str) -> None:
    assert kept_from(datetime.fromisoformat(today).date()).isoformat() == first

"""What mentors offer, and how much of it is taken."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.errors import Invalid
from skillbridge.domain.events.mentors import MentorProfileChanged
from skillbridge.domain.ids import UserId
from skillbridge.domain.mentors.mentor import (
    CapacityTaken,
    Mentor,
    MentorFull,
    MentorPaused,
    Offer,
    UnfitHeadline,
)

CAPACITY = range(1, 51)

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
OFFER = Offer(headline="Python, from the first line to production", capacity=3, experience_years=8)


def mentor(*, taken: int = 0, offer: Offer = OFFER) -> Mentor:
    found, _ = Mentor.offering(UserId(uuid4()), offer, at=NOW)
    found.active_matches = taken
    return found


@pytest.mark.parametrize(
    "headline",
    [
        "ASP.NET, VB.NET and C#/.NET for beginners",
        "Node.js/React developer, Socket.io too",
        "Next.js/TS & Python 3.12/Django, 24/7",
        "B.Sc. Computer Science -> data engineer @ Andela",
        "I <3 teaching [beginner] (free)",
        "Rev.Fr.Ike teaches Excel",
    ],
)
def test_a_headline_tells_of_tools_and_titles_with_dots(headline: str) -> None:
    assert replace(OFFER, headline=headline).headline == headline


@pytest.mark.parametrize(
    "headline",
    [
        "Earn more: https://evil.example",
        "More at evil.com",
        "www.evil",
        "t.me/evil",
        "evil.dev/courses",
        "Node.js by evil.dev",
        "[me](evil.com)",
        "<a href=//evil>me</a>",
        "write to a@evil.example",
    ],
)
def test_a_headline_leads_nobody_elsewhere(headline: str) -> None:
    """Strangers read it in a list; a bio may say where else its author is found."""
    with pytest.raises(UnfitHeadline, match="cannot hold a link"):
        replace(OFFER, headline=headline)


def test_the_first_offer_is_told() -> None:
    user_id = UserId(uuid4())
    first, events = Mentor.offering(user_id, OFFER, at=NOW)
    assert events == (MentorProfileChanged(mentor_id=user_id, at=NOW),)
    assert (first.free, first.rating, first.created_at) == (3, None, NOW)


def test_the_same_offer_again_changes_nothing() -> None:
    assert mentor().change(replace(OFFER), at=NOW) == ()


def test_a_pause_is_an_offer_that_accepts_nobody() -> None:
    one = mentor()
    paused = replace(OFFER, accepting=False)
    assert one.change(paused, at=NOW) == (MentorProfileChanged(mentor_id=one.user_id, at=NOW),)
    with pytest.raises(MentorPaused, match="ask another"):
        one.must_be_open()


@pytest.mark.row("G4")
def test_as_many_places_as_are_taken_may_be_offered_and_no_fewer() -> None:
    one = mentor(taken=2)
    with pytest.raises(CapacityTaken, match="2 learners"):
        one.change(replace(OFFER, capacity=1), at=NOW)
    assert one.change(replace(OFFER, capacity=2), at=NOW)
    assert (one.offer.capacity, one.free) == (2, 0)


def test_the_rating_is_the_mean_of_the_stars() -> None:
    one = mentor()
    one.rating_sum, one.rating_count = 14, 3
    assert one.rating == pytest.approx(4.67)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("headline", "  "),
        ("headline", "x" * 141),
        ("capacity", 0),
        ("capacity", 51),
        ("experience_years", -1),
        ("experience_years", 61),
    ],
)
def test_an_offer_names_the_part_that_breaks_a_rule(field: str, value: str | int) -> None:
    with pytest.raises(Invalid) as caught:
        Offer(**{"headline": "x", "capacity": 1, field: value})  # type: ignore[arg-type]  # a value of either kind
    assert caught.value.field == field


@pytest.mark.row("G4")
@given(
    taken=st.integers(0, 50),
    capacity=st.sampled_from(CAPACITY),
    wished=st.sampled_from(CAPACITY),
)
def test_a_mentor_never_offers_fewer_places_than_are_taken(
    taken: int, capacity: int, wished: int
) -> None:
    one = mentor(taken=min(taken, capacity), offer=replace(OFFER, capacity=capacity))
    try:
        one.change(replace(OFFER, capacity=wished), at=NOW)
    except CapacityTaken:
        assert wished < one.active_matches
        assert one.offer.capacity == capacity
    else:
        assert one.offer.capacity == wished >= one.active_matches
    assert one.free >= 0


@pytest.mark.row("G4")
@given(capacity=st.sampled_from(CAPACITY), taken=st.integers(0, 50))
def test_room_is_what_is_not_taken(capacity: int, taken: int) -> None:
    one = mentor(taken=min(taken, capacity), offer=replace(OFFER, capacity=capacity))
    if one.active_matches < capacity:
        one.must_be_open()
    else:
        with pytest.raises(MentorFull):
            one.must_be_open()

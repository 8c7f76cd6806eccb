"""What every list of mentors and matches promises, on every backend."""

from itertools import chain
from typing import Any

import pytest
from tests.support.given.matching import learner, mentor, told
from tests.support.given.world import World
from tests.support.http.walking import walked

from skillbridge.application.matching.matches import AcceptMatch, CancelMatch, RequestMatch
from skillbridge.application.matching.ports import MatchReads
from skillbridge.application.matching.views import MatchView
from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.mentors.ports import MentorReads, MentorSearch
from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.paging import Key, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.matching.match import MatchStatus, Side
from skillbridge.domain.mentors.mentor import Offer, UnknownMentor

pytestmark = pytest.mark.row("A9")

ANYBODY = MentorSearch()
PAUSE = Offer(headline="Back in May", capacity=1, accepting=False)


async def search(
    world: World,
    actor: Actor,
    wanted: MentorSearch = ANYBODY,
    *,
    after: Key | None = None,
    limit: int = 20,
) -> list[MentorCard]:
    return list(await world.items(MentorReads, "search", actor, wanted, PageRequest(limit, after)))


def ids(cards: list[MentorCard]) -> list[UserId]:
    return [card.id for card in cards]


@pytest.mark.row("D2")
@pytest.mark.parametrize(
    "wanted",
    [
        MentorSearch(text="rust"),
        MentorSearch(text="gently bola"),
        MentorSearch(text="gently, (Bola)!"),
        MentorSearch(text="AUTHOR"),
        MentorSearch(skill=SkillId("rust")),
        MentorSearch(language="yo"),
        MentorSearch(country="KE"),
        MentorSearch(text="rust", skill=SkillId("rust"), country="KE", free_only=True),
    ],
)
async def test_each_filter_finds_whom_it_names(world: World, wanted: MentorSearch) -> None:
    of = await mentor(
        world,
        name="Bola",
        headline="Rust gently",
        bio="An author of compilers",
        country="KE",
        languages=("en", "yo"),
        skills={"rust": 5},
    )
    await mentor(world, headline="Python quickly", country="NG", skills={"python": 5})
    assert ids(await search(world, await learner(world), wanted)) == [of.user_id]


@pytest.mark.row("D2")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Adé", "ade"),
        ("Kofi Ọlá", "kofi ola"),
        ("Ade", "ADÉ"),
        ("José Peña", "pen\u0303a"),
        ("Nguyễn", "nguyen"),
        ("ሰላም", "ሰላም"),
        ("हिन्दी", "हिन्दी"),
        ("한국", "한국"),
    ],
)
async def test_a_word_is_found_with_and_without_its_marks(
    world: World, name: str, words: str
) -> None:
    of, asks = await mentor(world, name=name), await learner(world)
    assert ids(await search(world, asks, MentorSearch(text=words))) == [of.user_id]


async def test_the_marks_of_scripts_that_write_vowels_so_are_letters(world: World) -> None:
    await mentor(world, name="हिन्दी")
    assert await search(world, await learner(world), MentorSearch(text="हनद")) == []


@pytest.mark.row("D2")
async def test_a_search_follows_what_mentors_change(world: World) -> None:
    of = await mentor(world, headline="Rust", name="Bola", country="KE", skills={"rust": 5})
    asks = await learner(world)
    before = [
        MentorSearch(text="rust"),
        MentorSearch(text="Bola"),
        MentorSearch(country="KE"),
        MentorSearch(skill=SkillId("rust")),
    ]
    after = [
        MentorSearch(text="go"),
        MentorSearch(text="Chidi slowly"),
        MentorSearch(country="NG"),
        MentorSearch(skill=SkillId("go")),
        MentorSearch(language="ha"),
    ]
    assert [len(await search(world, asks, one)) for one in before + after] == [1] * 4 + [0] * 5
    await told(
        world, of, name="Chidi", country="NG", bio="slowly", skills={"go": 3}, languages=("ha",)
    )
    await world.do(OfferMentoring, of, Offer(headline="Go", capacity=1))
    assert [len(await search(world, asks, one)) for one in before + after] == [0] * 4 + [1] * 5


@pytest.mark.row("D2")
@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"name": "Chidi"}, MentorSearch(text="chidi")),
        ({"bio": "slowly"}, MentorSearch(text="slowly")),
        ({"country": "NG"}, MentorSearch(country="NG")),
        ({"languages": ("ha",)}, MentorSearch(language="ha")),
        ({"skills": {"go": 3}}, MentorSearch(skill=SkillId("go"))),
    ],
    ids=lambda it: next(iter(it)) if isinstance(it, dict) else "",
)
async def test_a_search_follows_what_changes_alone(
    world: World, change: dict[str, Any], wanted: MentorSearch
) -> None:
    of, asks = await mentor(world), await learner(world)
    assert await search(world, asks, wanted) == []
    await told(world, of, **change)
    assert ids(await search(world, asks, wanted)) == [of.user_id]


async def test_who_pauses_and_comes_back_is_found_again(world: World) -> None:
    of, asks = await mentor(world, skills={"rust": 5}), await learner(world)
    wanted = MentorSearch(skill=SkillId("rust"))
    await world.do(OfferMentoring, of, PAUSE)
    assert await search(world, asks, wanted) == []
    await told(world, of, skills={"rust": 4})
    assert await search(world, asks, wanted) == []
    await world.do(OfferMentoring, of, Offer(headline="Back", capacity=1))
    assert ids(await search(world, asks, wanted)) == [of.user_id]


@pytest.mark.parametrize(
    "wanted",
    [
        MentorSearch(text="is free"),
        MentorSearch(text="country KE"),
        MentorSearch(text="'skill rust'"),
        MentorSearch(text="?!"),
        MentorSearch(skill=SkillId("o'reilly\\")),
        MentorSearch(language="en' | 'is free"),
    ],
)
async def test_no_word_is_taken_for_a_filter(world: World, wanted: MentorSearch) -> None:
    await mentor(world, country="KE", skills={"rust": 5})
    assert await search(world, await learner(world), wanted) == []


@pytest.mark.row("D2")
async def test_pages_follow_each_other_newest_first(world: World) -> None:
    made = [(await mentor(world)).user_id for _ in range(5)]
    reader = await learner(world)
    pages = await walked(
        lambda after: search(world, reader, after=after, limit=2),
        lambda card: Key(card.since, card.id),
    )
    assert ids([*chain.from_iterable(pages)]) == made[::-1]


async def test_the_full_are_shown_unless_only_the_free_are_wanted(world: World) -> None:
    of, asks = await mentor(world), await learner(world)
    match = await world.do(RequestMatch, asks, of.user_id)
    await world.do(AcceptMatch, of, match.id)
    assert ids(await search(world, asks)) == [of.user_id]
    assert await search(world, asks, MentorSearch(free_only=True)) == []
    await world.do(CancelMatch, of, match.id)
    assert ids(await search(world, asks, MentorSearch(free_only=True))) == [of.user_id]


async def test_who_pauses_is_seen_by_those_who_know_them(world: World) -> None:
    of, asks, stranger = await mentor(world), await learner(world), await learner(world)
    await world.do(RequestMatch, asks, of.user_id)
    await world.do(OfferMentoring, of, PAUSE)
    assert await search(world, asks) == []
    for knows in (of, asks):
        assert (await world.ask(MentorReads, "one", knows, of.user_id)).accepting is False
    with pytest.raises(UnknownMentor):
        await world.ask(MentorReads, "one", stranger, of.user_id)


async def test_a_card_says_what_the_mentor_told(world: World) -> None:
    of = await mentor(world, capacity=3, years=4, skills={"go": 3}, time_zone="Africa/Lagos")
    card: MentorCard = await world.ask(MentorReads, "one", await learner(world), of.user_id)
    assert (card.free, card.experience_years, card.skills) == (3, 4, {"go": 3})
    assert (card.rating, card.ratings, card.time_zone) == (None, 0, "Africa/Lagos")


async def test_matches_are_listed_with_both_names_by_side_and_status(world: World) -> None:
    of, asks = await mentor(world, name="Bola"), await learner(world, name="Chidi")
    match = await world.do(RequestMatch, asks, of.user_id, "Hello")
    newer = await world.do(RequestMatch, of, (await mentor(world)).user_id)

    async def mine(side: Side | None, status: MatchStatus | None = None) -> list[MatchView]:
        return list(
            await world.items(MatchReads, "mine", of, PageRequest(10), side=side, status=status)
        )

    both = await mine(None)
    assert [one.id for one in both] == [newer.id, match.id]
    assert (both[1].learner.name, both[1].mentor.name, both[1].message) == (
        "Chidi",
        "Bola",
        "Hello",
    )
    assert [one.id for one in await mine(Side.MENTOR)] == [match.id]
    assert [one.id for one in await mine(Side.LEARNER)] == [newer.id]
    assert await mine(None, MatchStatus.ACTIVE) == []


@pytest.mark.parametrize("side", [None, Side.LEARNER])
async def test_pages_of_matches_follow_each_other_newest_first(
    world: World, side: Side | None
) -> None:
    asks = await learner(world)
    made = [
        (await world.do(RequestMatch, asks, (await mentor(world)).user_id)).id for _ in range(3)
    ]

    async def page(after: Key | None) -> list[MatchView]:
        asked = PageRequest(2, after)
        return list(await world.items(MatchReads, "mine", asks, asked, side=side, status=None))

    pages = await walked(page, lambda match: Key(match.requested_at, match.id))
    assert [match.id for match in chain.from_iterable(pages)] == made[::-1]

"""How long to wait after wrong tries: the rule, and what it lets a guesser have."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.delay import NONE, Delay, Strikes

pytestmark = pytest.mark.row("C2")

SECOND, DAY = 1_000_000, 86_400_000_000
DELAY = Delay.of(5, timedelta(seconds=2), timedelta(minutes=15), timedelta(days=1))


def test_five_are_free_and_each_wait_is_twice_the_one_before_up_to_a_quarter_of_an_hour() -> None:
    waits = [DELAY.after(tries) // SECOND for tries in range(17)]
    assert waits == [0] * 5 + [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert DELAY.after(10**6) == 900 * SECOND
    assert [tries for tries in range(30) if DELAY.is_first_at_bound(tries)] == [14]


@pytest.mark.asvs("6.3.1")
def test_who_guesses_as_fast_as_is_let_has_a_hundred_a_day() -> None:
    held, now, looked_at = NONE, 0, 0
    while now < DAY:
        struck = DELAY.struck(held, now)
        if struck is None:
            now = held.due
            continue
        held, looked_at = struck, looked_at + 1
    assert 95 < looked_at < 110
    assert DELAY.struck(held, held.due - 1) is None
    assert DELAY.struck(held, held.due + DAY) == Strikes(1, held.due + DAY), "it was forgotten"
    assert DELAY.struck(held, held.due + DAY - 1) == Strikes(
        held.tries + 1, held.due + DAY - 1 + 900 * SECOND
    )


Steps = st.lists(st.tuples(st.booleans(), st.integers(0, 40 * SECOND)), max_size=60)


@given(Steps)
def test_who_is_right_is_as_if_they_had_never_tried(steps: list[tuple[bool, int]]) -> None:
    """And so what others did wrong waits as long as without them."""
    held = wrong_only = NONE
    now = 0
    for right, later in steps:
        now += later
        struck = DELAY.struck(held, now)
        if struck is None:
            continue
        if right:
            held = DELAY.forgiven(struck, struck, held.due)
        else:
            held, wrong_only = struck, DELAY.struck(wrong_only, now) or wrong_only
        assert (held.tries, max(held.due, now)) == (wrong_only.tries, max(wrong_only.due, now))


@given(st.integers(0, 20), st.integers(0, 20))
def test_what_was_tried_since_keeps_its_wait(before: int, since: int) -> None:
    """Its own: that of as many tries as there are without the one that was right."""
    held, now = NONE, 0
    for _ in range(before):
        held = _next(held, now := max(now, held.due))
    taken, due = _next(held, now := max(now, held.due)), held.due
    held = taken
    for _ in range(since):
        held = _next(held, now := max(now, held.due))
    left = DELAY.forgiven(held, taken, due)
    assert left.tries == before + since
    if since and left.tries:
        assert left.due == now + DELAY.after(left.tries)


def _next(held: Strikes, now: int) -> Strikes:
    struck = DELAY.struck(held, now)
    assert struck is not None
    return struck

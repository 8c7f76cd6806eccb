"""The bench's arithmetic."""

import pytest
from bench.figures import Goal, Load, ratio, shown, times


def test_a_load_is_told_per_second_and_per_request() -> None:
    load = Load(requests=2000, seconds=4.0, p99_ms=9.0, cpu_seconds=3.0)
    assert load.rate == 500
    assert load.cpu_us == 1500
    assert load.busy == 0.75


def test_a_ratio_is_made_within_each_round() -> None:
    fast_then_slow, half_as_fast = [100, 50, 80], [50, 25, 20]
    assert ratio(fast_then_slow, half_as_fast) == 2


def test_the_median_of_an_even_number_of_rounds_lies_between_the_middle_two() -> None:
    assert ratio([1, 2, 3, 100], [1, 1, 1, 1]) == 2.5


def test_rounds_that_do_not_pair_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio([1, 2], [1])


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12345.6, "12 346"),
        (100, "100"),
        (99.94, "99.9"),
        (10, "10.0"),
        (4.118, "4.12"),
        (0.4567, "0.457"),
    ],
)
def test_figures_have_three_digits_that_mean_something(number: float, text: str) -> None:
    assert shown(number) == text


def test_a_ratio_is_marked_as_one() -> None:
    assert times(4.118) == "4.12x"


def test_a_goal_is_met_when_it_is_just_reached() -> None:
    assert Goal("reads", wanted=4.0, measured=4.0).met
    assert not Goal("reads", wanted=4.0, measured=3.99).met
    assert Goal("reads", wanted=4.0, measured=4.0).limit == "≥ 4.00"


def test_a_goal_may_be_to_stay_below() -> None:
    assert Goal("seconds", wanted=5.0, measured=5.0, at_most=True).met
    assert not Goal("seconds", wanted=5.0, measured=5.01, at_most=True).met
    assert Goal("seconds", wanted=5.0, measured=1.0, at_most=True).limit == "≤ 5.00"

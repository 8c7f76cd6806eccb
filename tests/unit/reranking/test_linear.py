"""The linear model: read with care, the same on every run."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dishka import make_async_container
from hypothesis import given
from hypothesis import strategies as st
from tests.support.given.mentors import A_NEED, user

from skillbridge.adapters.reranking.bounds import BaseOrder
from skillbridge.adapters.reranking.linear import LinearModel, UnreadableModel
from skillbridge.adapters.reranking.provider import RerankingProvider
from skillbridge.application.ranking.features import FEATURES
from skillbridge.application.ranking.ports.ranker import (
    Option,
    RankedList,
    RankingContext,
    ReRanker,
)

pytestmark = pytest.mark.row("G8")

NOW = RankingContext(datetime(2026, 11, 1, tzinfo=UTC), 10, degraded=False)


def written(folder: Path, **said: Any) -> Path:
    path = folder / "model.json"
    path.write_text(json.dumps({"version": "one", "weights": {}} | said), encoding="utf-8")
    return path


def option(number: int, **features: int) -> Option:
    return Option(user(number), dict.fromkeys(FEATURES, 0) | features)


def test_mentors_go_by_falling_odds_and_equal_ones_as_they_came(tmp_path: Path) -> None:
    weights = {"reviews": 0.5, "base_position": -0.25}
    model = LinearModel.load(written(tmp_path, weights=weights, intercept=-3))
    options = [
        option(1, reviews=0, base_position=1),
        option(2, reviews=9, base_position=2),
        option(4, reviews=1, base_position=4),
        option(3, reviews=1, base_position=4),
    ]
    assert list(model(A_NEED, options, NOW)) == [user(n) for n in (2, 1, 4, 3)]
    assert model.name == "one"
    assert model.log_odds(options[1].features) == -3 + 9 * 0.5 - 2 * 0.25


@given(
    st.dictionaries(st.sampled_from(FEATURES), st.floats(-1, 1)),
    st.lists(st.integers(0, 10_000), max_size=20),
)
def test_every_model_gives_an_order_and_always_the_same(
    weights: dict[str, float], totals: list[int]
) -> None:
    options = [option(n, total=total, base_position=n) for n, total in enumerate(totals)]
    there = LinearModel("one", weights)(A_NEED, options, NOW)
    back = LinearModel("one", dict(reversed(weights.items())))(A_NEED, options, NOW)
    assert sorted(there) == sorted(one.mentor_id for one in options)
    assert there == back


@pytest.mark.parametrize(
    "said",
    [
        {"weights": {"luck": 1}},
        {"weights": {"skill": "much"}},
        {"weights": []},
        {"version": ""},
        {"version": "base"},
        {"seed": 1},
        {"intercept": None},
    ],
)
def test_a_file_that_is_no_model_is_refused_at_the_start(
    tmp_path: Path, said: dict[str, Any]
) -> None:
    with pytest.raises(UnreadableModel, match=r"model\.json"):
        RerankingProvider(written(tmp_path, **said))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b'{"version": "x", "weights": {"skill": 1e999}}']
)
def test_a_file_that_cannot_be_read_is_refused_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableModel):
        LinearModel.load(path)
    with pytest.raises(UnreadableModel, match="cannot be read"):
        LinearModel.load(tmp_path / "absent.json")


def test_infinity_is_no_weight(tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    model.write_bytes(b'{"version": "x", "weights": {"skill": 1' + b"0" * 400 + b".0}}")
    with pytest.raises(UnreadableModel):
        LinearModel.load(model)


async def test_wired_with_a_file_the_model_orders_within_its_bounds(tmp_path: Path) -> None:
    container = make_async_container(RerankingProvider(written(tmp_path, weights={"reviews": 1})))
    reranker = await container.get(ReRanker)
    options = [option(1, reviews=0), option(2, reviews=3)]
    assert await reranker.order(A_NEED, options, NOW) == RankedList((user(2), user(1)), "one")
    await container.close()


async def test_wired_without_a_file_nobody_reorders() -> None:
    container = make_async_container(RerankingProvider(None))
    assert isinstance(await container.get(ReRanker), BaseOrder)
    await container.close()

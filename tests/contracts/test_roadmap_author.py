"""What every author of roadmaps promises."""

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from dishka import make_async_container
from tests.support.servers.model_server import draws, serving
from tests.unit.roadmaps.examples import CATALOGUE, a_brief, an_outline

from skillbridge.adapters.openai.provider import OpenAIProvider
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.application.roadmaps.ports import AuthorUnavailable, RoadmapAuthor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import DomainId
from skillbridge.domain.resources.catalogue import UnknownDomain
from skillbridge.domain.roadmaps.validator import validate

pytestmark = pytest.mark.row("E1")


@pytest.fixture(params=["sound", "unsound", "none"])
async def author(request: pytest.FixtureRequest) -> AsyncIterator[RoadmapAuthor]:
    changes = {"unsound": {"resources": ["made-up"]}}.get(request.param, {})
    async with serving(draws(an_outline(), **changes)) as model:
        there = OpenAISettings(api_key="sk-test", base_url=model.url)
        settings = OpenAISettings() if request.param == "none" else there
        container = make_async_container(OpenAIProvider(settings))
        yield await container.get(RoadmapAuthor)
        await container.close()


async def test_an_outline_is_sound_or_there_is_none(author: RoadmapAuthor) -> None:
    with suppress(AuthorUnavailable):
        outline = await author.draft(a_brief(), CATALOGUE)
        assert validate(outline, a_brief(), CATALOGUE) == ()


@pytest.mark.parametrize("author", ["unsound", "none"], indirect=True)
async def test_where_there_is_none_the_reason_is_told(author: RoadmapAuthor) -> None:
    with pytest.raises(AuthorUnavailable, match=r"no model is configured|was unsound") as refused:
        await author.draft(a_brief(), CATALOGUE)
    assert isinstance(refused.value, Unavailable)
    assert refused.value.retry_after >= 1


async def test_an_unknown_domain_is_the_askers_mistake(author: RoadmapAuthor) -> None:
    with pytest.raises(UnknownDomain):
        await author.draft(a_brief(domain=DomainId("alchemy")), CATALOGUE)

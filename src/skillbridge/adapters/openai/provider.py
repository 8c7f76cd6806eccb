"""Plug the model into the port of authors."""

from collections.abc import AsyncIterable

from dishka import Provider, Scope, provide

from skillbridge.adapters.openai.author import NoAuthor, OpenAIAuthor
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.application.roadmaps.ports import RoadmapAuthor


class OpenAIProvider(Provider):
    """Without a key there is no model, and the author says so; local servers need none."""

    scope = Scope.APP

    def __init__(self, settings: OpenAISettings) -> None:
        super().__init__()
        self._settings = settings

    @provide
    async def author(self) -> AsyncIterable[RoadmapAuthor]:
        if self._settings.unset:
            yield NoAuthor()
            return
        author = OpenAIAuthor(self._settings)
        yield author
        await author.close()

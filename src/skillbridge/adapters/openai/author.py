"""The model as author of roadmaps. It is asked, checked, corrected once, and never trusted."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec
import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from skillbridge.adapters.openai.conversation import Conversation, Failure, Model, begin
from skillbridge.adapters.openai.settings import NO_MODEL, OpenAISettings
from skillbridge.adapters.openai.wire import read_outline
from skillbridge.application.roadmaps.ports import AuthorUnavailable
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.language import in_another_language
from skillbridge.domain.roadmaps.outline import Outline
from skillbridge.domain.roadmaps.syllabus import Syllabus
from skillbridge.domain.roadmaps.validator import validate

log = structlog.get_logger()

MAX_RETRY_AFTER = 3600
FULL_JITTER = wait_random_exponential(multiplier=0.5, max=8)


class UnusableAnswer(Exception):
    """An answer came and is no roadmap that we take; `first` when none was before it."""

    def __init__(self, reason: str, *, first: bool) -> None:
        super().__init__(reason)
        self.first = first


@dataclass(frozen=True, slots=True)
class NoAuthor:
    """Stands where no model is configured."""

    async def draft(self, brief: Brief, catalogue: Syllabus) -> Outline:
        """Raises AuthorUnavailable, and Invalid for an unknown domain, as every author does."""
        catalogue.domain(brief.domain)
        raise AuthorUnavailable(NO_MODEL)


@dataclass(slots=True)
class OpenAIAuthor:
    """At most `tries` questions a roadmap, the correction included, within one time budget."""

    settings: OpenAISettings
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _model: Model | None = field(init=False, default=None)
    _opening: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    async def draft(self, brief: Brief, catalogue: Syllabus) -> Outline:
        """A sound outline. Raises AuthorUnavailable, and Invalid for an unknown domain.

        Whatever goes wrong on the way, in the library or in ours, is an author that is unavailable.
        """
        catalogue.domain(brief.domain)
        try:
            return await self._drawn(brief, catalogue)
        except AuthorUnavailable as error:
            log.warning("model.unavailable", reason=str(error))
            raise
        except Exception as error:
            log.exception("model.failed")
            raise AuthorUnavailable("the model could not be asked") from error

    async def _drawn(self, brief: Brief, catalogue: Syllabus) -> Outline:
        talk = begin(brief, catalogue)
        model = await self._opened()
        try:
            async with asyncio.timeout(self.settings.budget_seconds):
                return await self._retrying()(self._try, model, talk, brief, catalogue)
        except TimeoutError as error:
            raise AuthorUnavailable("the model took too long") from error
        except UnusableAnswer as error:
            raise AuthorUnavailable(str(error)) from error
        except Failure as error:
            wait = math.ceil(min(error.retry_after or 0, MAX_RETRY_AFTER))
            raise AuthorUnavailable(error.reason, retry_after=max(wait, 5)) from error

    async def close(self) -> None:
        if self._model is not None:
            await self._model.close()

    @staticmethod
    async def _try(model: Model, talk: Conversation, brief: Brief, catalogue: Syllabus) -> Outline:
        """Ask once. Raises Failure, or UnusableAnswer after telling the model why."""
        answer = await model.answer(talk.messages, talk.schema)
        reason = "the model's roadmap was unsound"
        faults: tuple[object, ...]
        try:
            outline = read_outline(answer)
        except msgspec.MsgspecError as error:
            faults = (f"this is not the JSON that was asked for: {error}",)
        else:
            faults = validate(outline, brief, catalogue)
            if not faults and (wanted := in_another_language(_told(outline), brief.goal)):
                reason = "the model's roadmap was in another language than the goal"
                faults = (f"every title and summary must be in the goal's language: {wanted}",)
            if not faults:
                return outline
        talk.complain(answer, faults)
        raise UnusableAnswer(reason, first=talk.complaints == 1)

    async def _opened(self) -> Model:
        async with self._opening:
            if self._model is None:
                self._model = await asyncio.to_thread(_open, self.settings)
            return self._model

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            stop=stop_after_attempt(self.settings.tries),
            wait=_pause,
            retry=retry_if_exception(self._worth_another),
            sleep=self.sleep,
            reraise=True,
        )

    def _worth_another(self, error: BaseException) -> bool:
        if isinstance(error, UnusableAnswer):
            return error.first
        if not isinstance(error, Failure) or not error.transient:
            return False
        return (error.retry_after or 0) <= self.settings.longest_wait_seconds


def _told(outline: Outline) -> str:
    """All that the learner would read."""
    return " ".join(
        [outline.title, *(f"{module.title} {module.summary}" for module in outline.modules)]
    )


def _pause(state: RetryCallState) -> float:
    """As long as the server says; else up to twice as long each time, at random."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, UnusableAnswer):
        return 0
    if isinstance(error, Failure) and error.retry_after is not None:
        return error.retry_after
    return FULL_JITTER(state)


def _open(settings: OpenAISettings) -> Model:
    from skillbridge.adapters.openai.client import ChatModel  # noqa: PLC0415  # costs a second

    return ChatModel(settings)

"""One question to a chat-completions server. Importing this costs a second: the SDK does."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2  # what the SDK speaks HTTP with
import msgspec
import openai
import structlog

from skillbridge.adapters.openai.bounded import BoundedTransport, TooBig
from skillbridge.adapters.openai.conversation import Failure, Message
from skillbridge.adapters.openai.dialect import Dialect
from skillbridge.adapters.openai.refusal import MALFORMED, Refusal, told_in
from skillbridge.adapters.openai.server import ASKING, server_of
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.adapters.openai.wire import Choice, read_completion, read_error
from skillbridge.adapters.outgoing import Outgoing
from skillbridge.adapters.resilience import Breaker, CircuitOpen

log = structlog.get_logger()

REST = 30.0
"""Seconds for which a model that cannot be reached is left alone."""
_USUAL = OpenAISettings()
OUTGOING = Outgoing(
    contract="OpenAI chat completions, API version 1, and what speaks its dialect",
    deadline=_USUAL.try_seconds,
    tries=_USUAL.tries,
    breaker="model",
    fallback="a template of the domain draws the roadmap",
)


class ChatModel:
    """Never retries by itself: the author counts the tries.

    Only where the server names a part of the question that it does not take, it is asked again at
    once without; how it wants to be asked is remembered for as long as this lives.
    """

    def __init__(self, settings: OpenAISettings) -> None:
        self._settings = settings
        self._dialect = Dialect()
        away = (TimeoutError, openai.APIConnectionError)
        self._breaker = Breaker(OUTGOING.breaker, failures=5, reset_after=REST, counts=away)
        server = server_of(settings)
        timeout = httpx2.Timeout(settings.try_seconds, connect=settings.connect_seconds)
        transport = BoundedTransport(httpx2.AsyncHTTPTransport(), settings.most_bytes)
        self._headers: dict[str, Any] = {"Authorization": openai.Omit(), **server.proof}
        self._sdk = openai.AsyncOpenAI(
            api_key="in a header, where there is one",
            base_url=server.base_url,
            default_query=server.query,
            max_retries=0,
            http_client=httpx2.AsyncClient(transport=transport, timeout=timeout),
        )

    async def answer(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
        """Raises Failure."""
        try:
            async with self._breaker, asyncio.timeout(self._settings.try_seconds):
                body = await self._ask(messages, schema)
            return _finished(read_completion(body).choices[0])
        except (TimeoutError, openai.APITimeoutError) as error:
            raise Failure("the model did not answer in time", transient=True) from error
        except CircuitOpen as error:
            raise Failure("the model is left alone for a while, after failures") from error
        except Refusal as refusal:
            log.warning("model.refused", status=refusal.status, words=refusal.words)
            raise refusal.failure() from refusal
        except openai.APIConnectionError as error:
            raise Failure("the model cannot be reached", transient=True) from error
        except TooBig as error:
            raise Failure("the model's answer was too big") from error
        except (msgspec.MsgspecError, IndexError, UnicodeDecodeError) as error:
            raise Failure("the model's server answered in no known format") from error

    async def close(self) -> None:
        await self._sdk.close()

    async def _ask(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> bytes:
        """In the server's dialect; raises Refusal where none is left to try."""
        dialect, refused = self._dialect, set[str]()
        while True:
            most = self._settings.most_tokens
            try:
                body = await self._post(
                    dialect.question(self._settings.model, messages, schema, most)
                )
            except Refusal as refusal:
                other = dialect.without(refusal.words, refused)
                if other is None or refusal.status not in MALFORMED:
                    raise
                log.info("model.adapts", status=refusal.status, words=refusal.words)
                dialect = other
            else:
                self._dialect = dialect
                return body

    async def _post(self, question: dict[str, Any]) -> bytes:
        """The body of an answer. Raises Refusal, also for one within a good answer."""
        key = self._settings.api_key
        try:
            response = await self._sdk.post(
                ASKING,
                cast_to=httpx2.Response,
                body=question,
                options={"headers": self._headers},
            )
        except openai.APIStatusError as error:
            told = error.body if error.body is not None else error.response.text
            raise told_in(told, error.status_code, error.response.headers, key=key) from error
        if (within := read_error(response.content)) is not None:
            raise told_in(within, response.status_code, response.headers, key=key)
        return response.content


def _finished(choice: Choice) -> str:
    """The text of an answer that is whole. Raises Failure."""
    text = choice.message.text
    if choice.message.refusal:
        raise Failure("the model declined to draw this roadmap")
    if choice.finish_reason == "length":
        raise Failure("the model's answer was cut short")
    if choice.finish_reason == "content_filter" or text is None:
        raise Failure("the model gave no answer")
    return text

"""One question to a chat-completions server. Importing this costs a second: the SDK does."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2  # what the SDK speaks HTTP with
import msgspec
import openai

from skillbridge.adapters.openai.bounded import BoundedTransport, TooBig
from skillbridge.adapters.openai.conversation import PROMPT, Failure, Message
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.adapters.openai.wire import Choice, read_completion

TRANSIENT = frozenset({408, 409, 429})
QUOTA = "insufficient_quota"
NAME = PROMPT.replace(".", "_")


class ChatModel:
    """Never retries by itself: the author counts the tries."""

    def __init__(self, settings: OpenAISettings) -> None:
        self._settings = settings
        timeout = httpx2.Timeout(settings.try_seconds, connect=settings.connect_seconds)
        transport = BoundedTransport(httpx2.AsyncHTTPTransport(), settings.most_bytes)
        self._sdk = openai.AsyncOpenAI(
            api_key=settings.api_key,
            base_url=settings.base_url,
            max_retries=0,
            http_client=httpx2.AsyncClient(transport=transport, timeout=timeout),
        )

    async def answer(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
        """Raises Failure."""
        try:
            async with asyncio.timeout(self._settings.try_seconds):
                body = await self._post(messages, schema)
            return _finished(read_completion(body).choices[0])
        except (TimeoutError, openai.APITimeoutError) as error:
            raise Failure("the model did not answer in time", transient=True) from error
        except openai.APIStatusError as error:
            raise _refused(error) from error
        except openai.APIConnectionError as error:
            raise Failure("the model cannot be reached", transient=True) from error
        except TooBig as error:
            raise Failure("the model's answer was too big") from error
        except (msgspec.MsgspecError, IndexError, UnicodeDecodeError) as error:
            raise Failure("the model's server answered in no known format") from error

    async def close(self) -> None:
        await self._sdk.close()

    async def _post(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> bytes:
        question = {
            "model": self._settings.model,
            "messages": messages,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": NAME, "strict": True, "schema": schema},
            },
            "max_completion_tokens": self._settings.most_tokens,
        }
        path = "/chat/completions"
        response = await self._sdk.post(path, cast_to=httpx2.Response, body=question)
        return response.content


def _finished(choice: Choice) -> str:
    """The text of an answer that is whole. Raises Failure."""
    if choice.message.refusal is not None:
        raise Failure("the model declined to draw this roadmap")
    if choice.finish_reason == "length":
        raise Failure("the model's answer was cut short")
    if choice.finish_reason == "content_filter" or choice.message.content is None:
        raise Failure("the model gave no answer")
    return choice.message.content


def _refused(error: openai.APIStatusError) -> Failure:
    if error.code == QUOTA:
        return Failure("the model's quota is used up")
    if error.status_code == httpx2.codes.TOO_MANY_REQUESTS:
        after = _retry_after(error.response.headers)
        return Failure("the model is busy", transient=True, retry_after=after)
    if error.status_code in TRANSIENT or error.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
        after = _retry_after(error.response.headers)
        return Failure("the model's server is in trouble", transient=True, retry_after=after)
    return Failure(f"the model's server refused the question ({error.status_code})")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from the header in milliseconds or the one in seconds; dates are not heeded."""
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers[name]) / per_second
        except (KeyError, ValueError):
            continue
        if seconds >= 0:
            return seconds
    return None

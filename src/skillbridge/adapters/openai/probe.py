"""Is the model's server there, and does it know our key? Asked without drawing anything."""

import httpx

from skillbridge.adapters.openai.server import server_of
from skillbridge.adapters.openai.settings import NO_MODEL, OpenAISettings
from skillbridge.domain.errors import Unavailable


async def look_at(settings: OpenAISettings, *, seconds: float = 4) -> str:
    """What it answers to the cheapest question there is; raises Unavailable in its own words.

    Where no model is configured, nobody is asked.
    """
    if settings.unset:
        raise Unavailable(NO_MODEL)
    server = server_of(settings)
    url = httpx.URL(f"{server.base_url}/models", params=server.query)
    try:
        async with httpx.AsyncClient(timeout=seconds) as client:
            answer = await client.get(url, headers=server.proof)
    except httpx.HTTPError as error:
        raise Unavailable(
            f"{url.host} does not answer: {str(error) or type(error).__name__}"
        ) from error
    if answer.status_code in {401, 403}:
        raise Unavailable(f"{url.host} refuses the key: {answer.status_code} {answer.text[:200]}")
    if answer.is_server_error:
        raise Unavailable(f"{url.host} answers {answer.status_code}: {answer.text[:200]}")
    return f"{settings.model} at {url.host} answers"

"""How to reach the model, and how long to bear with it."""

import msgspec

OPENAI = "https://api.openai.com/v1"
NO_MODEL = "no model is configured"


class OpenAISettings(msgspec.Struct, frozen=True, kw_only=True):
    """Without `api_key` there is no model at OPENAI; elsewhere it is asked without. Times are in seconds, sizes in bytes."""

    api_key: str = ""
    base_url: str = OPENAI
    model: str = "gpt-4o-mini"
    connect_seconds: float = 3
    try_seconds: float = 25
    budget_seconds: float = 60
    tries: int = 3
    longest_wait_seconds: float = 20
    most_tokens: int = 8000
    most_bytes: int = 512 * 1024

    @property
    def unset(self) -> bool:
        return not self.api_key and self.base_url == OPENAI

    def __repr__(self) -> str:
        key = "set" if self.api_key else "none"
        return f"OpenAISettings(model={self.model!r}, base_url={self.base_url!r}, api_key={key})"

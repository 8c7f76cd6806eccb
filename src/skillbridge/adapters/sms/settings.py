"""How texts are sent."""

from dataclasses import dataclass

SANDBOX, LIVE = "https://api.sandbox.africastalking.com", "https://api.africastalking.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class AfricasTalkingSettings:
    """`username` is `sandbox` for their simulator, which sends nothing; `sender` a short code or a name, or none."""

    username: str
    api_key: str
    sender: str = ""
    url: str = ""

    @property
    def base_url(self) -> str:
        return (self.url or (SANDBOX if self.username == "sandbox" else LIVE)).rstrip("/")

    def __repr__(self) -> str:
        return f"AfricasTalkingSettings({self.username} at {self.base_url})"

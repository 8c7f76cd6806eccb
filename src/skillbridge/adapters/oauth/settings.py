"""Which providers there are, and what each knows us by."""

from dataclasses import dataclass, field

GITHUB = "github"


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    client_id: str
    client_secret: str = field(repr=False)
    url: str = "https://github.com"
    api_url: str = "https://api.github.com"
    device_flow: bool = False
    """Whether it gives out codes for devices: that is turned on for the app at GitHub, too."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    name: str
    issuer: str
    """To the letter, as the provider spells it."""
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    public_url: str
    """Where this installation is: the addresses that providers send browsers back to are made of it."""
    github: GitHubSettings | None = None
    oidc: tuple[OidcSettings, ...] = ()

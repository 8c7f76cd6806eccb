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
class SupabaseSettings:
    url: str
    """Where the project is, as `https://abc.supabase.co`."""
    tenant: str
    """The short name of the tenant whose people it has."""
    anon_key: str = ""
    """The publishable key, which opens nothing; its gateway wants one."""
    jwt_secret: str = field(default="", repr=False)
    """That of a project which signs with HS256, still."""
    service_key: str = field(default="", repr=False)
    """Writes the project's users; without it they are not written."""
    webhook_key: bytes = field(default=b"", repr=False)
    """Signs what the project tells; without it nothing is believed."""
    notices_key: bytes = field(default=b"", repr=False)
    """Signs what is pushed there of notices; without it nothing is."""

    @property
    def issuer(self) -> str:
        return f"{self.url}/auth/v1"


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    public_url: str
    """Where this installation is: the addresses that providers send browsers back to are made of it."""
    github: GitHubSettings | None = None
    oidc: tuple[OidcSettings, ...] = ()
    supabase: SupabaseSettings | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """What the operator gave; where their answers lead on to is a stranger's word."""
        return (
            *((self.github.url, self.github.api_url) if self.github else ()),
            *((self.supabase.url,) if self.supabase else ()),
            *(one.issuer for one in self.oidc),
        )

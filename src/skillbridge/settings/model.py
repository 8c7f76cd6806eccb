"""The fields, each with what it may hold."""

from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from skillbridge.settings.addresses import (
    Host,
    HttpUrl,
    Origin,
    PasskeyOrigin,
    PublicUrl,
    RedisUrl,
    SecurityContact,
    SmtpUrl,
)
from skillbridge.settings.database_url import DatabaseUrl
from skillbridge.settings.identity_providers import OidcProvider
from skillbridge.settings.values import (
    ApiKey,
    Network,
    PhonePrefix,
    Secret,
    Sender,
    SigningSecret,
    WebhookSecret,
)

LOCAL_KEY = SigningSecret("local-only-key-of-a-laptop-never-of-a-server")
SLUG = "^[a-z0-9][a-z0-9-]{1,62}$"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One field a variable: `database_url` is `DATABASE_URL`, `env` is `SKILLBRIDGE_ENV`."""

    env: Literal["local", "test", "staging", "production"]
    """Never guessed. `local` and `test` serve this machine alone, with a mailbox that is open."""
    home: Path = Path(".skillbridge")
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 8000
    public_url: PublicUrl = PublicUrl("http://127.0.0.1:8000")
    """Links in mails are made of it; on a server it begins with https://."""
    security_contact: SecurityContact = SecurityContact()
    """Whom to tell of a weakness, in /.well-known/security.txt: security@example.org, or a page; without it
    nobody is named."""
    default_tenant: Annotated[str, msgspec.Meta(pattern=SLUG)] = "skillbridge"
    """The short name (a-z, 0-9, -) of the tenant of those who name none."""
    tenant_domain: Host = Host()
    """With it a tenant has a host of its own: https://SLUG.DOMAIN names the tenant as X-Tenant does."""
    secret_keys: tuple[SigningSecret, ...] = (LOCAL_KEY,)
    """The newest signs, all verify; one that is dated, 2026-12-01T10:00Z:SECRET, signs from then on.
    `skillbridge keys` puts a new one in front and drops the last when what it signed has ended.
    On a server each is random and has 32 or more signs, as of `openssl rand -base64 32`."""
    cors_origins: tuple[Origin, ...] = ()
    """The web sites that may call the API from a browser: https://app.example.org."""
    passkey_site: Host = Host()
    """The host that passkeys belong to: that of the public address, or a domain above it where pages
    elsewhere ask for them. Another one later makes every passkey useless."""
    passkey_origins: tuple[PasskeyOrigin, ...] = ()
    """What may ask for passkeys beside the public address: pages (https://app.example.org) and Android
    apps (android:apk-key-hash:…)."""
    admins_need_second_factor: bool = False
    """Whether an administrator has no more than a learner's scopes until their account has an
    authenticator app; who has set one up refreshes the access token, or logs in again."""
    erasure_cooling_off_days: Annotated[int, msgspec.Meta(ge=1, le=25)] = 14
    """Days in which whoever asked for their account to be erased may think again; logging in stops it."""
    trusted_proxies: tuple[Network, ...] = ()
    """The reverse proxies whose header is believed: addresses, or networks (10.1.0.0/24)."""
    proxy_header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    """The header in which they say who asks them; the other one, whoever asks can write."""
    limit_factor: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    """So many times the usual may a person, a network and a tenant read: for one that is larger than
    usual, or to measure how much can be answered."""
    requests_at_once: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 100
    """That one process of the API has in work; others wait for their turn."""
    request_wait_seconds: Annotated[float, msgspec.Meta(ge=0.01, le=60)] = 1
    """Who would wait longer for its turn is answered 503 with Retry-After, before anything is done."""
    streams: Annotated[int, msgspec.Meta(ge=1, le=15_000)] = 2000
    """That one process of the API holds open at once; who comes then is answered 503, and may ask from
    time to time instead. Each takes about 20 kB of memory and one open file."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["short", "ecs"] = "short"
    """Lines of JSON under our own names, and for people at a terminal; `ecs`: documents of the Elastic
    Common Schema, as a shipper of logs takes them."""

    database_url: DatabaseUrl = DatabaseUrl()
    """The login of the API, which row level security binds; as libpq writes it, with its
    `?sslmode=verify-full&sslrootcert=system`."""
    database_auth_url: DatabaseUrl = DatabaseUrl()
    """The login by which the API signs people in: it alone reads passwords and refresh tokens."""
    database_worker_url: DatabaseUrl = DatabaseUrl()
    """The login of workers and of `seed`: believed when it says that it is the system."""
    database_admin_url: DatabaseUrl = DatabaseUrl()
    """The login of `migrate`: creates the others and the tables."""
    database_pool: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 20
    """The most connections of one process; some requests hold one while they ask by another."""
    database_auth_pool: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 5
    """The most connections of one process of the API for signing people in, beside those."""
    database_pooler: Literal["auto", "session", "transaction"] = "auto"
    """How a pooler between us and the server shares connections; `auto` finds one, and takes it
    for one by transaction."""
    app_password: Secret = Secret()
    """The passwords that `migrate` gives the logins skillbridge_app, skillbridge_auth and
    skillbridge_worker."""
    auth_password: Secret = Secret()
    worker_password: Secret = Secret()

    redis_url: RedisUrl = RedisUrl()
    """rediss:// on a server, unless it is the same machine."""
    matcher_url: HttpUrl = HttpUrl()
    """https:// on a server, unless it is the same machine."""
    matcher_url_file: Path | None = None
    matcher_secret: ApiKey = ApiKey()
    """What the matcher wants to hear from its callers: its own MATCHER_SECRET."""
    reranker_model: Path | None = None
    """A JSON file with the weights of a model that may reorder suggestions; without it none does."""

    job_lease_seconds: Annotated[float, msgspec.Meta(ge=0.1, le=3600)] = 15
    """So long after its worker died a job is taken by another; running jobs renew it."""
    job_attempts: Annotated[int, msgspec.Meta(ge=1, le=100)] = 8
    """A job that failed so often is dead until an operator replays it."""

    audit_anchors: Path | None = None
    """A file to which a signed line is added each day for the audit trail: best on another machine, where
    whoever owns the database writes nothing. Without it, in the folder of this installation."""

    mail_dir: Path | None = None
    smtp_url: SmtpUrl = SmtpUrl()
    """smtp://name:password@host:587 begins TLS by STARTTLS, smtps://host:465 at once."""
    smtp_tls: Literal["required", "offered", "none"] = "required"
    """`offered` and `none` are for a mail server on the same machine."""
    smtp_ca_file: Path | None = None
    """The certificates (PEM) that the mail server's one must come from, instead of the public ones."""
    mail_from: Sender = Sender("SkillBridge <no-reply@skillbridge.invalid>")

    files_dir: Path | None = None
    """Where files of people are kept; without it, in the folder of this installation. API and workers share it: on
    more than one machine a bucket is simpler."""
    files_s3_bucket: Annotated[
        str, msgspec.Meta(pattern="^(?:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$")
    ] = ""
    """In a bucket in its place, of Amazon S3 or of any server of its contract."""
    files_s3_url: HttpUrl = HttpUrl()
    """The server without the bucket: https://s3.eu-west-1.amazonaws.com."""
    files_s3_region: str = "us-east-1"
    files_s3_key_id: ApiKey = ApiKey()
    files_s3_secret: ApiKey = ApiKey()
    upload_mebibytes: Annotated[int, msgspec.Meta(ge=1, le=64)] = 8
    """The most of one file that a person sends."""

    sms: Literal["off", "mailbox", "africastalking"] = "off"
    """By whom codes are sent to phones; `mailbox` is for this machine. SMS is the weakest second factor, and
    costs money: read docs/codes.md first."""
    sms_prefixes: tuple[PhonePrefix, ...] = ()
    """What a number begins with that may be texted: +234,+254. None else is."""
    sms_a_day: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 500
    """Texts to all people of a tenant."""
    sms_a_prefix_a_day: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 200
    """Texts of a tenant to numbers of one of the prefixes."""
    africastalking_username: str = ""
    """Of the app there; `sandbox` asks their simulator, which texts nobody."""
    africastalking_api_key: ApiKey = ApiKey()
    africastalking_sender: str = ""
    """A short code or a name that is registered there; without one it is theirs."""
    africastalking_url: HttpUrl = HttpUrl()
    """Another address of the same contract."""

    openai_api_key: ApiKey = ApiKey()
    """Without it the template draws roadmaps, unless the address is that of a server of your own."""
    openai_base_url: HttpUrl = HttpUrl("https://api.openai.com/v1")
    """Any server of the same contract; with or without /chat/completions; Azure's has ?api-version=."""
    openai_model: str = "gpt-4o-mini"

    github_client_id: ApiKey = ApiKey()
    """Of the app that is registered at GitHub; with it people may sign in by GitHub."""
    github_client_secret: ApiKey = ApiKey()
    github_device_flow: bool = False
    """Whether apps may show a code that is typed in at GitHub; the app registered there must allow it, too."""
    github_url: HttpUrl = HttpUrl("https://github.com")
    """Another one for GitHub Enterprise Server; identities belong to the one that they came from."""
    github_api_url: HttpUrl = HttpUrl("https://api.github.com")
    oidc_providers: tuple[OidcProvider, ...] = ()
    """Others that people may sign in by, each NAME ISSUER CLIENT_ID CLIENT_SECRET, parted by commas:
    google https://accounts.google.com ID SECRET. Any that speaks OpenID Connect will do."""
    supabase_url: HttpUrl = HttpUrl()
    """Of a Supabase project that shares its people with the default tenant: https://abc.supabase.co. With it
    its access tokens are taken at /v1/auth/supabase."""
    supabase_anon_key: ApiKey = ApiKey()
    """Its publishable key, or the older `anon`: it opens nothing, and the project's gateway wants it."""
    supabase_jwt_secret: Secret = Secret()
    """For a project that still signs with HS256; without it such tokens are refused."""
    supabase_webhook_secret: WebhookSecret = WebhookSecret()
    """Signs what the project tells at /v1/webhooks/supabase, as v1,whsec_BASE64; without it nothing is heard."""
    supabase_notices_secret: WebhookSecret = WebhookSecret()
    """Signs what the worker tells the project's function notice-created, as v1,whsec_BASE64; without it nothing is
    pushed."""
    supabase_service_key: ApiKey = ApiKey()
    """Its secret key, or the older `service_role`, for the worker alone: with it the project gets a user for
    each account of the default tenant."""

    notes: tuple[str, ...] = ()
    """No setting: what was read differently from how it is written, for the log."""

    @property
    def on_server(self) -> bool:
        """Whether others than its owner may reach it."""
        return self.env in {"staging", "production"}

    @property
    def rp_id(self) -> str:
        """The relying party of passkeys."""
        return self.passkey_site or self.public_url.passkey_host

    @property
    def every_passkey_origin(self) -> tuple[str, ...]:
        """All that may ask for passkeys, the public address among them."""
        return (self.public_url.passkey_origin, *self.passkey_origins)


FIELDS = tuple(field for field in msgspec.structs.fields(Settings) if field.name != "notes")
ENVS = get_args(FIELDS[0].type)
_PLAIN = ("port", "database_", "redis_", "matcher_", "smtp_", "openai_")


def variable(field: str) -> str:
    """The environment variable of a field."""
    return field.upper() if field.startswith(_PLAIN) else f"SKILLBRIDGE_{field.upper()}"

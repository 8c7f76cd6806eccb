"""What a server must not have, and what no installation can work with."""

import math
import ssl
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

from skillbridge.settings.model import LOCAL_KEY, Settings, variable

KEY_LENGTH = 32
KEY_BITS = 80
"""What a key must seem to hold. Random hexadecimal digits seem to hold 99 or more at this length."""
PLACEHOLDERS = ("change", "example", "passw", "replace", "secret", "skillbridge")
"""Words that stand in keys that people make up, and in no random one."""

MATCHER_UNGUARDED = (
    f"is missing, or has fewer than {KEY_LENGTH} characters: whoever reaches the matcher could change "
    "what it suggests; give it and this program one random secret"
)

DATABASE_UNVERIFIED = (
    "is read by anyone on the way, or answered in the server's place: say "
    "?sslmode=verify-full&sslrootcert=system, or sslrootcert=/path/ca.pem"
)

DATABASES = ("database_url", "database_auth_url", "database_worker_url", "database_admin_url")

Danger = tuple[str, str]
"""The variable, and what is wrong with it and the way out."""


def unfit(settings: Settings) -> Iterator[Danger]:
    """What cannot work anywhere."""
    if settings.smtp_ca_file:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(settings.smtp_ca_file)
        except OSError as error:  # an SSLError is one
            reason = error.strerror or "no certificates"
            yield variable("smtp_ca_file"), f"cannot be read ({settings.smtp_ca_file}): {reason}"
    yield from _providers(settings)
    yield from _supabase(settings)
    yield from _sms(settings)
    yield from _files(settings)
    smtp = settings.smtp_url
    bare = smtp and not smtp.encrypts and settings.smtp_tls == "none"
    if bare and smtp.parts.password and not smtp.on_this_machine:
        yield variable("smtp_tls"), "is none: the password in SMTP_URL would be sent in the clear"


SECRET_KEY, PUBLISHABLE_KEY = "sb_secret_", "sb_publishable_"
"""What keys of Supabase begin with."""


def _supabase(settings: Settings) -> Iterator[Danger]:
    """What cannot be meant of a project beside us."""
    for field in (
        "supabase_anon_key",
        "supabase_jwt_secret",
        "supabase_service_key",
        "supabase_webhook_secret",
        "supabase_notices_secret",
    ):
        if getattr(settings, field) and not settings.supabase_url:
            yield variable(field), "is of no use without SKILLBRIDGE_SUPABASE_URL"
    if settings.supabase_anon_key.startswith(SECRET_KEY):
        yield variable("supabase_anon_key"), "is the project's secret key: give the publishable one"
    if settings.supabase_service_key.startswith(PUBLISHABLE_KEY):
        yield variable("supabase_service_key"), "is the publishable key, which writes nobody"
    if settings.supabase_jwt_secret and len(settings.supabase_jwt_secret) < KEY_LENGTH:
        yield variable("supabase_jwt_secret"), f"has fewer than {KEY_LENGTH} characters"


def _sms(settings: Settings) -> Iterator[Danger]:
    """What texts nobody, or shows whom to anyone."""
    if settings.sms != "off" and not settings.sms_prefixes:
        yield variable("sms_prefixes"), "is not set, so that no number may be texted: say +234"
    if settings.sms == "africastalking" and not settings.africastalking_username:
        yield (
            variable("africastalking_username"),
            "is not set, and SKILLBRIDGE_SMS is africastalking",
        )
    if settings.africastalking_url.in_the_clear:
        yield variable("africastalking_url"), "shows secrets to anyone on the way: say https://"


def _providers(settings: Settings) -> Iterator[Danger]:
    """What cannot be meant of those who sign people in."""
    if bool(settings.github_client_id) != bool(settings.github_client_secret):
        yield (
            variable("github_client_secret"),
            "and GITHUB_CLIENT_ID go together: set both, or none",
        )
    for field in ("github_url", "github_api_url", "supabase_url"):
        if getattr(settings, field).in_the_clear:
            yield variable(field), "shows secrets to anyone on the way: say https://"
    for part in ("name", "issuer"):
        counted = Counter(getattr(one, part) for one in settings.oidc_providers)
        for twice in (it for it, times in counted.items() if times > 1):
            yield variable("oidc_providers"), f"has two providers whose {part} is {twice}"


Program = Literal["api", "worker", "migrate", "seed"]
NEEDED: Mapping[Program, frozenset[str]] = {
    "api": frozenset({"database_url", "database_auth_url", "redis_url", "secret_keys"}),
    "worker": frozenset({"database_worker_url", "redis_url", "secret_keys", "smtp_url"}),
    "migrate": frozenset({"database_admin_url"}),
    "seed": frozenset({"database_worker_url", "redis_url"}),
}
"""What each program cannot do without on a server; what it does not need, nobody has to tell it."""
EVERYTHING = frozenset[str]().union(*NEEDED.values()) - {"database_admin_url"}


def unsafe(
    settings: Settings, program: Program | None = None, unread: Collection[str] = ()
) -> Iterator[Danger]:
    """Each setting that a server must not have; without a program, that an installation must not.

    `unread` are fields of which something is said that cannot be read.
    """
    needed = NEEDED[program] if program else EVERYTHING
    if "secret_keys" in needed:
        yield from _keys(settings)
        yield from _http(settings)
        if settings.files_s3_bucket and not settings.files_s3_key_id:
            yield variable("files_s3_key_id"), "is not set: nobody could send or see a picture"
    if "smtp_url" in needed:
        yield from _mail(settings)
    for field in sorted(needed - {"secret_keys", "smtp_url"}):
        if not getattr(settings, field):
            yield variable(field), "is not set"
    yield from _servers(settings, unread)
    yield from _logins(settings)


def _logins(settings: Settings) -> Iterator[Danger]:
    """Which login it is, is all that the database believes."""
    url, auth = settings.database_url.login, settings.database_auth_url.login
    mighty = {settings.database_worker_url.login, settings.database_admin_url.login} - {""}
    if url in mighty | {auth} - {""}:
        yield (
            variable("database_url"),
            "must be a login of its own: the API must not act as worker or owner, nor sign anybody in",
        )
    if auth in mighty:
        yield (
            variable("database_auth_url"),
            "must be a login of its own: who signs people in must not act as worker or owner",
        )


def _keys(settings: Settings) -> Iterator[Danger]:
    keys, name = settings.secret_keys, variable("secret_keys")
    if LOCAL_KEY in keys:
        yield name, f"is not set: give one random key of {KEY_LENGTH} or more characters"
        return
    for key in keys:
        which = f"has an entry {key.place} that" if key.place else "has a key that"
        if len(key) < KEY_LENGTH:
            yield name, f"{which} is shorter than {KEY_LENGTH} characters"
        elif _bits(key) < KEY_BITS or _has_words(key):
            yield name, f"{which} can be guessed: make one with `openssl rand -base64 32`"


def _bits(key: str) -> float:
    """At most so much does the key hold: by what repeats itself, and how signs and steps spread."""
    raw = key.encode()
    period = next(n for n in range(1, len(raw) + 1) if raw[n:] == raw[:-n])
    unit = raw[:period]
    steps = bytes((b - a) % 256 for a, b in pairwise(unit))
    return min(_spread(unit), _spread(steps))


def _spread(raw: bytes) -> float:
    """Shannon's entropy of the whole, in bits."""
    return -sum(n * math.log2(n / len(raw)) for n in Counter(raw).values())


def _has_words(key: str) -> bool:
    return any(word in key.lower() for word in PLACEHOLDERS)


def _http(settings: Settings) -> Iterator[Danger]:
    if not settings.public_url.startswith("https://"):
        yield variable("public_url"), "must begin with https://: links in mails are made of it"
    for origin in {"*", "null"} & {*settings.cors_origins}:
        yield variable("cors_origins"), f"must name each origin: `{origin}` lets every site in"
    yield from _passkeys(settings)
    for network in settings.trusted_proxies:
        if network.too_wide:
            yield (
                variable("trusted_proxies"),
                f"must name your own networks: `{network}` lets anyone forge an address",
            )


def _passkeys(settings: Settings) -> Iterator[Danger]:
    """No browser makes a passkey for a site that a page is not of."""
    for origin in settings.every_passkey_origin:
        host = (urlsplit(origin).hostname or "") if origin.startswith("http") else settings.rp_id
        if host != settings.rp_id and not host.endswith(f".{settings.rp_id}"):
            yield (
                variable("passkey_site"),
                f"must be the host of {origin}, or a domain above it: it is {settings.rp_id}",
            )
    for origin in settings.passkey_origins:
        if origin.startswith("http://"):
            yield variable("passkey_origins"), f"must begin with https://: {origin} is no safe page"


def _mail(settings: Settings) -> Iterator[Danger]:
    smtp = settings.smtp_url
    if not smtp:
        yield variable("smtp_url"), "is not set: nobody could verify an address"
    elif not (smtp.encrypts or smtp.on_this_machine or settings.smtp_tls == "required"):
        yield (
            variable("smtp_tls"),
            f"is {settings.smtp_tls}: mails hold links that open accounts; say required",
        )
    if settings.sms == "africastalking" and not settings.africastalking_api_key:
        yield (
            variable("africastalking_api_key"),
            "is not set, and SKILLBRIDGE_SMS is africastalking",
        )
    if settings.sms == "mailbox":
        yield variable("sms"), "is mailbox: codes would reach nobody; say africastalking, or off"
    if settings.mail_from.domain.endswith((".invalid", ".example", ".test", ".localhost")):
        yield variable("mail_from"), "is no address of yours: mail servers refuse it"


def _servers(settings: Settings, unread: Collection[str]) -> Iterator[Danger]:
    for field in DATABASES:
        if getattr(settings, field).open_on_the_way:
            yield variable(field), DATABASE_UNVERIFIED
    redis = settings.redis_url
    if redis and not (redis.encrypts or redis.on_this_machine):
        yield variable("redis_url"), "is read by anyone on the way: rediss:// with a certificate"
    if settings.files_s3_url.in_the_clear:
        yield variable("files_s3_url"), "shows people's files to anyone on the way: say https://"
    yield from _matcher(settings, unread)
    keyed = settings.openai_api_key or "openai_api_key" in unread
    if keyed and settings.openai_base_url.in_the_clear:
        yield variable("openai_base_url"), "shows the key to anyone on the way: say https://"


def _files(settings: Settings) -> Iterator[Danger]:
    """What cannot be meant of where files are kept; who works with none knows no key."""
    for one, other in (
        ("files_s3_bucket", "files_s3_url"),
        ("files_s3_key_id", "files_s3_secret"),
    ):
        if bool(getattr(settings, one)) != bool(getattr(settings, other)):
            yield variable(one), f"and {variable(other)} go together: set both, or none"
    if settings.files_s3_key_id and not settings.files_s3_bucket:
        yield variable("files_s3_key_id"), "is the key of a bucket, and none is named"
    if settings.files_s3_bucket and settings.files_dir:
        yield variable("files_dir"), "is one place for files, and a bucket another: set one"


def _matcher(settings: Settings, unread: Collection[str]) -> Iterator[Danger]:
    if settings.matcher_url.in_the_clear:
        yield variable("matcher_url"), "is read by anyone on the way: say https://"
    named = settings.matcher_url or "matcher_url" in unread
    if named and len(settings.matcher_secret) < KEY_LENGTH:
        yield variable("matcher_secret"), MATCHER_UNGUARDED

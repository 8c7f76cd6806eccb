"""What every container holds: use cases, the clock, and all that is outside but storage and signals."""

from datetime import UTC, datetime
from functools import cache

import structlog
from dishka import AsyncContainer, Provider, Scope, make_async_container, provide

from skillbridge.adapters.anchors.provider import AnchorProvider
from skillbridge.adapters.catalogue.provider import CatalogueProvider
from skillbridge.adapters.crypto.provider import CryptoProvider
from skillbridge.adapters.files.provider import FilesProvider
from skillbridge.adapters.files.settings import Bucket, Folder
from skillbridge.adapters.images.provider import ImagesProvider
from skillbridge.adapters.mail.provider import MailProvider
from skillbridge.adapters.mail.smtp import Server, Tls
from skillbridge.adapters.matcher.provider import MatcherProvider, MatcherSettings
from skillbridge.adapters.oauth.provider import OAuthProvider
from skillbridge.adapters.oauth.settings import (
    GitHubSettings,
    OAuthSettings,
    OidcSettings,
    SupabaseSettings,
)
from skillbridge.adapters.openai.provider import OpenAIProvider
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.adapters.phone_numbers.provider import PhoneNumbersProvider
from skillbridge.adapters.reranking.provider import RerankingProvider
from skillbridge.adapters.sms.provider import SmsProvider
from skillbridge.adapters.sms.settings import AfricasTalkingSettings
from skillbridge.adapters.telemetry import logs
from skillbridge.application import (
    accounts,
    audit,
    cohorts,
    gamification,
    idempotency,
    matching,
    mentors,
    notifications,
    privacy,
    profiles,
    progress,
    ranking,
    reactions,
    roadmaps,
    sealed_columns,
    security_signals,
    tenancy,
    uploads,
)
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.jobs import Reactions
from skillbridge.application.ports.tenants import Tenants
from skillbridge.domain.accounts.held_roles import AdministratorsRule
from skillbridge.domain.accounts.phone import SmsRule
from skillbridge.domain.privacy.cooling_off import CoolingOff
from skillbridge.domain.uploads.upload import MEBIBYTE, UploadRule
from skillbridge.settings import Settings

log = structlog.get_logger()

CONTEXTS = (
    accounts,
    profiles,
    roadmaps,
    progress,
    mentors,
    matching,
    ranking,
    cohorts,
    gamification,
    notifications,
    audit,
    tenancy,
    uploads,
    privacy,
)


class Kernel(Provider):
    """What needs no technology."""

    scope = Scope.APP

    @provide
    def clock(self) -> Clock:
        return _now

    @provide
    def known_tenants(self, tenants: Tenants, fanout: Fanout) -> KnownTenants:
        return KnownTenants(tenants, fanout)

    @provide
    def reactions(self) -> Reactions:
        return reactions.names()


class Rules(Provider):
    """What an installation decides for itself."""

    scope = Scope.APP

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._administrators = AdministratorsRule(settings.admins_need_second_factor)
        self._sms = SmsRule(
            settings.sms != "off",
            settings.sms_prefixes,
            settings.sms_a_day,
            settings.sms_a_prefix_a_day,
        )
        self._cooling_off = CoolingOff(settings.erasure_cooling_off_days)
        self._uploads = UploadRule(settings.upload_mebibytes * MEBIBYTE)

    @provide
    def administrators(self) -> AdministratorsRule:
        return self._administrators

    @provide
    def sms(self) -> SmsRule:
        return self._sms

    @provide
    def cooling_off(self) -> CoolingOff:
        return self._cooling_off

    @provide
    def uploads(self) -> UploadRule:
        return self._uploads


@cache
def use_cases() -> Provider:
    """The same for every container."""
    provider = Provider(scope=Scope.REQUEST)
    for context in CONTEXTS:
        provider.provide_all(*context.USE_CASES)
    provider.provide_all(*accounts.PARTS, *roadmaps.PARTS, *cohorts.PARTS, *idempotency.USE_CASES)
    provider.provide_all(*sealed_columns.USE_CASES, *security_signals.PARTS)
    return provider


def outside(settings: Settings) -> tuple[Provider, ...]:
    """Everything outside but storage and signals."""
    return (
        Rules(settings),
        AnchorProvider(settings.audit_anchors or settings.home / "audit-anchors.jsonl"),
        CatalogueProvider(),
        CryptoProvider(
            settings.secret_keys,
            since={key: key.since for key in settings.secret_keys if key.since},
            public_url=settings.public_url,
            rp_id=settings.rp_id,
            passkey_origins=settings.every_passkey_origin,
        ),
        FilesProvider(files_at(settings)),
        ImagesProvider(),
        MailProvider(
            settings.mail_dir or settings.home / "mail",
            sender=settings.mail_from,
            server=mail_server(settings),
        ),
        PhoneNumbersProvider(),
        SmsProvider(sms_gateway(settings), into_mailbox=settings.sms == "mailbox"),
        OAuthProvider(oauth_settings(settings)),
        OpenAIProvider(model_settings(settings)),
        MatcherProvider(
            MatcherSettings(
                url=settings.matcher_url or None,
                url_file=settings.matcher_url_file,
                secret=settings.matcher_secret,
            )
        ),
        RerankingProvider(settings.reranker_model),
    )


def model_settings(settings: Settings) -> OpenAISettings:
    return OpenAISettings(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.openai_model,
    )


def oauth_settings(settings: Settings) -> OAuthSettings:
    """Who signs people in beside us."""
    github = None
    if settings.github_client_id:
        github = GitHubSettings(
            settings.github_client_id,
            settings.github_client_secret,
            str(settings.github_url),  # plain text: what stands in answers is of no other kind
            str(settings.github_api_url),
            settings.github_device_flow,
        )
    oidc = tuple(
        OidcSettings(one.name, one.issuer, one.client_id, one.client_secret)
        for one in settings.oidc_providers
    )
    supabase = None
    if settings.supabase_url:
        supabase = SupabaseSettings(
            str(settings.supabase_url),
            settings.default_tenant,
            settings.supabase_anon_key,
            settings.supabase_jwt_secret,
            settings.supabase_service_key,
            settings.supabase_webhook_secret.key,
            settings.supabase_notices_secret.key,
        )
    return OAuthSettings(settings.public_url, github, oidc, supabase)


def sms_gateway(settings: Settings) -> AfricasTalkingSettings | None:
    if settings.sms != "africastalking":
        return None
    return AfricasTalkingSettings(
        username=settings.africastalking_username,
        api_key=settings.africastalking_api_key,
        sender=settings.africastalking_sender,
        url=settings.africastalking_url,
    )


def files_at(settings: Settings) -> Folder | Bucket:
    if not settings.files_s3_bucket:
        return Folder(settings.files_dir or settings.home / "files")
    return Bucket(
        endpoint=str(settings.files_s3_url),
        name=settings.files_s3_bucket,
        region=settings.files_s3_region,
        key_id=settings.files_s3_key_id,
        secret=settings.files_s3_secret,
    )


def mail_server(settings: Settings) -> Server | None:
    url = settings.smtp_url
    if not url:
        return None
    return Server(
        host=url.host,
        port=url.port,
        tls=Tls.AT_ONCE if url.encrypts else Tls(settings.smtp_tls),
        username=url.parts.user,
        password=url.parts.password,
        ca_file=settings.smtp_ca_file,
    )


def make_container(*providers: Provider) -> AsyncContainer:
    """Checks that everything asked for is given before anything starts."""
    return make_async_container(Kernel(), use_cases(), *providers)


def configure_logs(settings: Settings) -> None:
    """The first lines tell which settings were read differently from how they are written."""
    logs.configure(
        level=settings.log_level,
        pretty=settings.env == "local",
        ecs=settings.log_format == "ecs",
        for_good=settings.on_server,
    )
    for note in settings.notes:
        log.warning("settings.note", note=note)


def _now() -> datetime:
    return datetime.now(UTC)

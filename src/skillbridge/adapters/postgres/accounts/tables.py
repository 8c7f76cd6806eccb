"""The tables of accounts."""

from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time, version
from skillbridge.domain.accounts.api_token import MOST_DAYS, NAMES
from skillbridge.domain.accounts.identity import LONGEST_SUBJECT
from skillbridge.domain.accounts.one_time_proof import TRIES, Purpose
from skillbridge.domain.accounts.phone import TextState
from skillbridge.domain.accounts.second_factor import FactorKind
from skillbridge.domain.accounts.user import MOST_DEVICES

ADDRESS = "email = lower(email) and length(email) <= 254"

users = table(
    "users",
    of_tenant("id"),
    columns(Text, "email"),
    time("email_verified_at", null=True),
    columns(Text, "password_hash", null=True),
    columns(ARRAY(Text), "roles", default="{learner}"),
    time("created_at", "updated_at", now=True),
    time("deleted_at", null=True),
    version(),
    time("disabled_at", null=True),
    columns(ARRAY(Text), "devices", default="{}"),
    index("uq_users_living_email", "tenant_id", "email", unique=True, where="deleted_at is null"),
    unique=[("tenant_id", "id")],
    checks={
        "email": ADDRESS,
        "roles": "roles <@ '{learner,mentor,moderator,admin}'",
        "devices": f"cardinality(devices) <= {MOST_DEVICES}",
    },
)

registrations = table(
    "registrations",
    of_tenant("id"),
    columns(Text, "email", "password_hash", "name"),
    time("created_at", now=True),
    time("expires_at"),
    columns(SmallInteger, "tries", default="0"),
    columns(Boolean, "mailed", default="true"),
    index("ix_registrations_address", "tenant_id", "email", "expires_at"),
    index("ix_registrations_expiry", "tenant_id", "expires_at"),
    checks={"email": ADDRESS, "tries": f"tries between 0 and {TRIES}"},
)

one_time_proofs = table(
    "one_time_proofs",
    of_tenant("id"),
    columns(Text, "purpose"),
    columns(UUID, "user_id", null=True),
    columns(Text, "email", "former_email", null=True),
    columns(SmallInteger, "tries", default="0"),
    time("created_at", now=True),
    time("expires_at"),
    time("used_at", null=True),
    index(
        "uq_one_time_proofs_open",
        *("tenant_id", "user_id", "purpose"),
        unique=True,
        where="used_at is null",
    ),
    index("ix_one_time_proofs_expiry", "tenant_id", "expires_at"),
    references=[{"user_id": "users.id"}],
    checks={
        "purpose": Purpose,
        "email": ADDRESS,
        "tries": f"tries between 0 and {TRIES}",
        "addresses": "(email is null) = (purpose <> 'change_address') "
        "and (email is null) = (former_email is null)",
    },
)

sign_ins = table(
    "sign_ins",
    of_tenant("id"),
    columns(UUID, "user_id"),
    columns(Text, "device", default=""),
    time("created_at", now=True),
    time("expires_at"),
    time("revoked_at", null=True),
    time("last_used_at", now=True),
    columns(LargeBinary, "key", null=True),
    columns(LargeBinary, "network", default=""),
    index("ix_sign_ins_user", "user_id"),
    index("ix_sign_ins_end", "tenant_id", "expires_at"),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
    unique=[("tenant_id", "id")],
    checks={"key": "octet_length(key) = 32"},
)

refresh_tokens = table(
    "refresh_tokens",
    columns(LargeBinary, "hash", key=True),
    of_tenant(),
    columns(UUID, "sign_in_id"),
    columns(LargeBinary, "parent", null=True),
    time("issued_at", now=True),
    time("used_at", null=True),
    index("ix_refresh_tokens_sign_in", "sign_in_id"),
    index("uq_refresh_tokens_parent", "parent", unique=True),
    references=[{"sign_in_id": "sign_ins.id"}],
    checks={"hash": "octet_length(hash) = 32"},
)

api_tokens = table(
    "api_tokens",
    of_tenant("id"),
    columns(UUID, "user_id", null=True),
    columns(Text, "name"),
    columns(LargeBinary, "hash"),
    columns(ARRAY(Text), "scopes"),
    time("created_at", now=True),
    time("expires_at"),
    time("last_used_at", null=True),
    time("revoked_at", null=True),
    index("uq_api_tokens_hash", "hash", unique=True),
    index(
        "uq_api_tokens_name",
        *("tenant_id", "user_id", "name"),
        unique=True,
        where="revoked_at is null",
    ),
    index(
        "uq_api_tokens_service",
        *("tenant_id", "name"),
        unique=True,
        where="user_id is null and revoked_at is null",
    ),
    index("ix_api_tokens_end", "tenant_id", "expires_at"),
    references=[{"user_id": "users.id"}],
    checks={
        "hash": "octet_length(hash) = 32",
        "name": f"name ~ '{NAMES}'",
        "scopes": "cardinality(scopes) > 0",
        "life": f"expires_at <= created_at + interval '{MOST_DAYS} days'",
    },
)

second_factors = table(
    "second_factors",
    of_tenant("user_id"),
    columns(LargeBinary, "sealed_secret"),
    time("confirmed_at", null=True),
    columns(BigInteger, "last_step", null=True),
    columns(ARRAY(LargeBinary), "recovery_codes", default="{}"),
    columns(Text, "kind", default="app"),
    columns(Boolean, "same_mailbox", default="false"),
    references=[{"user_id": "users.id"}],
    checks={
        "recovery_codes": "cardinality(recovery_codes) <= 10",
        "kind": FactorKind,
        "sealed_secret": "(kind = 'app') = (octet_length(sealed_secret) > 0)",
    },
)

phones = table(
    "phones",
    of_tenant("id"),
    columns(UUID, "user_id"),
    columns(LargeBinary, "sealed_number", "number_index"),
    time("verified_at", null=True),
    columns(UUID, "text_id", null=True),
    columns(Text, "text_state", null=True),
    index(
        "uq_phones_verified", "tenant_id", "user_id", unique=True, where="verified_at is not null"
    ),
    index("uq_phones_waiting", "tenant_id", "user_id", unique=True, where="verified_at is null"),
    index("ix_phones_number", "tenant_id", "number_index", where="verified_at is not null"),
    references=[{"user_id": "users.id"}],
    checks={
        "number_index": "octet_length(number_index) = 32",
        "text_state": TextState,
        "text": "(text_id is null) = (text_state is null)",
    },
)

passkeys = table(
    "passkeys",
    of_tenant("id"),
    columns(UUID, "user_id"),
    columns(LargeBinary, "credential_id", "public_key"),
    columns(BigInteger, "sign_count"),
    columns(Boolean, "synced"),
    columns(Text, "name"),
    time("created_at"),
    time("last_used_at", null=True),
    index("uq_passkeys_credential_id", "credential_id", unique=True),
    index("ix_passkeys_user", "tenant_id", "user_id", "created_at"),
    references=[{"user_id": "users.id"}],
    checks={
        "credential_id": "octet_length(credential_id) between 1 and 1023",
        "public_key": "octet_length(public_key) <= 1024",
        "sign_count": "sign_count between 0 and 4294967295",
        "name": "char_length(name) between 1 and 50",
    },
)

spent_challenges = table(
    "spent_challenges",
    columns(LargeBinary, "nonce", key=True),
    of_tenant(),
    time("expires_at"),
    index("ix_spent_challenges_expiry", "tenant_id", "expires_at"),
    checks={"nonce": "octet_length(nonce) = 16"},
)

identities = table(
    "identities",
    of_tenant("id"),
    columns(UUID, "user_id"),
    columns(Text, "issuer", "subject"),
    time("created_at"),
    references=[{"user_id": "users.id"}],
    unique=[("tenant_id", "issuer", "subject"), ("tenant_id", "user_id", "issuer")],
    checks={
        "issuer": "length(issuer) <= 500",
        "subject": f"length(subject) between 1 and {LONGEST_SUBJECT}",
    },
)

authorization_requests = table(
    "authorization_requests",
    of_tenant("id"),
    columns(Text, "provider"),
    columns(LargeBinary, "binding"),
    columns(UUID, "user_id", null=True),
    columns(Text, "return_to", null=True),
    time("expires_at"),
    columns(Integer, "pace", null=True),
    time("asked_again_at", null=True),
    index("ix_authorization_requests_expiry", "tenant_id", "expires_at"),
    references=[{"user_id": "users.id"}],
    checks={
        "binding": "octet_length(binding) = 32",
        "pace": "pace between 5 and 60",
        "paced": "(pace is null) = (asked_again_at is null)",
    },
)

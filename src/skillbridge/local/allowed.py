"""Which variables each child is told: a list of what it may know, whatever else is in the terminal.

A secret reaches the programs that work with it. What is no setting and not of the machine reaches
nobody: a terminal may hold the keys to anything.
"""

from collections.abc import Mapping
from typing import Literal

from skillbridge.settings import variable
from skillbridge.settings.kinds import is_secret
from skillbridge.settings.model import FIELDS

Child = Literal["api", "worker", "migrate", "seed", "matcher", "cargo"]

SECRETS: Mapping[Child, frozenset[str]] = {
    "api": frozenset({
        "secret_keys", "database_url", "database_auth_url", "redis_url", "matcher_secret",
        "github_client_id", "github_client_secret", "oidc_providers",
        "supabase_anon_key", "supabase_jwt_secret", "supabase_webhook_secret",
        "files_s3_key_id", "files_s3_secret",
    }),
    "worker": frozenset({
        "secret_keys", "database_worker_url", "redis_url", "smtp_url", "openai_api_key",
        "matcher_secret", "supabase_service_key", "supabase_notices_secret", "africastalking_api_key",
        "files_s3_key_id", "files_s3_secret",
    }),
    "migrate": frozenset({
        "database_admin_url", "app_password", "auth_password", "worker_password",
    }),
    "seed": frozenset({"database_worker_url", "redis_url"}),
    "matcher": frozenset({"matcher_secret"}),
    "cargo": frozenset(),
}  # fmt: skip
"""The fields of the settings that are secret, by who works with them."""

MACHINE = frozenset({
    "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "PYTHONUNBUFFERED", "SHELL",
    "SKILLBRIDGE_HOME", "SSL_CERT_DIR", "SSL_CERT_FILE", "TERM", "TMPDIR", "TZ", "USER",
    "VIRTUAL_ENV", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
})  # fmt: skip
"""What any program may know; by the folder's name a run that was killed knows its children."""
PROXIES = frozenset({"all_proxy", "http_proxy", "https_proxy", "no_proxy"})
"""They may hold a password: for those that speak to the outside."""
TOOLS = ("CARGO_", "RUST", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS", "PKG_CONFIG")
MATCHER = "MATCHER_"
"""The matcher reads settings of its own, which the other programs do not have."""
SEED = "SKILLBRIDGE_DEMO_FILE"


def only(env: Mapping[str, str], child: Child) -> dict[str, str]:
    """What of `env` this child may know."""
    return {name: value for name, value in env.items() if _may_know(child, name)}


def _may_know(child: Child, name: str) -> bool:
    if name in MACHINE or name.startswith("LC_"):
        return True
    if name.lower() in PROXIES:
        return child in {"worker", "cargo"}
    if child == "matcher":
        return name.startswith(MATCHER)
    if child == "cargo":
        return name.startswith(TOOLS) and not name.endswith("TOKEN")
    return name in _settings_of(child) or (child == "seed" and name == SEED)


def _settings_of(child: Child) -> frozenset[str]:
    own = {variable(field.name) for field in FIELDS if field.name in SECRETS[child]}
    plain = {variable(field.name) for field in FIELDS if not is_secret(field.type)}
    return frozenset(plain | own | {f"{name}_FILE" for name in own})

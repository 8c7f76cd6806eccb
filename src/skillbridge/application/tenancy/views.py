"""What is shown of a tenant."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.ids import UserId
from skillbridge.domain.tenancy.settings import TenantSettings


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """What the tenant decided, and by whom, when and why; `changed_by` is null at the command line."""

    version: int
    settings: TenantSettings
    changed_by: UserId | None = None
    changed_at: datetime | None = None
    reason: str = ""

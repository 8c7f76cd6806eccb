"""Tenants: what each decides for itself, and what those who run the installation do with it."""

from skillbridge.application.tenancy.lifecycle import (
    EraseTenant,
    ExportTenant,
    ResumeTenant,
    SuspendTenant,
)
from skillbridge.application.tenancy.settings import (
    ChangeTenantSettings,
    GetTenantSettings,
    ListSettingsVersions,
    RollBackTenantSettings,
)

USE_CASES = (
    GetTenantSettings,
    ListSettingsVersions,
    ChangeTenantSettings,
    RollBackTenantSettings,
    SuspendTenant,
    ResumeTenant,
    ExportTenant,
    EraseTenant,
)

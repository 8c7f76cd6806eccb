"""Who may do what: each operation with its scope, written down a second time."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from litestar.routes import HTTPRoute
from tests.support.given.world import memory_world
from tests.support.http.asking import Asking, bearer, open_asking, refused, to_json

from skillbridge.domain.actor import Role

pytestmark = pytest.mark.row("C3")

OPEN, UNAUTHENTICATED = "open", "unauthenticated"
OPERATIONS = {
    "IsAlive": OPEN,
    "IsReady": OPEN,
    "ListPublicKeys": OPEN,
    "SecurityContact": OPEN,
    "ListDomains": OPEN,
    "ListResources": OPEN,
    "GetResource": OPEN,
    "RegisterUser": UNAUTHENTICATED,
    "OpenVerificationLink": UNAUTHENTICATED,
    "VerifyEmail": UNAUTHENTICATED,
    "ConfirmFromPage": UNAUTHENTICATED,
    "ResendFromPage": UNAUTHENTICATED,
    "ResendVerification": UNAUTHENTICATED,
    "LogIn": UNAUTHENTICATED,
    "ListProviders": OPEN,
    "BeginSignIn": UNAUTHENTICATED,
    "SignInWithIdentity": UNAUTHENTICATED,
    "SignInWithSupabase": UNAUTHENTICATED,
    "TakeSupabaseChange": UNAUTHENTICATED,
    "ComeBackFromProvider": UNAUTHENTICATED,
    "BeginDeviceSignIn": UNAUTHENTICATED,
    "SignInByDevice": UNAUTHENTICATED,
    "VerifySecondFactor": UNAUTHENTICATED,
    "VerifyEmailByCode": UNAUTHENTICATED,
    "RequestSignInCode": UNAUTHENTICATED,
    "BeginMailedSecondFactor": UNAUTHENTICATED,
    "FinishMailedSecondFactor": UNAUTHENTICATED,
    "BeginMailedFactor": "security:write",
    "FinishMailedFactor": "security:write",
    "BeginMailedStepUp": "security:write",
    "FinishMailedStepUp": "security:write",
    "BeginTextedSecondFactor": UNAUTHENTICATED,
    "FinishTextedSecondFactor": UNAUTHENTICATED,
    "BeginTextedFactor": "security:write",
    "FinishTextedFactor": "security:write",
    "BeginTextedStepUp": "security:write",
    "FinishTextedStepUp": "security:write",
    "BeginPhone": "security:write",
    "FinishPhone": "security:write",
    "GetPhone": "security:read",
    "RemovePhone": "security:write",
    "VerifySignInCode": UNAUTHENTICATED,
    "LogOut": UNAUTHENTICATED,
    "RefreshSession": UNAUTHENTICATED,
    "ListSessions": "security:read",
    "EndSession": "security:write",
    "ListIdentities": "security:read",
    "BeginLink": "security:write",
    "LinkIdentity": "security:write",
    "BeginDeviceLink": "security:write",
    "LinkByDevice": "security:write",
    "LinkSupabase": "security:write",
    "UnlinkIdentity": "security:write",
    "EndOtherSessions": "security:write",
    "RequestPasswordReset": UNAUTHENTICATED,
    "OpenResetLink": UNAUTHENTICATED,
    "ResetFromPage": UNAUTHENTICATED,
    "ForgotFromPage": UNAUTHENTICATED,
    "ResetPassword": UNAUTHENTICATED,
    "OpenAddressLink": UNAUTHENTICATED,
    "ConfirmAddressFromPage": UNAUTHENTICATED,
    "ConfirmAddress": UNAUTHENTICATED,
    "ChangePassword": "security:write",
    "RequestAddressChange": "security:write",
    "ConfirmAddressByCode": "security:write",
    "GetMe": "profile:read",
    "GetSecondFactor": "security:read",
    "StepUp": "security:write",
    "EnrolSecondFactor": "security:write",
    "ConfirmSecondFactor": "security:write",
    "RemoveSecondFactor": "security:write",
    "ReplaceRecoveryCodes": "security:write",
    "BeginPasskeyLogin": UNAUTHENTICATED,
    "FinishPasskeyLogin": UNAUTHENTICATED,
    "BeginPasskeySecondFactor": UNAUTHENTICATED,
    "FinishPasskeySecondFactor": UNAUTHENTICATED,
    "BeginPasskeyStepUp": "security:write",
    "FinishPasskeyStepUp": "security:write",
    "ListPasskeys": "security:read",
    "GetPasskey": "security:read",
    "BeginPasskeyRegistration": "security:write",
    "FinishPasskeyRegistration": "security:write",
    "RenamePasskey": "security:write",
    "RemovePasskey": "security:write",
    "ListPersonalTokens": "security:read",
    "CreatePersonalToken": "security:write",
    "RevokePersonalToken": "security:write",
    "UpdateProfile": "profile:write",
    "AmendProfile": "profile:write",
    "ShowMyOffer": "profile:read",
    "OfferMentoring": "profile:write",
    "ListBadges": "badges:read",
    "ListAwards": "badges:read",
    "ListNotices": "notices:read",
    "SearchAudit": "audit:read",
    "CountUnreadNotices": "notices:read",
    "MarkNoticeRead": "notices:write",
    "MarkAllNoticesRead": "notices:write",
    "RequestExport": "privacy:write",
    "GetExport": "privacy:read",
    "DownloadExport": "privacy:read",
    "RequestErasure": "privacy:write",
    "GetErasure": "privacy:read",
    "CancelErasure": "privacy:write",
    "BeginAvatar": "uploads:write",
    "GetUpload": "uploads:read",
    "ContinueUpload": "uploads:write",
    "CancelUpload": "uploads:write",
    "GetMyAvatar": "uploads:read",
    "RemoveAvatar": "uploads:write",
    "GetAvatar": "uploads:read",
    "DownloadAvatar": "uploads:read",
    "ListPrivacyKeys": OPEN,
    "ListRoadmaps": "roadmaps:read",
    "GetRoadmap": "roadmaps:read",
    "GetGeneration": "roadmaps:read",
    "FollowGeneration": "roadmaps:read",
    "RequestRoadmap": "roadmaps:write",
    "GetProgress": "progress:read",
    "CompleteModule": "progress:write",
    "UndoModule": "progress:write",
    "SearchMentors": "mentors:read",
    "SuggestMentors": "mentors:read",
    "GetMentor": "mentors:read",
    "ListMatches": "matches:read",
    "GetMatch": "matches:read",
    "RequestMatch": "matches:request",
    "WithdrawMatch": "matches:request",
    "CompleteMatch": "matches:request",
    "CancelMatch": "matches:request",
    "AcceptMatch": "mentoring:write",
    "DeclineMatch": "mentoring:write",
    "ListCohortRuns": "cohorts:read",
    "GetCohortRun": "cohorts:read",
    "GetCohortProgress": "cohorts:read",
    "FollowCohortRun": "cohorts:read",
    "ListPlacements": "cohorts:read",
    "OrderCohortRun": "cohorts:write",
    "ConfirmCohortRun": "cohorts:write",
    "DiscardCohortRun": "cohorts:write",
    "GetTenantSettings": "tenants:read",
    "ListSettingsVersions": "tenants:read",
    "ChangeTenantSettings": "tenants:write",
    "RollBackTenantSettings": "tenants:write",
}
ROLES = {
    "learner": {
        "profile:read", "profile:write", "mentors:read", "resources:read", "roadmaps:read",
        "roadmaps:write", "progress:read", "progress:write", "matches:read", "matches:request",
        "badges:read", "notices:read", "notices:write", "security:read", "security:write",
        "privacy:read", "privacy:write", "uploads:read", "uploads:write",
    },
    "mentor": {"mentoring:write"},
    "moderator": {"moderation:write"},
    "admin": {
        "users:read", "users:write", "audit:read", "jobs:read", "jobs:write", "cohorts:read", "cohorts:write",
        "tenants:read", "tenants:write",
    },
}  # fmt: skip


@pytest.fixture
async def ask() -> AsyncIterator[Asking]:
    async with memory_world() as world, open_asking(world) as asking:
        yield asking


def operations(ask: Asking) -> dict[str, tuple[str, str]]:
    """Each operation with its method and its path, with some id in it."""
    found: dict[str, tuple[str, str]] = {}
    for route in ask.app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if route.path.startswith(("/v1/", "/health/", "/.well-known/")) and isinstance(
                handler.operation_id, str
            ):
                path = re.sub(r"\{\w+:str\}", str(uuid4()), route.path)
                found[handler.operation_id] = (next(iter(handler.http_methods)), path)
    return found


async def answered(ask: Asking, operation: str, headers: dict[str, str]) -> Any:
    method, path = operations(ask)[operation]
    body = to_json({}) if method in {"POST", "PUT", "PATCH"} else None
    taken = {"ContinueUpload": "application/offset+octet-stream"}
    kind = {"Content-Type": taken.get(operation, "application/json")} if body else {}
    return await ask.client.request(method, path, content=body, headers={**headers, **kind})


@pytest.mark.asvs("8.2.1")
async def test_each_operation_stands_in_the_table(ask: Asking) -> None:
    assert operations(ask).keys() == OPERATIONS.keys(), "each stands in OPERATIONS, with its scope"


@pytest.mark.asvs("8.2.1")
async def test_who_is_nobody_is_let_in_where_the_table_says_so(ask: Asking) -> None:
    for operation, scope in OPERATIONS.items():
        if operation == "IsReady":
            continue  # it asks after a server's parts, which a world in memory has not
        answer = await answered(ask, operation, {})
        if scope in {OPEN, UNAUTHENTICATED}:
            assert answer.status_code not in {401, 403}, operation
        else:
            assert refused(answer, 401)["type"] == "/problems/not-signed-in", operation


@pytest.mark.asvs("8.2.1")
@pytest.mark.parametrize("role", Role)
async def test_each_role_is_let_in_where_the_table_says_so(ask: Asking, role: Role) -> None:
    headers = await bearer(ask.world, frozenset({role}))
    for operation, scope in OPERATIONS.items():
        if scope not in {OPEN, UNAUTHENTICATED} and scope not in ROLES[role.value]:
            problem = refused(await answered(ask, operation, headers), 403)
            assert problem["type"] == "/problems/missing-scope", operation
            assert f" {scope}," in problem["detail"], operation


@pytest.mark.parametrize("role", Role)
async def test_no_role_lacks_what_the_table_gives_it(ask: Asking, role: Role) -> None:
    headers = await bearer(ask.world, frozenset({role}))
    for operation, scope in OPERATIONS.items():
        if scope in ROLES[role.value]:
            answer = await answered(ask, operation, headers)
            said = answer.json() if answer.status_code == 403 else {}
            assert said.get("type") != "/problems/missing-scope", operation

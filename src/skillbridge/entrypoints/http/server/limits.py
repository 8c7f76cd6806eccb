"""What a request takes of its quotas, and how its answer tells what is left.

Writes are counted exactly, over all processes; reads by a `Meter`. Whoever mends a form is not kept
from sending it: a write that was refused, and one that was answered again, changed nothing and is
given back, as long as not too many are.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` names each quota
with its `q` and `w`, `RateLimit` says how many are left (`r`) and the seconds until there is one more
(`t`). Where something else was asked too often, as by a use case, `"attempts"` has nothing left.
"""

from collections.abc import Hashable
from typing import Any

from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.domain.errors import TooMany
from skillbridge.domain.ids import TenantId
from skillbridge.domain.pace import Left
from skillbridge.entrypoints.http.server import quotas
from skillbridge.entrypoints.http.server.meter import Meter
from skillbridge.entrypoints.http.server.problems import status_for
from skillbridge.entrypoints.http.server.quotas import OF_TENANT, Quota

CHANGES = frozenset({"PUT", "PATCH"})
"""Two ways to do the same to one resource: they share its quota."""
LIMITED = "skillbridge.limited"
"""Where what a request has taken is kept in the connection's scope."""
GIVEN_BACK = frozenset({400, 404, 408, 409, 412, 413, 415, 422})
"""The statuses of what was refused for what it is; not for who asks, or how often."""
OTHERWISE = "attempts"


class Limited:
    """What one request has taken, and what its answer tells of it. No dataclass: each read makes one."""

    name = whose = ""
    """Under which a write is counted."""
    refused = False
    """Whether the quota itself was used up."""
    otherwise = 0
    """Seconds to wait, after something else than the quota was asked too often."""

    def __init__(self, policy: bytes, quota: Quota, left: Left) -> None:
        self.policy, self.quota, self.left = policy, quota, left

    def headers(self) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
        told = f'"{self.quota.name}";r={self.left.remaining};t={self.left.seconds}'
        if self.otherwise:
            told += f', "{OTHERWISE}";r=0;t={self.otherwise}'
        return (b"ratelimit-policy", self.policy), (b"ratelimit", told.encode())


def take_read(scope: Any, quota: Quota, whose: Hashable, tenant: TenantId | None = None) -> None:
    """One read. Raises TooMany with the seconds to wait."""
    meter: Meter = scope["litestar_app"].state.meter
    policy = meter.policy(quota, of_tenant=tenant is not None)
    try:
        ahead = meter.take(quota, whose)
    except TooMany as error:
        _refused(scope, policy, quota, error)
        raise
    scope[LIMITED] = Limited(policy, quota, meter.pace(quota).left(ahead))
    if tenant is not None:
        _take_of_tenant(scope, meter, policy, tenant)


async def take_write(
    scope: Any, quota: Quota, *whose: object, tenant: TenantId | None = None
) -> None:
    """One write of this operation. Raises TooMany with the seconds to wait."""
    state = scope["litestar_app"].state
    limit: RateLimit = state.rate_limit
    meter: Meter = state.meter
    who, method = ":".join(map(str, whose)), scope["method"]
    what = "change" if method in CHANGES else method
    name = f"write:{what}:{scope['path_template']}:{who}"
    policy = meter.policy(quota, exact=True, of_tenant=tenant is not None)
    try:
        left = await limit.spend(name, limit=quota.times, per=quota.per)
    except TooMany as error:
        _refused(scope, policy, quota, error)
        raise
    limited = scope[LIMITED] = Limited(policy, quota, left)
    limited.name, limited.whose = name, who
    if tenant is not None:
        _take_of_tenant(scope, meter, policy, tenant)


def _take_of_tenant(scope: Any, meter: Meter, policy: bytes, tenant: TenantId) -> None:
    try:
        meter.take(OF_TENANT, tenant.int)
    except TooMany as error:
        _refused(scope, policy, OF_TENANT, error)
        raise


def _refused(scope: Any, policy: bytes, quota: Quota, error: TooMany) -> None:
    limited = scope[LIMITED] = Limited(policy, quota, Left(0, error.retry_after))
    limited.refused = True


async def after_exception(error: Exception, scope: Any) -> None:
    """What its request had taken is given back, if it was refused for what it is."""
    limited: Limited | None = scope.get(LIMITED)
    if limited is None:
        return
    if isinstance(error, TooMany):
        limited.otherwise = 0 if limited.refused else error.retry_after
    elif status_for(error) in GIVEN_BACK:
        await give_back(scope)


async def give_back(scope: Any) -> None:
    """What a write had taken that changed nothing, as long as there were not too many of them."""
    limited: Limited | None = scope.get(LIMITED)
    if limited is None or not limited.name:
        return
    limit: RateLimit = scope["litestar_app"].state.rate_limit
    quota, most = limited.quota, quotas.GIVEN_BACK_AT_MOST
    try:
        await limit.spend(f"refused:{limited.whose}", limit=most.times, per=most.per)
    except TooMany:
        return
    limited.left = await limit.give_back(limited.name, limit=quota.times, per=quota.per)

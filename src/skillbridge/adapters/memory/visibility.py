"""Who sees which rows: as PostgreSQL's policies say, read from the file that makes them.

What is said here once more is what the shapes of that file mean, and the few rules that have none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skillbridge.adapters.migrations import migrations
from skillbridge.domain.actor import Actor, PrincipalKind, Role
from skillbridge.domain.matching.match import OPEN

Rows = Mapping[Any, Any]
Raw = Callable[[str], Rows]
"""All rows of a table in the actor's tenant."""

SHAPED = re.compile(r"\('(\w+)', '\w+', '(?:select|all)', '([\w ]+)', (?:null|'(\w+)')\)")


@dataclass(frozen=True, slots=True)
class Policy:
    """A shape, and the column that it compares with who asks."""

    shape: str
    column: str

    def shows(self, row: Any, actor: Actor, raw: Raw) -> bool:
        if actor.principal_kind is PrincipalKind.SERVICE:
            return self.shape in {"anyone", "service"}
        if actor.principal_kind is PrincipalKind.PRE_AUTHENTICATION:
            return self.shape in {"anyone", "tenant", "door", "own or door"}
        if actor.principal_kind is PrincipalKind.SYSTEM or self.shape in {"anyone", "tenant"}:
            return True
        if self.shape in {"own", "own or door"}:
            return bool(getattr(row, self.column) == actor.user_id)
        if self.shape == "either side":
            return actor.user_id in {row.learner_id, row.mentor_id}
        return self.shape == "admin" and is_admin(actor, raw)


@cache
def policies() -> Mapping[str, list[Policy]]:
    """By table; a table without one shows nobody anything."""
    found: dict[str, list[Policy]] = {}
    text = (migrations() / "sql" / "current" / "policies.sql").read_text()
    for table, shape, column in SHAPED.findall(text):
        found.setdefault(table, []).append(Policy(shape, column))
    return found


def shows(table: str, row: Any, actor: Actor, raw: Raw) -> bool:
    rules = {} if actor.principal_kind is PrincipalKind.SERVICE else RULES.get(table, {})
    return any(one.shows(row, actor, raw) for one in policies().get(table, ())) or any(
        rule(row, actor, raw) for rule in rules.values()
    )


def is_admin(actor: Actor, raw: Raw) -> bool:
    """As their account says now, whatever an older access token says."""
    user = raw("users").get(actor.user_id)
    return user is not None and Role.ADMIN in user.roles


def _mentors_are_public(profile: Any, _actor: Actor, raw: Raw) -> bool:
    mentor = raw("mentors").get(profile.user_id)
    return mentor is not None and bool(mentor.offer.accepting)


def _other_side_of_a_match(profile: Any, actor: Actor, raw: Raw) -> bool:
    """While the match waits or lasts."""
    both = {profile.user_id, actor.user_id}
    return any(
        {one.learner_id, one.mentor_id} == both
        for one in raw("matches").values()
        if one.status in OPEN
    )


def _admins_read_the_placed(profile: Any, actor: Actor, raw: Raw) -> bool:
    placed = raw("placements").values()
    return is_admin(actor, raw) and any(
        profile.user_id in {one.learner_id, one.mentor_id} for one in placed
    )


def _profile_is_seen(avatar: Any, actor: Actor, raw: Raw) -> bool:
    profile = raw("profiles").get(avatar.user_id)
    return profile is not None and shows("profiles", profile, actor, raw)


RULES: Mapping[str, Mapping[str, Callable[[Any, Actor, Raw], bool]]] = {
    "profiles": {
        "mentors_are_public": _mentors_are_public,
        "other_side_of_a_match": _other_side_of_a_match,
        "admins_read_the_placed": _admins_read_the_placed,
    },
    "avatars": {"profile_is_seen": _profile_is_seen},
}
"""The policies that have a rule of their own, by table and name."""

"""What PostgreSQL's triggers do when a row changes, for the store in memory.

The guards of the state machines are not repeated: the domain's own tables refuse the same moves.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from skillbridge.domain.actor import Role
from skillbridge.domain.matching.match import MatchStatus
from skillbridge.domain.mentors.mentor import MentorFull
from skillbridge.domain.privacy.request import RequestKind, RequestState

Raw = Callable[[str], dict[Any, Any]]
Trigger = Callable[[Any, Any, Raw], Any]
"""Of the row as it was, None when it is new, the row as it shall be and all tables: what is stored, if anything."""


def stamp(was: Any, row: Any, _raw: Raw) -> Any:
    """Every change gets a new version, whoever makes it."""
    return row if was is None else replace(row, version=was.version + 1)


def grant_mentor(was: Any, mentor: Any, raw: Raw) -> Any:
    """Whoever offers mentoring is a mentor."""
    user = raw("users").get(mentor.user_id)
    if was is None and user is not None and Role.MENTOR not in user.roles:
        raw("users")[user.id] = stamp(user, replace(user, roles=user.roles | {Role.MENTOR}), raw)
    return mentor


def roll_up_load(was: Any, match: Any, raw: Raw) -> Any:
    """A mentor's load is the number of their active matches, and at most the capacity."""
    mentor = raw("mentors")[match.mentor_id]
    before = was is not None and was.status is MatchStatus.ACTIVE
    change = (match.status is MatchStatus.ACTIVE) - before
    if change > mentor.free:
        raise MentorFull
    mentor.active_matches += change
    mentor.version += change != 0
    return match


def date(_was: Any, roadmap: Any, raw: Raw) -> Any:
    """When it was made, and when it last changed: no port asks this of any other table."""
    now = datetime.now(UTC)
    made, _ = raw("roadmap_times").get(roadmap.id, (now, now))
    raw("roadmap_times")[roadmap.id] = made, now
    return roadmap


def cancel_erasure(was: Any, sign_in: Any, raw: Raw) -> Any:
    """Whoever logs in has thought again."""
    for one in raw("privacy_requests").values():
        erasure = (one.user_id, one.kind) == (sign_in.user_id, RequestKind.ERASURE)
        if was is None and erasure and one.state is RequestState.WAITING:
            one.cancel(at=datetime.now(UTC))
    return sign_in


def nothing_for_the_erased(_was: Any, row: Any, raw: Raw) -> Any:
    """What follows from an event may come when its person is gone: it is not written."""
    whose = getattr(row, "user_id", None) or getattr(row, "learner_id", None)
    return None if whose in raw("erased") else row


TRIGGERS: Mapping[str, tuple[Trigger, ...]] = {
    "users": (stamp,),
    "profiles": (stamp,),
    "mentors": (stamp, grant_mentor),
    "roadmaps": (stamp, date),
    "matches": (stamp, roll_up_load),
    "cohort_runs": (stamp,),
    "sign_ins": (cancel_erasure,),
    "notices": (nothing_for_the_erased,),
    "trophies": (nothing_for_the_erased,),
    "impressions": (nothing_for_the_erased,),
    "kept_answers": (nothing_for_the_erased,),
    "uploads": (nothing_for_the_erased,),
    "avatars": (nothing_for_the_erased,),
}


def fire(table: str, was: Any, row: Any, raw: Raw) -> Any:
    for trigger in TRIGGERS.get(table, ()):
        row = trigger(was, row, raw)
    return row

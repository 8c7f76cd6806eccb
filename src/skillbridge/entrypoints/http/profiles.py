"""/v1/me: what one tells about oneself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from litestar import Response, Router
from litestar.params import JSONBody

from skillbridge.application.profiles import views
from skillbridge.application.profiles.changes import AmendProfile, UpdateProfile
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Faults
from skillbridge.domain.ids import SkillId
from skillbridge.domain.profiles.countries import COUNTRIES
from skillbridge.domain.profiles.profile import (
    BIO,
    NAME,
    Details,
    UnfitAvailability,
    UnfitBio,
    UnfitLanguages,
    UnfitName,
    UnfitSkills,
    UnknownCountry,
    UnknownProfile,
    UnknownTimeZone,
    Window,
)
from skillbridge.entrypoints.http.server.auth import needs
from skillbridge.entrypoints.http.server.free_text import in_body
from skillbridge.entrypoints.http.server.operations import MERGE_PATCH, get, patch, put
from skillbridge.entrypoints.http.server.quotas import MOVES_WORK
from skillbridge.entrypoints.http.server.safe_html import HtmlAsked, SafeHtml, with_html
from skillbridge.entrypoints.http.server.versions import IfMatch, IfNoneMatch, seen_versions, tagged

Meta = msgspec.Meta

UNFIT = (
    UnfitName,
    UnfitBio,
    UnknownCountry,
    UnknownTimeZone,
    UnfitLanguages,
    UnfitSkills,
    UnfitAvailability,
)

ANYBODY = "Anybody"
"""A name that fits, where only the rest is looked at."""

Name = Annotated[str, in_body(NAME, "Amina Bello")]
Bio = Annotated[str, in_body(BIO, "I repair radios.\nNow I learn Python.")]
Country = Annotated[
    str,
    Meta(
        max_length=2,
        description="ISO 3166-1 alpha-2.",
        examples=["NG"],
        extra_json_schema={"extra": {"enum": sorted(COUNTRIES)}},
    ),
]
TimeZone = Annotated[
    str,
    Meta(
        max_length=64,
        description="A name of the IANA database, or UTC.",
        examples=["Africa/Lagos"],
        extra_json_schema={"extra": {"pattern": "^[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*$"}},
    ),
]
Languages = Annotated[
    Sequence[
        Annotated[str, Meta(max_length=3, extra_json_schema={"extra": {"pattern": "^[a-z]{2,3}$"}})]
    ],
    Meta(
        min_length=1,
        max_length=10,
        description="Primary subtags of BCP 47, the preferred one first.",
        examples=[["en", "yo"]],
        extra_json_schema={"extra": {"uniqueItems": True}},
    ),
]
SkillLevel = Annotated[int, Meta(ge=1, le=5)]
SKILLS = Meta(
    max_length=50,
    description="1 (has met it) to 5 (teaches it), by the skill's name.",
    examples=[{"python-basics": 3}],
    extra_json_schema={
        "extra": {"propertyNames": {"pattern": r"^[a-z0-9][a-z0-9+.#-]{0,62}$"}},
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Me(views.Me):
    """An account and its profile, as its owner sees it."""

    bio_html: SafeHtml = msgspec.UNSET


class FreeTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weekly stretch in one's own time zone, not over midnight: that is two."""

    weekday: Annotated[int, Meta(ge=0, le=6, description="0 is Monday.", examples=[5])]
    start: Annotated[
        int, Meta(ge=0, le=1439, description="Minutes since midnight.", examples=[540])
    ]
    end: Annotated[int, Meta(ge=1, le=1440, description="Later than `start`.", examples=[720])]


FreeTimes = Annotated[Sequence[FreeTime], Meta(max_length=42, description="They do not overlap.")]


class WholeProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole profile as it shall be: nothing is left out."""

    name: Name
    bio: Bio
    country: Country | None
    time_zone: TimeZone
    languages: Languages
    skills: Annotated[dict[str, SkillLevel], SKILLS]
    availability: FreeTimes

    def meant(self) -> Details:
        faults = Faults()
        windows = _windows(self.availability, faults)
        with faults.noted():
            details = Details(
                name=self.name,
                bio=self.bio,
                country=self.country,
                time_zone=self.time_zone,
                languages=tuple(self.languages),
                skills={SkillId(skill): level for skill, level in self.skills.items()},
                availability=windows,
            )
        faults.refuse()
        return details


class ProfilePatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON Merge Patch (RFC 7396): what is left out stays, what is `null` is taken away."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    bio: Bio | msgspec.UnsetType = msgspec.UNSET
    country: Country | msgspec.UnsetType | None = msgspec.UNSET
    time_zone: TimeZone | msgspec.UnsetType = msgspec.UNSET
    languages: Languages | msgspec.UnsetType = msgspec.UNSET
    skills: Annotated[dict[str, SkillLevel | None], SKILLS] | msgspec.UnsetType = msgspec.UNSET
    availability: FreeTimes | msgspec.UnsetType = msgspec.UNSET

    def meant(self) -> dict[str, Any]:
        """What is said, but for the skills, which are merged with those that are there."""
        said = {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if value is not msgspec.UNSET and name != "skills"
        }
        if "languages" in said:
            said["languages"] = tuple(said["languages"])
        faults = Faults()
        if "availability" in said:
            said["availability"] = _windows(said["availability"], faults)
        with faults.noted():
            known = {skill: level for skill, level in self.levels().items() if level is not None}
            Details(**{"name": ANYBODY, "skills": known, **said})
        faults.refuse()
        return said

    def levels(self) -> Mapping[SkillId, int | None]:
        return {SkillId(skill): level for skill, level in (self.skills or {}).items()}


@get("/me", guards=[needs("profile:read")], refuses=[UnknownProfile], tells=["ETag"])
async def get_me(
    actor: FromDishka[Actor],
    reads: FromDishka[ProfileReads],
    if_none_match: IfNoneMatch = None,
    html: HtmlAsked = False,
) -> Response[Me]:
    """One's account and profile; with `If-None-Match`, only if it has changed since."""
    return tagged(await with_html(Me, await reads.me(actor), html=html), if_none_match)


@put(
    "/me",
    guards=[needs("profile:write", MOVES_WORK)],
    refuses=[*UNFIT, UnknownProfile],
    tells=["ETag"],
)
async def update_profile(
    data: JSONBody[WholeProfile],
    actor: FromDishka[Actor],
    update: FromDishka[UpdateProfile],
    if_match: IfMatch = None,
    html: HtmlAsked = False,
) -> Response[Me]:
    """Replaces the whole profile; `PATCH` changes parts of it.

    With `If-Match`, only if it is still the one you have seen.
    """
    me = await update(actor, data.meant(), version=seen_versions(if_match))
    return tagged(await with_html(Me, me, html=html))


@patch(
    "/me",
    guards=[needs("profile:write", MOVES_WORK)],
    takes=[MERGE_PATCH, "application/json"],
    refuses=[*UNFIT, UnknownProfile],
    tells=["ETag"],
)
async def amend_profile(
    data: JSONBody[ProfilePatch],
    actor: FromDishka[Actor],
    amend: FromDishka[AmendProfile],
    if_match: IfMatch = None,
    html: HtmlAsked = False,
) -> Response[Me]:
    """Changes what is named and nothing else.

    Lists are replaced whole; of `skills`, those that are named change and those that are `null` go.
    With `If-Match`, only if the profile is still the one you have seen.
    """
    version = seen_versions(if_match)
    me = await amend(actor, data.meant(), skills=data.levels(), version=version)
    return tagged(await with_html(Me, me, html=html))


def _windows(free: Sequence[FreeTime], faults: Faults) -> tuple[Window, ...]:
    windows = []
    for place, one in enumerate(free):
        with faults.noted("availability", place):
            windows.append(Window(one.weekday, one.start, one.end))
    return tuple(windows)


routes = Router("/v1", route_handlers=[get_me, update_profile, amend_profile], tags=["accounts"])

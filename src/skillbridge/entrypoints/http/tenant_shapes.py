"""What a tenant decides for itself, as bodies say it."""

from typing import Annotated, Any

import msgspec

from skillbridge.domain.errors import Faults, Invalid, within
from skillbridge.domain.ranking.score import USUAL, Weights
from skillbridge.domain.tenancy.settings import (
    BRAND,
    FOOTER,
    MOST_MEBIBYTES,
    MOST_ROADMAPS,
    MOST_UPLOADS,
    REASON,
    AiUse,
    Branding,
    Change,
    Features,
    Limits,
    TenantSettings,
)
from skillbridge.entrypoints.http.server.free_text import in_body

Meta = msgspec.Meta
Reason = Annotated[str, in_body(REASON, "A pilot with more weight on skills.")]


def _share(usual: int) -> Any:
    return Meta(ge=0, le=10_000, examples=[usual])


class MatchingPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Basis points per part of the score, 10 000 together."""

    skill: Annotated[int, _share(USUAL.skill)]
    availability: Annotated[int, _share(USUAL.availability)]
    language: Annotated[int, _share(USUAL.language)]
    location: Annotated[int, _share(USUAL.location)]
    rating: Annotated[int, _share(USUAL.rating)]
    free: Annotated[int, _share(USUAL.free)]
    experience: Annotated[int, _share(USUAL.experience)]


class LimitsPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much one person may ask for, and how much all of them keep."""

    roadmaps_a_day: Annotated[int, Meta(ge=1, le=MOST_ROADMAPS, examples=[20])]
    uploads_a_day: Annotated[int, Meta(ge=1, le=MOST_UPLOADS, examples=[20])] = 20
    files_mebibytes: Annotated[int, Meta(ge=1, le=MOST_MEBIBYTES, examples=[1_024])] = 1_024


class FeaturesPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is false is refused to all; what was made with it is kept."""

    registration: bool
    roadmaps: bool
    mentors: bool
    matches: bool
    cohorts: bool


class BrandingPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How mails look."""

    name: Annotated[str, in_body(BRAND, "Kano Learning Hub")]
    colour: Annotated[
        str,
        Meta(
            max_length=7,
            description="White letters can be read on it (4.5:1).",
            examples=["#0b57d0"],
            extra_json_schema={"extra": {"pattern": "^#[0-9a-f]{6}$"}},
        ),
    ]
    footer: Annotated[str, in_body(FOOTER, "")]
    reply_to: Annotated[str, Meta(max_length=254, examples=["help@example.org"])] | None


Languages = Annotated[
    tuple[
        Annotated[
            str, Meta(max_length=3, extra_json_schema={"extra": {"pattern": "^[a-z]{2,3}$"}})
        ],
        ...,
    ],
    Meta(min_length=1, max_length=10, description="What a new profile begins with."),
]

KINDS = {"matching": Weights, "limits": Limits, "features": Features, "branding": Branding}


class SettingsParts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Each part that is named replaces the whole of it; the others stay as they are."""

    matching: MatchingPart | msgspec.UnsetType = msgspec.UNSET
    limits: LimitsPart | msgspec.UnsetType = msgspec.UNSET
    features: FeaturesPart | msgspec.UnsetType = msgspec.UNSET
    branding: BrandingPart | msgspec.UnsetType = msgspec.UNSET
    ai: AiUse | msgspec.UnsetType = msgspec.UNSET
    languages: Languages | msgspec.UnsetType = msgspec.UNSET

    def meant(self) -> dict[str, Any]:
        """Raises Invalid with everything that is wrong."""
        faults, parts = Faults(), dict[str, Any]()
        for name in TenantSettings.__dataclass_fields__:
            said = getattr(self, name)
            if said is msgspec.UNSET:
                continue
            with faults.noted():
                parts[name] = _checked(name, said)
        faults.refuse()
        return parts


def _checked(name: str, said: Any) -> Any:
    """The part as the domain knows it. Raises Invalid, with where in the body."""
    if name not in KINDS:
        return getattr(TenantSettings(**{name: said}), name)
    leaves = msgspec.structs.asdict(said)
    try:
        return KINDS[name](**leaves)
    except Invalid as error:
        for fault in error.faults:
            fault.field = within(name, fault.field) if fault.field in leaves else name
        raise


class ChangedSettings(SettingsParts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Parts of the settings as they shall be, and why."""

    reason: Reason

    def change(self) -> Change:
        return Change(self.reason)


class RolledBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version to take up again, and why."""

    version: Annotated[int, Meta(ge=1, le=1_000_000, examples=[3])]
    reason: Reason

    def change(self) -> Change:
        return Change(self.reason)

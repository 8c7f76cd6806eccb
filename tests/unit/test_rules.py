"""The rules' numbers and tables are what is written a second time, and no others."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support import rules

import skillbridge
from skillbridge.application.ranking.impressions import LABELS
from skillbridge.application.reactions import REACTIONS, SCHEDULE
from skillbridge.domain.cohorts import cohort, placement
from skillbridge.domain.gamification.badges import BADGES
from skillbridge.domain.lifecycle import Lifecycle
from skillbridge.domain.matching import match
from skillbridge.domain.mentors import mentor
from skillbridge.domain.privacy import request
from skillbridge.domain.profiles.profile import BIO, NAME
from skillbridge.domain.ranking.countries import DECAY
from skillbridge.domain.ranking.score import TERMS, USUAL
from skillbridge.domain.roadmaps import brief, roadmap
from skillbridge.domain.scopes import SCOPES
from skillbridge.domain.tenancy import tenant
from skillbridge.domain.text import Text
from skillbridge.domain.uploads import upload

PACKAGE = Path(skillbridge.__file__).parent
TESTS = Path(__file__).parent.parent
PLAIN = (int, float, timedelta, range)


def constants(module: str) -> Iterator[tuple[str, Any]]:
    """The names in capitals that a module gives a value to."""
    loaded = importlib.import_module(f"skillbridge.{module}")
    assert loaded.__file__
    for node in ast.parse(Path(loaded.__file__).read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(name, ast.Name) and name.id.isupper() and name.id[0] != "_":
                    yield name.id, getattr(loaded, name.id)


def inner_modules() -> Iterator[str]:
    for layer in ("domain", "application"):
        for path in sorted((PACKAGE / layer).rglob("*.py")):
            parts = path.relative_to(PACKAGE).with_suffix("").parts
            yield ".".join(parts).removesuffix(".__init__")


def test_every_number_of_the_rules_is_as_it_was_written_down() -> None:
    """A new one is written down too, in `tests/support/rules.py`: what it should be, not what it is."""
    found = {
        module: numbers
        for module in inner_modules()
        if (numbers := {n: v for n, v in constants(module) if isinstance(v, PLAIN)})
    }
    assert found == rules.NUMBERS


@pytest.mark.parametrize(
    ("life", "moves"),
    [
        (match.LIFE, rules.MATCH),
        (cohort.LIFE, rules.COHORT),
        (tenant.LIFE, rules.TENANT),
        (placement.LIFE, rules.PLACEMENT),
        (roadmap.LIFE, rules.ROADMAP),
        (request.LIFE, rules.PRIVACY_REQUEST),
        (upload.LIFE, rules.UPLOAD),
    ],
)
def test_every_life_is_as_it_was_written_down(life: Lifecycle[Any], moves: rules.Moves) -> None:
    assert {verb: (set(sources), to) for verb, (sources, to) in life.moves.items()} == moves


def test_there_are_no_other_lives() -> None:
    lives = {
        module
        for module in inner_modules()
        for _, value in constants(module)
        if isinstance(value, Lifecycle)
    }
    assert lives == {
        "domain.matching.match",
        "domain.cohorts.cohort",
        "domain.cohorts.placement",
        "domain.privacy.request",
        "domain.roadmaps.roadmap",
        "domain.tenancy.tenant",
        "domain.uploads.upload",
    }


def test_a_worker_has_to_do_with_these_runs() -> None:
    assert {"queued", "running", "confirmed"} == cohort.AT_WORK


def test_how_long_the_texts_of_people_may_be() -> None:
    def bounds(text: Text) -> tuple[int, int, bool, bool, bool]:
        return text.least, text.most, text.lines, text.links, text.markup

    assert bounds(NAME) == (1, 80, False, False, False)
    assert bounds(BIO) == (0, 2_000, True, True, True)
    assert bounds(mentor.HEADLINE) == (1, 140, False, False, True)
    assert bounds(match.MESSAGE) == (0, 1_000, True, True, True)
    assert bounds(brief.GOAL) == (2, 500, True, True, True)


def test_what_a_score_is_made_of() -> None:
    assert TERMS == (
        "skill", "availability", "language", "location", "rating", "free", "experience",
    )  # fmt: skip
    assert asdict(USUAL) == {
        "skill": 4_000,
        "availability": 2_000,
        "language": 1_000,
        "location": 1_000,
        "rating": 1_000,
        "free": 700,
        "experience": 300,
    }
    assert len(DECAY) == 128, "12 800 km, of which each is held to the formula beside the scores"


def test_what_a_list_teaches() -> None:
    assert LABELS == {
        "requested": 1,
        "withdrawn": 1,
        "expired": 1,
        "declined": 1,
        "active": 2,
        "cancelled": 2,
        "completed": 3,
    }


def test_which_badges_there_are() -> None:
    assert {badge.id: (badge.title, dict(badge.rule)) for badge in BADGES} == {
        "first-step": ("First step", {"modules_completed": 1}),
        "steady-hand": ("Steady hand", {"modules_completed": 5}),
        "pathfinder": ("Pathfinder", {"roadmaps_finished": 1}),
        "connected": ("Connected", {"mentors_found": 1}),
        "open-door": ("Open door", {"learners_welcomed": 1}),
    }


def test_what_each_role_adds() -> None:
    assert {
        "learner": {
            "profile:read", "profile:write", "mentors:read", "resources:read", "roadmaps:read",
            "roadmaps:write", "progress:read", "progress:write", "matches:read",
            "matches:request", "badges:read", "notices:read", "notices:write", "security:read",
            "security:write", "privacy:read", "privacy:write", "uploads:read", "uploads:write",
        },
        "mentor": {"mentoring:write"},
        "moderator": {"moderation:write"},
        "admin": {
            "users:read", "users:write", "jobs:read", "jobs:write", "cohorts:read",
            "cohorts:write", "tenants:read", "tenants:write", "audit:read",
        },
    } == SCOPES  # fmt: skip


def test_what_follows_from_what() -> None:
    found = {
        event.__name__: [kind.__name__ for kind in kinds] for event, kinds in REACTIONS.items()
    }
    assert found == {
        "RegistrationStarted": ["SendVerificationMail"],
        "VerificationRequested": ["SendVerificationMail"],
        "RegistrationRepeated": ["SendAlreadyRegisteredMail"],
        "EmailVerified": ["NotifyPeople", "SyncSupabaseUser"],
        "PasswordResetRequested": ["SendResetMail"],
        "SignInCodeRequested": ["SendSignInCode"],
        "FactorCodeRequested": ["SendFactorCode"],
        "TextedCodeRequested": ["SendTextedCode"],
        "PhoneVerified": ["TellOfPhone"],
        "PhoneRemoved": ["TellOfPhone"],
        "PasswordChanged": ["TellPasswordChanged"],
        "PasswordGuessed": ["WarnOfGuesses"],
        "CodesGuessed": ["WarnOfGuesses"],
        "AddressChangeRequested": ["TellAddressChangeRequested", "SendAddressMail"],
        "AddressChanged": ["TellAddressChanged", "SyncSupabaseUser"],
        "MentoringBarred": ["PauseOffer", "SyncSupabaseUser"],
        "AccountEnabled": ["SyncSupabaseUser"],
        "SignInsRevoked": [],
        "RoleGranted": ["TellOfRole"],
        "RoleRevoked": ["TellOfRole"],
        "DeviceSignedIn": ["WarnOfNewDevice"],
        "SessionStolen": ["WarnOfTheft", "NotifyPeople", "SignalTheft"],
        "SecondFactorAdded": ["TellOfSecondFactor"],
        "IdentityLinked": ["TellOfIdentity"],
        "IdentityUnlinked": ["TellOfIdentity"],
        "SecondFactorRemoved": ["TellOfSecondFactor"],
        "RecoveryCodeUsed": ["TellOfSecondFactor"],
        "RecoveryCodesReplaced": ["TellOfSecondFactor"],
        "PasskeyAdded": ["TellOfPasskey"],
        "PasskeyRemoved": ["TellOfPasskey"],
        "PasskeyCopied": ["TellOfPasskey", "SignalTheft"],
        "PersonalTokenCreated": ["TellOfPersonalToken"],
        "ProfileChanged": ["RefreshPool"],
        "MentorProfileChanged": ["RefreshPool"],
        "RoadmapRequested": ["DraftRoadmap"],
        "RoadmapReady": ["NotifyPeople"],
        "RoadmapFailed": ["NotifyPeople"],
        "ModuleCompleted": ["AwardBadges", "NotifyPeople"],
        "RoadmapCompleted": ["AwardBadges", "NotifyPeople"],
        "MatchRequested": ["NotifyPeople"],
        "MatchAccepted": ["AwardBadges", "NotifyPeople", "RefreshPool"],
        "MatchDeclined": ["NotifyPeople"],
        "MatchWithdrawn": ["NotifyPeople"],
        "MatchExpired": ["NotifyPeople"],
        "MatchEnded": ["NotifyPeople", "RefreshPool"],
        "LearnerPlaced": ["NotifyPeople"],
        "CohortRunOrdered": ["RunCohort"],
        "CohortRunProposed": ["NotifyPeople"],
        "CohortRunConfirmed": ["ApplyPlacements"],
        "CohortRunApplied": ["NotifyPeople"],
        "CohortRunFailed": ["NotifyPeople"],
        "CohortRunExpired": ["NotifyPeople"],
        "BadgeAwarded": ["NotifyPeople"],
        "ExportRequested": ["MakeExport"],
        "ExportReady": ["TellOfExport"],
        "ErasureRequested": ["TellOfErasure"],
        "ErasureBegun": ["EndMatches", "EraseAccount"],
        "AccountErased": ["RefreshPool"],
        "UploadReceived": ["SetAvatar"],
        "UploadRefused": ["ForgetFiles"],
        "AvatarChanged": ["ForgetFiles"],
        "AvatarRemoved": ["ForgetFiles"],
        "SecuritySignalRaised": ["WarnOfSignals"],
        "AdministratorsWarned": ["TellAdministrators"],
    }


@pytest.mark.asvs("14.2.7")
def test_what_the_clock_brings_and_how_often() -> None:
    assert {kind.__name__: every for kind, every in SCHEDULE.items()} == {
        "ExpireMatches": 5 * rules.MINUTE,
        "ExpireCohortRuns": rules.HOUR,
        "ForgetImpressions": rules.HOUR,
        "ForgetRegistrations": rules.HOUR,
        "ForgetProofs": rules.HOUR,
        "ForgetChallenges": rules.HOUR,
        "ForgetAuthorizations": rules.HOUR,
        "ForgetAnswers": rules.HOUR,
        "SealSecretsAnew": rules.HOUR,
        "ForgetSignIns": rules.HOUR,
        "ForgetApiTokens": rules.HOUR,
        "AnchorAudit": rules.DAY,
        "BeginErasures": 10 * rules.MINUTE,
        "ForgetByAge": rules.HOUR,
        "ForgetUploads": rules.HOUR,
        "KeepAuditMonths": rules.DAY,
        "WatchAudit": rules.DAY,
        "WarnOfWaitingSignals": 10 * rules.MINUTE,
    }


def borrowed(tree: ast.AST) -> Iterator[str]:
    """The numbers and lives that a file imports from the rules, by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("skillbridge.domain", "skillbridge.application")
        ):
            loaded = importlib.import_module(node.module or "")
            for alias in node.names:
                if isinstance(getattr(loaded, alias.name, None), (*PLAIN, Lifecycle)):
                    yield alias.name


@pytest.mark.row("L9")
def test_no_test_takes_its_numbers_from_the_code_under_test() -> None:
    found = {
        f"{path.relative_to(TESTS)}: {name}"
        for path in TESTS.rglob("*.py")
        if path != Path(__file__)
        for name in borrowed(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_an_oracle_from_the_code_under_test_would_be_found() -> None:
    line = "from skillbridge.domain.accounts.password import SHORTEST, well_formed"
    assert list(borrowed(ast.parse(line))) == ["SHORTEST"]

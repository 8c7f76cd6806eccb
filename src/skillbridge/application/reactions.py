"""When this happens, do that: the whole choreography between contexts.

A reaction is a use case that takes the system's actor and the event. It may run more than once
for one event, and does the same as if it had run once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from skillbridge.application.accounts.authorizing import (
    FORGET_EVERY as FORGET_AUTHORIZATIONS_EVERY,
)
from skillbridge.application.accounts.authorizing import ForgetAuthorizations
from skillbridge.application.accounts.guess_mails import WarnOfGuesses
from skillbridge.application.accounts.mails import (
    SendAlreadyRegisteredMail,
    SendVerificationMail,
    TellOfIdentity,
    TellOfSecondFactor,
    WarnOfNewDevice,
    WarnOfTheft,
)
from skillbridge.application.accounts.own_sign_ins import FORGET_EVERY as FORGET_SIGN_INS_EVERY
from skillbridge.application.accounts.own_sign_ins import ForgetSignIns
from skillbridge.application.accounts.passkey_mails import TellOfPasskey
from skillbridge.application.accounts.passkeys import FORGET_EVERY as FORGET_CHALLENGES_EVERY
from skillbridge.application.accounts.passkeys import ForgetChallenges
from skillbridge.application.accounts.personal_tokens import FORGET_EVERY as FORGET_API_TOKENS_EVERY
from skillbridge.application.accounts.personal_tokens import ForgetApiTokens
from skillbridge.application.accounts.proof_mails import (
    SendAddressMail,
    SendFactorCode,
    SendResetMail,
    SendSignInCode,
    TellAddressChanged,
    TellAddressChangeRequested,
    TellPasswordChanged,
)
from skillbridge.application.accounts.proofs import FORGET_EVERY as FORGET_PROOFS_EVERY
from skillbridge.application.accounts.proofs import ForgetProofs
from skillbridge.application.accounts.registration import FORGET_EVERY as FORGET_REGISTRATIONS_EVERY
from skillbridge.application.accounts.registration import ForgetRegistrations
from skillbridge.application.accounts.role_mails import TellOfRole
from skillbridge.application.accounts.signal_mails import TellAdministrators
from skillbridge.application.accounts.supabase_users import SyncSupabaseUser
from skillbridge.application.accounts.texts import SendTextedCode, TellOfPhone
from skillbridge.application.accounts.token_mails import TellOfPersonalToken
from skillbridge.application.audit.anchoring import (
    ANCHOR_EVERY,
    KEEP_EVERY,
    AnchorAudit,
    KeepAuditMonths,
)
from skillbridge.application.audit.warning import (
    WARN_EVERY,
    SignalTheft,
    WarnOfSignals,
    WarnOfWaitingSignals,
)
from skillbridge.application.audit.watching import WATCH_EVERY, WatchAudit
from skillbridge.application.cohorts import orders
from skillbridge.application.cohorts.applying import ApplyPlacements
from skillbridge.application.cohorts.orders import ExpireCohortRuns
from skillbridge.application.cohorts.running import RunCohort
from skillbridge.application.gamification.badges import AwardBadges
from skillbridge.application.idempotency import FORGET_EVERY as FORGET_ANSWERS_EVERY
from skillbridge.application.idempotency import ForgetAnswers
from skillbridge.application.matching.matches import EXPIRE_EVERY, EndMatches, ExpireMatches
from skillbridge.application.mentors.offers import PauseOffer
from skillbridge.application.notifications.notices import NotifyPeople
from skillbridge.application.ports.jobs import Reactions
from skillbridge.application.privacy.erasure import (
    BEGIN_EVERY,
    BeginErasures,
    EraseAccount,
    TellOfErasure,
)
from skillbridge.application.privacy.exports import MakeExport, TellOfExport
from skillbridge.application.privacy.retention import FORGET_EVERY as FORGET_BY_AGE_EVERY
from skillbridge.application.privacy.retention import ForgetByAge
from skillbridge.application.ranking.impressions import FORGET_EVERY, ForgetImpressions
from skillbridge.application.ranking.pool import RefreshPool
from skillbridge.application.roadmaps.drafting import DraftRoadmap
from skillbridge.application.sealed_columns import SEAL_EVERY, SealSecretsAnew
from skillbridge.application.uploads.avatars import ForgetFiles, SetAvatar
from skillbridge.application.uploads.receiving import FORGET_EVERY as FORGET_UPLOADS_EVERY
from skillbridge.application.uploads.receiving import ForgetUploads
from skillbridge.domain.events.accounts import (
    AccountEnabled,
    AddressChanged,
    AddressChangeRequested,
    CodesGuessed,
    DeviceSignedIn,
    EmailVerified,
    FactorCodeRequested,
    IdentityLinked,
    IdentityUnlinked,
    MentoringBarred,
    PasskeyAdded,
    PasskeyCopied,
    PasskeyRemoved,
    PasswordChanged,
    PasswordGuessed,
    PasswordResetRequested,
    PersonalTokenCreated,
    PhoneRemoved,
    PhoneVerified,
    RecoveryCodesReplaced,
    RecoveryCodeUsed,
    RegistrationRepeated,
    RegistrationStarted,
    RoleGranted,
    RoleRevoked,
    SecondFactorAdded,
    SecondFactorRemoved,
    SessionStolen,
    SignInCodeRequested,
    SignInsRevoked,
    TextedCodeRequested,
    VerificationRequested,
)
from skillbridge.domain.events.audit import AdministratorsWarned, SecuritySignalRaised
from skillbridge.domain.events.cohorts import (
    CohortRunApplied,
    CohortRunConfirmed,
    CohortRunExpired,
    CohortRunFailed,
    CohortRunOrdered,
    CohortRunProposed,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.gamification import BadgeAwarded
from skillbridge.domain.events.matching import (
    LearnerPlaced,
    MatchAccepted,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchRequested,
    MatchWithdrawn,
)
from skillbridge.domain.events.mentors import MentorProfileChanged
from skillbridge.domain.events.privacy import (
    AccountErased,
    ErasureBegun,
    ErasureRequested,
    ExportReady,
    ExportRequested,
)
from skillbridge.domain.events.profiles import ProfileChanged
from skillbridge.domain.events.progress import ModuleCompleted, RoadmapCompleted
from skillbridge.domain.events.roadmaps import RoadmapFailed, RoadmapReady, RoadmapRequested
from skillbridge.domain.events.uploads import (
    AvatarChanged,
    AvatarRemoved,
    UploadReceived,
    UploadRefused,
)

REACTIONS: Mapping[type[Event], tuple[type[Any], ...]] = {
    RegistrationStarted: (SendVerificationMail,),
    VerificationRequested: (SendVerificationMail,),
    RegistrationRepeated: (SendAlreadyRegisteredMail,),
    EmailVerified: (NotifyPeople, SyncSupabaseUser),
    PasswordResetRequested: (SendResetMail,),
    SignInCodeRequested: (SendSignInCode,),
    FactorCodeRequested: (SendFactorCode,),
    TextedCodeRequested: (SendTextedCode,),
    PhoneVerified: (TellOfPhone,),
    PhoneRemoved: (TellOfPhone,),
    PasswordChanged: (TellPasswordChanged,),
    PasswordGuessed: (WarnOfGuesses,),
    CodesGuessed: (WarnOfGuesses,),
    AddressChangeRequested: (TellAddressChangeRequested, SendAddressMail),
    AddressChanged: (TellAddressChanged, SyncSupabaseUser),
    MentoringBarred: (PauseOffer, SyncSupabaseUser),
    AccountEnabled: (SyncSupabaseUser,),
    SignInsRevoked: (),
    RoleGranted: (TellOfRole,),
    RoleRevoked: (TellOfRole,),
    DeviceSignedIn: (WarnOfNewDevice,),
    SessionStolen: (WarnOfTheft, NotifyPeople, SignalTheft),
    SecondFactorAdded: (TellOfSecondFactor,),
    SecondFactorRemoved: (TellOfSecondFactor,),
    RecoveryCodeUsed: (TellOfSecondFactor,),
    RecoveryCodesReplaced: (TellOfSecondFactor,),
    PasskeyAdded: (TellOfPasskey,),
    PasskeyRemoved: (TellOfPasskey,),
    PasskeyCopied: (TellOfPasskey, SignalTheft),
    PersonalTokenCreated: (TellOfPersonalToken,),
    IdentityLinked: (TellOfIdentity,),
    IdentityUnlinked: (TellOfIdentity,),
    ProfileChanged: (RefreshPool,),
    MentorProfileChanged: (RefreshPool,),
    RoadmapRequested: (DraftRoadmap,),
    RoadmapReady: (NotifyPeople,),
    RoadmapFailed: (NotifyPeople,),
    ModuleCompleted: (AwardBadges, NotifyPeople),
    RoadmapCompleted: (AwardBadges, NotifyPeople),
    MatchRequested: (NotifyPeople,),
    MatchAccepted: (AwardBadges, NotifyPeople, RefreshPool),
    MatchDeclined: (NotifyPeople,),
    MatchWithdrawn: (NotifyPeople,),
    MatchExpired: (NotifyPeople,),
    MatchEnded: (NotifyPeople, RefreshPool),
    LearnerPlaced: (NotifyPeople,),
    CohortRunOrdered: (RunCohort,),
    CohortRunProposed: (NotifyPeople,),
    CohortRunConfirmed: (ApplyPlacements,),
    CohortRunApplied: (NotifyPeople,),
    CohortRunFailed: (NotifyPeople,),
    CohortRunExpired: (NotifyPeople,),
    BadgeAwarded: (NotifyPeople,),
    ExportRequested: (MakeExport,),
    ExportReady: (TellOfExport,),
    ErasureRequested: (TellOfErasure,),
    ErasureBegun: (EndMatches, EraseAccount),
    AccountErased: (RefreshPool,),
    UploadReceived: (SetAvatar,),
    UploadRefused: (ForgetFiles,),
    AvatarChanged: (ForgetFiles,),
    AvatarRemoved: (ForgetFiles,),
    SecuritySignalRaised: (WarnOfSignals,),
    AdministratorsWarned: (TellAdministrators,),
}

SCHEDULE: Mapping[type[Any], timedelta] = {
    ExpireMatches: EXPIRE_EVERY,
    ExpireCohortRuns: orders.EXPIRE_EVERY,
    ForgetImpressions: FORGET_EVERY,
    ForgetRegistrations: FORGET_REGISTRATIONS_EVERY,
    ForgetProofs: FORGET_PROOFS_EVERY,
    ForgetChallenges: FORGET_CHALLENGES_EVERY,
    ForgetAuthorizations: FORGET_AUTHORIZATIONS_EVERY,
    ForgetAnswers: FORGET_ANSWERS_EVERY,
    SealSecretsAnew: SEAL_EVERY,
    ForgetSignIns: FORGET_SIGN_INS_EVERY,
    BeginErasures: BEGIN_EVERY,
    ForgetByAge: FORGET_BY_AGE_EVERY,
    ForgetApiTokens: FORGET_API_TOKENS_EVERY,
    AnchorAudit: ANCHOR_EVERY,
    KeepAuditMonths: KEEP_EVERY,
    WatchAudit: WATCH_EVERY,
    WarnOfWaitingSignals: WARN_EVERY,
    ForgetUploads: FORGET_UPLOADS_EVERY,
}
"""What is done by the clock: once in each slot of this length, in every tenant."""


def names() -> Reactions:
    """The same table by name, as it is stored with a job."""
    return Reactions(
        {event: tuple(kind.__name__ for kind in kinds) for event, kinds in REACTIONS.items()}
    )


def kinds() -> dict[str, type[Any]]:
    """Every use case that a job may name."""
    reactions = (kind for kinds in REACTIONS.values() for kind in kinds)
    return {kind.__name__: kind for kind in (*reactions, *SCHEDULE)}

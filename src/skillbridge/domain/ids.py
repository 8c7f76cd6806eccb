"""The names by which things are known."""

from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
UserId = NewType("UserId", UUID)
RegistrationId = NewType("RegistrationId", UUID)
ProofId = NewType("ProofId", UUID)
IdentityId = NewType("IdentityId", UUID)
AuthorizationId = NewType("AuthorizationId", UUID)
SessionId = NewType("SessionId", UUID)
PasskeyId = NewType("PasskeyId", UUID)
PhoneId = NewType("PhoneId", UUID)
ApiTokenId = NewType("ApiTokenId", UUID)
RoadmapId = NewType("RoadmapId", UUID)
MatchId = NewType("MatchId", UUID)
CohortId = NewType("CohortId", UUID)
ImpressionListId = NewType("ImpressionListId", UUID)
PrivacyRequestId = NewType("PrivacyRequestId", UUID)
UploadId = NewType("UploadId", UUID)
NoticeId = NewType("NoticeId", UUID)
EventId = NewType("EventId", UUID)
JobId = NewType("JobId", UUID)

ModuleId = NewType("ModuleId", str)
ResourceId = NewType("ResourceId", str)
BadgeId = NewType("BadgeId", str)
SkillId = NewType("SkillId", str)
DomainId = NewType("DomainId", str)

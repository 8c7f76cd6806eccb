"""What happens to files of people."""

from skillbridge.domain.events.event import Event, event
from skillbridge.domain.ids import UploadId, UserId


@event
class UploadReceived(Event):
    """All bytes of a file are here: it is looked at."""

    upload_id: UploadId
    user_id: UserId


@event
class UploadRefused(Event):
    """It is not what its purpose takes: what has arrived goes."""

    upload_id: UploadId
    user_id: UserId


@event
class AvatarChanged(Event):
    """Somebody has another picture; `former` names the one before, if there was one."""

    user_id: UserId
    avatar_id: UploadId
    former: UploadId | None = None


@event
class AvatarRemoved(Event):
    """Somebody has no picture any more."""

    user_id: UserId
    avatar_id: UploadId

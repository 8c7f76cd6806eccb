"""Files of people: announced, received part by part, looked at, kept."""

from skillbridge.application.uploads.avatars import (
    BeginAvatar,
    DownloadAvatar,
    ForgetFiles,
    RemoveAvatar,
    SetAvatar,
)
from skillbridge.application.uploads.receiving import (
    CancelUpload,
    ContinueUpload,
    ForgetUploads,
)

USE_CASES = (
    BeginAvatar,
    ContinueUpload,
    CancelUpload,
    SetAvatar,
    DownloadAvatar,
    RemoveAvatar,
    ForgetFiles,
    ForgetUploads,
)

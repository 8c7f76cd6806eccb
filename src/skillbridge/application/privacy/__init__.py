"""What people may ask of what is kept of them."""

from skillbridge.application.privacy.erasure import (
    BeginErasures,
    CancelErasure,
    EraseAccount,
    RequestErasure,
    TellOfErasure,
)
from skillbridge.application.privacy.exports import (
    DownloadExport,
    MakeExport,
    RequestExport,
    TellOfExport,
)
from skillbridge.application.privacy.retention import ForgetByAge, PreviewRetention

USE_CASES = (
    RequestExport,
    MakeExport,
    DownloadExport,
    TellOfExport,
    RequestErasure,
    CancelErasure,
    BeginErasures,
    EraseAccount,
    TellOfErasure,
    ForgetByAge,
    PreviewRetention,
)

"""The audit trail: sealed, anchored, searched and verified."""

from skillbridge.application.audit.anchoring import AnchorAudit, KeepAuditMonths
from skillbridge.application.audit.exporting import ExportAudit
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.searching import CountSignals, SearchAudit
from skillbridge.application.audit.verification import VerifyAudit
from skillbridge.application.audit.warning import SignalTheft, WarnOfSignals, WarnOfWaitingSignals
from skillbridge.application.audit.watching import WatchAudit

USE_CASES = (
    SealAudit,
    AnchorAudit,
    KeepAuditMonths,
    SearchAudit,
    CountSignals,
    VerifyAudit,
    WatchAudit,
    ExportAudit,
    SignalTheft,
    WarnOfSignals,
    WarnOfWaitingSignals,
)

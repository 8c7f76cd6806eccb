"""The audit trail: sealed, anchored, searched and verified."""

from skillbridge.application.audit.anchoring import AnchorAudit, KeepAuditMonths
from skillbridge.application.audit.exporting import ExportAudit
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.searching import SearchAudit
from skillbridge.application.audit.verification import VerifyAudit

USE_CASES = (SealAudit, AnchorAudit, KeepAuditMonths, SearchAudit, VerifyAudit, ExportAudit)
